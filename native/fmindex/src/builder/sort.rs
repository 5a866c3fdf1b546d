//! In which order do all suffixes of the text stand?
//!
//! The only code that calls C: libsais (Ilya Grebnov; induced sorting after Nong, Zhang, Chan 2009), in its generalised
//! form, where each zero byte ends a string and is smaller than every zero byte after it. It takes no empty string.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::interrupt::Interrupt;

/// Free room behind the suffixes that makes the sort faster: six numbers a symbol.
const FREE_SPACE: usize = 6 * 256;
/// Time between two looks at the flag.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// `lead` zeros, then the start of each suffix of `text`, in their order. `text` ends with a zero byte, and no two stand
/// together. O(n), 4 bytes a byte, one thread.
///
/// The C code hears no interrupt, so it runs on a thread that is left behind when one comes; it keeps its memory until
/// it is through.
///
/// # Errors
/// [`Error::Input`] when the text is too long or holds an empty string, or memory is short; [`Error::Cancelled`].
pub(super) fn sort_suffixes(text: &Arc<Vec<u8>>, lead: usize, interrupt: Interrupt<'_>) -> Result<Vec<i32>> {
    let (sender, sorted) = mpsc::sync_channel(1);
    let text = Arc::clone(text);
    let run = move || {
        let suffixes = sort(&text, lead);
        drop(text);
        // Nobody listens any more when the build was cancelled.
        let _ = sender.send(suffixes);
    };
    let spawned = thread::Builder::new().name("sort".into()).spawn(run);
    spawned.map_err(|error| Error::Input(format!("no thread to sort on: {error}")))?;
    loop {
        interrupt.check()?;
        match sorted.recv_timeout(POLL_INTERVAL) {
            Ok(suffixes) => return suffixes,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(Error::Input("the sort ended without an answer".into())),
        }
    }
}

fn sort(text: &[u8], lead: usize) -> Result<Vec<i32>> {
    let length =
        i32::try_from(text.len()).map_err(|_| Error::Input(format!("{} bytes are too many to sort", text.len())))?;
    let no_memory = || Error::Input(format!("no memory to sort {length} bytes"));
    let room = lead.checked_add(text.len()).and_then(|room| room.checked_add(FREE_SPACE)).ok_or_else(no_memory)?;
    let mut suffixes = Vec::new();
    suffixes.try_reserve_exact(room).map_err(|_| no_memory())?;
    suffixes.resize(room, 0i32);
    let target = &mut suffixes[lead..];
    // SAFETY: `text` has `length` bytes and `target` has `length` + FREE_SPACE numbers; the frequency table may be null.
    let status = unsafe {
        let free_space = FREE_SPACE as i32;
        libsais_sys::libsais::libsais_gsa(text.as_ptr(), target.as_mut_ptr(), length, free_space, std::ptr::null_mut())
    };
    match status {
        0 => {}
        -1 => {
            return Err(Error::Input(
                "a text to sort is made of strings that are not empty and end with a zero".into(),
            ));
        }
        _ => return Err(no_memory()),
    }
    suffixes.truncate(lead + text.len());
    Ok(suffixes)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_of_other_than_strings_is_refused() {
        assert!(sort(b"abc", 0).is_err());
        assert!(sort(b"a\0\0", 0).is_err());
        assert_eq!(sort(b"", 2).unwrap(), [0, 0]);
    }

    #[test]
    fn an_interrupt_is_heard_before_the_sort_ends() {
        let text = Arc::new([vec![1; 1 << 20], vec![0]].concat());
        let raised = AtomicBool::new(true);
        assert!(matches!(sort_suffixes(&text, 0, Interrupt::new(&raised)), Err(Error::Cancelled)));
        assert_eq!(sort_suffixes(&text, 0, Interrupt::never()).unwrap().len(), text.len());
    }

    proptest! {
        #[test]
        fn separators_are_ordered_by_place(
            strings in proptest::collection::vec(proptest::collection::vec(1u8..4, 1..20), 0..20),
        ) {
            let text: Vec<u8> = strings.into_iter().flat_map(|string| string.into_iter().chain([0])).collect();
            // A separator becomes a number of its own, below every symbol.
            let keys: Vec<usize> = (0..text.len()).map(|at| if text[at] == 0 { at } else { 1000 + usize::from(text[at]) }).collect();
            let end_of = |start: usize| (start..).find(|&at| text[at] == 0).unwrap();
            let mut expected: Vec<i32> = (0..text.len() as i32).collect();
            expected.sort_by_key(|&start| keys[start as usize..=end_of(start as usize)].to_vec());
            prop_assert_eq!(sort(&text, 0).unwrap(), expected);
        }
    }
}
