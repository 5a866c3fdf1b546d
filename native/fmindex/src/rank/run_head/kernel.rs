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

use std::mem::MaybeUninit;
use std::ops::Range;

use super::group::{Group, RunStarts};
use super::portable::Portable;

/// Words with a bit for each head or row of the largest group, and two zeros past them.
const MASK_WORDS: usize = 64 + 2;

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
        if group.header.run_starts == RunStarts::EveryRow {
            return count_bits(EachHead { heads: &heads, next: 0 }, positions);
        }
        count_bits(RowWords { heads: &heads, starts: StartWords::new(kernel, group), head: 0, open: 0 }, positions)
    }
}

/// Words of which each bit stands for a row.
trait Words {
    /// The next 64 rows.
    ///
    /// # Safety
    /// The group is whole, as for [`Kernel::word`], and has rows left.
    unsafe fn next(&mut self) -> u64;
}

/// Set bits before each end of `positions`.
#[inline(always)]
unsafe fn count_bits<W: Words>(mut words: W, positions: Range<usize>) -> Range<u64> {
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

/// The bits below `position` in its word.
#[inline(always)]
fn below(position: usize) -> u64 {
    (1 << (position & 63)) - 1
}

/// The rows of a symbol, in a group of which each row is a head.
struct EachHead<'a> {
    heads: &'a Mask,
    next: usize,
}

impl Words for EachHead<'_> {
    #[inline(always)]
    unsafe fn next(&mut self) -> u64 {
        self.next += 64;
        self.heads.bits_from(self.next - 64)
    }
}

/// The rows of a symbol, by the heads that are the symbol and by the run starts.
struct RowWords<'a, K> {
    heads: &'a Mask,
    starts: StartWords<'a, K>,
    /// Heads of the rows before the next word.
    head: usize,
    /// All ones while the last row before the next word is the symbol.
    open: u64,
}

impl<K: Kernel> Words for RowWords<'_, K> {
    #[inline(always)]
    unsafe fn next(&mut self) -> u64 {
        // SAFETY: the caller's promise.
        let begins = unsafe { self.starts.next() };
        let firsts = self.starts.kernel.deposit(self.heads.bits_from(self.head), begins);
        self.head += begins.count_ones() as usize;
        let goes_on = !begins;
        // Adding at the first row after a start carries through the rest of the run and clears it.
        let after_firsts = goes_on & !goes_on.wrapping_add(firsts << 1 & goes_on);
        let from_before = begins.wrapping_sub(1) & goes_on & self.open;
        let rows = firsts | after_firsts | from_before;
        self.open = ((rows as i64) >> 63) as u64;
        rows
    }
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
            let packed = self.kernel.word(self.group, self.nonzero_offset);
            self.offset += 1;
            self.nonzero_offset += map.count_ones() as usize;
            self.kernel.place_bytes(packed, map)
        }
    }
}

/// Sets `heads` to the heads that are the symbol at `place`, for the first `rows` rows at least.
#[inline(always)]
unsafe fn mark_heads<K: Kernel>(kernel: K, group: &Group, place: usize, rows: usize, heads: &mut Mask) {
    // SAFETY: the caller's promise.
    unsafe {
        if !group.header.shares_code || place > 1 {
            return mark_code(kernel, group, place, rows, heads);
        }
        match_level(kernel, group, 0, 0, rows, heads);
        if place == 0 {
            heads.split_pairs(|first, _| first);
        } else {
            let mut unshared = Mask::new();
            mark_code(kernel, group, 1, rows, &mut unshared);
            heads.split_pairs(|_, second| second);
            heads.add(&unshared);
        }
    }
}

/// Sets `heads` to the heads coded as `place`, for the first `rows` rows at least.
#[inline(always)]
unsafe fn mark_code<K: Kernel>(kernel: K, group: &Group, place: usize, rows: usize, heads: &mut Mask) {
    // SAFETY: the caller's promise.
    unsafe {
        if group.is_last(0) || place < group.own_places(0) {
            return match_level(kernel, group, 0, place, rows, heads);
        }
        let place = place - group.own_places(0);
        let mut escaped = Mask::new();
        if group.is_last(1) || place < group.own_places(1) {
            match_level(kernel, group, 1, place, rows, &mut escaped);
        } else {
            let mut escaped_twice = Mask::new();
            match_level(kernel, group, 2, place - group.own_places(1), rows, &mut escaped_twice);
            match_level(kernel, group, 1, group.own_places(1), rows, &mut escaped);
            escaped.keep_marked(kernel, &escaped_twice);
        }
        match_level(kernel, group, 0, group.own_places(0), rows, heads);
        heads.keep_marked(kernel, &escaped);
    }
}

/// Sets `mask` to the heads of `level` coded `code`, for the first `heads` at least. Bits past the last are undefined.
#[inline(always)]
unsafe fn match_level<K: Kernel>(kernel: K, group: &Group, level: usize, code: usize, heads: usize, mask: &mut Mask) {
    let (width, stride) = (group.header.widths[level] as usize, group.plane_bytes(level));
    let first = group.planes[level];
    let words = group.header.head_counts[level].min(heads).div_ceil(64);
    let differs = |plane: usize| (code as u64 >> plane & 1).wrapping_sub(1);
    // Without a branch on the width, which is hard to foresee: a plane that is not there reads the first one, and
    // counts as equal.
    let at: [usize; 4] = std::array::from_fn(|plane| first + if plane < width { plane * stride } else { 0 });
    let flip: [u64; 4] = std::array::from_fn(differs);
    let ignored: [u64; 4] = std::array::from_fn(|plane| if plane < width { 0 } else { u64::MAX });
    let mut index = 0;
    while index < words {
        let mut equal = [u64::MAX; 4];
        for plane in 0..4 {
            for (lane, equal) in equal.iter_mut().enumerate() {
                // SAFETY: a plane's words end at most 31 bytes past it, and the run starts follow.
                let bits = unsafe { kernel.word(group, at[plane] + 8 * (index + lane)) };
                *equal &= bits ^ flip[plane] | ignored[plane];
            }
        }
        for plane in 4..width {
            for (lane, equal) in equal.iter_mut().enumerate() {
                // SAFETY: as above.
                let bits = unsafe { kernel.word(group, first + plane * stride + 8 * (index + lane)) };
                *equal &= bits ^ differs(plane);
            }
        }
        mask.words[index..index + 4].copy_from_slice(&equal.map(MaybeUninit::new));
        index += 4;
    }
    mask.words[index] = MaybeUninit::new(0);
    mask.words[index + 1] = MaybeUninit::new(0);
    mask.len = index;
}

/// Bits for the heads of a level. The words up to `len + 1` are set; those from `len` are zero.
struct Mask {
    words: [MaybeUninit<u64>; MASK_WORDS],
    len: usize,
}

impl Mask {
    #[inline(always)]
    fn new() -> Self {
        let mut words = [MaybeUninit::uninit(); MASK_WORDS];
        words[0] = MaybeUninit::new(0);
        words[1] = MaybeUninit::new(0);
        Self { words, len: 0 }
    }

    /// The 64 bits from `head` on. Past the end they are zero.
    #[inline(always)]
    fn bits_from(&self, head: usize) -> u64 {
        let (word, shift) = ((head >> 6).min(self.len), head & 63);
        // SAFETY: `len + 1` is below `MASK_WORDS`, and the words up to it are set.
        let (low, high) =
            unsafe { (self.words.get_unchecked(word).assume_init(), self.words.get_unchecked(word + 1).assume_init()) };
        low >> shift | high << 1 << (63 - shift)
    }

    /// Keeps the k-th mark when `kept` has bit k.
    #[inline(always)]
    fn keep_marked<K: Kernel>(&mut self, kernel: K, kept: &Self) {
        let mut head = 0;
        for word in 0..self.len {
            let marks = self.bits_from(64 * word);
            self.words[word] = MaybeUninit::new(kernel.deposit(kept.bits_from(head), marks));
            head += marks.count_ones() as usize;
        }
    }

    /// Of heads that share a code, keeps those that `keep` takes: in each row of neighbouring marks the first, the
    /// third … are the first symbol, the others the second.
    #[inline(always)]
    fn split_pairs(&mut self, keep: impl Fn(u64, u64) -> u64) {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let mut last_is_first = 0;
        for word in 0..self.len {
            let marks = self.bits_from(64 * word);
            // Adding at the start of a row clears it; a row that begins at an odd bit is left over.
            let even_starts = marks & !(marks << 1 | last_is_first) & EVEN;
            let from_even = marks & !marks.wrapping_add(even_starts);
            let firsts = (from_even & EVEN) | (marks & !from_even & !EVEN);
            last_is_first = firsts >> 63;
            self.words[word] = MaybeUninit::new(keep(firsts, marks & !firsts));
        }
    }

    /// Adds the marks of `other`, a mask of the same level.
    #[inline(always)]
    fn add(&mut self, other: &Self) {
        for word in 0..self.len {
            let both = self.bits_from(64 * word) | other.bits_from(64 * word);
            self.words[word] = MaybeUninit::new(both);
        }
    }

    /// Marks before `head`.
    #[inline(always)]
    fn count_before(&self, head: usize) -> usize {
        let whole = (0..head >> 6).map(|word| self.bits_from(64 * word).count_ones()).sum::<u32>();
        (whole + (self.bits_from(head & !63) & below(head)).count_ones()) as usize
    }
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
    let (mut places, mut marks) = (0, Mask::new());
    for level in 0..group.header.widths.len() {
        let code = group.code_at(level, head);
        if level == 0 && code == 0 && group.header.shares_code {
            // SAFETY: the caller's promise.
            unsafe { match_level(kernel, group, 0, 0, head + 1, &mut marks) };
            marks.split_pairs(|_, second| second);
            return (marks.bits_from(head) & 1) as usize;
        }
        if group.is_last(level) || code < group.own_places(level) {
            return places + code;
        }
        places += code;
        // SAFETY: the caller's promise.
        unsafe { match_level(kernel, group, level, code, head + 1, &mut marks) };
        head = marks.count_before(head);
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
