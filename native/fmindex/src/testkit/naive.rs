//! What is the right answer? Found by scanning every document at every offset.

use std::collections::{BTreeMap, BTreeSet};

use crate::rank::Symbol;
use crate::search::{Matching, Place};

/// The documents and nothing else.
pub struct Naive<'a, S> {
    pub documents: &'a [Vec<S>],
}

impl<S: Symbol> Naive<'_, S> {
    pub fn symbol_count(&self) -> u64 {
        self.documents.iter().map(|document| document.len() as u64).sum()
    }

    /// Where each occurrence of `pattern` ends; the empty pattern stands everywhere, ends of documents included.
    pub fn ends(&self, pattern: &[S]) -> BTreeSet<Place> {
        let mut ends = BTreeSet::new();
        for (document, text) in self.documents.iter().enumerate() {
            for start in 0..=text.len() {
                if text[start..].starts_with(pattern) {
                    ends.insert(Place { document: document as u64, offset: (start + pattern.len()) as u64 });
                }
            }
        }
        ends
    }

    pub fn count(&self, pattern: &[S]) -> u64 {
        if pattern.is_empty() { self.symbol_count() } else { self.ends(pattern).len() as u64 }
    }

    /// The symbols that follow the occurrences of `pattern`; `None` for the end of a document.
    pub fn next(&self, pattern: &[S]) -> BTreeMap<Option<S>, u64> {
        let mut next = BTreeMap::new();
        for end in self.ends(pattern) {
            *next.entry(self.documents[end.document as usize].get(end.offset as usize).copied()).or_default() += 1;
        }
        next
    }

    /// Symbols of the longest match that starts at each position of `text`.
    pub fn longest(&self, text: &[S]) -> Vec<u64> {
        let longest_at = |start: usize| {
            (start..=text.len()).rev().find(|&end| end == start || self.occurs(&text[start..end])).unwrap_or(start)
                - start
        };
        (0..text.len()).map(|start| longest_at(start) as u64).collect()
    }

    fn occurs(&self, pattern: &[S]) -> bool {
        self.documents.iter().any(|document| document.windows(pattern.len()).any(|window| window == pattern))
    }
}

impl Naive<'_, u8> {
    /// End and length of all that `pattern` matches; the empty pattern stands at every byte, not only at characters.
    pub fn matches(&self, pattern: &str, matching: &Matching) -> BTreeSet<(Place, u64)> {
        if pattern.is_empty() {
            return self.ends(b"").into_iter().map(|end| (end, 0)).collect();
        }
        let mut matches = BTreeSet::new();
        for (document, text) in self.documents.iter().enumerate() {
            let text = std::str::from_utf8(text).unwrap();
            for start in (0..=text.len()).filter(|&start| text.is_char_boundary(start)) {
                if let Some(length) = match_length(pattern, &text[start..], matching) {
                    let place = Place { document: document as u64, offset: (start + length) as u64 };
                    matches.insert((place, length as u64));
                }
            }
        }
        matches
    }

    /// The characters that follow, or the rests of those that `pattern` ends in.
    pub fn next_characters(&self, pattern: &[u8]) -> BTreeMap<Option<Vec<u8>>, u64> {
        let mut next = BTreeMap::new();
        for end in self.ends(pattern) {
            let rest = &self.documents[end.document as usize][end.offset as usize..];
            let tail = rest.iter().skip(1).take_while(|&&byte| byte & 0xC0 == 0x80).count();
            let bytes = rest.len().min(1 + if rest.first().is_some_and(|&byte| byte >= 0x80) { tail } else { 0 });
            let character = (bytes > 0).then(|| rest[..bytes].to_vec());
            *next.entry(character).or_default() += 1;
        }
        next
    }
}

/// Bytes at the start of `text` that `pattern` matches.
fn match_length(pattern: &str, text: &str, matching: &Matching) -> Option<usize> {
    let (first, last) = (pattern.len() - pattern.trim_start().len(), pattern.trim_end().len());
    let mut rest = text.chars();
    let mut wanted = pattern.char_indices().peekable();
    while let Some((at, symbol)) = wanted.next() {
        let got = rest.next()?;
        if matching.flexible_space && symbol.is_whitespace() && (first..last).contains(&at) {
            if !got.is_whitespace() {
                return None;
            }
            while wanted.next_if(|(_, next)| next.is_whitespace()).is_some() {}
            while rest.clone().next().is_some_and(char::is_whitespace) {
                rest.next();
            }
        } else if got != symbol && !(matching.ignore_case && folds_to_same(got, symbol)) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

fn folds_to_same(left: char, right: char) -> bool {
    use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(left, left)]);
    class.case_fold_simple();
    class.iter().any(|range| (range.start()..=range.end()).contains(&right))
}
