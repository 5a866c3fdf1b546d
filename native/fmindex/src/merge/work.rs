//! How far is a merge?

use std::sync::atomic::{AtomicU64, Ordering};

/// Time that a row takes in each part of the work, measured on prose with one thread, in nanoseconds.
pub(super) mod cost {
    /// To get a byte of text back.
    pub const TEXT: u64 = 30;
    /// To walk a symbol through the other side.
    pub const WALK: u64 = 130;
    /// To put a row in its place, and to decode and encode it.
    pub const ENCODE: u64 = 14;
    /// To compress a byte of text.
    pub const COMPRESS: u64 = 40;
}

/// The work of a merge, in the units of [`cost`].
pub(super) struct Work<'a> {
    total: u64,
    done: AtomicU64,
    progress: &'a dyn Fn(&'static str, f64),
}

impl<'a> Work<'a> {
    pub fn new(total: u64, progress: &'a dyn Fn(&'static str, f64)) -> Self {
        Self { total: total.max(1), done: AtomicU64::new(0), progress }
    }

    /// What may be told of on other threads.
    pub fn counter(&self) -> &AtomicU64 {
        &self.done
    }

    /// Tells how much of all is done, and what is being done.
    pub fn report(&self, phase: &'static str) {
        let share = self.done.load(Ordering::Relaxed) as f64 / self.total as f64;
        (self.progress)(phase, share.min(1.0));
    }
}
