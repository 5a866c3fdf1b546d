//! What was counted in a shard of tokens, and how was the shard made?
//!
//! ```text
//! tokens.counts       documents u64 | tokens u64 | SA rate u64 | ISA rate u64 | profile u64 | vocabulary u64
//! ```

use super::counts::Profile;
use crate::error::{Error, Result};
use crate::samples::check_rate;
use crate::section::Section;

const SECTION: &str = "tokens.counts";
const WORDS: usize = 6;
/// Ids are below 2^20, in every vocabulary.
pub const MAX_VOCABULARY: u32 = 1 << 20;

/// The numbers at the head of a shard of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenCounts {
    pub documents: u64,
    /// Separators not counted.
    pub tokens: u64,
    pub sa_rate: u32,
    pub isa_rate: u32,
    pub profile: Profile,
    /// Ids are below it.
    pub vocabulary: u32,
}

impl TokenCounts {
    /// Reads the section.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the numbers can't be true.
    pub fn open(section: &Section) -> Result<Self> {
        let damaged = |detail: &str| Error::damaged(SECTION, detail);
        let words: Vec<u64> = section.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let [documents, tokens, sa_rate, isa_rate, profile, vocabulary] = words[..] else {
            return Err(damaged("of the wrong length"));
        };
        let rate = |rate: u64| u32::try_from(rate).ok().filter(|&rate| check_rate(rate).is_ok());
        let (Some(sa_rate), Some(isa_rate)) = (rate(sa_rate), rate(isa_rate)) else {
            return Err(damaged("a sampling rate can't be"));
        };
        let profile = Profile::from_number(profile).ok_or_else(|| damaged("a profile of no known kind"))?;
        let vocabulary = u32::try_from(vocabulary).ok().filter(|&vocabulary| vocabulary <= MAX_VOCABULARY);
        let vocabulary = vocabulary.ok_or_else(|| damaged("a vocabulary of more than 2^20 ids"))?;
        if section.len() != WORDS * 8 || tokens.checked_add(documents).is_none_or(|rows| rows >= 1 << 53) {
            return Err(damaged("more rows than can be counted"));
        }
        Ok(Self { documents, tokens, sa_rate, isa_rate, profile, vocabulary })
    }

    /// The section.
    pub fn encode(&self) -> Vec<u8> {
        let (sa_rate, isa_rate) = (self.sa_rate.into(), self.isa_rate.into());
        let words = [self.documents, self.tokens, sa_rate, isa_rate, self.profile as u64, self.vocabulary.into()];
        words.into_iter().flat_map(u64::to_le_bytes).collect()
    }

    /// Symbols of the BWT: tokens and one separator a document.
    pub fn row_count(&self) -> u64 {
        self.tokens + self.documents
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: TokenCounts = TokenCounts {
        documents: 3,
        tokens: 9,
        sa_rate: 128,
        isa_rate: 512,
        profile: Profile::Small,
        vocabulary: 49_152,
    };

    #[test]
    fn numbers_come_back() {
        assert_eq!(TokenCounts::open(&Section::from_vec(SAMPLE.encode())).unwrap(), SAMPLE);
    }

    #[test]
    fn numbers_that_can_not_be_are_refused() {
        let spoils: [fn(&mut TokenCounts); 4] = [
            |counts| counts.sa_rate = 100,
            |counts| counts.isa_rate = 0,
            |counts| counts.documents = u64::MAX,
            |counts| counts.vocabulary = MAX_VOCABULARY + 1,
        ];
        for spoil in spoils {
            let mut counts = SAMPLE;
            spoil(&mut counts);
            assert!(TokenCounts::open(&Section::from_vec(counts.encode())).is_err());
        }
        for len in 0..SAMPLE.encode().len() {
            assert!(TokenCounts::open(&Section::from_vec(SAMPLE.encode()[..len].to_vec())).is_err());
        }
    }
}
