//! How do the threads of a pass write one result? Each its own parts of it.

use std::marker::PhantomData;
use std::ops::Range;
use std::slice;

/// A slice whose parts are written by different threads in one step and read by all in later ones.
pub struct Board<'a, T> {
    start: *mut T,
    length: usize,
    borrowed: PhantomData<&'a mut [T]>,
}

// SAFETY: parts of a slice may be sent to other threads; that no two overlap is promised by whoever calls `part`.
unsafe impl<T: Send + Sync> Sync for Board<'_, T> {}

impl<'a, T> Board<'a, T> {
    pub fn new(slice: &'a mut [T]) -> Self {
        Self { start: slice.as_mut_ptr(), length: slice.len(), borrowed: PhantomData }
    }

    /// A part to write.
    ///
    /// # Safety
    /// While it is held nobody else holds a part that overlaps it.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn part(&self, range: Range<usize>) -> &mut [T] {
        assert!(range.start <= range.end && range.end <= self.length, "{range:?} of {}", self.length);
        // SAFETY: the range lies in the slice, which is borrowed for as long as this is; nobody else holds it, says the caller.
        unsafe { slice::from_raw_parts_mut(self.start.add(range.start), range.len()) }
    }

    /// All of it, to read.
    ///
    /// # Safety
    /// While it is held nobody holds a part to write.
    pub unsafe fn all(&self) -> &[T] {
        // SAFETY: the slice is borrowed for as long as this is; nobody writes it, says the caller.
        unsafe { slice::from_raw_parts(self.start, self.length) }
    }
}
