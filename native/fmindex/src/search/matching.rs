//! Where does a pattern stand when case or white space may differ?
//!
//! Every live range is extended by every alternative of the next code point, all of them in one batch of ranks. Only
//! alternatives that occur live on, so the ranges stay few once the beginning of the pattern is rare.

use std::ops::Range;

use super::alternatives::{Element, Matching, Trie, parse};
use super::batch::find_batch;
use super::cursor::{all_rows, check_symbols, shift_ranks};
use super::steps::StepMeter;
use super::view::{FoundRange, ShardView};
use crate::error::{Error, Result};
use crate::rank::{RankIndex, RankQuery};

/// The range of `pattern`, or none when it does not occur. The empty pattern matches at every row, ends of documents
/// included. O(symbols of the pattern).
///
/// # Errors
/// [`Error::Argument`] when the pattern holds the separator; and when the caller gave up.
pub fn find<V: ShardView>(view: &V, pattern: &[V::Symbol], meter: &mut StepMeter) -> Result<Vec<FoundRange>> {
    let found = find_batch(view, &[pattern], meter)?.into_iter();
    let length = pattern.len() as u64;
    let found = found.map(|rows| FoundRange { lo: rows.start, hi: rows.end, length });
    Ok(found.filter(|range| range.lo < range.hi).collect())
}

/// Disjoint, non-empty ranges of all that `pattern` matches, ordered by length, then row. The empty pattern matches at
/// every row, ends of documents included.
///
/// # Complexity
/// O(bytes of the pattern) times the live ranges times the alternatives.
///
/// # Errors
/// [`Error::Argument`] when the pattern holds byte 0xFF or, where alternatives are asked for, is not UTF-8;
/// [`Error::TooExpensive`] above `max_ranges`; and when the caller gave up.
pub fn find_matching<V: ShardView<Symbol = u8>>(
    view: &V,
    pattern: &[u8],
    matching: &Matching,
    meter: &mut StepMeter,
) -> Result<Vec<FoundRange>> {
    if !matching.ignore_case && !matching.flexible_space {
        return find(view, pattern, meter);
    }
    check_symbols(pattern)?;
    let elements = parse(pattern, matching)?;
    let mut found = Branching { view, meter, max_ranges: matching.max_ranges }.find_all(&elements)?;
    found.retain(|range| range.lo < range.hi);
    found.sort_unstable_by_key(|range| (range.length, range.lo));
    Ok(found)
}

struct Branching<'a, 'm, V> {
    view: &'a V,
    meter: &'a mut StepMeter<'m>,
    max_ranges: usize,
}

impl<V: ShardView<Symbol = u8>> Branching<'_, '_, V> {
    fn find_all(&mut self, elements: &[Element]) -> Result<Vec<FoundRange>> {
        let rows = all_rows(self.view);
        let mut live = vec![FoundRange { lo: rows.start, hi: rows.end, length: 0 }];
        let mut rest = elements.iter();
        while let Some(element) = rest.next() {
            live = match element {
                Element::One(trie) => self.extend(&live, trie, 0)?,
                Element::Run(white_space) => match rest.next() {
                    Some(Element::One(after) | Element::Run(after)) => {
                        self.extend_over_run(live, white_space, after)?
                    }
                    None => self.extend(&live, white_space, 0)?,
                },
            };
        }
        Ok(live)
    }

    /// Ranges with a run of white space and then `after`. Lengths of runs that nothing matching follows do not stay
    /// alive.
    fn extend_over_run(&mut self, live: Vec<FoundRange>, white_space: &Trie, after: &Trie) -> Result<Vec<FoundRange>> {
        let mut run = live;
        let mut extended = Vec::new();
        loop {
            run = self.extend(&run, white_space, extended.len())?;
            if run.is_empty() {
                return Ok(extended);
            }
            let mut ended = self.extend(&run, after, extended.len() + run.len())?;
            extended.append(&mut ended);
        }
    }

    /// The ranges of `live` extended by each code point of the trie. `others` ranges are alive elsewhere.
    fn extend(&mut self, live: &[FoundRange], trie: &Trie, others: usize) -> Result<Vec<FoundRange>> {
        let mut extended = Vec::new();
        let mut open: Vec<(FoundRange, usize)> = live.iter().map(|&range| (range, Trie::ROOT)).collect();
        while !open.is_empty() {
            let mut targets = Vec::new();
            let mut queries = Vec::new();
            for (range, node) in &open {
                for &(symbol, child) in trie.edges(*node) {
                    targets.push((range.length + 1, child));
                    queries.push(RankQuery { symbol, range: range.rows() });
                }
            }
            self.meter.take(queries.len())?;
            self.view.rank().rank_batch(&mut queries);
            open.clear();
            for (query, (length, node)) in queries.into_iter().zip(targets) {
                let Range { start: lo, end: hi } = shift_ranks(self.view, query.symbol, query.range);
                let range = FoundRange { lo, hi, length };
                match (lo < hi, trie.edges(node).is_empty()) {
                    (false, _) => {}
                    (true, true) => extended.push(range),
                    (true, false) => open.push((range, node)),
                }
            }
            self.check_budget(extended.len() + open.len() + others)?;
        }
        Ok(extended)
    }

    fn check_budget(&self, live: usize) -> Result<()> {
        if live <= self.max_ranges {
            return Ok(());
        }
        Err(Error::TooExpensive {
            needed: format!("{live} or more variants of the pattern are in the text"),
            budget: format!("{} (maxRanges)", self.max_ranges),
        })
    }
}
