//! Which short patterns occur, and where do their rows begin?

use std::ops::Range;

use super::table::number_symbols;
use crate::rank::{RankIndex, SEPARATOR};

/// A pattern of the current length: its key in that many digits, and its rows.
struct Pattern {
    key: u64,
    rows: Range<u64>,
}

/// All patterns of one length, and the shorter ones that led to them.
pub(crate) struct Enumeration<'a, R> {
    rank: &'a R,
    first_rows: &'a [u64; 256],
    digits: [u64; 256],
    base: u64,
    /// Symbols of the patterns in `longest`.
    symbols: u32,
    longest: Vec<Pattern>,
    /// Key, first row and length of the shorter patterns.
    shorter: Vec<(u64, u64, u32)>,
}

impl<'a, R: RankIndex<Symbol = u8>> Enumeration<'a, R> {
    /// Begins with the empty pattern. Of each byte: how often it occurs, and its first row.
    pub fn new(rank: &'a R, byte_counts: &[u64; 256], first_rows: &'a [u64; 256]) -> Self {
        let (digits, base) = number_symbols(byte_counts);
        let longest = vec![Pattern { key: 0, rows: 0..rank.len() }];
        Self { rank, first_rows, digits, base, symbols: 0, longest, shorter: Vec::new() }
    }

    /// Goes on to the patterns that are one symbol longer; false, and of no more use, when there are more than `max_patterns`.
    /// Costs one [`RankIndex::visit_symbols`] a pattern.
    pub fn deepen(&mut self, max_patterns: u64) -> bool {
        let mut longer = Vec::new();
        let weight = self.base.pow(self.symbols);
        for pattern in self.longest.drain(..) {
            self.shorter.push((pattern.key, pattern.rows.start, self.symbols));
            self.rank.visit_symbols(pattern.rows, &mut |symbol, ranks| {
                if symbol != SEPARATOR {
                    let (byte, first) = (usize::from(symbol), self.first_rows[usize::from(symbol)]);
                    let rows = first.saturating_add(ranks.start)..first.saturating_add(ranks.end);
                    longer.push(Pattern { key: self.digits[byte] * weight + pattern.key, rows });
                }
            });
            if longer.len() as u64 > max_patterns {
                return false;
            }
        }
        self.symbols += 1;
        self.longest = longer;
        true
    }

    /// Keys that have rows, rising, with the first row of each.
    pub fn entries(&self) -> Vec<(u64, u64)> {
        let weight = |length: u32| self.base.pow(self.symbols - length);
        let shorter = self.shorter.iter().map(|&(key, start, length)| (key * weight(length), start));
        let longest = self.longest.iter().map(|pattern| (pattern.key, pattern.rows.start));
        let mut entries: Vec<(u64, u64)> = shorter.chain(longest).collect();
        entries.sort_unstable();
        // Where the next key begins at the same row, no document starts so near before the pattern.
        let ends: Vec<u64> = entries.iter().skip(1).map(|entry| entry.1).chain([self.rank.len()]).collect();
        let mut end = ends.into_iter();
        entries.retain(|entry| end.next() != Some(entry.1));
        entries
    }

    /// The largest key, and one more.
    #[cfg(feature = "build")]
    pub fn key_count(&self) -> u64 {
        self.base.pow(self.symbols)
    }
}
