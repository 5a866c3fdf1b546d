//! Which rows of a pass see which?

use crate::error::{Error, Result};

/// The rows of a pass: a sequence, or a tree of drafts.
pub struct Tree {
    /// Steps of each row from the end of the cache.
    pub depths: Vec<usize>,
    /// What each row sees of the pass: so many of the first rows ...
    pub first: Vec<usize>,
    /// ... and then these, in order; itself last of all.
    pub others: Vec<Vec<usize>>,
}

impl Tree {
    /// `parents[i]` is the row that row i continues, or -1; `None` is a plain sequence.
    ///
    /// # Errors
    /// `Argument` when there is not one parent a row, or one that is no earlier row.
    pub fn new(rows: usize, parents: Option<&[i32]>) -> Result<Self> {
        let Some(parents) = parents else {
            return Ok(Self {
                depths: (0..rows).collect(),
                first: (1..=rows).collect(),
                others: vec![Vec::new(); rows],
            });
        };
        if parents.len() != rows {
            return Err(Error::Argument(format!("{} parents for {rows} rows", parents.len())));
        }
        let mut tree = Self { depths: Vec::new(), first: Vec::new(), others: Vec::new() };
        for (row, &parent) in parents.iter().enumerate() {
            let (depth, mut first, mut others) = match usize::try_from(parent) {
                Ok(parent) if parent < row => {
                    (tree.depths[parent] + 1, tree.first[parent], tree.others[parent].clone())
                }
                Err(_) if parent == -1 => (0, 0, Vec::new()),
                _ => return Err(Error::Argument(format!("row {row} has parent {parent}, not -1 or an earlier row"))),
            };
            if others.is_empty() && first == row {
                first += 1
            } else {
                others.push(row)
            }
            tree.depths.push(depth);
            tree.first.push(first);
            tree.others.push(others);
        }
        Ok(tree)
    }

    pub fn len(&self) -> usize {
        self.depths.len()
    }

    /// Steps to the deepest row.
    pub fn height(&self) -> usize {
        self.depths.iter().max().copied().unwrap_or(0)
    }
}
