//! One pass: rows of embeddings in, logits out. Llama's block: normalise, attend, add; normalise, gate, add.

use rayon::prelude::*;

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::kernel::Kernel;
use crate::model::{MAX_ROWS, Model, Wanted};
use crate::rotary::Rotary;

impl Model {
    /// Reads rows of embeddings and remembers them in `cache`. `parents[i]` is the row that row i continues, or -1 for the end of what
    /// the cache held before; `None` is a plain sequence. A row sees the cache, its ancestors and itself, and stands one place
    /// after its parent. Answers logits row by row. O(rows · weights + rows · context).
    ///
    /// After a draft tree call [`Cache::keep`] with the accepted path.
    ///
    /// # Errors
    /// `Argument` for no rows or more than [`MAX_ROWS`], a parent that is not an earlier row, or a context that grows too long.
    pub fn forward(
        &self,
        cache: &mut Cache,
        embeddings: &[f32],
        parents: Option<&[i32]>,
        wanted: Wanted,
    ) -> Result<Vec<f32>> {
        let rows = embeddings.len() / self.config.width;
        if rows == 0 || rows > MAX_ROWS || embeddings.len() != rows * self.config.width {
            return Err(Error::Argument(format!("{} numbers are not 1 to {MAX_ROWS} embeddings", embeddings.len())));
        }
        let tree = Tree::new(rows, parents)?;
        let base = cache.len();
        let deepest = tree.depths.iter().max().copied().unwrap_or(0);
        if base + deepest >= self.config.context_length {
            return Err(Error::Argument(format!("the context is longer than {} tokens", self.config.context_length)));
        }
        let positions: Vec<usize> = tree.depths.iter().map(|depth| base + depth).collect();
        let rotary = Rotary::new(&positions, self.config.head_width, self.config.rope_base);
        let mut state = embeddings.to_vec();
        for layer in 0..self.blocks.len() {
            self.attend(layer, cache, base, &tree, &rotary, &mut state);
            self.feed_forward(layer, &mut state);
        }
        cache.grow(rows);
        Ok(self.project(&state, wanted))
    }

    fn attend(&self, layer: usize, cache: &mut Cache, base: usize, tree: &Tree, rotary: &Rotary, state: &mut [f32]) {
        let block = &self.blocks[layer];
        let rows = tree.depths.len();
        let (heads_width, kv_width) = (self.config.heads * self.config.head_width, self.config.kv_width());
        let normed = self.normalise(state, &block.attention_norm);
        let mut queries = vec![0.0; rows * heads_width];
        let mut keys = vec![0.0; rows * kv_width];
        let mut values = vec![0.0; rows * kv_width];
        block.query.multiply(self.kernel, &normed, &mut queries);
        block.key.multiply(self.kernel, &normed, &mut keys);
        block.value.multiply(self.kernel, &normed, &mut values);
        for row in 0..rows {
            rotary.apply(row, &mut queries[row * heads_width..(row + 1) * heads_width]);
            rotary.apply(row, &mut keys[row * kv_width..(row + 1) * kv_width]);
        }
        cache.append(layer, &keys, &values);
        let memory = cache.layer(layer);
        let mut attended = vec![0.0; rows * heads_width];
        let head_width = self.config.head_width;
        attended.par_chunks_mut(head_width).enumerate().for_each(|(i, out)| {
            let (row, head) = (i / self.config.heads, i % self.config.heads);
            let kv_head = head / (self.config.heads / self.config.kv_heads);
            let attention = Attention {
                kernel: self.kernel,
                query: &queries[i * head_width..(i + 1) * head_width],
                keys: &memory.keys,
                values: &memory.values,
                stride: kv_width,
                offset: kv_head * head_width,
            };
            attention.read((0..base).chain(tree.ancestors[row].iter().map(|ancestor| base + ancestor)), out);
        });
        let mut output = vec![0.0; state.len()];
        block.attention_output.multiply(self.kernel, &attended, &mut output);
        add(state, &output);
    }

    fn feed_forward(&self, layer: usize, state: &mut [f32]) {
        let block = &self.blocks[layer];
        let rows = state.len() / self.config.width;
        let normed = self.normalise(state, &block.feed_forward_norm);
        let mut gate = vec![0.0; rows * self.config.feed_forward_width];
        let mut up = vec![0.0; gate.len()];
        block.gate.multiply(self.kernel, &normed, &mut gate);
        block.up.multiply(self.kernel, &normed, &mut up);
        for (gate, up) in gate.iter_mut().zip(&up) {
            *gate = *gate / (1.0 + (-*gate).exp()) * up;
        }
        let mut output = vec![0.0; state.len()];
        block.down.multiply(self.kernel, &gate, &mut output);
        add(state, &output);
    }

    fn project(&self, state: &[f32], wanted: Wanted) -> Vec<f32> {
        let rows = match wanted {
            Wanted::All => state,
            Wanted::Last => &state[state.len() - self.config.width..],
        };
        let normed = self.normalise(rows, &self.output_norm);
        let mut logits = vec![0.0; rows.len() / self.config.width * self.config.vocabulary];
        self.output.as_ref().unwrap_or(&self.embeddings).multiply(self.kernel, &normed, &mut logits);
        logits
    }

    /// Root-mean-square normalisation (Zhang, Sennrich 2019, arXiv:1910.07467).
    fn normalise(&self, state: &[f32], weights: &[f32]) -> Vec<f32> {
        let mut normed = Vec::with_capacity(state.len());
        for row in state.chunks_exact(self.config.width) {
            let square = row.iter().map(|value| value * value).sum::<f32>() / row.len() as f32;
            let scale = 1.0 / (square + self.config.norm_epsilon).sqrt();
            normed.extend(row.iter().zip(weights).map(|(value, weight)| value * scale * weight));
        }
        normed
    }
}

/// One head of one row, looking at some places of the memory.
struct Attention<'a> {
    kernel: Kernel,
    query: &'a [f32],
    keys: &'a [f32],
    values: &'a [f32],
    /// Numbers from a place to the next, and where the head's begin.
    stride: usize,
    offset: usize,
}

impl Attention<'_> {
    /// Writes the mean of the values, weighted by softmax(query · keys / √width). The order of the places decides the last bits.
    fn read(&self, places: impl Iterator<Item = usize> + Clone, out: &mut [f32]) {
        let width = self.query.len();
        let scale = 1.0 / (width as f32).sqrt();
        let at = |place: usize| place * self.stride + self.offset;
        let mut weights: Vec<f32> = places
            .clone()
            .map(|place| self.kernel.dot(self.query, &self.keys[at(place)..at(place) + width]) * scale)
            .collect();
        let largest = weights.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut total = 0.0;
        for weight in &mut weights {
            *weight = (*weight - largest).exp();
            total += *weight;
        }
        for (place, weight) in places.zip(&weights) {
            let share = weight / total;
            for (sum, value) in out.iter_mut().zip(&self.values[at(place)..at(place) + width]) {
                *sum += share * value;
            }
        }
    }
}

/// Which rows of a pass see which.
struct Tree {
    /// Steps from the end of the cache.
    depths: Vec<usize>,
    /// Rows from the root down, the row itself last.
    ancestors: Vec<Vec<usize>>,
}

impl Tree {
    fn new(rows: usize, parents: Option<&[i32]>) -> Result<Self> {
        let Some(parents) = parents else {
            return Ok(Self {
                depths: (0..rows).collect(),
                ancestors: (0..rows).map(|row| (0..=row).collect()).collect(),
            });
        };
        if parents.len() != rows {
            return Err(Error::Argument(format!("{} parents for {rows} rows", parents.len())));
        }
        let mut ancestors: Vec<Vec<usize>> = Vec::with_capacity(rows);
        for (row, &parent) in parents.iter().enumerate() {
            let mut path = match usize::try_from(parent) {
                Ok(parent) if parent < row => ancestors[parent].clone(),
                Err(_) if parent == -1 => Vec::new(),
                _ => return Err(Error::Argument(format!("row {row} has parent {parent}, not -1 or an earlier row"))),
            };
            path.push(row);
            ancestors.push(path);
        }
        Ok(Self { depths: ancestors.iter().map(|path| path.len() - 1).collect(), ancestors })
    }
}

fn add(state: &mut [f32], change: &[f32]) {
    for (value, change) in state.iter_mut().zip(change) {
        *value += change;
    }
}
