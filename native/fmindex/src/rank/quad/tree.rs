//! Which shape has the tree of the code, and where are its tables?
//!
//! ```text
//! tokens.header       symbols of the sequence u64 | runs of the BWT u64 | levels u64
//!                     | each: nodes u64, inner nodes u64, digits u64
//! tokens.codes        of each symbol that occurs: level (5 bits), then its digits from the root on, 2 bits each
//! tokens.leaves       the symbol of each leaf, level by level; for a leaf that only fills up: their number
//! tokens.leafStarts   where the occurrences of each leaf begin in the sequence of its level
//! ```

use super::alphabet::Alphabet;
use crate::bits::PackedInts;
use crate::error::{Error, Result};
use crate::section::Section;

/// Levels below the root, at most.
pub(super) const MAX_LEVELS: usize = 24;
/// Bits of a code that hold its level.
const LEVEL_BITS: u32 = 5;
const HEADER: &str = "tokens.header";

/// A level of the tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TreeLevel {
    pub nodes: u64,
    /// Nodes that go on; they come first.
    pub inner: u64,
    /// Digits: occurrences of the symbols that go on.
    pub len: u64,
}

/// The way from the root to a leaf.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Code {
    /// Digits.
    pub level: u32,
    /// First digit lowest.
    pub digits: u64,
}

impl Code {
    pub fn pack(self) -> u64 {
        u64::from(self.level) | self.digits << LEVEL_BITS
    }

    #[inline(always)]
    pub fn unpack(packed: u64) -> Self {
        Self { level: packed as u32 & ((1 << LEVEL_BITS) - 1), digits: packed >> LEVEL_BITS }
    }
}

/// The sections of the tree.
#[derive(Debug, Clone)]
pub struct TreeSections {
    pub header: Section,
    pub symbols: Section,
    pub first_rows: Section,
    pub codes: Section,
    pub leaves: Section,
    pub leaf_starts: Section,
}

/// The tree and its tables, read in place.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    /// Symbols of the sequence.
    pub len: u64,
    pub runs: u64,
    /// From the root to the last, which has no inner nodes.
    pub levels: Vec<TreeLevel>,
    /// The first leaf of each level.
    first_leaves: Vec<u64>,
    pub alphabet: Alphabet,
    codes: PackedInts,
    leaves: PackedInts,
    leaf_starts: PackedInts,
}

impl Tree {
    /// Checks that the tables belong together. O(levels).
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn open(sections: TreeSections) -> Result<Self> {
        let (len, runs, levels) = decode_header(&sections.header)?;
        let alphabet = Alphabet::open(sections.symbols, sections.first_rows)?;
        let codes = PackedInts::open(sections.codes, "tokens.codes")?;
        let leaves = PackedInts::open(sections.leaves, "tokens.leaves")?;
        let leaf_starts = PackedInts::open(sections.leaf_starts, "tokens.leafStarts")?;
        let mut first_leaves = Vec::with_capacity(levels.len());
        let mut leaf_count = 0;
        for level in &levels {
            first_leaves.push(leaf_count);
            leaf_count += level.nodes - level.inner;
        }
        if codes.len() != alphabet.occurring() || leaves.len() != leaf_count || leaf_starts.len() != leaf_count {
            return Err(Error::damaged("tokens.codes", format!("{} codes for {leaf_count} leaves", codes.len())));
        }
        if leaf_count < codes.len() || leaf_count > codes.len() + 2 {
            return Err(Error::damaged("tokens.leaves", format!("{leaf_count} leaves of {} symbols", codes.len())));
        }
        Ok(Self { len, runs, levels, first_leaves, alphabet, codes, leaves, leaf_starts })
    }

    #[inline(always)]
    pub fn code_of(&self, symbol: u64) -> Option<Code> {
        let code = Code::unpack(self.codes.get(self.alphabet.number_of(symbol)?)?);
        ((code.level as usize) < self.levels.len()).then_some(code)
    }

    /// The leaf that `node` of `level` is, when it is none of the inner nodes.
    #[inline(always)]
    pub fn leaf(&self, level: usize, node: u64) -> Option<u64> {
        let leaf = node.checked_sub(self.levels.get(level)?.inner)?;
        Some(self.first_leaves.get(level)? + leaf)
    }

    /// The symbol of a leaf.
    #[inline(always)]
    pub fn symbol_of_leaf(&self, leaf: u64) -> Option<u64> {
        self.leaves.get(leaf).filter(|&symbol| symbol < self.alphabet.len())
    }

    /// Where the occurrences of a leaf begin in the sequence of its level.
    #[inline(always)]
    pub fn leaf_start(&self, leaf: u64) -> u64 {
        self.leaf_starts.get(leaf).unwrap_or(0)
    }

    /// Compares codes, leaves and shape with each other. O(symbols).
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn verify(&self) -> Result<()> {
        self.alphabet.verify()?;
        for number in 0..self.codes.len() {
            let symbol = self.alphabet.symbol(number);
            let leaf = self.code_of(symbol).and_then(|code| self.leaf(code.level as usize, self.node(code)));
            if leaf.and_then(|leaf| self.symbol_of_leaf(leaf)) != Some(symbol) {
                return Err(Error::damaged("tokens.codes", format!("the code of symbol {symbol} leads elsewhere")));
            }
        }
        Ok(())
    }

    fn node(&self, code: Code) -> u64 {
        let digits = (0..code.level).map(|level| code.digits >> (2 * level) & 3);
        digits.zip(&self.levels).map(|(digit, level)| digit * level.inner).sum()
    }
}

pub(super) fn encode_header(len: u64, runs: u64, levels: &[TreeLevel]) -> Vec<u8> {
    let shape = levels.iter().flat_map(|level| [level.nodes, level.inner, level.len]);
    [len, runs, levels.len() as u64].into_iter().chain(shape).flat_map(u64::to_le_bytes).collect()
}

fn decode_header(section: &Section) -> Result<(u64, u64, Vec<TreeLevel>)> {
    let damaged = |detail: &str| Error::damaged(HEADER, detail);
    let words: Vec<u64> = section.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
    let [symbol_count, runs, level_count, shape @ ..] = words.as_slice() else { return Err(damaged("cut short")) };
    let (shape, rest) = shape.as_chunks::<3>();
    if !(1..=MAX_LEVELS + 1).contains(&shape.len())
        || shape.len() as u64 != *level_count
        || !rest.is_empty()
        || !section.len().is_multiple_of(8)
    {
        return Err(damaged("of the wrong length"));
    }
    let levels: Vec<TreeLevel> = shape.iter().map(|&[nodes, inner, len]| TreeLevel { nodes, inner, len }).collect();
    let mut nodes = u64::from(*symbol_count > 0);
    let mut len = *symbol_count;
    for level in &levels {
        if level.nodes != nodes || level.inner > nodes || level.len > len || level.inner > 1 << 21 {
            return Err(damaged("the tree has no such shape"));
        }
        (nodes, len) = (4 * level.inner, level.len);
    }
    if nodes != 0 || len != 0 || *symbol_count >= 1 << 53 {
        return Err(damaged("the tree does not end"));
    }
    Ok((*symbol_count, *runs, levels))
}
