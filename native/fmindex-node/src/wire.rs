//! How do symbols travel between JavaScript and a shard?
//!
//! As bytes: a byte of text as itself, the id of a token as four of them, little-endian.

use std::borrow::Cow;

use fmindex::error::{Error, Result};
use fmindex::rank::Symbol;

/// A symbol that travels.
pub trait WireSymbol: Symbol {
    /// The symbols that `bytes` hold.
    ///
    /// # Errors
    /// [`Error::Argument`] when the last is cut short.
    fn read(bytes: &[u8]) -> Result<Cow<'_, [Self]>>;

    /// The bytes of `symbols`.
    fn write(symbols: Vec<Self>) -> Vec<u8>;
}

impl WireSymbol for u8 {
    fn read(bytes: &[u8]) -> Result<Cow<'_, [Self]>> {
        Ok(Cow::Borrowed(bytes))
    }

    fn write(symbols: Vec<Self>) -> Vec<u8> {
        symbols
    }
}

impl WireSymbol for u32 {
    fn read(bytes: &[u8]) -> Result<Cow<'_, [Self]>> {
        match bytes.as_chunks::<4>() {
            (ids, []) => Ok(Cow::Owned(ids.iter().map(|id| Self::from_le_bytes(*id)).collect())),
            _ => Err(Error::Argument(format!("{} bytes are not whole tokens of four bytes each", bytes.len()))),
        }
    }

    fn write(symbols: Vec<Self>) -> Vec<u8> {
        symbols.into_iter().flat_map(u32::to_le_bytes).collect()
    }
}
