//! How many ones stand before a bit, and where is the k-th?
//!
//! ```text
//! bits u64 | ones u64 | lines of 64 bytes: ones before u64, 448 bits | hints: line of every 512th one u64
//! ```
//!
//! A count reads one line; a search for a one bisects the lines between two hints.

use crate::error::{Error, Result};
use crate::section::Section;

const HEADER_BYTES: usize = 16;
const LINE_BYTES: usize = 64;
const LINE_WORDS: usize = 7;
/// Bits of a line.
const LINE_BITS: u64 = LINE_WORDS as u64 * 64;
/// Ones between two hints.
const HINT_SPACING: u64 = 512;

/// A bit vector with its counts, read in place. Hostile bytes give wrong answers, no more.
#[derive(Debug, Clone)]
pub struct RankedBits {
    section: Section,
    len: u64,
    ones: u64,
    line_count: u64,
}

impl RankedBits {
    /// Opens what [`RankedBits::encode`] made. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when header and length disagree.
    pub fn open(section: Section, name: &'static str) -> Result<Self> {
        let header = section.u64_at(0).zip(section.u64_at(8)).filter(|(len, ones)| ones <= len && *len < 1 << 56);
        let Some((len, ones)) = header else {
            return Err(Error::damaged(name, format!("{} bytes hold no header of bits", section.len())));
        };
        let bits = Self { line_count: len / LINE_BITS + 1, section, len, ones };
        if bits.hint_offset(bits.hint_count()) != bits.section.len() as u64 {
            return Err(Error::damaged(name, format!("{len} bits are not {} bytes", bits.section.len())));
        }
        if bits.rank(len) != ones {
            return Err(Error::damaged(name, "its counts do not end at the number of ones"));
        }
        Ok(bits)
    }

    /// Bits.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are no bits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Ones among all bits.
    pub fn ones(&self) -> u64 {
        self.ones
    }

    /// Ones before `bit`; past the end all of them. One line.
    #[inline(always)]
    pub fn rank(&self, bit: u64) -> u64 {
        let bit = bit.min(self.len);
        let Some(line) = self.line(bit / LINE_BITS) else { return 0 };
        let within = (bit % LINE_BITS) as i64;
        let ones = (0..LINE_WORDS).map(|word| {
            let kept = (within - 64 * word as i64).clamp(0, 64) as u32;
            (word_of(line, word + 1) & low_mask(kept)).count_ones()
        });
        word_of(line, 0).wrapping_add(u64::from(ones.sum::<u32>()))
    }

    /// Whether `bit` is set.
    #[inline(always)]
    pub fn get(&self, bit: u64) -> bool {
        let within = bit % LINE_BITS;
        let line = self.line(bit / LINE_BITS);
        line.is_some_and(|line| word_of(line, 1 + (within / 64) as usize) >> (within % 64) & 1 == 1)
    }

    /// The place of the one with `index` ones before it, or the length past the last. O(log) lines between two hints.
    #[inline(always)]
    pub fn select(&self, index: u64) -> u64 {
        if index >= self.ones {
            return self.len;
        }
        let hint = index / HINT_SPACING;
        let mut low = self.hint(hint);
        let mut high = self.hint(hint + 1).saturating_add(1).min(self.line_count);
        while high.saturating_sub(low) > 1 {
            let middle = low + (high - low) / 2;
            match self.line(middle).is_some_and(|line| word_of(line, 0) <= index) {
                true => low = middle,
                false => high = middle,
            }
        }
        self.select_in_line(low, index).min(self.len)
    }

    /// The last one at or before `bit`; 0 when there is none.
    #[inline(always)]
    pub fn predecessor(&self, bit: u64) -> u64 {
        let within = bit % LINE_BITS;
        let Some(line) = self.line(bit / LINE_BITS) else { return 0 };
        let last = (within / 64) as usize;
        let mut word = word_of(line, last + 1) & (u64::MAX >> (63 - within % 64));
        for at in (0..=last).rev() {
            if word != 0 {
                return bit - within + at as u64 * 64 + 63 - u64::from(word.leading_zeros());
            }
            word = if at > 0 { word_of(line, at) } else { 0 };
        }
        word_of(line, 0).checked_sub(1).map_or(0, |index| self.select(index))
    }

    /// Asks for the line of `bit`.
    #[inline(always)]
    pub fn prefetch(&self, bit: u64) {
        crate::rank::run_head::prefetch(&self.section, HEADER_BYTES + (bit / LINE_BITS) as usize * LINE_BYTES);
    }

    /// Compares all counts and hints with the bits. O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn verify(&self, name: &'static str) -> Result<()> {
        let mut ones = 0;
        for line in 0..self.line_count {
            let words = self.line(line).ok_or_else(|| Error::damaged(name, "cut short"))?;
            if word_of(words, 0) != ones {
                return Err(Error::damaged(name, format!("line {line} counts wrong")));
            }
            for word in 1..=LINE_WORDS {
                ones += u64::from(word_of(words, word).count_ones());
            }
        }
        let is_found = |index: &u64| self.get(self.select(*index)) && self.rank(self.select(*index)) == *index;
        match (0..self.ones).step_by(61).find(|index| !is_found(index)) {
            Some(index) => Err(Error::damaged(name, format!("the one {index} is not found again"))),
            None => Ok(()),
        }
    }

    fn select_in_line(&self, line: u64, index: u64) -> u64 {
        let Some(words) = self.line(line) else { return self.len };
        let mut rest = index.wrapping_sub(word_of(words, 0));
        for word in 0..LINE_WORDS {
            let bits = word_of(words, word + 1);
            let ones = u64::from(bits.count_ones());
            if rest < ones {
                return line * LINE_BITS + word as u64 * 64 + u64::from(select_in_word(bits, rest as u32));
            }
            rest -= ones;
        }
        self.len
    }

    fn hint_count(&self) -> u64 {
        self.ones / HINT_SPACING + 2
    }

    fn hint_offset(&self, hint: u64) -> u64 {
        HEADER_BYTES as u64 + self.line_count * LINE_BYTES as u64 + hint * 8
    }

    #[inline(always)]
    fn hint(&self, hint: u64) -> u64 {
        let last = self.line_count - 1;
        self.section.u64_at(self.hint_offset(hint) as usize).unwrap_or(last).min(last)
    }

    #[inline(always)]
    fn line(&self, line: u64) -> Option<&[u8; LINE_BYTES]> {
        self.section.get(HEADER_BYTES + line as usize * LINE_BYTES..)?.first_chunk()
    }

    /// The section of `len` bits of which those at `ones`, in any order and none twice, are set. O(n).
    pub fn encode(len: u64, ones: impl IntoIterator<Item = u64>) -> Vec<u8> {
        let line_count = (len / LINE_BITS + 1) as usize;
        let mut words = vec![0u64; line_count * 8];
        let mut one_count = 0;
        for bit in ones {
            let within = (bit % LINE_BITS) as usize;
            words[(bit / LINE_BITS) as usize * 8 + 1 + within / 64] |= 1 << (within % 64);
            one_count += 1;
        }
        let mut hints = Vec::new();
        let mut before = 0u64;
        for (at, line) in words.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let ones: u32 = line[1..].iter().map(|word| word.count_ones()).sum();
            line[0] = before;
            before += u64::from(ones);
            while (hints.len() as u64) * HINT_SPACING < before {
                hints.push(at as u64);
            }
        }
        hints.resize((one_count / HINT_SPACING + 2) as usize, line_count as u64 - 1);
        [len, one_count].into_iter().chain(words).chain(hints).flat_map(u64::to_le_bytes).collect()
    }
}

#[inline(always)]
fn word_of(line: &[u8; LINE_BYTES], word: usize) -> u64 {
    line.as_chunks::<8>().0.get(word).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The lowest `count` bits, up to 64.
#[inline(always)]
pub(crate) fn low_mask(count: u32) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// The place of the one with `index` ones below it.
#[inline(always)]
fn select_in_word(word: u64, index: u32) -> u32 {
    let (mut word, mut place, mut index) = (word, 0, index);
    for half in [32, 16, 8, 4, 2, 1] {
        let ones = (word & low_mask(half)).count_ones();
        if index >= ones {
            index -= ones;
            word >>= half;
            place += half;
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn make(len: u64, ones: &[u64]) -> RankedBits {
        RankedBits::open(Section::from_vec(RankedBits::encode(len, ones.iter().copied())), "bits").unwrap()
    }

    fn check(len: u64, ones: &[u64]) {
        let bits = make(len, ones);
        bits.verify("bits").unwrap();
        assert_eq!((bits.len(), bits.ones()), (len, ones.len() as u64));
        let mut before = 0;
        for bit in 0..=len {
            assert_eq!(bits.rank(bit), before);
            let is_set = ones.get(before as usize) == Some(&bit);
            assert_eq!(bits.get(bit), is_set);
            if is_set {
                assert_eq!(bits.select(before), bit);
            }
            before += u64::from(is_set);
            if let Some(last) = (before as usize).checked_sub(1) {
                assert_eq!(bits.predecessor(bit), ones[last]);
            }
        }
        assert_eq!(bits.select(before), len);
    }

    #[test]
    fn borders_of_lines_and_hints() {
        check(0, &[]);
        for len in [1, 447, 448, 449, 896, 9000] {
            check(len, &[]);
            check(len, &(0..len).collect::<Vec<_>>());
            check(len, &[len - 1]);
        }
        check(40_000, &(0..40_000).step_by(3).collect::<Vec<_>>());
        check(100_000, &(99_000..100_000).collect::<Vec<_>>());
    }

    #[test]
    fn hostile_words_do_no_harm() {
        let whole = RankedBits::encode(2000, (0..2000).step_by(2));
        for at in (0..whole.len()).step_by(7) {
            let mut changed = whole.clone();
            changed[at] ^= 0xFF;
            if let Ok(bits) = RankedBits::open(Section::from_vec(changed), "bits") {
                let _ = (bits.verify("bits"), bits.rank(1000), bits.select(300), bits.predecessor(u64::MAX));
            }
        }
        assert!(RankedBits::open(Section::from_vec(whole[8..].to_vec()), "bits").is_err());
        assert!(RankedBits::open(Section::from_vec(vec![]), "bits").is_err());
    }

    proptest! {
        #[test]
        fn counts_and_places_are_those_of_the_bits(bits in proptest::collection::vec(any::<bool>(), 0..3000)) {
            let ones: Vec<u64> = (0..).zip(&bits).filter(|(_, bit)| **bit).map(|(place, _)| place).collect();
            check(bits.len() as u64, &ones);
        }
    }
}
