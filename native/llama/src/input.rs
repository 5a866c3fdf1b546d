//! In which form do rows meet quantised weights? As whole numbers of -127 to 127 with a scale for every 32.

use crate::packed::BLOCK;

/// Input rows that share the decoding of weights, and lie together.
pub const TILE: usize = 4;

/// Up to [`TILE`] rows as a kernel reads them. Of each block of columns first the codes of all rows for some columns, then for the next.
#[derive(Debug, Clone, Copy)]
pub struct InputTile<'a> {
    pub rows: usize,
    /// Whether it is the first tile that weights meet: then those that come next are asked for.
    pub is_first: bool,
    /// The rows themselves, one after the other, for weights that are not quantised.
    pub numbers: &'a [f32],
    /// Four columns of a row lie together.
    pub codes: &'a [i8],
    /// The same codes as words; two columns of a row lie together.
    pub words: &'a [i16],
    /// Block by block, those of all rows.
    pub scales: &'a [f32],
    /// Scale times the sum of the codes: what minimums are multiplied by.
    pub sums: &'a [f32],
}

impl InputTile<'_> {
    /// The code of a column of a row.
    pub fn code(&self, row: usize, column: usize) -> i8 {
        self.codes[column / 4 * 4 * TILE + row * 4 + column % 4]
    }
}

/// Rows on their way to become an [`InputTile`].
pub struct QuantisedTile<'a> {
    pub codes: &'a mut [i8],
    pub words: &'a mut [i16],
    pub scales: &'a mut [f32],
    pub sums: &'a mut [f32],
}

/// 1.5 · 2^23: a small number added to it is rounded to the nearest whole one, ties to even, in the low bits.
const ROUNDER: f32 = 12_582_912.0;

/// `row` is the tile's row number `at`. What is not a number becomes some code. What is left of a row behind its last whole block is
/// not quantised: it meets plain weights.
#[inline(always)]
pub fn quantise_row(row: &[f32], at: usize, out: &mut QuantisedTile) {
    let codes = out.codes.as_chunks_mut::<{ BLOCK * TILE }>().0;
    let words = out.words.as_chunks_mut::<{ BLOCK * TILE }>().0;
    let scales = out.scales.as_chunks_mut::<TILE>().0.iter_mut().zip(out.sums.as_chunks_mut::<TILE>().0);
    for ((block, (codes, words)), (scale, sum)) in
        row.as_chunks::<BLOCK>().0.iter().zip(codes.iter_mut().zip(words)).zip(scales)
    {
        let mut lanes = [0f32; 8];
        for part in block.as_chunks::<8>().0 {
            for (lane, value) in lanes.iter_mut().zip(part) {
                let value = value.abs();
                *lane = if value > *lane { value } else { *lane };
            }
        }
        let largest = lanes.iter().fold(0f32, |largest, &lane| if lane > largest { lane } else { largest });
        let inverse = if largest > 0.0 { 127.0 / largest } else { 0.0 };
        let mut rounded = [0i32; BLOCK];
        for (rounded, value) in rounded.iter_mut().zip(block) {
            let bits = (value * inverse + ROUNDER).to_bits() as i32 - ROUNDER.to_bits() as i32;
            *rounded = bits.clamp(-127, 127);
        }
        for (quad, codes) in rounded.as_chunks::<4>().0.iter().zip(codes.as_chunks_mut::<{ 4 * TILE }>().0) {
            codes[at * 4..at * 4 + 4].copy_from_slice(&quad.map(|code| code as i8));
        }
        for (pair, words) in rounded.as_chunks::<2>().0.iter().zip(words.as_chunks_mut::<{ 2 * TILE }>().0) {
            words[at * 2..at * 2 + 2].copy_from_slice(&pair.map(|code| code as i16));
        }
        scale[at] = largest / 127.0;
        sum[at] = scale[at] * rounded.iter().sum::<i32>() as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes, words, scales and sums of a row that has a place in a tile.
    fn quantise(row: &[f32], at: usize) -> (Vec<i8>, Vec<i16>, Vec<f32>, Vec<f32>) {
        let (mut codes, mut words) = (vec![99; row.len() * TILE], vec![99; row.len() * TILE]);
        let (mut scales, mut sums) = (vec![9.0; row.len() / 32 * TILE], vec![9.0; row.len() / 32 * TILE]);
        let mut out = QuantisedTile { codes: &mut codes, words: &mut words, scales: &mut scales, sums: &mut sums };
        quantise_row(row, at, &mut out);
        let tile = InputTile {
            rows: TILE,
            is_first: false,
            numbers: &[],
            codes: &codes,
            words: &words,
            scales: &scales,
            sums: &sums,
        };
        let of_row = |numbers: &[f32]| numbers.chunks(TILE).map(|of_block| of_block[at]).collect();
        (
            (0..row.len()).map(|column| tile.code(at, column)).collect(),
            (0..row.len()).map(|column| words[column / 2 * 2 * TILE + at * 2 + column % 2]).collect(),
            of_row(&scales),
            of_row(&sums),
        )
    }

    #[test]
    fn codes_are_the_nearest() {
        let row: Vec<f32> = (0..64).map(|i| ((i * 37 % 101) as f32 - 50.0) * if i < 32 { 0.1 } else { 3.0 }).collect();
        let (codes, words, scales, sums) = quantise(&row, 2);
        for (i, value) in row.iter().enumerate() {
            assert_eq!(i16::from(codes[i]), words[i]);
            assert!((f32::from(codes[i]) * scales[i / 32] - value).abs() <= scales[i / 32] * 0.5001);
        }
        for block in 0..2 {
            let total: i32 = codes[block * 32..][..32].iter().map(|&code| i32::from(code)).sum();
            assert_eq!(sums[block], scales[block] * total as f32);
            assert!(codes[block * 32..][..32].iter().any(|code| code.abs() == 127));
        }
    }

    #[test]
    fn nothing_and_what_is_no_number_have_codes_too() {
        assert_eq!(quantise(&[0.0; 32], 0), (vec![0; 32], vec![0; 32], vec![0.0], vec![0.0]));
        for strange in [f32::NAN, f32::INFINITY, f32::MIN_POSITIVE / 4.0] {
            let (codes, ..) = quantise(&[strange; 32], 3);
            assert!(codes.iter().all(|code| (-127..=127).contains(code)));
        }
    }
}
