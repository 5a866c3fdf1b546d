//! Does the caller still want the answer?

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

/// Steps between two looks at the flag: about 0.3 ms of search.
pub const STEPS_A_POLL: usize = 1024;

/// A flag that another thread may raise; long operations poll it every [`STEPS_A_POLL`] steps.
#[derive(Clone, Copy, Default)]
pub struct Interrupt<'a> {
    raised: Option<&'a AtomicBool>,
}

impl<'a> Interrupt<'a> {
    /// Never raised.
    pub const fn never() -> Self {
        Self { raised: None }
    }

    /// Raised when `flag` becomes true.
    pub const fn new(flag: &'a AtomicBool) -> Self {
        Self { raised: Some(flag) }
    }

    /// # Errors
    /// [`Error::Cancelled`] once the flag is raised.
    #[inline]
    pub fn check(&self) -> Result<()> {
        match self.raised {
            Some(flag) if flag.load(Ordering::Relaxed) => Err(Error::Cancelled),
            _ => Ok(()),
        }
    }
}
