//! How is a rising sequence of integers kept in about two bits more than its mean gap needs, and searched?
//!
//! Elias (1974), Fano (1971): the low bits of each value are stored as they are; value `i` with the high part `h` sets
//! bit `h + i` of a bit vector. Reading is a select of a one, searching a select of a zero. A select finds its block of
//! 512 bits by bisection between two hints, so a skewed sequence costs a logarithm and never a scan.

use super::elias_fano_layout::{BLOCK_BITS, HINT_SPACING, Layout};
use crate::error::{Error, Result};
use crate::section::Section;

/// A sequence of `u64` that never falls, read in place. Hostile bytes give wrong values or `None`, no more.
#[derive(Debug, Clone)]
pub struct EliasFano {
    section: Section,
    layout: Layout,
}

impl EliasFano {
    /// Opens what [`super::EliasFanoBuilder::finish`] made. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when the header, the length of the section and the directory disagree.
    pub fn open(section: Section, name: &'static str) -> Result<Self> {
        let header = (section.u64_at(0), section.u64_at(8));
        let (Some(len), Some(max_value)) = header else {
            return Err(Error::damaged(name, format!("{} bytes hold no header", section.len())));
        };
        let layout = Layout::new(len, max_value).filter(|layout| layout.section_bytes == section.len());
        let Some(layout) = layout else {
            let detail = format!("{len} values up to {max_value} are not {} bytes", section.len());
            return Err(Error::damaged(name, detail));
        };
        let sequence = Self { section, layout };
        if sequence.ones_before(sequence.layout.block_count) != Some(len) {
            return Err(Error::damaged(name, format!("the directory does not end at {len} values")));
        }
        Ok(sequence)
    }

    /// Number of values.
    pub fn len(&self) -> u64 {
        self.layout.len
    }

    /// What no value is above, as the builder was told.
    pub fn max_value(&self) -> u64 {
        self.layout.max_value
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.layout.len == 0
    }

    /// The value at `index`, or `None` past the end. O(log n) at worst, near O(1) on even gaps.
    #[inline]
    pub fn get(&self, index: u64) -> Option<u64> {
        let high = self.select_one(index)?.checked_sub(index)?;
        Some(high.checked_shl(self.layout.low_width)? | self.low(index)?)
    }

    /// All values in their order. O(1) each.
    pub fn values(&self) -> impl Iterator<Item = u64> {
        let (mut word, mut bits) = (0, self.high_word(0).unwrap_or(0));
        (0..self.len()).map_while(move |index| {
            while bits == 0 {
                word += 1;
                if word >= self.layout.block_count * (BLOCK_BITS / 64) {
                    return None;
                }
                bits = self.high_word(word)?;
            }
            let one = word * 64 + u64::from(bits.trailing_zeros());
            bits &= bits - 1;
            Some(one.checked_sub(index)?.checked_shl(self.layout.low_width)? | self.low(index)?)
        })
    }

    /// The index of the last value `<= value`, or `None` when there is none. As [`EliasFano::get`], and a bisection
    /// among the values that share their high part.
    #[inline]
    pub fn predecessor(&self, value: u64) -> Option<u64> {
        self.count_to(value).checked_sub(1)
    }

    /// How many values are `<= value`.
    pub fn count_to(&self, value: u64) -> u64 {
        if value >= self.layout.max_value {
            return self.len();
        }
        let (start, end) = self.bucket(value >> self.layout.low_width);
        let low = value & ((1 << self.layout.low_width) - 1);
        start + partition(end - start, |offset| self.low(start + offset).is_some_and(|other| other <= low))
    }

    /// The index of the last value equal to `value`, or `None` when it is not there.
    #[inline]
    pub fn find(&self, value: u64) -> Option<u64> {
        if value > self.layout.max_value {
            return None;
        }
        let (start, end) = self.bucket(value >> self.layout.low_width);
        let low = value & ((1 << self.layout.low_width) - 1);
        let index = if end - start <= 8 {
            (start..end).rev().find(|&index| self.low(index).is_some_and(|other| other <= low))?
        } else {
            let count = partition(end - start, |offset| self.low(start + offset).is_some_and(|other| other <= low));
            (start + count).checked_sub(1).filter(|&index| index >= start)?
        };
        (self.low(index) == Some(low)).then_some(index)
    }

    /// Reads everything and compares it with the directories. O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`] when a value falls, passes the largest, or cannot be found again.
    pub fn verify(&self, name: &'static str) -> Result<()> {
        let mut last = 0;
        for index in 0..self.len() {
            let value = self.get(index).filter(|&value| value >= last && value <= self.layout.max_value);
            let found = value.and_then(|value| self.find(value));
            match (value, found) {
                (Some(value), Some(found)) if found >= index => last = value,
                _ => return Err(Error::damaged(name, format!("the value at {index} is out of order"))),
            }
        }
        Ok(())
    }

    /// The indices of the values with that high part.
    #[inline]
    fn bucket(&self, high: u64) -> (u64, u64) {
        let len = self.len();
        let Some(before) = high.checked_sub(1) else {
            return (0, self.select_zero(0).unwrap_or(len).min(len));
        };
        let Some(start_bit) = self.select_zero(before) else { return (len, len) };
        let end_bit = match self.next_zero(start_bit + 1) {
            Some(bit) => Some(bit),
            None => self.select_zero(high),
        };
        let start = start_bit.saturating_sub(before).min(len);
        (start, end_bit.map_or(len, |bit| bit.saturating_sub(high)).clamp(start, len))
    }

    /// The first zero bit at or after `bit`, when the same word has one.
    #[inline]
    fn next_zero(&self, bit: u64) -> Option<u64> {
        let zeros = !self.high_word(bit / 64)? >> (bit % 64);
        (zeros != 0).then(|| bit + u64::from(zeros.trailing_zeros()))
    }

    #[inline]
    fn low(&self, index: u64) -> Option<u64> {
        let bit = index.checked_mul(u64::from(self.layout.low_width))?;
        let word = self.section.u64_at(self.layout.low_offset + (bit / 8) as usize)?;
        Some((word >> (bit % 8)) & ((1 << self.layout.low_width) - 1))
    }

    #[inline]
    fn high_word(&self, word: u64) -> Option<u64> {
        // A word past the high bits would be one of the directory: wrong, but harmless; the callers stop before.
        self.section.u64_at(self.layout.high_offset.checked_add((word as usize).checked_mul(8)?)?)
    }

    #[inline]
    fn ones_before(&self, block: u64) -> Option<u64> {
        self.section.u64_at(self.layout.blocks_offset + block as usize * 8)
    }

    /// The position of the one number `index`.
    #[inline]
    fn select_one(&self, index: u64) -> Option<u64> {
        if index >= self.layout.len {
            return None;
        }
        let block =
            self.find_block(self.layout.one_hints_offset, index, self.layout.len, |block| self.ones_before(block))?;
        self.select_in_block(block, index.checked_sub(self.ones_before(block)?)?, 0)
    }

    /// The position of the zero number `index`.
    #[inline]
    fn select_zero(&self, index: u64) -> Option<u64> {
        if index >= self.layout.zero_count {
            return None;
        }
        let zeros_before = |block: u64| (block * BLOCK_BITS).checked_sub(self.ones_before(block)?);
        let block = self.find_block(self.layout.zero_hints_offset, index, self.layout.zero_count, zeros_before)?;
        self.select_in_block(block, index.checked_sub(zeros_before(block)?)?, u64::MAX)
    }

    /// The last block with at most `index` bits of a kind before it.
    #[inline]
    fn find_block(
        &self,
        hints_offset: usize,
        index: u64,
        count: u64,
        before: impl Fn(u64) -> Option<u64>,
    ) -> Option<u64> {
        let hint = index / HINT_SPACING;
        let last = self.layout.block_count.checked_sub(1)?;
        let hint_at = |hint: u64| self.section.u64_at(hints_offset + hint as usize * 8);
        let low = hint_at(hint)?.min(last);
        let high = if hint + 1 < count.div_ceil(HINT_SPACING) { hint_at(hint + 1)?.clamp(low, last) } else { last };
        Some(low + partition(high - low, |offset| before(low + offset + 1).is_some_and(|bits| bits <= index)))
    }

    /// The position of the bit number `index` of a block, among the ones of its words XOR `flip`.
    #[inline]
    fn select_in_block(&self, block: u64, index: u64, flip: u64) -> Option<u64> {
        let mut left = index;
        for word in block * (BLOCK_BITS / 64)..(block + 1) * (BLOCK_BITS / 64) {
            let bits = self.high_word(word)? ^ flip;
            let ones = u64::from(bits.count_ones());
            if left < ones {
                return Some(word * 64 + select_in_word(bits, left));
            }
            left -= ones;
        }
        None
    }
}

/// The first `offset` below `len` for which `is_before` fails, or `len`.
#[inline]
fn partition(len: u64, is_before: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The position of the one number `index` of `bits`, which has more than `index` ones.
#[inline]
fn select_in_word(mut bits: u64, mut index: u64) -> u64 {
    let mut position = 0;
    for width in [32, 16, 8] {
        let ones = u64::from((bits & ((1 << width) - 1)).count_ones());
        if index >= ones {
            index -= ones;
            bits >>= width;
            position += width;
        }
    }
    for _ in 0..index {
        bits &= bits.wrapping_sub(1);
    }
    position + u64::from(bits.trailing_zeros())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::EliasFanoBuilder;
    use super::*;

    fn encode(values: &[u64]) -> EliasFano {
        EliasFano::open(Section::from_vec(EliasFanoBuilder::encode(values).unwrap()), "test").unwrap()
    }

    fn check(values: &[u64], probes: impl Iterator<Item = u64>) {
        let coded = encode(values);
        let back: Vec<u64> = (0..coded.len()).map(|index| coded.get(index).unwrap()).collect();
        assert_eq!(back, values);
        assert_eq!(coded.get(coded.len()), None);
        coded.verify("test").unwrap();
        for probe in probes.chain(values.iter().flat_map(|&v| [v.saturating_sub(1), v, v.saturating_add(1)])) {
            let count = values.partition_point(|&value| value <= probe) as u64;
            assert_eq!(coded.predecessor(probe), count.checked_sub(1), "predecessor of {probe}");
            let found = values.binary_search(&probe).ok().map(|_| count - 1);
            assert_eq!(coded.find(probe), found, "find {probe}");
        }
    }

    #[test]
    fn sequences_of_every_shape_come_back() {
        check(&[], [0, 1, u64::MAX].into_iter());
        check(&[0], [7].into_iter());
        check(&[1 << 53], [0, 1 << 52].into_iter());
        check(&[5; 3000], 0..10);
        check(&(0..5000).collect::<Vec<_>>(), 0..5001);
        check(&(0..5000).map(|i| i * i).collect::<Vec<_>>(), (0..1000).map(|i| i * 25_013));
        let jump: Vec<u64> = (0..2000).chain((0..2000).map(|i| 1_000_000_000 + i * 100_000)).collect();
        check(&jump, (0..1000).map(|i| i * 1_000_003));
    }

    #[test]
    fn a_value_out_of_order_is_refused() {
        assert!(EliasFanoBuilder::encode(&[3, 2]).is_err());
        let mut builder = EliasFanoBuilder::new(2, 9).unwrap();
        assert!(builder.push(10).is_err());
        builder.push(9).unwrap();
        assert!(builder.finish().is_err());
    }

    #[test]
    fn a_section_cut_short_does_not_open() {
        let bytes = EliasFanoBuilder::encode(&(0..300).map(|i| i * 7).collect::<Vec<_>>()).unwrap();
        for len in 0..bytes.len() {
            assert!(EliasFano::open(Section::from_vec(bytes[..len].to_vec()), "test").is_err(), "{len}");
        }
    }

    proptest! {
        #[test]
        fn it_answers_as_a_sorted_list(mut values in proptest::collection::vec(0u64..1 << 40, 0..400), shift in 0u32..40) {
            values.iter_mut().for_each(|value| *value >>= shift);
            values.sort_unstable();
            check(&values, [0, 1, u64::MAX].into_iter());
        }

        #[test]
        fn hostile_bytes_do_no_harm(
            values in proptest::collection::vec(0u64..1 << 30, 1..200),
            flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..20),
            probes in proptest::collection::vec(any::<u64>(), 20),
        ) {
            let mut values = values;
            values.sort_unstable();
            let mut bytes = EliasFanoBuilder::encode(&values).unwrap();
            for (at, byte) in flips {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            if let Ok(coded) = EliasFano::open(Section::from_vec(bytes), "test") {
                for probe in probes {
                    let _ = (coded.get(probe % 256), coded.predecessor(probe), coded.find(probe), coded.count_to(probe));
                    let _ = (coded.predecessor(probe % (1 << 30)), coded.find(probe % (1 << 30)));
                }
                let _ = coded.verify("test");
            }
        }
    }
}
