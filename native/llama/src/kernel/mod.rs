//! Which instructions compute a pass? The fastest that the machine has, all with the same result to the last bit.
//!
//! Inner products of codes are whole numbers, hence exact in any order; what is added as fractions is added in one order, with one
//! rounding where the processor can multiply and add at once. So it does not matter which kernel runs, nor in which batch a row is.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;

use crate::attention::{Attention, attend};
use crate::input::{InputTile, QuantisedTile, TILE, quantise_row};
use crate::maths::{dot_rows, gate_row, normalise_row};
use crate::packed::{Coding, PackedStrip};

/// Outputs that are computed side by side.
pub const STRIP: usize = 8;
/// Strips that share the reading of input.
pub const STRIPS: usize = 2;

/// What some strips of weights give for some rows.
pub type Outputs<const M: usize, const S: usize> = [[[f32; STRIP]; S]; M];

/// The instructions that are used; chosen once, when a model is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Kernel {
    /// The fastest that this machine has.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c") {
            return Self::Avx2;
        }
        Self::Portable
    }

    /// The inner products of one or [`STRIPS`] strips of weights, of one coding and width, with each row of a tile.
    pub fn multiply(self, strips: &[PackedStrip], tile: InputTile, out: &mut Outputs<TILE, STRIPS>) {
        match *strips {
            [one] => self.multiply_rows([one], tile, out),
            [one, other] => self.multiply_rows([one, other], tile, out),
            _ => debug_assert!(strips.is_empty(), "{} strips at once", strips.len()),
        }
    }

    fn multiply_rows<const S: usize>(self, strips: [PackedStrip; S], tile: InputTile, out: &mut Outputs<TILE, STRIPS>) {
        match tile.rows {
            1 => copy_outputs(&self.multiply_tile::<1, S>(strips, tile), out),
            2 => copy_outputs(&self.multiply_tile::<2, S>(strips, tile), out),
            3 => copy_outputs(&self.multiply_tile::<3, S>(strips, tile), out),
            _ => copy_outputs(&self.multiply_tile::<TILE, S>(strips, tile), out),
        }
    }

    fn multiply_tile<const M: usize, const S: usize>(self, strips: [PackedStrip; S], tile: InputTile) -> Outputs<M, S> {
        match (self, strips[0].coding) {
            (Self::Portable, _) => std::array::from_fn(|row| strips.map(|strip| portable::multiply(strip, tile, row))),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx2` is only made by `detect`, where the machine has the instructions.
            (Self::Avx2, Coding::Nibbles) => unsafe { avx2::multiply_nibbles(strips, tile) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            (Self::Avx2, Coding::Bytes) => unsafe { avx2::multiply_bytes(strips, tile) },
        }
    }

    /// [`dot_rows`].
    pub fn dot(self, a: &[f32], b: &[f32]) -> f32 {
        match self {
            Self::Portable => dot_rows(a, b),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx2` is only made by `detect`, where the machine has the instructions.
            Self::Avx2 => unsafe { avx2::dot(a, b) },
        }
    }

    /// [`normalise_row`].
    pub fn normalise(self, row: &[f32], weights: &[f32], epsilon: f32, out: &mut [f32]) {
        match self {
            Self::Portable => normalise_row(row, weights, epsilon, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx2` is only made by `detect`, where the machine has the instructions.
            Self::Avx2 => unsafe { avx2::normalise(row, weights, epsilon, out) },
        }
    }

    /// [`quantise_row`].
    pub fn quantise(self, row: &[f32], at: usize, out: &mut QuantisedTile) {
        match self {
            Self::Portable => quantise_row(row, at, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx2` is only made by `detect`, where the machine has the instructions.
            Self::Avx2 => unsafe { avx2::quantise(row, at, out) },
        }
    }

    /// [`gate_row`].
    pub fn gate(self, gate: &mut [f32], up: &[f32]) {
        match self {
            Self::Portable => gate_row(gate, up),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx2` is only made by `detect`, where the machine has the instructions.
            Self::Avx2 => unsafe { avx2::gate(gate, up) },
        }
    }

    /// [`attend`].
    pub fn attend(self, attention: &Attention, queries: &[f32], weights: &mut Vec<f32>, out: &mut [f32]) {
        match self {
            Self::Portable => attend(attention, queries, weights, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx2` is only made by `detect`, where the machine has the instructions.
            Self::Avx2 => unsafe { avx2::attend_fast(attention, queries, weights, out) },
        }
    }
}

fn copy_outputs<const M: usize, const S: usize>(from: &Outputs<M, S>, to: &mut Outputs<TILE, STRIPS>) {
    for (from, to) in from.iter().zip(to) {
        to[..S].copy_from_slice(from);
    }
}
