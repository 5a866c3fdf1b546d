//! With AVX2, FMA and F16C: eight outputs side by side, a lane each.

use std::arch::asm;
use std::arch::x86_64::*;

use crate::attention::{Attention, attend};
use crate::input::{InputTile, QuantisedTile, TILE, quantise_row};
use crate::kernel::{Outputs, STRIP};
use crate::maths::{dot_rows, gate_row, normalise_row};
use crate::packed::{BLOCK, Coding, PackedStrip};

/// Columns that an instruction multiplies, of each output.
const QUAD: usize = 4;
const PAIR: usize = 2;

/// Codes of four bits, 0 to 15, by input codes of -127 to 127: eight sums of two products stay below 2^15.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn multiply_nibbles<const M: usize, const S: usize>(strips: [PackedStrip; S], tile: InputTile) -> Outputs<M, S> {
    check_lengths(&strips, tile);
    let block_bytes = Coding::Nibbles.block_bytes();
    let (nibble, ones) = (_mm256_set1_epi8(15), _mm256_set1_epi16(1));
    let mut sums = [[_mm256_setzero_ps(); S]; M];
    for block in 0..strips[0].blocks() {
        let bytes = strips.map(|strip| strip.bytes[block * block_bytes..].as_ptr());
        if tile.is_first {
            bytes.iter().zip(strips).for_each(|(bytes, strip)| fetch_ahead(*bytes, S * strip.bytes.len(), block_bytes));
        }
        let codes = tile.codes[block * BLOCK * TILE..].as_ptr();
        let mut dots = [[_mm256_setzero_si256(); S]; M];
        for half in 0..QUAD {
            // SAFETY: a block begins with 128 bytes of codes.
            let both = bytes.map(|bytes| unsafe { _mm256_loadu_si256(bytes.add(half * 32).cast()) });
            let low = both.map(|both| _mm256_and_si256(both, nibble));
            let high = both.map(|both| _mm256_and_si256(_mm256_srli_epi16::<4>(both), nibble));
            for (weights, quad) in [(low, half), (high, half + QUAD)] {
                for (row, dots) in dots.iter_mut().enumerate() {
                    // SAFETY: four codes from here on lie among the block's.
                    let input = unsafe { codes.add((quad * TILE + row) * QUAD).cast::<i32>().read_unaligned() };
                    let input = _mm256_set1_epi32(input);
                    for (dot, weight) in dots.iter_mut().zip(weights) {
                        *dot = keep_here(_mm256_add_epi16(*dot, _mm256_maddubs_epi16(weight, input)));
                    }
                }
            }
        }
        for (s, bytes) in bytes.into_iter().enumerate() {
            // SAFETY: eight scales and eight minimums of two bytes follow the 128 bytes of codes.
            let (scales, minimums) =
                unsafe { (load_halves(bytes.add(STRIP * BLOCK / 2)), load_halves(bytes.add(STRIP * BLOCK / 2 + 16))) };
            for (row, (sums, dots)) in sums.iter_mut().zip(dots).enumerate() {
                let dot = _mm256_cvtepi32_ps(_mm256_madd_epi16(dots[s], ones));
                let scale = _mm256_mul_ps(scales, _mm256_set1_ps(tile.scales[block * TILE + row]));
                let sum = _mm256_set1_ps(tile.sums[block * TILE + row]);
                sums[s] = _mm256_fmadd_ps(minimums, sum, _mm256_fmadd_ps(scale, dot, sums[s]));
            }
        }
    }
    sums.map(|sums| sums.map(|sum| store(sum)))
}

/// Codes of eight bits by input codes, as words.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn multiply_bytes<const M: usize, const S: usize>(strips: [PackedStrip; S], tile: InputTile) -> Outputs<M, S> {
    check_lengths(&strips, tile);
    let block_bytes = Coding::Bytes.block_bytes();
    let mut sums = [[_mm256_setzero_ps(); S]; M];
    for block in 0..strips[0].blocks() {
        let bytes = strips.map(|strip| strip.bytes[block * block_bytes..].as_ptr());
        if tile.is_first {
            bytes.iter().zip(strips).for_each(|(bytes, strip)| fetch_ahead(*bytes, S * strip.bytes.len(), block_bytes));
        }
        let words = tile.words[block * BLOCK * TILE..].as_ptr();
        let mut dots = [[_mm256_setzero_si256(); S]; M];
        for pair in 0..BLOCK / PAIR {
            // SAFETY: a block begins with 256 bytes of codes.
            let weights =
                bytes.map(|bytes| unsafe { _mm256_cvtepi8_epi16(_mm_loadu_si128(bytes.add(pair * 16).cast())) });
            for (row, dots) in dots.iter_mut().enumerate() {
                // SAFETY: two words from here on lie among the block's.
                let input = unsafe { words.add((pair * TILE + row) * PAIR).cast::<i32>().read_unaligned() };
                let input = _mm256_set1_epi32(input);
                for (dot, weight) in dots.iter_mut().zip(weights) {
                    *dot = keep_here(_mm256_add_epi32(*dot, _mm256_madd_epi16(weight, input)));
                }
            }
        }
        for (s, bytes) in bytes.into_iter().enumerate() {
            // SAFETY: eight scales of two bytes follow the 256 bytes of codes.
            let scales = unsafe { load_halves(bytes.add(STRIP * BLOCK)) };
            for (row, (sums, dots)) in sums.iter_mut().zip(dots).enumerate() {
                let scale = _mm256_mul_ps(scales, _mm256_set1_ps(tile.scales[block * TILE + row]));
                sums[s] = _mm256_fmadd_ps(scale, _mm256_cvtepi32_ps(dots[s]), sums[s]);
            }
        }
    }
    sums.map(|sums| sums.map(|sum| store(sum)))
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    dot_rows(a, b)
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn normalise(row: &[f32], weights: &[f32], epsilon: f32, out: &mut [f32]) {
    normalise_row(row, weights, epsilon, out);
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn quantise(row: &[f32], at: usize, out: &mut QuantisedTile) {
    quantise_row(row, at, out);
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn gate(gate: &mut [f32], up: &[f32]) {
    gate_row(gate, up);
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn attend_fast(attention: &Attention, queries: &[f32], weights: &mut Vec<f32>, out: &mut [f32]) {
    attend(attention, queries, weights, out);
}

/// Asks for the same block of the strips that come next, so that memory is read while this is computed.
#[target_feature(enable = "avx2")]
fn fetch_ahead(bytes: *const u8, distance: usize, block_bytes: usize) {
    for line in (0..block_bytes).step_by(64) {
        // Behind the last strip it asks for what is not there, which does nothing.
        _mm_prefetch::<_MM_HINT_T0>(bytes.wrapping_add(distance + line).cast());
    }
}

/// The sum, in a register at this point of the program: otherwise sums of whole numbers are put in another order, row by row, which needs
/// more registers than there are.
#[target_feature(enable = "avx2")]
fn keep_here(mut sum: __m256i) -> __m256i {
    // SAFETY: it does nothing.
    unsafe { asm!("/* {0} */", inout(ymm_reg) sum, options(pure, nomem, nostack, preserves_flags)) };
    sum
}

/// So that all that is read lies in its slice.
fn check_lengths(strips: &[PackedStrip], tile: InputTile) {
    let (coding, blocks) = (strips[0].coding, strips[0].blocks());
    assert!(strips.iter().all(|strip| strip.coding == coding && strip.bytes.len() == blocks * coding.block_bytes()));
    assert!(tile.codes.len() == blocks * BLOCK * TILE && tile.words.len() == tile.codes.len());
    assert!(tile.scales.len() == blocks * TILE && tile.sums.len() == tile.scales.len());
}

/// # Safety
/// Sixteen bytes can be read from `bytes` on.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn load_halves(bytes: *const u8) -> __m256 {
    // SAFETY: the caller's.
    _mm256_cvtph_ps(unsafe { _mm_loadu_si128(bytes.cast()) })
}

#[target_feature(enable = "avx2")]
fn store(sum: __m256) -> [f32; STRIP] {
    let mut lanes = [0.0; STRIP];
    // SAFETY: the array has room for eight numbers.
    unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), sum) };
    lanes
}
