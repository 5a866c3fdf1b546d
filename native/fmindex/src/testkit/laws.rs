//! What must hold of every backend, whatever the documents are?
//!
//! Each law is a function of a view, the documents it was made of, and a pattern or a text. It panics with what it
//! saw.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use super::naive::Naive;
use super::test_symbol::TestSymbol;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::rank::Symbol;
use crate::search::{
    FoundRange, NextEntry, Place, ShardView, StepMeter, all_rows, count_batch, count_documents, extract, find,
    find_batch, follow, follow_batch, list_documents, list_documents_from, locate, longest_matches, next_symbols, push,
    push_batch,
};

const UNLIMITED: u64 = u64::MAX;
/// Occurrences above which [`all`] leaves out the laws that look at each.
pub(super) const MANY_PLACES: u64 = 600;

pub(super) fn with_meter<T>(run: impl FnOnce(&mut StepMeter) -> Result<T>) -> T {
    run(&mut StepMeter::new(Interrupt::never())).unwrap()
}

pub(super) fn found<V: ShardView>(view: &V, pattern: &[V::Symbol]) -> Vec<FoundRange> {
    with_meter(|meter| find(view, pattern, meter))
}

pub(super) fn places<V: ShardView>(view: &V, ranges: &[FoundRange]) -> Vec<(Place, u64)> {
    let rows: Vec<(u64, u64)> = ranges.iter().flat_map(|range| range.rows().map(|row| (row, range.length))).collect();
    let only_rows: Vec<u64> = rows.iter().map(|row| row.0).collect();
    let places = with_meter(|meter| locate(view, &only_rows, meter));
    places.into_iter().zip(rows).map(|(place, (_, length))| (place, length)).collect()
}

/// A pattern counts what scanning counts, alone and in a batch.
pub fn counts<V: ShardView<Symbol: TestSymbol>>(view: &V, documents: &[Vec<V::Symbol>], pattern: &[V::Symbol]) {
    let naive = Naive { documents };
    let common = V::Symbol::COMMON;
    let absent = [pattern, V::Symbol::ABSENT].concat();
    let longest = documents.iter().map(Vec::len).max().unwrap_or(0);
    let longer = [pattern, &vec![common; longest + 2]].concat();
    let kinds: [&[V::Symbol]; 5] = [pattern, &[], &absent, &longer, &[common]];
    let patterns: Vec<&[V::Symbol]> = (0..40).map(|at| kinds[at % 5]).collect();
    let counts = with_meter(|meter| count_batch(view, &patterns, meter));
    for (at, (pattern, count)) in patterns.iter().zip(&counts).enumerate() {
        let expected = if at < 5 { naive.count(pattern) } else { counts[at % 5] };
        assert_eq!(*count, expected, "count of {pattern:?}");
    }
}

/// A cursor fed symbol by symbol never counts more than before, and ends where the whole pattern does.
pub fn cursors<V: ShardView<Symbol: TestSymbol>>(view: &V, documents: &[Vec<V::Symbol>], pattern: &[V::Symbol]) {
    let mut rows = all_rows(view);
    for end in 1..=pattern.len() {
        let next = push(view, rows.clone(), &pattern[end - 1..end]).unwrap();
        assert!(next.end - next.start <= rows.end - rows.start, "count rose at {end}");
        assert_eq!(next.end - next.start, Naive { documents }.count(&pattern[..end]), "cursor at {end}");
        rows = next;
        if rows.is_empty() {
            break;
        }
    }
    let batched = with_meter(|meter| find_batch(view, &[pattern], meter));
    if let [first, ..] = pattern {
        let ranges = [all_rows(view), rows.clone(), 0..0];
        let pushed = with_meter(|meter| push_batch(view, &ranges, &[*first; 3], meter));
        for (range, pushed) in ranges.into_iter().zip(pushed) {
            let expected = push(view, range, &[*first]).unwrap();
            assert!(pushed == expected || (pushed.is_empty() && expected.is_empty()));
        }
    }
    assert_eq!(rows.is_empty(), batched[0].is_empty());
    assert!(rows.is_empty() || rows == batched[0]);
}

/// Rows locate to the places where scanning finds the pattern, and the text there is the pattern.
pub fn locates<V: ShardView<Symbol: TestSymbol>>(view: &V, documents: &[Vec<V::Symbol>], pattern: &[V::Symbol]) {
    let places = places(view, &found(view, pattern));
    let distinct: BTreeSet<Place> = places.iter().map(|&(place, _)| place).collect();
    assert_eq!(distinct.len(), places.len(), "two rows at one place");
    assert_eq!(distinct, Naive { documents }.ends(pattern));
    // Extracting is what takes long; a sample of the places is enough where there are many.
    let stride = distinct.len() / 200 + 1;
    for Place { document, offset } in distinct.into_iter().step_by(stride) {
        let start = offset - pattern.len() as u64;
        assert_eq!(with_meter(|meter| extract(view, document, start..offset, meter)), pattern);
    }
}

/// Every document comes back whole, and in pieces.
pub fn documents_come_back<V: ShardView>(view: &V, documents: &[Vec<V::Symbol>], cut: usize) {
    assert_eq!(view.document_count(), documents.len() as u64);
    assert_eq!(view.symbol_count(), Naive { documents }.symbol_count());
    for (document, text) in documents.iter().enumerate() {
        let (document, bytes) = (document as u64, text.len() as u64);
        assert_eq!(view.document_symbols(document), Some(bytes));
        assert_eq!(&with_meter(|meter| extract(view, document, 0..bytes, meter)), text);
        let (left, right) = (cut.min(text.len()), (cut * 2 + 1).min(text.len()));
        let piece = with_meter(|meter| extract(view, document, left as u64..right as u64, meter));
        assert_eq!(piece, text[left..right]);
        let past_end = extract(view, document, 0..bytes + 1, &mut StepMeter::new(Interrupt::never()));
        assert!(matches!(past_end, Err(Error::Argument(_))));
    }
    let no_document = extract(view, documents.len() as u64, 0..0, &mut StepMeter::new(Interrupt::never()));
    assert!(matches!(no_document, Err(Error::Argument(_))));
}

/// The text that follows a match is the text after its place.
pub fn follows<V: ShardView<Symbol: TestSymbol>>(
    view: &V,
    documents: &[Vec<V::Symbol>],
    pattern: &[V::Symbol],
    max_symbols: usize,
) {
    for range in found(view, pattern) {
        let rows: Vec<u64> = range.rows().collect();
        for (row, place) in rows.iter().zip(with_meter(|meter| locate(view, &rows, meter))) {
            let after = &documents[place.document as usize][place.offset as usize..];
            let followed = with_meter(|meter| follow(view, *row, max_symbols, meter));
            assert_eq!(followed, after[..after.len().min(max_symbols)]);
        }
        let batched = with_meter(|meter| follow_batch(view, &rows, max_symbols, meter));
        let single = rows.iter().map(|&row| with_meter(|meter| follow(view, row, max_symbols, meter)));
        assert_eq!(batched, single.collect::<Vec<_>>());
    }
}

/// The distribution after a pattern is what scanning sees, sums to its rows, and is sorted.
pub fn nexts<V: ShardView<Symbol: TestSymbol>>(view: &V, documents: &[Vec<V::Symbol>], pattern: &[V::Symbol]) {
    let ranges = found(view, pattern);
    let entries = with_meter(|meter| next_symbols(view, &ranges, None, meter));
    for limit in [0, 1, 2, 10] {
        let likeliest = with_meter(|meter| next_symbols(view, &ranges, Some(limit), meter));
        assert_eq!(likeliest, entries[..limit.min(entries.len())], "the {limit} likeliest");
    }
    check_entries(entries, &ranges, Naive { documents }.next(pattern));
}

pub(super) fn check_entries<T: Ord + Debug>(
    entries: Vec<NextEntry<T>>,
    ranges: &[FoundRange],
    expected: BTreeMap<Option<T>, u64>,
) {
    assert_eq!(entries.iter().map(|entry| entry.count).sum::<u64>(), ranges.iter().map(FoundRange::count).sum::<u64>());
    for pair in entries.windows(2) {
        let by_unit = pair[1].unit.is_none() || (pair[0].unit.is_some() && pair[0].unit < pair[1].unit);
        assert!(pair[0].count > pair[1].count || (pair[0].count == pair[1].count && by_unit), "{pair:?}");
    }
    let distribution: BTreeMap<_, _> = entries.into_iter().map(|entry| (entry.unit, entry.count)).collect();
    assert_eq!(distribution, expected);
}

/// The longest match at each position of a text is what scanning finds.
pub fn longest<V: ShardView>(view: &V, documents: &[Vec<V::Symbol>], text: &[V::Symbol]) {
    assert_eq!(with_meter(|meter| longest_matches(view, text, meter)), Naive { documents }.longest(text));
}

/// Documents, their counts and first places are what scanning finds; the number of documents too; and under any budget
/// the answer is exact or its bounds hold.
pub fn document_lists<V: ShardView<Symbol: TestSymbol>>(
    view: &V,
    documents: &[Vec<V::Symbol>],
    pattern: &[V::Symbol],
    max_steps: u64,
) {
    let ranges = found(view, pattern);
    let mut expected: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    let naive = Naive { documents };
    for end in naive.ends(pattern) {
        expected.entry(end.document).or_insert((0, end.offset)).0 += 1;
    }
    let whole = with_meter(|meter| list_documents(view, &ranges, UNLIMITED, meter));
    assert!(whole.is_complete);
    let listed: BTreeMap<u64, (u64, u64)> =
        whole.documents.iter().map(|matches| (matches.document, (matches.count, matches.first_end))).collect();
    assert_eq!(listed, expected);
    assert!(whole.documents.is_sorted_by_key(|matches| matches.document));
    for first_document in [0, 1, documents.len() as u64 / 2] {
        let rest = whole.documents.iter().filter(|matches| matches.document >= first_document);
        let page: Vec<_> = rest.take(3).copied().collect();
        let read = with_meter(|meter| list_documents_from(view, &ranges, first_document, 3, UNLIMITED, meter));
        assert_eq!((read.documents, read.is_complete), (page, true));
    }
    let exact = with_meter(|meter| count_documents(view, &ranges, UNLIMITED, 0, meter));
    assert!(exact.is_exact);
    assert_eq!(exact.count, expected.len() as u64);

    let part = with_meter(|meter| list_documents(view, &ranges, max_steps, meter));
    assert!(part.documents.iter().all(|matches| whole.documents.contains(matches)), "a listed document is wrong");
    assert!(!part.is_complete || part == whole);
    let bounded = with_meter(|meter| count_documents(view, &ranges, max_steps, 1, meter));
    assert!(!bounded.is_exact || bounded == exact);
    assert!(bounded.lower_bound <= exact.count);
    assert!(bounded.lower_bound <= bounded.interval_low && bounded.interval_low <= bounded.interval_high);
    assert!((bounded.interval_low..=bounded.interval_high).contains(&bounded.count));
}

/// No pattern reaches over the border of two documents.
pub fn borders<V: ShardView<Symbol: TestSymbol>>(view: &V, documents: &[Vec<V::Symbol>]) {
    for pair in documents.windows(2) {
        let over = [&pair[0][pair[0].len() / 2..], &pair[1][..pair[1].len().div_ceil(2)]].concat();
        counts(view, documents, &over);
    }
    let separator = find(view, &[V::Symbol::COMMON, V::Symbol::SEPARATOR], &mut StepMeter::new(Interrupt::never()));
    assert!(matches!(separator, Err(Error::Argument(_))), "a pattern may not hold the separator");
}

/// Every operation comes to an end with an answer or an error, right or wrong: for views of damaged files.
pub fn answers_somehow<V: ShardView>(view: &V, patterns: &[&[V::Symbol]]) {
    let meter = || StepMeter::new(Interrupt::never());
    let rows: Vec<u64> = (0..view.row_count().min(300)).collect();
    let _ = locate(view, &rows, &mut meter());
    for row in rows.into_iter().step_by(7) {
        let _ = locate(view, &[row], &mut meter());
        let _ = follow(view, row, 50, &mut meter());
    }
    for document in 0..view.document_count().min(10) {
        let _ = extract(view, document, 0..view.document_symbols(document).unwrap_or(0), &mut meter());
    }
    for pattern in patterns {
        let _ = count_batch(view, &[*pattern; 20], &mut meter());
        let _ = longest_matches(view, &pattern.repeat(7), &mut meter());
        let Ok(ranges) = find(view, pattern, &mut meter()) else { continue };
        let _ = next_symbols(view, &ranges, None, &mut meter());
        for max_steps in [10, 10_000] {
            let _ = list_documents(view, &ranges, max_steps, &mut meter());
            let _ = count_documents(view, &ranges, max_steps, 1, &mut meter());
        }
    }
}

/// Every law on patterns taken from the documents: for corpora that are not drawn at random.
pub fn all<V: ShardView<Symbol: TestSymbol>>(view: &V, documents: &[Vec<V::Symbol>]) {
    for pattern in pieces(documents) {
        counts(view, documents, &pattern);
        cursors(view, documents, &pattern);
        nexts(view, documents, &pattern);
        // Those that look at each place take long where there are many.
        if found(view, &pattern).iter().map(FoundRange::count).sum::<u64>() <= MANY_PLACES {
            locates(view, documents, &pattern);
            document_lists(view, documents, &pattern, 50);
        }
    }
    documents_come_back(view, documents, 3);
    borders(view, documents);
}

/// Some pieces of each document, and what stands in no document.
fn pieces<S: TestSymbol>(documents: &[Vec<S>]) -> BTreeSet<Vec<S>> {
    let mut pieces = BTreeSet::from([vec![], vec![S::COMMON], vec![S::default()], S::ABSENT.to_vec()]);
    for text in documents {
        let last = text.len().saturating_sub(4);
        for (start, length) in [(0, 1), (0, 5), (text.len() / 2, 3), (text.len() / 3, 40), (last, 4)] {
            pieces.insert(text[start..(start + length).min(text.len())].to_vec());
        }
    }
    pieces
}
