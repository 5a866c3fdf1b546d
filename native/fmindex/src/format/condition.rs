//! Has a file been compared with its checksums, and what came out?

use std::sync::{Arc, OnceLock};

use crate::error::{Error, Result};

/// What is known of the content of one opened file. Clones know the same; damage stays damage.
#[derive(Debug, Clone, Default)]
pub(super) struct Condition {
    /// Empty until all was compared; then the damaged section and what is wrong with it.
    found: Arc<OnceLock<Option<(&'static str, String)>>>,
}

impl Condition {
    /// Keeps the outcome of comparing, unless it was given up.
    pub fn record(&self, outcome: &Result<()>) {
        let found = match outcome {
            Ok(()) => None,
            Err(Error::Damaged { section, detail }) => Some((*section, detail.clone())),
            Err(_) => return,
        };
        // The first outcome stands: a file is never changed.
        let _ = self.found.set(found);
    }

    /// Whether all was compared and is right.
    ///
    /// # Errors
    /// [`Error::Damaged`] when it is wrong.
    pub fn is_verified(&self) -> Result<bool> {
        match self.found.get() {
            None => Ok(false),
            Some(None) => Ok(true),
            Some(Some((section, detail))) => Err(Error::damaged(section, detail.clone())),
        }
    }

    /// Whether nobody else asks about this file any more.
    pub fn is_forgotten(&self) -> bool {
        Arc::strong_count(&self.found) == 1
    }
}
