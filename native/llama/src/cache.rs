//! What does a model remember of the tokens it has read? Their keys and values, layer by layer.

use crate::error::{Error, Result};

/// The memory of one sequence: 8 · layers · (keys' width) bytes a token.
#[derive(Debug, Clone)]
pub struct Cache {
    layers: Vec<Layer>,
    width: usize,
    length: usize,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Layer {
    pub keys: Vec<f32>,
    pub values: Vec<f32>,
}

impl Cache {
    pub(crate) fn new(layers: usize, width: usize) -> Self {
        Self { layers: vec![Layer::default(); layers], width, length: 0 }
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
        for layer in &mut self.layers {
            layer.keys.truncate(self.length * self.width);
            layer.values.truncate(self.length * self.width);
        }
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
        let width = self.width;
        for layer in &mut self.layers {
            for values in [&mut layer.keys, &mut layer.values] {
                for (place, &row) in rows.iter().enumerate() {
                    let from = (start + row) * width;
                    values.copy_within(from..from + width, (start + place) * width);
                }
            }
        }
        self.truncate(start + rows.len());
        Ok(())
    }

    pub(crate) fn layer(&self, layer: usize) -> &Layer {
        &self.layers[layer]
    }

    pub(crate) fn append(&mut self, layer: usize, keys: &[f32], values: &[f32]) {
        self.layers[layer].keys.extend_from_slice(keys);
        self.layers[layer].values.extend_from_slice(values);
    }

    pub(crate) fn grow(&mut self, rows: usize) {
        self.length += rows;
    }
}
