//! Do the files that answer hold what was written?
//!
//! Opening a large file reads next to nothing of it. One thread of the process, at the lowest priority, compares the files
//! one after the other with their checksums; what it finds is known to all who ask.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fmindex::error::{Error, Result};
use fmindex::format::Container;

/// Pause before each MiB: 200 MB/s at most, so that searches keep the disk and the memory to themselves.
const PAUSE: Duration = Duration::from_millis(5);

struct Queue {
    waiting: VecDeque<Container>,
    is_running: bool,
}

static QUEUE: Mutex<Queue> = Mutex::new(Queue { waiting: VecDeque::new(), is_running: false });

/// Compares the file soon, unless that has been done. Nothing waits for it.
///
/// # Errors
/// [`Error::Damaged`] when it is known to be damaged; [`Error::Input`] when there is no thread to be had.
pub fn start(file: &Container) -> Result<()> {
    if file.is_verified()? {
        return Ok(());
    }
    let mut queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    queue.waiting.push_back(file.clone());
    if !queue.is_running {
        let spawned = std::thread::Builder::new().name("content-check".into()).spawn(run);
        spawned.map_err(|error| Error::Input(format!("no thread to check files on: {error}")))?;
        queue.is_running = true;
    }
    Ok(())
}

fn run() {
    yield_to_others();
    while let Some(file) = next() {
        // It may have been asked for twice.
        if !matches!(file.is_verified(), Ok(false)) {
            continue;
        }
        // What was found is kept by the file, and who uses it asks.
        let _ = file.verify_by(&mut || {
            if file.is_last_clone() {
                return Err(Error::Cancelled);
            }
            std::thread::sleep(PAUSE);
            Ok(())
        });
    }
}

fn next() -> Option<Container> {
    let mut queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    let file = queue.waiting.pop_front();
    queue.is_running = file.is_some();
    file
}

/// Gives this thread what no other wants.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    // SAFETY: the call takes and changes no memory; 0 is the calling thread, on Linux.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, 19);
    }
}
