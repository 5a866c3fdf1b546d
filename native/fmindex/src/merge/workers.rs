//! How is a step of a merge shared among threads, and who tells of it?

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::error::Result;
use crate::interrupt::Interrupt;

/// What a step is done with.
pub(super) struct Crew<'a> {
    pub threads: usize,
    pub interrupt: Interrupt<'a>,
    /// Work done, in the units of [`super::work::cost`].
    pub done: &'a AtomicU64,
    /// Tells of it. Called on the thread that the crew is on alone.
    pub report: &'a dyn Fn(),
    /// Where files go that are gone afterwards.
    pub folder: &'a Path,
}

/// One thread of a crew.
pub(super) struct Worker<'a> {
    interrupt: Interrupt<'a>,
    done: &'a AtomicU64,
    report: &'a dyn Fn(),
}

impl Worker<'_> {
    /// # Errors
    /// [`crate::error::Error::Cancelled`].
    pub fn check(&self) -> Result<()> {
        (self.report)();
        self.interrupt.check()
    }

    pub fn add_work(&self, work: u64) {
        self.done.fetch_add(work, Ordering::Relaxed);
    }
}

impl Crew<'_> {
    /// Runs `run` on all threads, this one among them, and gives what each made.
    ///
    /// # Errors
    /// The first one of `run`.
    pub fn run<T: Send>(&self, run: impl Fn(&Worker<'_>) -> Result<T> + Sync) -> Result<Vec<T>> {
        let (interrupt, done) = (self.interrupt, self.done);
        thread::scope(|scope| {
            let run = &run;
            let other = move || run(&Worker { interrupt, done, report: &|| {} });
            let others: Vec<_> = (1..self.threads.max(1)).map(|_| scope.spawn(other)).collect();
            let mine = run(&Worker { interrupt, done, report: self.report });
            let join = |other: thread::ScopedJoinHandle<'_, _>| {
                other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            // All are joined before the first failure is told.
            let theirs: Vec<Result<T>> = others.into_iter().map(join).collect();
            std::iter::once(mine).chain(theirs).collect()
        })
    }
}
