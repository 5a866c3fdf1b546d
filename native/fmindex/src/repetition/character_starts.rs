//! At which offsets of a document may it be cut without cutting a character?

use std::ops::Range;

use crate::rank::{Symbol, SymbolKind};

/// Bytes of one character of UTF-8.
const MAX_CHARACTER_BYTES: u64 = 4;

/// The offsets of a document at which characters start: of those that were read, from `base` on.
#[derive(Default)]
pub(crate) struct CharacterStarts {
    base: u64,
    end: u64,
    bits: Vec<u64>,
}

impl CharacterStarts {
    /// Notes the symbol at the next offset; whether a character starts with it.
    #[inline]
    pub fn read<S: Symbol>(&mut self, symbol: S) -> bool {
        let at = self.end - self.base;
        if at.is_multiple_of(64) {
            self.bits.push(0);
        }
        let is_start = starts_character(symbol);
        if let Some(word) = self.bits.last_mut() {
            *word |= u64::from(is_start) << (at % 64);
        }
        self.end += 1;
        is_start
    }

    /// Forgets offsets before `offset`.
    pub fn forget_before(&mut self, offset: u64) {
        let words = (offset.min(self.end).saturating_sub(self.base)) / 64;
        self.bits.drain(..words as usize);
        self.base += words * 64;
    }

    /// `offsets` without the parts of characters at its ends. The end of what was read is taken for the document's.
    pub fn trim(&self, offsets: Range<u64>) -> Range<u64> {
        let limit = offsets.start + MAX_CHARACTER_BYTES;
        let start = (offsets.start..limit).find(|&offset| self.is_start(offset)).unwrap_or(limit);
        start..self.trim_end(offsets.end)
    }

    /// The last offset up to `end` at which a character starts, or the document ends.
    #[inline]
    pub fn trim_end(&self, end: u64) -> u64 {
        let first = end.saturating_sub(MAX_CHARACTER_BYTES - 1);
        (first..=end).rev().find(|&offset| self.is_start(offset)).unwrap_or(first)
    }

    #[inline]
    fn is_start(&self, offset: u64) -> bool {
        let Some(at) = offset.checked_sub(self.base) else { return true };
        offset >= self.end || self.bits.get((at / 64) as usize).is_none_or(|word| word >> (at % 64) & 1 == 1)
    }
}

/// Whether a document may be cut before `symbol`: not before the second byte of a character, before every token.
#[inline]
pub(crate) fn starts_character<S: Symbol>(symbol: S) -> bool {
    match S::KIND {
        SymbolKind::Bytes => symbol.to_number() & 0xC0 != 0x80,
        SymbolKind::Tokens => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_shrink_to_whole_characters() {
        let text = "aé世𝄞b".as_bytes();
        let mut starts = CharacterStarts::default();
        text.iter().for_each(|&byte| _ = starts.read(byte));
        for (offsets, trimmed) in [(0..11, 0..11), (2..11, 3..11), (0..2, 0..1), (1..5, 1..3), (4..10, 6..10)] {
            assert_eq!(starts.trim(offsets), trimmed);
        }
        assert!(starts.trim(7..9).is_empty(), "nothing is left of a piece of a character");
    }

    #[test]
    fn what_is_forgotten_changes_nothing_later() {
        let mut starts = CharacterStarts::default();
        (0..500).for_each(|at: u32| _ = starts.read(if at.is_multiple_of(2) { b'\xC3' } else { b'\xA9' }));
        starts.forget_before(301);
        assert_eq!(starts.trim(301..401), 302..400);
    }
}
