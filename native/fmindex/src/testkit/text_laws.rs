//! What must hold of every backend over bytes, besides the [`laws`] of all symbols?

use std::collections::BTreeSet;

use super::laws::{self, MANY_PLACES, check_entries, found, places, with_meter};
use super::naive::Naive;
use crate::interrupt::Interrupt;
use crate::search::{
    FoundRange, Matching, Place, ShardView, StepMeter, count_units, find, find_matching, next_characters,
};

/// The distribution of characters after a pattern is what scanning sees, sums to its rows, and is sorted.
pub fn next_character_counts<V: ShardView<Symbol = u8>>(view: &V, documents: &[Vec<u8>], pattern: &[u8]) {
    let ranges = found(view, pattern);
    let entries = with_meter(|meter| next_characters(view, &ranges, None, meter));
    check_entries(entries, &ranges, Naive { documents }.next_characters(pattern));
}

/// Alternatives match what a character by character comparison matches; ranges are disjoint and sorted.
pub fn matchings<V: ShardView<Symbol = u8>>(
    view: &V,
    documents: &[Vec<u8>],
    pattern: &str,
    ignore_case: bool,
    flexible_space: bool,
) {
    let matching = Matching { ignore_case, flexible_space, max_ranges: 100_000 };
    let ranges = with_meter(|meter| find_matching(view, pattern.as_bytes(), &matching, meter));
    assert!(ranges.is_sorted_by_key(|range| (range.length, range.lo)));
    assert!(ranges.iter().all(|range| range.lo < range.hi));
    let matches = places(view, &ranges);
    let distinct: BTreeSet<(Place, u64)> = matches.iter().copied().collect();
    assert_eq!(distinct.len(), matches.len(), "ranges overlap");
    assert_eq!(distinct, Naive { documents }.matches(pattern, &matching), "{pattern:?} {matching:?}");
}

/// Code points and UTF-16 units before each offset are those of the text.
pub fn units<V: ShardView<Symbol = u8>>(view: &V, documents: &[Vec<u8>], offset: usize) {
    for (document, text) in documents.iter().enumerate() {
        let text = std::str::from_utf8(text).unwrap();
        let offset = (0..=offset.min(text.len())).rev().find(|&offset| text.is_char_boundary(offset)).unwrap();
        let units = with_meter(|meter| count_units(view, document as u64, offset as u64, meter));
        assert_eq!(units.code_points, text[..offset].chars().count() as u64);
        assert_eq!(units.utf16_units, text[..offset].encode_utf16().count() as u64);
    }
}

/// As [`laws::answers_somehow`].
pub fn answers_somehow<V: ShardView<Symbol = u8>>(view: &V) {
    let meter = || StepMeter::new(Interrupt::never());
    laws::answers_somehow(view, &[b"", b"a", b"the mat", "é".as_bytes(), b"the cat sat on the mat. "]);
    for document in 0..view.document_count().min(10) {
        let _ = count_units(view, document, 5, &mut meter());
    }
    let matching = Matching { ignore_case: true, flexible_space: true, max_ranges: 100 };
    for pattern in ["", "a", "the mat", "é"] {
        let _ = find_matching(view, pattern.as_bytes(), &matching, &mut meter());
        let Ok(ranges) = find(view, pattern.as_bytes(), &mut meter()) else { continue };
        let _ = next_characters(view, &ranges, Some(5), &mut meter());
    }
}

/// As [`laws::all`], on patterns of whole characters too.
pub fn all<V: ShardView<Symbol = u8>>(view: &V, documents: &[Vec<u8>]) {
    laws::all(view, documents);
    let mut patterns: BTreeSet<&str> = BTreeSet::from(["", "a", "x", "ab", "\0", "\n", " ", "é"]);
    for text in documents.iter().map(|text| std::str::from_utf8(text).unwrap()) {
        for (start, bytes) in
            [(0, 1), (0, 5), (text.len() / 2, 3), (text.len() / 3, 40), (text.len().saturating_sub(4), 4)]
        {
            if let Some(pattern) = text.get(start..(start + bytes).min(text.len())) {
                patterns.insert(pattern);
            }
        }
    }
    for pattern in patterns {
        let bytes = pattern.as_bytes();
        laws::counts(view, documents, bytes);
        next_character_counts(view, documents, bytes);
        if found(view, bytes).iter().map(FoundRange::count).sum::<u64>() <= MANY_PLACES {
            matchings(view, documents, pattern, true, true);
        }
    }
    units(view, documents, 7);
}
