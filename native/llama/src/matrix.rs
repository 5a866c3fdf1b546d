//! How are a model's weights kept, and how are rows multiplied by them?
//!
//! Quantised weights become one signed byte each with a scale, and where the format has one a minimum, for each 32: Q4_0,
//! Q4_1 and Q8_0 fit without loss. Every output is computed by one thread in one order, whatever the batch.

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::gguf::{Gguf, TensorInfo};
use crate::kernel::{Kernel, QuantisedRow};

/// Weights that share a scale.
pub const BLOCK: usize = 32;
/// Multiplications below which threads cost more than they save.
const MIN_PARALLEL: usize = 1 << 16;

/// Rows of weights; an output is the inner product of a row and the input.
#[derive(Debug)]
pub struct Matrix {
    pub rows: usize,
    pub columns: usize,
    weights: Weights,
}

#[derive(Debug)]
enum Weights {
    /// `minimums` is empty for formats without.
    Quantised {
        codes: Vec<i8>,
        scales: Vec<f32>,
        minimums: Vec<f32>,
    },
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
        let count = rows.checked_mul(columns).ok_or_else(|| Error::Damaged(format!("tensor {name} is too large")))?;
        let weights = read_weights(gguf, name, info, count, columns)?;
        Ok(Self { rows, columns, weights })
    }

    /// A vector of plain numbers.
    ///
    /// # Errors
    /// As [`Matrix::read`]; `Unsupported` when it is quantised.
    pub fn read_vector(gguf: &Gguf, name: &str, length: usize) -> Result<Vec<f32>> {
        match Self::read(gguf, name, 1, length)?.weights {
            Weights::Floats(values) => Ok(values),
            Weights::Quantised { .. } => Err(Error::Unsupported(format!("{name} is quantised"))),
        }
    }

    /// Writes a row of weights, decoded, to `out` of `columns` numbers.
    pub fn decode_row(&self, row: usize, out: &mut [f32]) {
        let start = row * self.columns;
        match &self.weights {
            Weights::Floats(values) => out.copy_from_slice(&values[start..start + self.columns]),
            Weights::Quantised { codes, scales, minimums } => {
                for (i, value) in out.iter_mut().enumerate() {
                    let block = (start + i) / BLOCK;
                    *value = scales[block] * f32::from(codes[start + i]) + minimums.get(block).copied().unwrap_or(0.0);
                }
            }
        }
    }

    /// `out[k][r] = weights[r] · input[k]` for each of the input's rows of `columns` numbers.
    pub fn multiply(&self, kernel: Kernel, input: &[f32], out: &mut [f32]) {
        let batch = input.len() / self.columns;
        let sums = self.sum_blocks(input);
        if batch == 1 {
            self.fill(kernel, input, &sums, 1, out);
            return;
        }
        let mut transposed = vec![0.0; self.rows * batch];
        self.fill(kernel, input, &sums, batch, &mut transposed);
        for (k, row) in out.chunks_exact_mut(self.rows).enumerate() {
            for (value, of_row) in row.iter_mut().zip(transposed.chunks_exact(batch)) {
                *value = of_row[k];
            }
        }
    }

    /// `out[r][k]`, rows in parallel.
    fn fill(&self, kernel: Kernel, input: &[f32], sums: &[f32], batch: usize, out: &mut [f32]) {
        if self.rows * self.columns * batch < MIN_PARALLEL {
            self.fill_rows(kernel, input, sums, batch, 0, out);
            return;
        }
        let rows = self.rows.div_ceil(4 * rayon::current_num_threads());
        out.par_chunks_mut(rows * batch)
            .enumerate()
            .for_each(|(chunk, out)| self.fill_rows(kernel, input, sums, batch, chunk * rows, out));
    }

    fn fill_rows(&self, kernel: Kernel, input: &[f32], sums: &[f32], batch: usize, first_row: usize, out: &mut [f32]) {
        for (i, of_row) in out.chunks_exact_mut(batch).enumerate() {
            let start = (first_row + i) * self.columns;
            match &self.weights {
                Weights::Floats(values) => {
                    let row = &values[start..start + self.columns];
                    for (value, x) in of_row.iter_mut().zip(input.chunks_exact(self.columns)) {
                        *value = kernel.dot(row, x);
                    }
                }
                Weights::Quantised { codes, scales, minimums } => {
                    let (first, last) = (start / BLOCK, (start + self.columns) / BLOCK);
                    let row = QuantisedRow {
                        codes: &codes[start..start + self.columns],
                        scales: &scales[first..last],
                        minimums: minimums.get(first..last).unwrap_or(&[]),
                    };
                    kernel.dot_quantised(&row, input, sums, of_row);
                }
            }
        }
    }

    /// Sums of the input's blocks, which the minimums are multiplied by.
    fn sum_blocks(&self, input: &[f32]) -> Vec<f32> {
        match &self.weights {
            Weights::Quantised { minimums, .. } if !minimums.is_empty() => {
                input.chunks_exact(BLOCK).map(|block| block.iter().sum()).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn read_weights(gguf: &Gguf, name: &str, info: &TensorInfo, count: usize, columns: usize) -> Result<Weights> {
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
            Ok(decode_blocks(info.kind, data.chunks_exact(block_bytes), count))
        }
        other => Err(Error::Unsupported(format!(
            "tensor {name} is coded as GGML type {other}; F32, F16, BF16, Q4_0, Q4_1 and Q8_0 are read"
        ))),
    }
}

fn decode_blocks<'a>(kind: u32, blocks: impl Iterator<Item = &'a [u8]>, count: usize) -> Weights {
    let mut codes = Vec::with_capacity(count);
    let mut scales = Vec::with_capacity(count / BLOCK);
    let mut minimums = Vec::new();
    for block in blocks {
        scales.push(decode_half(block[0], block[1]));
        match kind {
            8 => codes.extend(block[2..].iter().map(|&byte| byte as i8)),
            _ => {
                let (nibbles, shift) = if kind == 2 { (&block[2..], 8) } else { (&block[4..], 0) };
                codes.extend(nibbles.iter().map(|byte| (byte & 15) as i8 - shift));
                codes.extend(nibbles.iter().map(|byte| (byte >> 4) as i8 - shift));
            }
        }
        if kind == 3 {
            minimums.push(decode_half(block[2], block[3]));
        }
    }
    Weights::Quantised { codes, scales, minimums }
}

/// IEEE 754 binary16.
fn decode_half(low: u8, high: u8) -> f32 {
    let bits = u32::from(u16::from_le_bytes([low, high]));
    let (sign, exponent, mantissa) = (bits >> 15, (bits >> 10) & 31, bits & 1023);
    let magnitude = match exponent {
        0 => mantissa as f32 * 2f32.powi(-24),
        31 => f32::from_bits(0x7f80_0000 | (mantissa << 13)),
        _ => f32::from_bits(((exponent + 112) << 23) | (mantissa << 13)),
    };
    if sign == 1 { -magnitude } else { magnitude }
}
