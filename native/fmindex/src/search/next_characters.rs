//! Which character follows a match, and how often?
//!
//! Characters are made of bytes by extending the range of a first byte through its continuation bytes.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::cursor::shift_ranks;
use super::next::NextEntry;
use super::steps::StepMeter;
use super::view::{FoundRange, ShardView, check_ranges};
use crate::error::Result;
use crate::rank::{RankIndex, SEPARATOR};

/// Longest UTF-8 character, in bytes.
const MAX_CHARACTER_BYTES: usize = 4;

/// The UTF-8 characters that follow the matches which end in `ranges`, as [`next_symbols`](super::next_symbols) has
/// bytes. After a match that ends inside a character: the rest of that character.
///
/// # Errors
/// As [`next_symbols`](super::next_symbols).
pub fn next_characters<V: ShardView<Symbol = u8>>(
    view: &V,
    ranges: &[FoundRange],
    limit: Option<usize>,
    meter: &mut StepMeter,
) -> Result<Vec<NextEntry<Vec<u8>>>> {
    check_ranges(view, ranges)?;
    let mut distribution = Distribution { view, meter, counts: BTreeMap::new(), ends: 0 };
    for range in ranges {
        distribution.add_characters(range.rows())?;
    }
    let mut entries = distribution.into_entries();
    entries.truncate(limit.unwrap_or(usize::MAX));
    Ok(entries)
}

struct Distribution<'a, 'm, V> {
    view: &'a V,
    meter: &'a mut StepMeter<'m>,
    counts: BTreeMap<Vec<u8>, u64>,
    ends: u64,
}

impl<V: ShardView<Symbol = u8>> Distribution<'_, '_, V> {
    fn add_characters(&mut self, rows: Range<u64>) -> Result<()> {
        for (symbol, ranks) in self.symbols(rows)? {
            let count = ranks.end - ranks.start;
            match symbol {
                SEPARATOR => self.ends = self.ends.saturating_add(count),
                0..=0x7F => self.add(&[symbol], count),
                _ => self.add_rest(&mut vec![symbol], shift_ranks(self.view, symbol, ranks))?,
            }
        }
        Ok(())
    }

    /// Adds the characters that begin with `bytes` and go on in `rows`.
    fn add_rest(&mut self, bytes: &mut Vec<u8>, rows: Range<u64>) -> Result<()> {
        let mut complete = rows.end - rows.start;
        if bytes.len() < expected_bytes(bytes[0]) {
            for (symbol, ranks) in self.symbols(rows)? {
                if (0x80..=0xBF).contains(&symbol) {
                    complete = complete.saturating_sub(ranks.end - ranks.start);
                    bytes.push(symbol);
                    self.add_rest(bytes, shift_ranks(self.view, symbol, ranks))?;
                    bytes.pop();
                }
            }
        }
        self.add(bytes, complete);
        Ok(())
    }

    fn add(&mut self, bytes: &[u8], count: u64) {
        if count > 0 {
            let sum = self.counts.entry(bytes.to_vec()).or_default();
            *sum = sum.saturating_add(count);
        }
    }

    /// The distinct symbols of `rows` with their ranks at both ends.
    fn symbols(&mut self, rows: Range<u64>) -> Result<Vec<(u8, Range<u64>)>> {
        self.meter.take(1)?;
        let mut symbols = Vec::new();
        self.view.rank().visit_symbols(rows, &mut |symbol, ranks| {
            if ranks.start < ranks.end {
                symbols.push((symbol, ranks));
            }
        });
        Ok(symbols)
    }

    fn into_entries(self) -> Vec<NextEntry<Vec<u8>>> {
        let characters = self.counts.into_iter().map(|(bytes, count)| NextEntry { unit: Some(bytes), count });
        let end = (self.ends > 0).then_some(NextEntry { unit: None, count: self.ends });
        // The sort is stable, and what is sorted stands by bytes with the end last.
        let mut entries: Vec<_> = characters.chain(end).collect();
        entries.sort_by_key(|entry| Reverse(entry.count));
        entries
    }
}

/// Bytes of the character that begins with `first`. How much of one is left after a continuation byte is not known
/// from the byte: as much as there may be.
fn expected_bytes(first: u8) -> usize {
    match first {
        0..=0x7F => 1,
        0x80..=0xBF => MAX_CHARACTER_BYTES - 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => MAX_CHARACTER_BYTES,
    }
}
