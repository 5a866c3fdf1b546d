//! What can be indexed?

use std::fmt::Debug;
use std::hash::Hash;

/// The byte that ends each document in an indexed text. It never occurs in UTF-8, so no pattern can hold it.
pub const SEPARATOR: u8 = 0xFF;

/// What a shard indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    Bytes,
    Tokens,
}

impl SymbolKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Tokens => "tokens",
        }
    }
}

/// A symbol: a byte of UTF-8, or the id of a token.
pub trait Symbol: Copy + Ord + Hash + Debug + Default + Send + Sync + 'static {
    /// What ends each document in the indexed text: above all others. No pattern can hold it.
    const SEPARATOR: Self;
    /// What it is a symbol of.
    const KIND: SymbolKind;
    /// What many of them are called.
    const PLURAL: &'static str;
    /// What is wrong with a pattern that holds the separator.
    const SEPARATOR_IN_PATTERN: &'static str;

    /// As a number, in the same order.
    fn to_number(self) -> u32;

    /// The symbol of a number that [`Symbol::to_number`] gave.
    fn from_number(number: u32) -> Self;
}

impl Symbol for u8 {
    const SEPARATOR: Self = SEPARATOR;
    const KIND: SymbolKind = SymbolKind::Bytes;
    const PLURAL: &'static str = "bytes";
    const SEPARATOR_IN_PATTERN: &'static str = "the pattern is not UTF-8: it holds byte 0xFF";

    fn to_number(self) -> u32 {
        self.into()
    }

    fn from_number(number: u32) -> Self {
        number as u8
    }
}

impl Symbol for u32 {
    const SEPARATOR: Self = Self::MAX;
    const KIND: SymbolKind = SymbolKind::Tokens;
    const PLURAL: &'static str = "tokens";
    const SEPARATOR_IN_PATTERN: &'static str = "the pattern is not of tokens: it holds the id 4294967295";

    fn to_number(self) -> u32 {
        self
    }

    fn from_number(number: u32) -> Self {
        number
    }
}
