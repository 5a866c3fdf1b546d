//! How much work has a call done, and may it go on?

use crate::error::Result;
use crate::interrupt::{Interrupt, STEPS_A_POLL};

/// Counts the steps of a call and polls its interrupt every [`STEPS_A_POLL`] of them.
pub struct StepMeter<'a> {
    interrupt: Interrupt<'a>,
    taken: u64,
    /// Steps at which the interrupt is looked at again.
    next_poll: u64,
}

impl<'a> StepMeter<'a> {
    pub fn new(interrupt: Interrupt<'a>) -> Self {
        Self { interrupt, taken: 0, next_poll: 0 }
    }

    /// Steps taken so far.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Takes `steps` more.
    ///
    /// # Errors
    /// [`Error::Cancelled`](crate::error::Error::Cancelled) once the interrupt is raised, or bytes were missing: see
    /// `paged`.
    #[inline]
    pub fn take(&mut self, steps: usize) -> Result<()> {
        #[cfg(feature = "paged")]
        if crate::paged::is_missing() {
            return Err(crate::error::Error::Cancelled);
        }
        self.taken += steps as u64;
        if self.taken >= self.next_poll {
            self.next_poll = self.taken + STEPS_A_POLL as u64;
            return self.interrupt.check();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::error::Error;

    #[test]
    fn a_raised_flag_ends_the_work_within_the_promised_steps() {
        let flag = AtomicBool::new(false);
        let mut meter = StepMeter::new(Interrupt::new(&flag));
        meter.take(1).unwrap();
        flag.store(true, std::sync::atomic::Ordering::Relaxed);
        let steps_until_error = (1..).take_while(|_| meter.take(1).is_ok()).count();
        assert!(steps_until_error <= STEPS_A_POLL);
        assert!(matches!(meter.take(STEPS_A_POLL), Err(Error::Cancelled)));
    }

    #[test]
    fn a_flag_raised_before_the_first_step_is_seen_at_once() {
        let flag = AtomicBool::new(true);
        assert!(StepMeter::new(Interrupt::new(&flag)).take(1).is_err());
    }
}
