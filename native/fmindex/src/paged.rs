//! How is a shard searched of which most bytes are somewhere else?
//!
//! The core reads where its structures lead it and can't wait. So a [`PagedFile`] has room for the whole file and is
//! filled in blocks. A read of a block that is not there gives zeros, and the block is noted; steps end as soon as one is
//! ([`StepMeter`](crate::search::StepMeter)). Whoever asked looks at the notes: when there are any the answer is void,
//! the blocks are fetched, and the question is put again. When there are none every byte was there, and the answer is
//! that of the whole file. Nothing has to know beforehand which blocks a question needs.

use std::cell::Cell;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Result};

thread_local! {
    static NOTED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread has read a block that was not there since [`forget_missing`].
#[inline]
pub fn is_missing() -> bool {
    NOTED.get()
}

/// Before a question is put.
pub fn forget_missing() {
    NOTED.set(false);
}

/// Which blocks of a file are there.
#[derive(Debug)]
pub(crate) struct Pages {
    block_bits: u32,
    /// A bit a block.
    present: Vec<AtomicU64>,
    /// Blocks that were read and not there.
    missing: Mutex<Vec<usize>>,
}

impl Pages {
    /// Notes which blocks of the bytes `range` are not there.
    #[inline]
    pub fn touch(&self, range: Range<usize>) {
        if !self.holds(range.clone()) {
            self.note(range);
        }
    }

    /// Whether all blocks of the bytes `range` are there.
    #[inline]
    pub fn holds(&self, range: Range<usize>) -> bool {
        self.blocks(range).all(|block| self.holds_block(block))
    }

    #[inline]
    fn blocks(&self, range: Range<usize>) -> Range<usize> {
        if range.is_empty() {
            return 0..0;
        }
        range.start >> self.block_bits..((range.end - 1) >> self.block_bits) + 1
    }

    #[inline]
    fn holds_block(&self, block: usize) -> bool {
        // What lies past the end is never missing: there is nothing to fetch.
        self.present.get(block / 64).is_none_or(|word| word.load(Ordering::Relaxed) >> (block % 64) & 1 == 1)
    }

    #[cold]
    fn note(&self, range: Range<usize>) {
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        for block in self.blocks(range).filter(|&block| !self.holds_block(block)) {
            if !missing.contains(&block) {
                missing.push(block);
            }
        }
        NOTED.set(true);
    }
}

/// Room for a file of which blocks come as they are asked for.
#[derive(Clone)]
pub struct PagedFile {
    memory: Arc<Memory>,
    pub(crate) pages: Arc<Pages>,
    len: usize,
}

impl PagedFile {
    /// Room for `len` bytes in blocks of 2^`block_bits`. Memory is taken as blocks are filled.
    ///
    /// # Errors
    /// [`Error::Input`] when the room can't be had, [`Error::Argument`] for blocks of no sensible size.
    pub fn new(len: u64, block_bits: u32) -> Result<Self> {
        if !(9..=24).contains(&block_bits) {
            return Err(Error::Argument(format!("blocks of 2^{block_bits} bytes: 9 to 24 expected")));
        }
        let room = usize::try_from(len).ok().and_then(Memory::new);
        let memory = room.ok_or_else(|| Error::Input(format!("a file of {len} bytes is too large for this memory")))?;
        let len = memory.len;
        let blocks = len.div_ceil(1 << block_bits);
        let mut present: Vec<AtomicU64> = Vec::new();
        present.resize_with(blocks.div_ceil(64), AtomicU64::default);
        // Blocks past the end are never missing.
        if let Some(last) = present.last().filter(|_| blocks % 64 > 0) {
            last.store(u64::MAX << (blocks % 64), Ordering::Relaxed);
        }
        let pages = Pages { block_bits, present, missing: Mutex::default() };
        Ok(Self { memory: Arc::new(memory), pages: Arc::new(pages), len })
    }

    /// Bytes of the file.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of a block; the last one may have fewer.
    pub fn block_bytes(&self) -> usize {
        1 << self.pages.block_bits
    }

    /// Notes what is missing of the bytes `range`.
    pub fn want(&self, range: Range<usize>) {
        self.pages.touch(range.start.min(self.len)..range.end.min(self.len));
    }

    /// The blocks that were read and not there, rising, each once. They are forgotten.
    pub fn take_missing(&self) -> Vec<usize> {
        let mut missing = std::mem::take(&mut *self.pages.missing.lock().unwrap_or_else(PoisonError::into_inner));
        missing.retain(|&block| !self.pages.holds_block(block));
        missing.sort_unstable();
        missing
    }

    /// Puts a block in. A block that is there already stays as it is.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is no such block, or it has another length.
    ///
    /// # Safety
    /// Nobody reads the file meanwhile: no call on its shard is under way, in any thread, and no slice of it is alive.
    pub unsafe fn put(&self, block: usize, bytes: &[u8]) -> Result<()> {
        let start = block.checked_mul(self.block_bytes()).filter(|&start| start < self.len);
        let expected = start.map_or(0, |start| self.block_bytes().min(self.len - start));
        let Some(start) = start.filter(|_| bytes.len() == expected) else {
            return Err(Error::Argument(format!("{} bytes are not block {block}", bytes.len())));
        };
        if self.pages.holds_block(block) {
            return Ok(());
        }
        // SAFETY: `start..start + bytes.len()` lies in the memory, and the caller promises that nobody reads it.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.memory.start.wrapping_add(start), bytes.len()) };
        if let Some(word) = self.pages.present.get(block / 64) {
            word.fetch_or(1 << (block % 64), Ordering::Relaxed);
        }
        Ok(())
    }
}

impl AsRef<[u8]> for PagedFile {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: the memory has that many bytes, lives as long as `self`, and is only written by `put`.
        unsafe { std::slice::from_raw_parts(self.memory.start, self.len) }
    }
}

/// Zeroed memory that the system provides as it is touched.
struct Memory {
    start: *mut u8,
    len: usize,
    #[cfg(not(target_arch = "wasm32"))]
    _owner: Vec<u8>,
}

// SAFETY: it is plain memory; who writes it promises in `put` that nobody reads.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    #[cfg(not(target_arch = "wasm32"))]
    fn new(len: usize) -> Option<Self> {
        let mut owner = Vec::new();
        owner.try_reserve_exact(len).ok()?;
        owner.resize(len, 0);
        Some(Self { start: owner.as_mut_ptr(), len, _owner: owner })
    }

    /// What a closed file has left, or else more memory for the module: that comes as zeros, while what the allocator
    /// hands out it would have to fill.
    #[cfg(target_arch = "wasm32")]
    fn new(len: usize) -> Option<Self> {
        let pages = len.div_ceil(PAGE_BYTES);
        if let Some(page) = FREE_ROOMS.with_borrow_mut(|rooms| rooms.take(pages)) {
            let start = (page * PAGE_BYTES) as *mut u8;
            // SAFETY: these pages were those of a file that is gone, and are handed out once.
            unsafe { std::ptr::write_bytes(start, 0, len) };
            return Some(Self { start, len });
        }
        let page = core::arch::wasm32::memory_grow(0, pages);
        (page != usize::MAX).then(|| Self { start: (page * PAGE_BYTES) as *mut u8, len })
    }
}

#[cfg(target_arch = "wasm32")]
const PAGE_BYTES: usize = 1 << 16;

#[cfg(target_arch = "wasm32")]
thread_local! {
    static FREE_ROOMS: std::cell::RefCell<crate::free_rooms::FreeRooms> =
        const { std::cell::RefCell::new(crate::free_rooms::FreeRooms::new()) };
}

#[cfg(target_arch = "wasm32")]
impl Drop for Memory {
    fn drop(&mut self) {
        FREE_ROOMS.with_borrow_mut(|rooms| rooms.put(self.start as usize / PAGE_BYTES, self.len.div_ceil(PAGE_BYTES)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_missing_until_they_are_put() {
        let file = PagedFile::new(1000, 9).unwrap();
        forget_missing();
        assert_eq!(file.as_ref().len(), 1000);
        file.want(511..512);
        assert!(is_missing());
        assert_eq!(file.take_missing(), [0]);
        file.want(511..513);
        file.want(0..0);
        file.want(999..5000);
        assert_eq!(file.take_missing(), [0, 1]);
        assert_eq!(file.take_missing(), []);
        forget_missing();
        // SAFETY: no slice of it is alive.
        unsafe {
            file.put(0, &[1; 512]).unwrap();
            file.put(1, &[2; 488]).unwrap();
            file.put(0, &[3; 512]).unwrap();
            assert!(file.put(1, &[2; 512]).is_err());
            assert!(file.put(2, &[]).is_err());
            assert!(file.put(usize::MAX, &[]).is_err());
        }
        file.want(0..1000);
        assert!(!is_missing());
        assert_eq!((file.as_ref()[0], file.as_ref()[511], file.as_ref()[512], file.as_ref()[999]), (1, 1, 2, 2));
    }

    #[test]
    fn a_file_that_can_not_be_held_is_refused() {
        assert!(PagedFile::new(10, 8).is_err());
        assert!(PagedFile::new(u64::MAX, 12).is_err());
        assert!(PagedFile::new(0, 12).unwrap().is_empty());
    }
}
