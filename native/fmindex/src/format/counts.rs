//! How often does each byte occur in a shard, and how was the shard made?
//!
//! ```text
//! documents u64 | text bytes u64 | SA rate u64 | ISA rate u64 | profile u64 | occurrences of each byte in the text 256 x u64
//! ```

use crate::error::{Error, Result};
use crate::rank::SEPARATOR;
use crate::samples::check_rate;
use crate::section::Section;

const SECTION: &str = "counts";
const WORDS: usize = 5;

/// How the rank structure trades space for time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Profile {
    #[default]
    Default,
    /// Smaller and slower.
    Small,
    /// Larger and faster.
    Fast,
}

impl Profile {
    const ALL: [(Self, &'static str, u32); 3] =
        [(Self::Default, "default", 11), (Self::Small, "small", 12), (Self::Fast, "fast", 10)];

    /// The profile called `name`.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is none.
    pub fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|row| row.1 == name).map(|row| row.0);
        found.ok_or_else(|| Error::Argument(format!("profile {name:?} is not default, small or fast")))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The profile with that number in a file.
    pub(super) fn from_number(number: u64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).map(|row| row.0)
    }

    /// Rows of a group of the rank structure of bytes, as a power of two.
    pub fn group_bits(self) -> u32 {
        self.row().2
    }

    fn row(self) -> (Self, &'static str, u32) {
        Self::ALL[self as usize]
    }
}

/// The numbers at the head of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    pub documents: u64,
    pub text_bytes: u64,
    pub sa_rate: u32,
    pub isa_rate: u32,
    pub profile: Profile,
    /// Occurrences of each byte in the text, separators not counted.
    pub byte_counts: [u64; 256],
}

impl Counts {
    /// Reads the section.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the numbers can't be true.
    pub fn open(section: &Section) -> Result<Self> {
        let damaged = |detail: &str| Error::damaged(SECTION, detail);
        let word = |index: usize| section.u64_at(index * 8).filter(|_| section.len() == (WORDS + 256) * 8);
        let words = || Some([word(0)?, word(1)?, word(2)?, word(3)?, word(4)?]);
        let [documents, text_bytes, sa_rate, isa_rate, profile] =
            words().ok_or_else(|| damaged("of the wrong length"))?;
        let rate = |rate: u64| u32::try_from(rate).ok().filter(|&rate| check_rate(rate).is_ok());
        let (Some(sa_rate), Some(isa_rate)) = (rate(sa_rate), rate(isa_rate)) else {
            return Err(damaged("a sampling rate can't be"));
        };
        let profile = Profile::from_number(profile).ok_or_else(|| damaged("a profile of no known kind"))?;
        let byte_counts = std::array::from_fn(|byte| word(WORDS + byte).unwrap_or(0));
        let counts = Self { documents, text_bytes, sa_rate, isa_rate, profile, byte_counts };
        let sum = byte_counts.iter().try_fold(0u64, |sum, &count| sum.checked_add(count));
        let is_countable = text_bytes.checked_add(documents).is_some_and(|rows| rows < 1 << 53);
        if sum != Some(text_bytes) || !is_countable || byte_counts[usize::from(SEPARATOR)] != 0 {
            return Err(damaged("the bytes do not add up to the text"));
        }
        Ok(counts)
    }

    /// The section.
    pub fn encode(&self) -> Vec<u8> {
        let words = [self.documents, self.text_bytes, self.sa_rate.into(), self.isa_rate.into(), self.profile as u64];
        words.into_iter().chain(self.byte_counts).flat_map(u64::to_le_bytes).collect()
    }

    /// Symbols of the BWT: text bytes and one separator a document.
    pub fn row_count(&self) -> u64 {
        self.text_bytes + self.documents
    }

    /// The first row whose last byte is each byte: separators come first, then bytes by value.
    pub fn first_rows(&self) -> [u64; 256] {
        let mut next = self.documents;
        let mut rows = [0; 256];
        for (row, (byte, count)) in rows.iter_mut().zip((0u8..=255).zip(self.byte_counts)) {
            *row = if byte == SEPARATOR { 0 } else { next };
            next += count;
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Counts {
        let mut byte_counts = [0; 256];
        byte_counts[0] = 2;
        byte_counts[65] = 7;
        Counts { documents: 3, text_bytes: 9, sa_rate: 128, isa_rate: 512, profile: Profile::Small, byte_counts }
    }

    #[test]
    fn numbers_come_back() {
        let counts = sample();
        assert_eq!(Counts::open(&Section::from_vec(counts.encode())).unwrap(), counts);
        let rows = counts.first_rows();
        assert_eq!((rows[255], rows[0], rows[1], rows[65], rows[66]), (0, 3, 5, 5, 12));
    }

    #[test]
    fn numbers_that_can_not_be_are_refused() {
        let spoils: [fn(&mut Counts); 5] = [
            |counts| counts.text_bytes += 1,
            |counts| counts.sa_rate = 100,
            |counts| counts.isa_rate = 0,
            |counts| counts.documents = u64::MAX,
            |counts| counts.byte_counts[3] = u64::MAX,
        ];
        for spoil in spoils {
            let mut counts = sample();
            spoil(&mut counts);
            assert!(Counts::open(&Section::from_vec(counts.encode())).is_err());
        }
        let encoded = sample().encode();
        assert!(Counts::open(&Section::from_vec(encoded[8..].to_vec())).is_err());
    }
}
