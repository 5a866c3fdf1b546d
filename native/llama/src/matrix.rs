//! How are a model's weights read, and how are rows multiplied by them?
//!
//! Every output is computed by one thread in one order, whatever the batch.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::gguf::{Gguf, TensorInfo};
use crate::half::decode_half;
use crate::input::{InputTile, TILE};
use crate::kernel::{Kernel, Outputs, STRIP, STRIPS};
use crate::packed::{BLOCK, Packed, PackedStrip};

/// Rows of weights; an output is the inner product of a row and the input.
#[derive(Debug)]
pub struct Matrix {
    pub rows: usize,
    pub columns: usize,
    weights: Weights,
}

#[derive(Debug)]
enum Weights {
    Quantised(Packed),
    Floats(Vec<f32>),
}

impl Matrix {
    /// # Errors
    /// `Damaged` when the tensor is missing or not of that shape, `Unsupported` for other codings.
    pub fn read(gguf: &Gguf, name: &str, rows: usize, columns: usize) -> Result<Self> {
        let info = gguf.tensor(name).ok_or_else(|| Error::Damaged(format!("tensor {name} is missing")))?;
        let expected: &[usize] = if rows == 1 { &[columns] } else { &[columns, rows] };
        if info.dimensions != expected {
            return Err(Error::Damaged(format!("tensor {name} has shape {:?}, not {expected:?}", info.dimensions)));
        }
        if rows.checked_mul(columns).is_none() {
            return Err(Error::Damaged(format!("tensor {name} is too large")));
        }
        let weights = read_weights(gguf, name, info, rows, columns)?;
        Ok(Self { rows, columns, weights })
    }

    /// A vector of plain numbers.
    ///
    /// # Errors
    /// As [`Matrix::read`]; `Unsupported` when it is quantised.
    pub fn read_vector(gguf: &Gguf, name: &str, length: usize) -> Result<Vec<f32>> {
        match Self::read(gguf, name, 1, length)?.weights {
            Weights::Floats(values) => Ok(values),
            Weights::Quantised(_) => Err(Error::Unsupported(format!("{name} is quantised"))),
        }
    }

    /// Writes a row of weights, decoded, to `out` of `columns` numbers.
    pub fn decode_row(&self, row: usize, out: &mut [f32]) {
        match &self.weights {
            Weights::Floats(values) => out.copy_from_slice(&values[row * self.columns..(row + 1) * self.columns]),
            Weights::Quantised(packed) => packed.decode_row(row, out),
        }
    }

    /// Groups of outputs that are computed together.
    pub fn groups(&self) -> usize {
        self.rows.div_ceil(STRIPS * STRIP)
    }

    /// Which outputs a group has.
    pub fn outputs(&self, group: usize) -> Range<usize> {
        group * STRIPS * STRIP..((group + 1) * STRIPS * STRIP).min(self.rows)
    }

    /// A group of outputs for each row of a tile.
    pub fn multiply(&self, kernel: Kernel, group: usize, tile: InputTile, out: &mut Outputs<TILE, STRIPS>) {
        let outputs = self.outputs(group);
        match &self.weights {
            Weights::Quantised(packed) if outputs.len() <= STRIP => {
                kernel.multiply(&[packed.strip(group * STRIPS)], tile, out);
            }
            Weights::Quantised(packed) => {
                let strips: [PackedStrip; STRIPS] = std::array::from_fn(|strip| packed.strip(group * STRIPS + strip));
                kernel.multiply(&strips, tile, out);
            }
            Weights::Floats(values) => {
                for (lane, output) in outputs.enumerate() {
                    let weights = &values[output * self.columns..(output + 1) * self.columns];
                    for (row, out) in tile.numbers.chunks_exact(self.columns).zip(&mut *out) {
                        out.as_flattened_mut()[lane] = kernel.dot(weights, row);
                    }
                }
            }
        }
    }
}

fn read_weights(gguf: &Gguf, name: &str, info: &TensorInfo, rows: usize, columns: usize) -> Result<Weights> {
    let count = rows * columns;
    let plain = |bytes_each: usize| gguf.data(name, info, count.saturating_mul(bytes_each));
    match info.kind {
        0 => Ok(Weights::Floats(
            plain(4)?.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
        )),
        1 => Ok(Weights::Floats(plain(2)?.chunks_exact(2).map(|b| decode_half(b[0], b[1])).collect())),
        30 => Ok(Weights::Floats(plain(2)?.chunks_exact(2).map(|b| f32::from_le_bytes([0, 0, b[0], b[1]])).collect())),
        2 | 3 | 8 => {
            if !columns.is_multiple_of(BLOCK) {
                return Err(Error::Damaged(format!("tensor {name} has rows of {columns}, not a multiple of {BLOCK}")));
            }
            let block_bytes = match info.kind {
                2 => 18,
                3 => 20,
                _ => 34,
            };
            let data = gguf.data(name, info, (count / BLOCK).saturating_mul(block_bytes))?;
            let blocks = data.chunks_exact(block_bytes);
            Ok(Weights::Quantised(Packed::from_blocks(info.kind, rows, columns / BLOCK, blocks)))
        }
        other => Err(Error::Unsupported(format!(
            "tensor {name} is coded as GGML type {other}; F32, F16, BF16, Q4_0, Q4_1 and Q8_0 are read"
        ))),
    }
}
