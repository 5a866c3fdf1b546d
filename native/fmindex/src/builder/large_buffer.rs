//! Where do the text and the numbers of a sort live?
//!
//! In anonymous memory of their own, in large pages where the system has them: both are read in random order, and with
//! small pages each read would first wait for the table of pages. What is given up goes back to the system at once.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

use crate::error::{Error, Result};

/// Zeroed bytes, aligned for any number. Memory is taken page by page as it is touched.
pub(super) struct LargeBuffer {
    map: MmapMut,
    len: usize,
}

impl LargeBuffer {
    /// So many zeros.
    ///
    /// # Errors
    /// [`Error::Input`] when the system has no room for them.
    pub fn new(len: usize) -> Result<Self> {
        // A mapping can't be empty.
        let map = MmapMut::map_anon(len.max(1));
        let map = map.map_err(|error| Error::Input(format!("no memory for {len} bytes: {error}")))?;
        #[cfg(target_os = "linux")]
        {
            // Without large pages it is slower, not wrong.
            let _ = map.advise(memmap2::Advice::HugePage);
        }
        Ok(Self { map, len })
    }

    /// Gives up the bytes from `len` on.
    pub fn truncate(&mut self, len: usize) {
        const PAGE_BYTES: usize = 1 << 16;
        let from = len.next_multiple_of(PAGE_BYTES);
        #[cfg(unix)]
        if from < self.len {
            // SAFETY: nothing borrows these bytes, and `len` keeps them from being read again; they are private, so they
            // would read as zeros.
            let given_up =
                unsafe { self.map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, from, self.len - from) };
            // The memory then stays taken until the buffer is dropped.
            let _ = given_up;
        }
        self.len = self.len.min(len);
    }
}

impl Deref for LargeBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map[..self.len]
    }
}

impl DerefMut for LargeBuffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.map[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_stays_and_the_rest_is_gone() {
        let mut buffer = LargeBuffer::new(5 << 20).unwrap();
        assert!(buffer.iter().all(|&byte| byte == 0));
        buffer.fill(7);
        buffer.truncate((1 << 20) + 3);
        assert_eq!(buffer.len(), (1 << 20) + 3);
        assert!(buffer.iter().all(|&byte| byte == 7));
        buffer.truncate(0);
        assert!(buffer.is_empty());
        assert!(LargeBuffer::new(0).unwrap().is_empty());
        assert!(LargeBuffer::new(usize::MAX / 2).is_err());
    }
}
