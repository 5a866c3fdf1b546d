//! Which rows of a group do its runs cover?

use std::ops::Range;

use super::group::{Group, RunStarts};
use super::kernel::Kernel;
use super::mask::Mask;

/// Words of which each bit stands for a row.
pub(super) trait Words {
    /// The next 64 rows.
    ///
    /// # Safety
    /// The group is whole, as for [`Kernel::word`], and has rows left.
    unsafe fn next(&mut self) -> u64;
}

/// Set bits before each end of `positions`.
///
/// # Safety
/// As for [`Words::next`] up to the word of the second position.
#[inline(always)]
pub(super) unsafe fn count_bits<W: Words>(mut words: W, positions: Range<usize>) -> Range<u64> {
    let (start, end) = (positions.start, positions.end);
    let mut count = 0;
    // SAFETY: the caller's promise: the positions are inside the group.
    unsafe {
        for _ in 0..start >> 6 {
            count += u64::from(words.next().count_ones());
        }
        let mut word = words.next();
        let at_start = count + u64::from((word & below(start)).count_ones());
        for _ in start >> 6..end >> 6 {
            count += u64::from(word.count_ones());
            word = words.next();
        }
        at_start..count + u64::from((word & below(end)).count_ones())
    }
}

/// The rows of a symbol, in a group of which each row is a head.
pub(super) struct EachHead<'a> {
    heads: &'a Mask,
    next: usize,
}

impl<'a> EachHead<'a> {
    #[inline(always)]
    pub fn new(heads: &'a Mask) -> Self {
        Self { heads, next: 0 }
    }
}

impl Words for EachHead<'_> {
    #[inline(always)]
    unsafe fn next(&mut self) -> u64 {
        self.next += 64;
        self.heads.bits_from(self.next - 64)
    }
}

/// The rows of a symbol, by the heads that are the symbol and by the run starts.
pub(super) struct RowWords<'a, K, const IS_RAW: bool> {
    heads: &'a Mask,
    starts: StartWords<'a, K, IS_RAW>,
    /// Heads of the rows before the next word.
    head: usize,
    /// 1 when the last row before the next word is the symbol.
    carry: u64,
}

impl<'a, K: Kernel, const IS_RAW: bool> RowWords<'a, K, IS_RAW> {
    #[inline(always)]
    pub fn new(kernel: K, group: &'a Group<'a>, heads: &'a Mask) -> Self {
        Self { heads, starts: StartWords::new(kernel, group), head: 0, carry: 0 }
    }
}

impl<K: Kernel, const IS_RAW: bool> Words for RowWords<'_, K, IS_RAW> {
    #[inline(always)]
    unsafe fn next(&mut self) -> u64 {
        // SAFETY: the caller's promise.
        let begins = unsafe { self.starts.next() };
        let firsts = self.starts.kernel.deposit(self.heads.bits_from(self.head), begins);
        self.head += begins.count_ones() as usize;
        let goes_on = !begins;
        // Adding at the first row after a start, or at the first row of a run from before, carries through the rest of
        // the run and clears it.
        let after_firsts = goes_on & !goes_on.wrapping_add((firsts << 1 | self.carry) & goes_on);
        let rows = firsts | after_firsts;
        self.carry = rows >> 63;
        rows
    }
}

/// The run starts of a group, 64 rows a word: of [`RunStarts::Raw`] or of [`RunStarts::NonzeroBytes`].
pub(super) struct StartWords<'a, K, const IS_RAW: bool> {
    kernel: K,
    group: &'a Group<'a>,
    /// The next word, or its byte in the bitmap of nonzero bytes.
    offset: usize,
    /// The next nonzero byte.
    nonzero_offset: usize,
}

impl<'a, K: Kernel, const IS_RAW: bool> StartWords<'a, K, IS_RAW> {
    #[inline(always)]
    pub fn new(kernel: K, group: &'a Group<'a>) -> Self {
        Self { kernel, group, offset: group.starts, nonzero_offset: group.starts + group.start_map_bytes }
    }

    /// # Safety
    /// [`Group::is_whole`] holds, and the group has rows left.
    #[inline(always)]
    pub unsafe fn next(&mut self) -> u64 {
        // SAFETY: the caller's promise.
        unsafe {
            let word = self.kernel.word(self.group, self.offset);
            if IS_RAW {
                self.offset += 8;
                return word;
            }
            let map = word & 0xFF;
            let packed = self.kernel.word(self.group, self.nonzero_offset);
            self.offset += 1;
            self.nonzero_offset += map.count_ones() as usize;
            self.kernel.place_bytes(packed, map)
        }
    }
}

/// The run that `position` is in.
///
/// # Safety
/// As for [`Kernel::word`].
#[inline(always)]
pub(super) unsafe fn run_at<K: Kernel>(kernel: K, group: &Group, position: usize) -> usize {
    // SAFETY: the caller's promise; the position is inside the group, so these words are there.
    let started = unsafe {
        match group.header.run_starts {
            RunStarts::Raw => count_ones(kernel, group, group.starts, position + 1),
            RunStarts::NonzeroBytes => {
                let byte = position >> 3;
                let before = count_ones(kernel, group, group.starts, byte) as usize;
                let map = kernel.word(group, group.starts + (byte >> 3)) >> (byte & 7) & 1;
                // Of the byte of the position only its first bits count, and none where it is not stored.
                let bits = 8 * before + ((position & 7) + 1) * map as usize;
                count_ones(kernel, group, group.starts + group.start_map_bytes, bits)
            }
            RunStarts::EveryRow => return position,
        }
    };
    started.saturating_sub(1) as usize
}

/// Set bits among the first `bits` from byte `offset` of the group on.
///
/// # Safety
/// As for [`Kernel::word`], of all words that begin before the last bit.
#[inline(always)]
unsafe fn count_ones<K: Kernel>(kernel: K, group: &Group, offset: usize, bits: usize) -> u32 {
    let mut count = 0;
    // SAFETY: the caller's promise.
    unsafe {
        for word in 0..bits >> 6 {
            count += kernel.word(group, offset + 8 * word).count_ones();
        }
        count + (kernel.word(group, offset + 8 * (bits >> 6)) & below(bits)).count_ones()
    }
}

/// The bits below `position` in its word.
#[inline(always)]
pub(super) fn below(position: usize) -> u64 {
    (1 << (position & 63)) - 1
}
