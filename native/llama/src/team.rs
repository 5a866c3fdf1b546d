//! How do the threads of a pass share its work? Each runs the same steps; a step is dealt out in parts, and ends when all are done.
//!
//! A pass has some hundred steps of microseconds. So who is ready waits turning, and only after a while gives the processor away; and
//! nobody waits for a thread that holds no part, since the processors may be lent to other programs meanwhile: it passes over the steps
//! that were done without it.

use std::cell::Cell;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::{hint, panic, thread};

/// Turns of waiting, some ten microseconds, after which other programs are let in.
const PATIENCE: usize = 2_000;
/// Parts of a step for each thread.
const PARTS: usize = 4;

/// The threads of one pass.
struct Team {
    size: usize,
    /// The step under way, and in the low half how much of it was dealt out.
    dealt: AtomicU64,
    /// How much of the step was done.
    done: AtomicUsize,
    /// A member panicked: the others must not wait for it.
    is_broken: AtomicBool,
}

/// A thread of a pass.
pub struct Member<'a> {
    team: &'a Team,
    step: Cell<u64>,
}

/// Runs `work` on `size` threads, of which the caller is one. All must share the same steps in the same order. A panic of one becomes a
/// panic of the caller.
pub fn run_together(size: usize, work: impl Fn(&Member) + Sync) {
    let team = Team {
        size: size.max(1),
        dealt: AtomicU64::new(0),
        done: AtomicUsize::new(0),
        is_broken: AtomicBool::new(false),
    };
    let take_part = || {
        let member = Member { team: &team, step: Cell::new(0) };
        let outcome = panic::catch_unwind(panic::AssertUnwindSafe(|| work(&member)));
        if let Err(cause) = outcome {
            team.is_broken.store(true, Ordering::Release);
            panic::resume_unwind(cause);
        }
    };
    thread::scope(|scope| {
        for _ in 1..team.size {
            scope.spawn(take_part);
        }
        take_part();
    });
}

impl Member<'_> {
    /// Calls `work` with parts of `0..count`, each for one member, and returns when the step is over: all that any member did in it is
    /// done. While `work` runs the step goes on, so what it is given is nobody else's.
    pub fn share(&self, count: usize, mut work: impl FnMut(Range<usize>)) {
        let step = self.step.replace(self.step.get() + 1);
        if count == 0 {
            // Still a step, so that all count alike.
            return self.end_empty(step);
        }
        let length = count.div_ceil(PARTS * self.team.size);
        while let Some(part) = self.take_part(step, count, length) {
            let done = part.len();
            work(part);
            if self.team.done.fetch_add(done, Ordering::AcqRel) + done == count {
                self.team.done.store(0, Ordering::Relaxed);
                self.team.dealt.store((step + 1) << 32, Ordering::Release);
            }
        }
        self.wait(step);
    }

    fn take_part(&self, step: u64, count: usize, length: usize) -> Option<Range<usize>> {
        let mut dealt = self.team.dealt.load(Ordering::Acquire);
        loop {
            let start = (dealt & u64::from(u32::MAX)) as usize;
            if dealt >> 32 != step || start >= count {
                return None;
            }
            let end = (start + length).min(count);
            let next = step << 32 | end as u64;
            match self.team.dealt.compare_exchange_weak(dealt, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(start..end),
                Err(now) => dealt = now,
            }
        }
    }

    fn end_empty(&self, step: u64) {
        // Whoever comes first ends it; where it is over already nothing changes.
        let ended = (step + 1) << 32;
        let _ = self.team.dealt.compare_exchange(step << 32, ended, Ordering::AcqRel, Ordering::Acquire);
    }

    fn wait(&self, step: u64) {
        let mut turns = 0;
        while self.team.dealt.load(Ordering::Acquire) >> 32 == step {
            assert!(!self.team.is_broken.load(Ordering::Acquire), "another thread of the pass failed");
            turns += 1;
            if turns < PATIENCE { hint::spin_loop() } else { thread::yield_now() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_done_once_and_a_step_ends_for_all() {
        for size in [1, 2, 3, 5] {
            let counts: Vec<AtomicUsize> = (0..100).map(|_| AtomicUsize::new(0)).collect();
            run_together(size, |member| {
                for step in 0..50 {
                    member.share(counts.len(), |part| {
                        for i in part {
                            assert_eq!(counts[i].fetch_add(1, Ordering::Relaxed), step);
                        }
                    });
                    assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) > step));
                    member.share(0, |_| {});
                }
            });
            assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 50));
        }
    }

    #[test]
    #[should_panic]
    fn a_panic_reaches_the_caller() {
        run_together(3, |member| {
            member.share(3, |part| assert!(!part.contains(&1), "on purpose"));
            member.share(3, |_| {});
        });
    }
}
