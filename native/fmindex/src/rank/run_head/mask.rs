//! How are some heads of a group marked?

use std::mem::MaybeUninit;

use super::kernel::Kernel;
use super::rows::below;

/// Words with a bit for each head or row of the largest group, and two zeros past them.
const MASK_WORDS: usize = 64 + 2;

/// Bits for the heads of a level. The words up to `len + 1` are set; those from `len` are zero.
pub(super) struct Mask {
    words: [MaybeUninit<u64>; MASK_WORDS],
    len: usize,
}

impl Mask {
    #[inline(always)]
    pub fn new() -> Self {
        let mut mask = Self { words: [MaybeUninit::uninit(); MASK_WORDS], len: 0 };
        mask.set_len(0);
        mask
    }

    /// Sets the words from `word` to `word + 3`, which must be below 64.
    #[inline(always)]
    pub fn set_four(&mut self, word: usize, words: [u64; 4]) {
        self.words[word..word + 4].copy_from_slice(&words.map(MaybeUninit::new));
    }

    /// Ends the mask after `len` words, which are set.
    #[inline(always)]
    pub fn set_len(&mut self, len: usize) {
        self.words[len] = MaybeUninit::new(0);
        self.words[len + 1] = MaybeUninit::new(0);
        self.len = len;
    }

    /// The 64 bits from `head` on. Past the end they are zero.
    #[inline(always)]
    pub fn bits_from(&self, head: usize) -> u64 {
        let (word, shift) = ((head >> 6).min(self.len), head & 63);
        // SAFETY: `len + 1` is below `MASK_WORDS`, and the words up to it are set.
        let (low, high) =
            unsafe { (self.words.get_unchecked(word).assume_init(), self.words.get_unchecked(word + 1).assume_init()) };
        low >> shift | high << 1 << (63 - shift)
    }

    /// Keeps the k-th mark when `kept` has bit k.
    #[inline(always)]
    pub fn keep_marked<K: Kernel>(&mut self, kernel: K, kept: &Self) {
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
    pub fn split_pairs(&mut self, keep: impl Fn(u64, u64) -> u64) {
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
    pub fn add(&mut self, other: &Self) {
        for word in 0..self.len {
            let both = self.bits_from(64 * word) | other.bits_from(64 * word);
            self.words[word] = MaybeUninit::new(both);
        }
    }

    /// Marks before `head`.
    #[inline(always)]
    pub fn count_before(&self, head: usize) -> usize {
        let whole = (0..head >> 6).map(|word| self.bits_from(64 * word).count_ones()).sum::<u32>();
        (whole + (self.bits_from(head & !63) & below(head)).count_ones()) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::run_head::portable::Portable;

    fn mask_of(words: [u64; 4]) -> Mask {
        let mut mask = Mask::new();
        mask.set_four(0, words);
        mask.set_len(4);
        mask
    }

    #[test]
    fn bits_past_the_end_are_zero() {
        let mask = mask_of([u64::MAX; 4]);
        assert_eq!(mask.bits_from(190), u64::MAX);
        assert_eq!(mask.bits_from(250), 0x3F);
        assert_eq!(mask.bits_from(256), 0);
        assert_eq!(mask.bits_from(5000), 0);
        assert_eq!(mask.count_before(130), 130);
    }

    #[test]
    fn pairs_are_split_across_words() {
        // One row of marks from bit 3 to bit 130, another one from bit 133.
        let words = [u64::MAX << 3, u64::MAX, 0b10_0111, 0];
        let firsts = |bit: usize| (3..=130).contains(&bit) && bit % 2 == 1 || bit == 133;
        let (mut first, mut second) = (mask_of(words), mask_of(words));
        first.split_pairs(|first, _| first);
        second.split_pairs(|_, second| second);
        for bit in 0..256 {
            let marked = words[bit / 64] >> (bit % 64) & 1 == 1;
            assert_eq!(first.bits_from(bit) & 1 == 1, firsts(bit), "bit {bit}");
            assert_eq!(second.bits_from(bit) & 1 == 1, marked && !firsts(bit), "bit {bit}");
        }
    }

    #[test]
    fn every_second_mark_is_kept() {
        let mut mask = mask_of([u64::MAX, 0, u64::MAX, 0]);
        mask.keep_marked(Portable::<true>, &mask_of([0x5555_5555_5555_5555; 4]));
        assert_eq!(mask.bits_from(0), 0x5555_5555_5555_5555);
        assert_eq!(mask.bits_from(128), 0x5555_5555_5555_5555);
        assert_eq!(mask.count_before(256), 64);
    }
}
