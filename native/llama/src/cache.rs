//! What does a model remember of the tokens it has read? Their keys and values, layer by layer.

use crate::attention::Memory;
use crate::error::{Error, Result};

/// The memory of one sequence: 8 · layers · (keys' width) bytes a token.
#[derive(Debug, Clone)]
pub struct Cache {
    /// Of each layer's heads of keys and values, one after the other.
    pub(crate) memories: Vec<Memory>,
    length: usize,
}

impl Cache {
    pub(crate) fn new(memories: usize, head_width: usize) -> Self {
        Self { memories: vec![Memory::new(head_width); memories], length: 0 }
    }

    /// Tokens that are remembered.
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Forgets all but the first `length` tokens.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
        self.make_room(0);
    }

    /// Of the rows from `start` on, a draft tree's, keeps those in `rows` (ascending, counted from `start`), which must be a path
    /// from a root of the tree down: what follows is as if the path alone had been read.
    ///
    /// # Errors
    /// `Argument` when the rows are not ascending or not there.
    pub fn keep(&mut self, start: usize, rows: &[usize]) -> Result<()> {
        let is_ascending = rows.windows(2).all(|pair| pair[0] < pair[1]);
        let are_there = start <= self.length && rows.last().is_none_or(|&last| start + last < self.length);
        if !is_ascending || !are_there {
            return Err(Error::Argument(format!(
                "rows {rows:?} from {start} on are not ascending rows of {}",
                self.length
            )));
        }
        for memory in &mut self.memories {
            for (place, &row) in rows.iter().enumerate() {
                if place != row {
                    memory.copy_within(start + row, start + place);
                }
            }
        }
        self.truncate(start + rows.len());
        Ok(())
    }

    /// Room for so many tokens after those that are remembered.
    pub(crate) fn make_room(&mut self, rows: usize) {
        let places = self.length + rows;
        self.memories.iter_mut().for_each(|memory| memory.resize(places));
    }

    /// The room was filled.
    pub(crate) fn grow(&mut self, rows: usize) {
        self.length += rows;
    }
}
