//! Does a search that starts in the table find what a scan finds, and does a damaged table stay within the shard?

use std::ops::Range;

use proptest::prelude::{any, prop, proptest};

use super::encode::{EncodedPrefixes, encode_entries};
use super::enumerate::Enumeration;
use super::*;
use crate::documents::UnitCounts;
use crate::rank::{RankIndex, SEPARATOR};
use crate::search::{Place, ShardView};
use crate::section::Section;
use crate::testkit::SortedView;

/// A view with a table of so many symbols, however small its text.
struct TabledView<const SYMBOLS: u32> {
    view: SortedView<u8>,
    table: Option<PrefixTable>,
}

fn byte_counts(view: &SortedView<u8>) -> [u64; 256] {
    let mut counts = std::array::from_fn(|byte| view.rank().rank(byte as u8, view.row_count()));
    counts[usize::from(SEPARATOR)] = 0;
    counts
}

fn encode(view: &SortedView<u8>, symbols: u32) -> EncodedPrefixes {
    let first_rows = std::array::from_fn(|byte| view.first_row(byte as u8));
    let mut enumeration = Enumeration::new(view.rank(), &byte_counts(view), &first_rows);
    assert!((0..symbols).all(|_| enumeration.deepen(u64::MAX)));
    encode_entries(&enumeration.entries(), enumeration.key_count(), view.row_count()).unwrap()
}

fn open(view: &SortedView<u8>, encoded: EncodedPrefixes) -> crate::error::Result<PrefixTable> {
    let (keys, starts) = (Section::from_vec(encoded.keys), Section::from_vec(encoded.starts));
    PrefixTable::open(&byte_counts(view), view.row_count(), keys, starts)
}

impl<const SYMBOLS: u32> TabledView<SYMBOLS> {
    fn new(documents: &[Vec<u8>]) -> Self {
        let view = SortedView::<u8>::new(documents);
        // Without text there is nothing to number.
        let table = (view.symbol_count() > 0).then(|| open(&view, encode(&view, SYMBOLS)).unwrap());
        if let Some(table) = &table {
            assert_eq!(table.symbols(), SYMBOLS as usize);
            let first_rows = std::array::from_fn(|byte| view.first_row(byte as u8));
            table.verify(view.rank(), &byte_counts(&view), &first_rows).unwrap();
        }
        Self { view, table }
    }
}

impl<const SYMBOLS: u32> ShardView for TabledView<SYMBOLS> {
    type Symbol = u8;
    type Rank = <SortedView<u8> as ShardView>::Rank;

    fn rank(&self) -> &Self::Rank {
        self.view.rank()
    }

    fn first_row(&self, symbol: u8) -> u64 {
        self.view.first_row(symbol)
    }

    fn start_rows(&self, pattern: &[u8]) -> (usize, Range<u64>) {
        self.table.as_ref().map_or((0, 0..self.row_count()), |table| table.rows(pattern))
    }

    fn document_count(&self) -> u64 {
        self.view.document_count()
    }

    fn document_symbols(&self, document: u64) -> Option<u64> {
        self.view.document_symbols(document)
    }

    fn sampled_place(&self, row: u64) -> Option<Place> {
        self.view.sampled_place(row)
    }

    fn sampled_row(&self, place: Place) -> Option<(u64, u64)> {
        self.view.sampled_row(place)
    }

    fn sa_rate(&self) -> u64 {
        self.view.sa_rate()
    }

    fn isa_rate(&self) -> u64 {
        self.view.isa_rate()
    }

    fn sampled_units(&self, place: Place) -> (UnitCounts, u64) {
        self.view.sampled_units(place)
    }
}

crate::check_laws!(two_symbols, TabledView::<2>::new);
crate::check_laws!(three_symbols, TabledView::<3>::new);

#[test]
fn the_rows_of_each_short_pattern_are_those_of_a_search() {
    let documents: Vec<Vec<u8>> = ["banana", "", "b", "an", "bandana"].map(|text| text.as_bytes().to_vec()).into();
    let (plain, tabled) = (SortedView::<u8>::new(&documents), TabledView::<3>::new(&documents));
    let letters = b"abdnx";
    let longer =
        |shorter: &Vec<u8>| letters.iter().map(|&letter| [&shorter[..], &[letter]].concat()).collect::<Vec<_>>();
    let mut patterns = vec![Vec::new()];
    for _ in 0..3 {
        patterns = patterns.iter().flat_map(longer).collect();
        for pattern in &patterns {
            let expected = crate::search::push(&plain, 0..plain.row_count(), pattern).unwrap();
            let (pushed, rows) = tabled.start_rows(pattern);
            assert_eq!(pushed, pattern.len());
            assert!(rows == expected || rows.is_empty() && expected.is_empty(), "{pattern:?}: {rows:?}, {expected:?}");
        }
    }
}

#[test]
fn a_table_of_another_text_is_found_out() {
    let (one, other) = (SortedView::<u8>::new(&[b"abcabd".to_vec()]), SortedView::<u8>::new(&[b"abdabc".to_vec()]));
    let first_rows = std::array::from_fn(|byte| one.first_row(byte as u8));
    let table = open(&one, encode(&other, 3)).unwrap();
    assert!(table.verify(one.rank(), &byte_counts(&one), &first_rows).is_err());
    assert!(open(&SortedView::<u8>::new(&[b"abcabdx".to_vec()]), encode(&other, 3)).is_err());
}

proptest! {
    #[test]
    fn a_damaged_table_stays_within_the_shard(
        spoils in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>(), any::<u8>()), 1..8),
        pattern in "[abcd]{1,4}",
    ) {
        let view = SortedView::<u8>::new(&[b"abracadabra bacd".to_vec(), b"cabbage".to_vec()]);
        let mut encoded = encode(&view, 3);
        for (in_keys, at, value) in spoils {
            let bytes = if in_keys { &mut encoded.keys } else { &mut encoded.starts };
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(table) = open(&view, encoded) {
            let (pushed, rows) = table.rows(pattern.as_bytes());
            assert!(pushed <= pattern.len() && rows.start <= rows.end && rows.end <= view.row_count());
        }
    }
}
