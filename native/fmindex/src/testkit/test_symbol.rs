//! Which symbols do the laws ask for, besides those of the documents?

use crate::rank::Symbol;

/// A symbol with some of its values.
pub trait TestSymbol: Symbol {
    /// One that many documents of the tests hold.
    const COMMON: Self;
    /// What no document of the tests holds.
    const ABSENT: &'static [Self];
}

impl TestSymbol for u8 {
    const COMMON: Self = b'a';
    const ABSENT: &'static [Self] = b"\x01absent\x02";
}

impl TestSymbol for u32 {
    const COMMON: Self = 1;
    const ABSENT: &'static [Self] = &[900_001, 1, 900_002];
}
