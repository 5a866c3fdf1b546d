//! How often does a symbol stand among the first rows of a group, and which symbol stands at a row?
//!
//! One algorithm over three primitives ([`Kernel`]), so that every processor gives the same answers:
//! 1. The planes are ANDed into a mask of the heads that are the symbol's; what escaped to a further level is spread
//!    over the escapes of the level before (*deposited*).
//! 2. For each 64 rows with run starts `b`, the next bits of the mask are deposited in `b`: the starts of the symbol's
//!    runs. A run covers the rows up to the next start.
//! 3. The bits below a row are counted; both ends of a range are read off one pass.
//!
//! A damaged group gives wrong numbers. It cannot make a loop longer than the 64 words of the largest group.

use std::ops::Range;

use super::group::{Group, RunStarts};
use super::portable::Portable;

/// Words with a bit for each head or row of the largest group, and those that a shifted read touches past them.
const MASK_WORDS: usize = 64 + 2;
type Mask = [u64; MASK_WORDS];

/// What a processor does for a group look-up.
pub(super) trait Kernel: Copy {
    /// Spreads the low bits of `value` over the set bits of `mask`, as x86's `pdep` does.
    fn deposit(self, value: u64, mask: u64) -> u64;

    /// The word at byte `offset` of `group`.
    ///
    /// # Safety
    /// [`Group::is_whole`] holds, and `offset` is at least 8 bytes before the end of what it covers.
    unsafe fn word(self, group: &Group, offset: usize) -> u64;

    /// The place of `symbol` in `group`.
    ///
    /// # Safety
    /// [`Group::is_whole`] holds.
    unsafe fn find_symbol(self, group: &Group, symbol: u8) -> Option<usize>;
}

/// Occurrences of `symbol` in the block before each of the two `positions` of the group; `None` when the group does not
/// hold it. The positions are inside the group, the first is not above the second.
#[inline(always)]
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
#[inline(always)]
pub(super) fn symbol_rank_in_group<K: Kernel>(kernel: K, group: &Group, position: usize) -> (u8, u64) {
    if group.is_whole() {
        // SAFETY: the group is whole.
        unsafe { decode_and_count(kernel, group, position) }
    } else {
        symbol_rank_at_section_end(group, position)
    }
}

#[cold]
#[inline(never)]
fn rank_at_section_end(group: &Group, symbol: u8, positions: Range<usize>) -> Option<Range<u64>> {
    // SAFETY: this kernel checks each access.
    unsafe { find_and_count(Portable::<true>, group, symbol, positions) }
}

#[cold]
#[inline(never)]
fn symbol_rank_at_section_end(group: &Group, position: usize) -> (u8, u64) {
    // SAFETY: this kernel checks each access.
    unsafe { decode_and_count(Portable::<true>, group, position) }
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
    let Range { start, end } = positions;
    if group.header.symbol_count == 1 {
        return start as u64..end as u64;
    }
    if end == 0 {
        return 0..0;
    }
    // SAFETY: the caller's promise.
    let mask = unsafe { heads_of(kernel, group, place) };
    if group.header.run_starts == RunStarts::EveryRow {
        let mut words = mask.iter().copied();
        return count_below(start, end, || words.next().unwrap_or(0));
    }
    let mut starts = StartWords::new(kernel, group);
    let (mut heads, mut open) = (0usize, 0u64);
    count_below(start, end, || {
        // SAFETY: the positions are inside the group, so it has this word of run starts.
        let begins = unsafe { starts.next() };
        let (word, shift) = (heads >> 6, heads & 63);
        let of_symbol = mask[word] >> shift | mask[word + 1] << 1 << (63 - shift);
        heads += begins.count_ones() as usize;
        let firsts = kernel.deposit(of_symbol, begins);
        let goes_on = !begins;
        // Adding at the first row after a start carries through the rest of the run and clears it.
        let after_firsts = goes_on & !goes_on.wrapping_add(firsts << 1 & goes_on);
        let from_before = open & begins.wrapping_sub(1) & goes_on;
        let rows = firsts | after_firsts | from_before;
        open = ((rows as i64) >> 63) as u64;
        rows
    })
}

/// Set bits below `start` and below `end` in the words that `next` gives, one for each 64 positions.
#[inline(always)]
fn count_below(start: usize, end: usize, mut next: impl FnMut() -> u64) -> Range<u64> {
    let below = |position: usize| (1u64 << (position & 63)) - 1;
    let ones = |word: u64| u64::from(word.count_ones());
    let mut count = 0;
    for _ in 0..start >> 6 {
        count += ones(next());
    }
    let word = next();
    let at_start = count + ones(word & below(start));
    if start >> 6 == end >> 6 {
        return at_start..count + ones(word & below(end));
    }
    count += ones(word);
    for _ in (start >> 6) + 1..end >> 6 {
        count += ones(next());
    }
    at_start..count + ones(next() & below(end))
}

/// The run starts of a group, 64 rows a word.
pub(super) struct StartWords<'a, K> {
    kernel: K,
    group: &'a Group<'a>,
    /// The next word, or its byte in the bitmap of nonzero bytes.
    offset: usize,
    /// The next nonzero byte.
    nonzero_offset: usize,
}

impl<'a, K: Kernel> StartWords<'a, K> {
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
            if self.group.header.run_starts == RunStarts::Raw {
                self.offset += 8;
                return word;
            }
            let map = word & 0xFF;
            let bytes = self.kernel.deposit(map, 0x0101_0101_0101_0101).wrapping_mul(0xFF);
            let packed = self.kernel.word(self.group, self.nonzero_offset);
            self.offset += 1;
            self.nonzero_offset += map.count_ones() as usize;
            self.kernel.deposit(packed, bytes)
        }
    }
}

/// The heads that are the symbol at `place`.
#[inline(always)]
unsafe fn heads_of<K: Kernel>(kernel: K, group: &Group, mut place: usize) -> Mask {
    let mut level = 0;
    while !group.is_last(level) && place >= group.own_places(level) {
        place -= group.own_places(level);
        level += 1;
    }
    // SAFETY: the caller's promise.
    let mut mask = unsafe { match_level(kernel, group, level, place) };
    while level > 0 {
        level -= 1;
        // SAFETY: the caller's promise.
        let mut escapes = unsafe { match_level(kernel, group, level, group.own_places(level)) };
        let mut used = 0usize;
        for marks in &mut escapes[..group.header.head_counts[level].div_ceil(64)] {
            let (word, shift) = (used >> 6, used & 63);
            let deposited = mask[word] >> shift | mask[word + 1] << 1 << (63 - shift);
            used += marks.count_ones() as usize;
            *marks = kernel.deposit(deposited, *marks);
        }
        mask = escapes;
    }
    mask
}

/// The heads of `level` coded `code`. Bits past the last head are undefined.
#[inline(always)]
unsafe fn match_level<K: Kernel>(kernel: K, group: &Group, level: usize, code: usize) -> Mask {
    let (width, stride, first) = (group.header.widths[level], group.plane_bytes(level), group.planes[level]);
    let mut mask = [0; MASK_WORDS];
    let words = &mut mask[..group.header.head_counts[level].div_ceil(64)];
    let differs = |plane: u32| ((code >> plane & 1) as u64).wrapping_sub(1);
    if width <= 4 {
        // Without a branch on the width: a plane that is not there reads the first one, and counts as equal.
        let is_there = |plane: u32| plane < width;
        let at = |plane: u32| first + if is_there(plane) { plane as usize * stride } else { 0 };
        let ignored = |plane: u32| if is_there(plane) { 0 } else { u64::MAX };
        let (at, flip) = ([at(0), at(1), at(2), at(3)], [differs(0), differs(1), differs(2), differs(3)]);
        let ignored = [ignored(0), ignored(1), ignored(2), ignored(3)];
        for (index, word) in words.iter_mut().enumerate() {
            let equal = |plane: usize| {
                // SAFETY: the plane's words end at most 7 bytes past it, and the run starts follow.
                let bits = unsafe { kernel.word(group, at[plane] + 8 * index) };
                bits ^ flip[plane] | ignored[plane]
            };
            *word = equal(0) & equal(1) & equal(2) & equal(3);
        }
    } else {
        for (index, word) in words.iter_mut().enumerate() {
            *word = (0..width).fold(u64::MAX, |equal, plane| {
                // SAFETY: as above.
                equal & (unsafe { kernel.word(group, first + plane as usize * stride + 8 * index) } ^ differs(plane))
            });
        }
    }
    mask
}

/// The place of the symbol at `position`.
#[inline(always)]
unsafe fn place_at<K: Kernel>(kernel: K, group: &Group, position: usize) -> usize {
    if group.header.symbol_count == 1 {
        return 0;
    }
    let mut head = match group.header.run_starts {
        RunStarts::EveryRow => position,
        // SAFETY: the caller's promise.
        _ => unsafe { run_at(kernel, group, position) },
    };
    let mut places = 0;
    for level in 0..group.header.widths.len() {
        let code = group.code_at(level, head);
        if group.is_last(level) || code < group.own_places(level) {
            return places + code;
        }
        places += code;
        // SAFETY: the caller's promise.
        let escapes = unsafe { match_level(kernel, group, level, code) };
        head = count_below(head, head, {
            let mut words = escapes.iter().copied();
            move || words.next().unwrap_or(0)
        })
        .start as usize;
    }
    places
}

/// The run that `position` is in.
#[inline(always)]
unsafe fn run_at<K: Kernel>(kernel: K, group: &Group, position: usize) -> usize {
    let mut starts = StartWords::new(kernel, group);
    let mut count = 0;
    for _ in 0..position >> 6 {
        // SAFETY: the position is inside the group, and the caller's promise.
        count += unsafe { starts.next() }.count_ones();
    }
    // SAFETY: as above.
    count += (unsafe { starts.next() } & u64::MAX >> (63 - (position & 63))).count_ones();
    count.saturating_sub(1) as usize
}
