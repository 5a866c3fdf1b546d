//! Which symbols occur, and where do their rows begin?
//!
//! ```text
//! tokens.symbols      the symbols that occur, as bits over the vocabulary and one: the separator, then the ids
//! tokens.firstRows    the first row of each of them, and the number of rows
//! ```
//!
//! Inside, symbol 0 is the separator and `id + 1` a token: so they stand in the order of their rows.

use crate::bits::{PackedInts, PackedIntsBuilder, RankedBits};
use crate::error::{Error, Result};
use crate::rank::Symbol;
use crate::section::Section;

const SYMBOLS: &str = "tokens.symbols";
const FIRST_ROWS: &str = "tokens.firstRows";

/// The symbols that occur, numbered in their order.
#[derive(Debug, Clone)]
pub(super) struct Alphabet {
    symbols: RankedBits,
    first_rows: PackedInts,
}

impl Alphabet {
    /// Opens the two sections. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when they do not belong together.
    pub fn open(symbols: Section, first_rows: Section) -> Result<Self> {
        let symbols = RankedBits::open(symbols, SYMBOLS)?;
        let first_rows = PackedInts::open(first_rows, FIRST_ROWS)?;
        if first_rows.len() != symbols.ones() + 1 || first_rows.get(0) != Some(0) {
            let detail = format!("{} rows of {} symbols", first_rows.len(), symbols.ones());
            return Err(Error::damaged(FIRST_ROWS, detail));
        }
        Ok(Self { symbols, first_rows })
    }

    /// The sections of symbols that occur `counts` times, by symbol.
    ///
    /// # Errors
    /// As [`PackedIntsBuilder::pack`].
    pub fn encode(counts: &[u64]) -> Result<(Section, Section)> {
        let present = (0..).zip(counts).filter(|(_, count)| **count > 0);
        let mut next = 0;
        let mut first_rows = Vec::new();
        for (_, count) in present.clone() {
            first_rows.push(next);
            next += count;
        }
        first_rows.push(next);
        let symbols = RankedBits::encode(counts.len() as u64, present.map(|(symbol, _)| symbol));
        Ok((Section::from_vec(symbols), Section::from_vec(PackedIntsBuilder::pack(&first_rows)?)))
    }

    /// The number of a token or of the separator inside.
    #[inline(always)]
    pub fn inner(symbol: u32) -> u64 {
        if symbol == u32::SEPARATOR { 0 } else { u64::from(symbol) + 1 }
    }

    /// The token or the separator of a number inside.
    #[inline(always)]
    pub fn outer(symbol: u64) -> u32 {
        u32::try_from(symbol).ok().and_then(|symbol| symbol.checked_sub(1)).unwrap_or(u32::SEPARATOR)
    }

    /// Symbols that could occur: ids and the separator.
    pub fn len(&self) -> u64 {
        self.symbols.len()
    }

    /// Symbols that occur.
    pub fn occurring(&self) -> u64 {
        self.symbols.ones()
    }

    /// Rows of all symbols.
    pub fn row_count(&self) -> u64 {
        self.first_rows.get(self.occurring()).unwrap_or(0)
    }

    /// The number of a symbol among those that occur.
    #[inline(always)]
    pub fn number_of(&self, symbol: u64) -> Option<u64> {
        (symbol < self.symbols.len() && self.symbols.get(symbol)).then(|| self.symbols.rank(symbol))
    }

    /// The symbol with that number.
    pub fn symbol(&self, number: u64) -> u64 {
        self.symbols.select(number)
    }

    /// The first row of a symbol, whether it occurs or not.
    #[inline(always)]
    pub fn first_row(&self, symbol: u64) -> u64 {
        self.first_rows.get(self.symbols.rank(symbol)).unwrap_or(0)
    }

    /// Occurrences of the symbol with that number.
    pub fn count(&self, number: u64) -> u64 {
        let row = |number| self.first_rows.get(number).unwrap_or(0);
        row(number + 1).saturating_sub(row(number))
    }

    /// Compares the sections with each other. O(symbols).
    ///
    /// # Errors
    /// [`Error::Damaged`] when rows fall.
    pub fn verify(&self) -> Result<()> {
        self.symbols.verify(SYMBOLS)?;
        match (0..self.occurring()).find(|&number| self.count(number) == 0) {
            Some(number) => Err(Error::damaged(FIRST_ROWS, format!("symbol {number} has no rows"))),
            None => Ok(()),
        }
    }
}
