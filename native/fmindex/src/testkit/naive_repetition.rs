//! Which grams repeat, which parts of the documents are copies, which strings cannot be made longer? By sorting.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::rank::{Symbol, SymbolKind};

/// A document by its number, and an offset.
type At = (u64, u64);

/// The answers of plain sorting.
pub struct NaiveRepetition {
    /// Distinct grams by how often they occur.
    pub distinct: BTreeMap<u64, u64>,
    /// Spans of documents that have any: of all copies, and of all but the first.
    pub all: BTreeMap<u64, Vec<Range<u64>>>,
    pub later: BTreeMap<u64, Vec<Range<u64>>>,
}

impl NaiveRepetition {
    /// Sorts all places by the `length` symbols that follow: the suffix array, as far as it matters. O(n length log n).
    pub fn new<S: Symbol>(documents: &[Vec<S>], length: u64) -> Self {
        let mut places: Vec<At> = Vec::new();
        for (document, text) in documents.iter().enumerate() {
            places.extend((length..=text.len() as u64).map(|end| (document as u64, end - length)));
        }
        let gram = |&(document, start): &At| &documents[document as usize][start as usize..(start + length) as usize];
        places.sort_unstable_by(|left, right| gram(left).cmp(gram(right)).then(left.cmp(right)));
        let (mut distinct, mut all, mut later) = (BTreeMap::new(), Vec::new(), Vec::new());
        for group in places.chunk_by(|left, right| gram(left) == gram(right)) {
            *distinct.entry(group.len() as u64).or_default() += 1;
            if group.len() > 1 {
                all.extend(group);
                later.extend(&group[1..]);
            }
        }
        Self { distinct, all: cover(documents, all, length), later: cover(documents, later, length) }
    }
}

/// The spans of the grams that start at `places`: those that touch are one, and none cuts a character.
fn cover<S: Symbol>(documents: &[Vec<S>], mut places: Vec<At>, length: u64) -> BTreeMap<u64, Vec<Range<u64>>> {
    places.sort_unstable();
    let mut spans: Vec<(u64, Range<u64>)> = Vec::new();
    for (document, start) in places {
        match spans.last_mut() {
            Some((of, span)) if *of == document && start <= span.end => span.end = start + length,
            _ => spans.push((document, start..start + length)),
        }
    }
    let mut by_document: BTreeMap<u64, Vec<Range<u64>>> = BTreeMap::new();
    for (document, mut span) in spans {
        let text = &documents[document as usize];
        while span.start < span.end && !is_border(text, span.start) {
            span.start += 1;
        }
        while span.start < span.end && !is_border(text, span.end) {
            span.end -= 1;
        }
        if span.start < span.end {
            by_document.entry(document).or_default().push(span);
        }
    }
    by_document
}

fn is_border<S: Symbol>(text: &[S], offset: u64) -> bool {
    let is_inside = |symbol: &S| S::KIND == SymbolKind::Bytes && symbol.to_number() & 0xC0 == 0x80;
    !text.get(offset as usize).is_some_and(is_inside)
}

/// All strings of `length` symbols or more that occur twice and are followed and preceded by different symbols, with
/// how often they occur. For a few hundred symbols: it looks at every pair of places.
pub fn maximal_strings<S: Symbol>(documents: &[Vec<S>], length: u64) -> BTreeMap<Vec<S>, u64> {
    let mut strings = BTreeSet::new();
    let places: Vec<(usize, usize)> =
        documents.iter().enumerate().flat_map(|(at, text)| (0..text.len()).map(move |start| (at, start))).collect();
    for (nth, &(left, left_start)) in places.iter().enumerate() {
        for &(right, right_start) in &places[nth + 1..] {
            let before = |at: usize, start: usize| start.checked_sub(1).map(|before| documents[at][before]);
            if before(left, left_start).is_some() && before(left, left_start) == before(right, right_start) {
                continue;
            }
            let pairs = documents[left][left_start..].iter().zip(&documents[right][right_start..]);
            let common = pairs.take_while(|(left, right)| left == right).count();
            if common as u64 >= length {
                strings.insert(documents[left][left_start..left_start + common].to_vec());
            }
        }
    }
    let count = |string: &Vec<S>| {
        documents.iter().flat_map(|text| text.windows(string.len())).filter(|at| at == string).count()
    };
    strings.into_iter().map(|string| (string.clone(), count(&string) as u64)).collect()
}
