//! How often does a symbol stand among the first rows of a group, and which symbol stands at a row?
//!
//! One algorithm over three primitives ([`Kernel`]), so that every processor gives the same answers:
//! 1. The planes are ANDed into a mask of the heads that are the symbol's; what escaped to a further level is spread
//!    over the escapes of the level before (*deposited*): `heads.rs`.
//! 2. For each 64 rows with run starts `b`, the next bits of the mask are deposited in `b`: the starts of the symbol's
//!    runs. A run covers the rows up to the next start: `rows.rs`.
//! 3. The bits below a row are counted; both ends of a range are read off one pass.
//!
//! A damaged group gives wrong numbers. It cannot make a loop longer than the 64 words of the largest group.

use std::ops::Range;

use super::group::{Group, RunStarts};
use super::heads::{mark_heads, place_of_head};
use super::mask::Mask;
use super::portable::Portable;
use super::rows::{EachHead, RowWords, count_bits, run_at};

/// What a processor does for a group look-up.
pub(super) trait Kernel: Copy {
    /// Spreads the low bits of `value` over the set bits of `mask`, as x86's `pdep` does.
    fn deposit(self, value: u64, mask: u64) -> u64;

    /// Puts the low bytes of `packed` where the eight bits of `map` are set, zeros elsewhere.
    fn place_bytes(self, packed: u64, map: u64) -> u64;

    /// The word at byte `offset` of `group`.
    ///
    /// # Safety
    /// [`Group::is_whole`] holds, and `offset` is at least 8 bytes before the end of what it covers.
    #[inline(always)]
    unsafe fn word(self, group: &Group, offset: usize) -> u64 {
        // SAFETY: the caller promises that 8 bytes are there.
        u64::from_le(unsafe { group.bytes.as_ptr().add(offset).cast::<u64>().read_unaligned() })
    }

    /// The place of `symbol` in `group`.
    ///
    /// # Safety
    /// [`Group::is_whole`] holds.
    unsafe fn find_symbol(self, group: &Group, symbol: u8) -> Option<usize>;
}

/// Occurrences of `symbol` in the block before each of the two `positions` of the group; `None` when the group does not
/// hold it. The positions are inside the group, the first is not above the second.
// One copy is enough where the module is downloaded.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(super) fn rank_in_group<K: Kernel>(
    kernel: K,
    group: &Group,
    symbol: u8,
    positions: Range<usize>,
) -> Option<Range<u64>> {
    if group.is_whole() {
        // SAFETY: the group is whole.
        unsafe { find_and_count(kernel, group, symbol, positions) }
    } else {
        rank_at_section_end(group, symbol, positions)
    }
}

/// The symbol at `position` of the group and its occurrences in the block before it.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(super) fn symbol_rank_in_group<K: Kernel>(kernel: K, group: &Group, position: usize) -> (u8, u64) {
    if group.is_whole() {
        // SAFETY: the group is whole.
        unsafe { decode_and_count(kernel, group, position) }
    } else {
        symbol_rank_at_section_end(group, position)
    }
}

/// A group that ends too close to the section's end is read from a copy, with zeros past it.
#[cold]
#[inline(never)]
fn rank_at_section_end(group: &Group, symbol: u8, positions: Range<usize>) -> Option<Range<u64>> {
    rank_in_group(Portable::<false>, &Group { bytes: &group.padded(), ..*group }, symbol, positions)
}

#[cold]
#[inline(never)]
fn symbol_rank_at_section_end(group: &Group, position: usize) -> (u8, u64) {
    symbol_rank_in_group(Portable::<false>, &Group { bytes: &group.padded(), ..*group }, position)
}

#[inline(always)]
unsafe fn find_and_count<K: Kernel>(
    kernel: K,
    group: &Group,
    symbol: u8,
    positions: Range<usize>,
) -> Option<Range<u64>> {
    // SAFETY: the caller's promise.
    unsafe {
        let place = kernel.find_symbol(group, symbol)?;
        let before = group.rank_before(place);
        let inside = count_rows(kernel, group, place, positions);
        Some(before + inside.start..before + inside.end)
    }
}

#[inline(always)]
unsafe fn decode_and_count<K: Kernel>(kernel: K, group: &Group, position: usize) -> (u8, u64) {
    // SAFETY: the caller's promise.
    unsafe {
        let place = place_at(kernel, group, position);
        let inside = count_rows(kernel, group, place, position..position);
        (group.symbol(place), group.rank_before(place) + inside.start)
    }
}

/// Rows that hold the symbol at `place`, before each end of `positions`.
#[inline(always)]
unsafe fn count_rows<K: Kernel>(kernel: K, group: &Group, place: usize, positions: Range<usize>) -> Range<u64> {
    if group.header.symbol_count == 1 {
        return positions.start as u64..positions.end as u64;
    }
    if positions.end == 0 {
        return 0..0;
    }
    let mut heads = Mask::new();
    // SAFETY: the caller's promise; the positions are inside the group, so it has these words of run starts.
    unsafe {
        mark_heads(kernel, group, place, positions.end, &mut heads);
        match group.header.run_starts {
            RunStarts::EveryRow => count_bits(EachHead::new(&heads), positions),
            RunStarts::Raw => count_bits(RowWords::<K, true>::new(kernel, group, &heads), positions),
            RunStarts::NonzeroBytes => count_bits(RowWords::<K, false>::new(kernel, group, &heads), positions),
        }
    }
}

/// The place of the symbol at `position`.
#[inline(always)]
unsafe fn place_at<K: Kernel>(kernel: K, group: &Group, position: usize) -> usize {
    if group.header.symbol_count == 1 {
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe { place_of_head(kernel, group, run_at(kernel, group, position)) }
}
