//! Where is a row of a pass remembered, and what does it see?

use crate::tree::Tree;

/// Places are counted from the beginning of the row's sequence.
pub struct Place {
    /// Which of the pass's sequences it belongs to.
    pub sequence: usize,
    /// Where its key and value are kept.
    pub at: usize,
    /// Tokens before it, on its path.
    pub position: usize,
    /// It sees so many of the first places ...
    pub first: usize,
    /// ... and then these, in order; itself last of all.
    pub others: Vec<usize>,
}

impl Place {
    /// The rows of a tree behind `base` tokens of one sequence.
    pub fn of_tree(tree: &Tree, base: usize) -> Vec<Self> {
        let place = |row: usize| Self {
            sequence: 0,
            at: base + row,
            position: base + tree.depths[row],
            first: base + tree.first[row],
            others: tree.others[row].iter().map(|other| base + other).collect(),
        };
        (0..tree.len()).map(place).collect()
    }

    /// The next row of a sequence of `base` tokens.
    pub fn next(sequence: usize, base: usize) -> Self {
        Self { sequence, at: base, position: base, first: base + 1, others: Vec::new() }
    }
}
