//! Where do the text and the numbers of a sort live?
//!
//! In anonymous memory of their own, in large pages where the system has them: both are read in random order, and with
//! small pages each read would first wait for the table of pages. What is given up goes back to the system at once.

use std::ops::{Deref, DerefMut};

#[cfg(feature = "mmap")]
use mapped::Memory;
#[cfg(not(feature = "mmap"))]
use plain::Memory;

use crate::error::{Error, Result};

/// Zeroed bytes, aligned for any number. Memory is taken page by page as it is touched.
pub(crate) struct LargeBuffer {
    memory: Memory,
    len: usize,
}

impl LargeBuffer {
    /// So many zeros.
    ///
    /// # Errors
    /// [`Error::Input`] when the system has no room for them.
    pub fn new(len: usize) -> Result<Self> {
        let no_memory = |detail: String| Error::Input(format!("no memory for {len} bytes: {detail}"));
        Ok(Self { memory: Memory::new(len).map_err(no_memory)?, len })
    }

    /// Gives up the bytes from `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.memory.give_up(len, self.len);
        self.len = self.len.min(len);
    }
}

#[cfg(feature = "mmap")]
mod mapped {
    use memmap2::MmapMut;

    /// Anonymous memory.
    pub struct Memory(MmapMut);

    impl Memory {
        pub fn new(len: usize) -> Result<Self, String> {
            // A mapping can't be empty.
            let map = MmapMut::map_anon(len.max(1)).map_err(|error| error.to_string())?;
            #[cfg(target_os = "linux")]
            {
                // Without large pages it is slower, not wrong.
                let _ = map.advise(memmap2::Advice::HugePage);
            }
            Ok(Self(map))
        }

        /// Gives the pages between `len` and `end` back to the system.
        pub fn give_up(&mut self, len: usize, end: usize) {
            const PAGE_BYTES: usize = 1 << 16;
            let from = len.next_multiple_of(PAGE_BYTES);
            #[cfg(unix)]
            if from < end {
                // SAFETY: nothing borrows these bytes, and the caller keeps them from being read again; they are private,
                // so they would read as zeros.
                let given_up =
                    unsafe { self.0.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, from, end - from) };
                // The memory then stays taken until the buffer is dropped.
                let _ = given_up;
            }
        }

        pub fn bytes(&self) -> &[u8] {
            &self.0
        }

        pub fn bytes_mut(&mut self) -> &mut [u8] {
            &mut self.0
        }
    }
}

#[cfg(not(feature = "mmap"))]
mod plain {
    /// Memory of the program.
    pub struct Memory(Vec<u64>);

    impl Memory {
        pub fn new(len: usize) -> Result<Self, String> {
            let mut words = Vec::new();
            words.try_reserve_exact(len.div_ceil(8)).map_err(|error| error.to_string())?;
            words.resize(len.div_ceil(8), 0);
            Ok(Self(words))
        }

        pub fn give_up(&mut self, len: usize, _end: usize) {
            self.0.truncate(len.div_ceil(8));
            self.0.shrink_to_fit();
        }

        pub fn bytes(&self) -> &[u8] {
            // SAFETY: bytes have no alignment and no invalid values.
            unsafe { self.0.align_to::<u8>().1 }
        }

        pub fn bytes_mut(&mut self) -> &mut [u8] {
            // SAFETY: as above, and every word is valid.
            unsafe { self.0.align_to_mut::<u8>().1 }
        }
    }
}

impl Deref for LargeBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.memory.bytes()[..self.len]
    }
}

impl DerefMut for LargeBuffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.memory.bytes_mut()[..self.len]
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
