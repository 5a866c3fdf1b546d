//! In which order are the rows of a match drawn, so that a prefix of them is a random sample without repeats?

/// Rounds of the Feistel network: four make a pseudo-random permutation of a random function.
const ROUNDS: u64 = 4;

/// A permutation of `0..len` that a seed chooses, without memory: a Feistel network over the next power of four,
/// walked until it falls inside.
pub(crate) struct Shuffle {
    len: u64,
    seed: u64,
    half_bits: u32,
}

impl Shuffle {
    /// A permutation of `0..len`, `len` at most 2^62.
    pub fn new(len: u64, seed: u64) -> Self {
        let bits = (u64::BITS - len.saturating_sub(1).leading_zeros()).max(2);
        Self { len, seed, half_bits: bits.div_ceil(2) }
    }

    /// What stands at `index` in the permutation; below `len` for an index below `len`.
    pub fn at(&self, index: u64) -> u64 {
        let mut value = self.permute(index);
        while value >= self.len {
            value = self.permute(value);
        }
        value
    }

    fn permute(&self, value: u64) -> u64 {
        let mask = (1 << self.half_bits) - 1;
        let (mut left, mut right) = (value >> self.half_bits, value & mask);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ (mix(right ^ mix(self.seed.wrapping_add(round))) & mask));
        }
        left << self.half_bits | right
    }
}

/// Spreads a word over all bits (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ word >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_once() {
        for len in [1, 2, 3, 4, 5, 16, 17, 1000, 4096] {
            let shuffle = Shuffle::new(len, 7);
            let mut seen: Vec<u64> = (0..len).map(|index| shuffle.at(index)).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..len).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn the_seed_chooses_the_order() {
        let order = |seed| (0..100).map(|index| Shuffle::new(100, seed).at(index)).collect::<Vec<u64>>();
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
    }
}
