//! Do the examples that were worked by hand come out?

use std::collections::BTreeSet;

use crate::interrupt::Interrupt;
use crate::search::{ShardView, StepMeter, count_batch, extract, find, locate};

fn documents(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn meter() -> StepMeter<'static> {
    StepMeter::new(Interrupt::never())
}

fn counts<V: ShardView<Symbol = u8>>(view: &V, expected: &[(&str, u64)]) {
    for (pattern, count) in expected {
        assert_eq!(count_batch(view, &[pattern.as_bytes()], &mut meter()).unwrap(), [*count], "count of {pattern:?}");
    }
}

/// Document, start offset and text with `context` bytes on each side, for each occurrence.
fn snippets<V: ShardView<Symbol = u8>>(view: &V, pattern: &str, context: u64) -> BTreeSet<(u64, u64, String)> {
    let mut snippets = BTreeSet::new();
    for range in find(view, pattern.as_bytes(), &mut meter()).unwrap() {
        for place in locate(view, &range.rows().collect::<Vec<u64>>(), &mut meter()).unwrap() {
            let start = place.offset - range.length;
            let end = (place.offset + context).min(view.document_symbols(place.document).unwrap());
            let text = extract(view, place.document, start.saturating_sub(context)..end, &mut meter()).unwrap();
            snippets.insert((place.document, start, String::from_utf8(text).unwrap()));
        }
    }
    snippets
}

/// Two documents, overlapping occurrences, and the smallest byte.
pub fn banana<V: ShardView<Symbol = u8>>(make: impl Fn(&[Vec<u8>]) -> V) {
    let view = make(&documents(&["banana", "bandana"]));
    counts(&view, &[("ana", 3), ("ban", 2), ("nan", 1), ("ab", 0), ("a", 6), ("", 13), ("Ban", 0)]);
    let expected = [(0, 1, "banan"), (0, 3, "nana"), (1, 4, "dana")];
    let expected = expected.map(|(document, start, text)| (document, start, text.to_owned()));
    assert_eq!(snippets(&view, "ana", 1), BTreeSet::from(expected));
}

/// Overlaps, borders of documents, characters of two bytes, and a text whose smallest byte is the space.
pub fn bytes<V: ShardView<Symbol = u8>>(make: impl Fn(&[Vec<u8>]) -> V) {
    counts(&make(&documents(&["aaaa"])), &[("aa", 3)]);
    counts(&make(&documents(&["new york", "york city"])), &[("york new", 0), ("york", 2), ("yorkyork", 0)]);
    counts(&make(&documents(&["a b"])), &[(" ", 1), ("a b", 1), ("b", 1)]);

    let view = make(&documents(&["naïve café"]));
    assert_eq!(view.document_symbols(0), Some(12));
    assert_eq!(snippets(&view, "café", 3), BTreeSet::from([(0, 7, "ve café".to_owned())]));
    assert_eq!(snippets(&view, "café", 5), BTreeSet::from([(0, 7, "ïve café".to_owned())]));
    assert_eq!(snippets(&view, "café", 7), BTreeSet::from([(0, 7, "naïve café".to_owned())]));
    assert_eq!(extract(&view, 0, 3..4, &mut meter()).unwrap(), [0xAF], "pieces of characters are bytes like others");
}
