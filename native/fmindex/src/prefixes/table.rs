//! How are the rows of a short pattern looked up?

use std::ops::Range;

use super::enumerate::Enumeration;
use crate::bits::EliasFano;
use crate::error::{Error, Result};
use crate::rank::RankIndex;
use crate::section::Section;

const KEYS: &str = "prefixes.keys";
const STARTS: &str = "prefixes.starts";

/// Symbols of the longest patterns that a table may know.
pub(crate) const MAX_SYMBOLS: u32 = 3;

/// The rows of every pattern of up to [`PrefixTable::symbols`] symbols. A look-up costs four reads of Elias–Fano code,
/// whatever the size of the shard.
#[derive(Debug, Clone)]
pub struct PrefixTable {
    symbols: u32,
    base: u64,
    /// The digit of each byte; 0 for those that the text lacks.
    digits: [u64; 256],
    keys: EliasFano,
    starts: EliasFano,
    row_count: u64,
}

/// The digits of the bytes that occur, and the base that they need.
pub(crate) fn number_symbols(byte_counts: &[u64; 256]) -> ([u64; 256], u64) {
    let mut digits = [0; 256];
    let mut base = 1;
    for (digit, _) in digits.iter_mut().zip(byte_counts).filter(|(_, count)| **count > 0) {
        *digit = base;
        base += 1;
    }
    (digits, base)
}

impl PrefixTable {
    /// Opens the two sections of a shard of so many rows, in which the bytes occur so often. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when they are not of such a shard.
    pub fn open(byte_counts: &[u64; 256], row_count: u64, keys: Section, starts: Section) -> Result<Self> {
        let (keys, starts) = (EliasFano::open(keys, KEYS)?, EliasFano::open(starts, STARTS)?);
        let (digits, base) = number_symbols(byte_counts);
        let symbols = (1..=MAX_SYMBOLS).find(|&symbols| base > 1 && base.pow(symbols) == keys.max_value());
        let symbols = symbols.ok_or_else(|| Error::damaged(KEYS, format!("keys of {} symbols", base - 1)))?;
        if starts.len() != keys.len() || starts.max_value() != row_count {
            let detail = format!("{} of {} rows for {} keys", starts.len(), starts.max_value(), keys.len());
            return Err(Error::damaged(STARTS, detail));
        }
        Ok(Self { symbols, base, digits, keys, starts, row_count })
    }

    /// Symbols of the longest patterns that it knows.
    pub fn symbols(&self) -> usize {
        self.symbols as usize
    }

    /// The rows of the first symbols of `pattern`, and how many these are: as many as the table knows. The rows are
    /// empty when they do not occur. O(1) in practice: see [`EliasFano::get`].
    #[inline]
    pub fn rows(&self, pattern: &[u8]) -> (usize, Range<u64>) {
        let length = self.symbols().min(pattern.len());
        let (mut key, mut weight) = (0, 1);
        for &symbol in &pattern[..length] {
            let digit = self.digits[usize::from(symbol)];
            if digit == 0 {
                return (length, 0..0);
            }
            key += digit * weight;
            weight *= self.base;
        }
        if length == 0 {
            return (0, 0..self.row_count);
        }
        // The missing symbols may be any: the keys up to that of the next pattern.
        let width = self.base.pow(self.symbols - length as u32);
        let first = self.keys.count_to(key * width - 1);
        let past = if width == 1 && self.keys.get(first) == Some(key) {
            first + 1
        } else {
            self.keys.count_to((key + 1) * width - 1)
        };
        if past <= first {
            return (length, 0..0);
        }
        let start = |index| self.starts.get(index).unwrap_or(self.row_count).min(self.row_count);
        let lo = start(first);
        (length, lo..start(past).max(lo))
    }

    /// Finds all patterns anew and compares. O(keys) symbol visits.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the table is not that of `rank`.
    pub fn verify<R: RankIndex<Symbol = u8>>(
        &self,
        rank: &R,
        byte_counts: &[u64; 256],
        first_rows: &[u64; 256],
    ) -> Result<()> {
        self.keys.verify(KEYS)?;
        self.starts.verify(STARTS)?;
        let mut enumeration = Enumeration::new(rank, byte_counts, first_rows);
        let is_whole = (0..self.symbols).all(|_| enumeration.deepen(self.keys.len()));
        let entries = if is_whole { enumeration.entries() } else { Vec::new() };
        let found = (0..self.keys.len()).map(|index| Some((self.keys.get(index)?, self.starts.get(index)?)));
        match found.eq(entries.into_iter().map(Some)) {
            true => Ok(()),
            false => Err(Error::damaged(KEYS, "the patterns are not those of the text")),
        }
    }
}
