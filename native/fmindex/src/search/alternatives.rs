//! Which strings does a pattern stand for when case or white space may differ?
//!
//! Case is Unicode simple folding (statuses C and S, no locale): each code point stands for all that fold to the same
//! one. White space is the Unicode property `White_Space` (U+0009–D, 20, 85, A0, 1680, 2000–A, 2028, 2029, 202F, 205F,
//! 3000): a run of it *inside* the pattern stands for any non-empty run. Runs at the pattern's edges stay as they are.

use super::case_folds::case_variants;
use crate::error::{Error, Result};

/// How a pattern may differ from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matching {
    pub ignore_case: bool,
    pub flexible_space: bool,
    /// Budget of live ranges.
    pub max_ranges: usize,
}

/// A part of a pattern.
#[derive(Debug)]
pub(crate) enum Element {
    /// One code point of the trie.
    One(Trie),
    /// One or more code points of the trie.
    Run(Trie),
}

/// The alternatives of one code point, as UTF-8.
#[derive(Debug, Default)]
pub(crate) struct Trie {
    nodes: Vec<Vec<(u8, usize)>>,
}

impl Trie {
    pub const ROOT: usize = 0;

    fn new(alternatives: impl IntoIterator<Item = char>) -> Self {
        let mut trie = Self { nodes: vec![Vec::new()] };
        for alternative in alternatives {
            let mut node = Self::ROOT;
            for &byte in alternative.encode_utf8(&mut [0; 4]).as_bytes() {
                node = trie.child(node, byte);
            }
        }
        trie
    }

    /// The bytes that go on from `node` and the nodes that they lead to; none at the end of a code point.
    pub fn edges(&self, node: usize) -> &[(u8, usize)] {
        &self.nodes[node]
    }

    fn child(&mut self, node: usize, byte: u8) -> usize {
        if let Some(&(_, child)) = self.nodes[node].iter().find(|edge| edge.0 == byte) {
            return child;
        }
        let child = self.nodes.len();
        self.nodes.push(Vec::new());
        self.nodes[node].push((byte, child));
        child
    }
}

/// The parts of a pattern. A run is never the last part, and never next to another.
///
/// # Errors
/// [`Error::Argument`] when the pattern is not UTF-8: alternatives are of characters.
pub(crate) fn parse(pattern: &[u8], matching: &Matching) -> Result<Vec<Element>> {
    let text = std::str::from_utf8(pattern)
        .map_err(|error| Error::Argument(format!("the pattern is not UTF-8 at byte {}", error.valid_up_to())))?;
    let inner = text.trim_start().len();
    let (inner_start, inner_end) = (text.len() - inner, text.trim_end().len());
    let mut elements = Vec::new();
    let mut is_in_run = false;
    for (at, symbol) in text.char_indices() {
        let is_flexible = matching.flexible_space && symbol.is_whitespace() && at >= inner_start && at < inner_end;
        if is_flexible && !is_in_run {
            elements.push(Element::Run(Trie::new(white_space())));
        } else if !is_flexible {
            elements.push(Element::One(match matching.ignore_case {
                true => Trie::new(case_variants(symbol)),
                false => Trie::new([symbol]),
            }));
        }
        is_in_run = is_flexible;
    }
    Ok(elements)
}

fn white_space() -> impl Iterator<Item = char> {
    ('\0'..='\u{3000}').filter(|symbol| symbol.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_of_white_space_is_the_declared_one() {
        let declared = "\t\n\u{B}\u{C}\r \u{85}\u{A0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\
                        \u{2007}\u{2008}\u{2009}\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}";
        assert_eq!(white_space().collect::<String>(), declared);
        assert_eq!(('\u{3001}'..=char::MAX).filter(|symbol| symbol.is_whitespace()).count(), 0);
    }

    #[test]
    fn only_inner_runs_are_flexible() {
        let matching = Matching { ignore_case: false, flexible_space: true, max_ranges: 1 };
        let shape = |pattern: &str| -> String {
            let elements = parse(pattern.as_bytes(), &matching).unwrap();
            elements.iter().map(|element| if matches!(element, Element::Run(_)) { 'r' } else { '1' }).collect()
        };
        assert_eq!(shape(" a \t b\n"), "11r11");
        assert_eq!(shape("  "), "11");
        assert_eq!(shape("a b c"), "1r1r1");
        assert_eq!(shape(""), "");
    }

    #[test]
    fn a_pattern_that_is_not_utf8_is_refused_with_its_place() {
        let matching = Matching { ignore_case: true, flexible_space: false, max_ranges: 1 };
        let error = parse(b"ab\xC3", &matching).unwrap_err();
        assert_eq!(error.to_string(), "the pattern is not UTF-8 at byte 2");
    }
}
