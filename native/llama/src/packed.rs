//! How do quantised weights lie in memory? Eight rows side by side, so that one instruction serves eight outputs.
//!
//! Rows are taken in strips of eight, columns in blocks of 32 with a scale each, as in GGUF; a strip lies block after block. Q4_0
//! and Q4_1 become codes of 0 to 15 with a scale and a minimum, Q8_0 signed bytes with a scale, all without loss.

use crate::half::decode_half;
use crate::kernel::STRIP;

/// Weights that share a scale.
pub const BLOCK: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Codes of 0 to 15, two a byte: columns c and c + 16; four columns of a row lie together, then those of the next row.
    Nibbles,
    /// Signed bytes; two columns of a row lie together, then those of the next row.
    Bytes,
}

impl Coding {
    /// Of a block of a strip: codes, then eight scales, then eight minimums where there are any, as halves.
    pub fn block_bytes(self) -> usize {
        match self {
            Self::Nibbles => STRIP * (BLOCK / 2 + 4),
            Self::Bytes => STRIP * (BLOCK + 2),
        }
    }

    /// Where a code lies in a block, and how far it is shifted.
    fn place(self, lane: usize, column: usize) -> (usize, u32) {
        match self {
            Self::Nibbles => {
                let (half, column) = (column / 16, column % 16);
                (column / 4 * 32 + lane * 4 + column % 4, 4 * half as u32)
            }
            Self::Bytes => (column / 2 * 16 + lane * 2 + column % 2, 0),
        }
    }

    fn scales_at(self) -> usize {
        match self {
            Self::Nibbles => STRIP * BLOCK / 2,
            Self::Bytes => STRIP * BLOCK,
        }
    }
}

/// A matrix of quantised weights; rows are filled up to a whole strip with zeros.
#[derive(Debug)]
pub struct Packed {
    coding: Coding,
    strip_bytes: usize,
    bytes: Vec<u8>,
}

impl Packed {
    /// `blocks` are GGUF's, row by row: of type Q4_0 (2), Q4_1 (3) or Q8_0 (8).
    pub fn from_blocks<'a>(
        kind: u32,
        rows: usize,
        blocks_a_row: usize,
        blocks: impl Iterator<Item = &'a [u8]>,
    ) -> Self {
        let coding = if kind == 8 { Coding::Bytes } else { Coding::Nibbles };
        let strip_bytes = blocks_a_row * coding.block_bytes();
        let mut bytes = vec![0; rows.div_ceil(STRIP) * strip_bytes];
        for (i, source) in blocks.enumerate() {
            let (row, block) = (i / blocks_a_row, i % blocks_a_row);
            let start = row / STRIP * strip_bytes + block * coding.block_bytes();
            pack_block(kind, coding, row % STRIP, source, &mut bytes[start..start + coding.block_bytes()]);
        }
        Self { coding, strip_bytes, bytes }
    }

    pub fn strip(&self, strip: usize) -> PackedStrip<'_> {
        let start = strip * self.strip_bytes;
        PackedStrip { coding: self.coding, bytes: &self.bytes[start..start + self.strip_bytes] }
    }

    /// Writes a row of weights, decoded.
    pub fn decode_row(&self, row: usize, out: &mut [f32]) {
        let (strip, lane) = (self.strip(row / STRIP), row % STRIP);
        for (column, value) in out.iter_mut().enumerate() {
            let block = column / BLOCK;
            let code = f32::from(strip.code(block, lane, column % BLOCK));
            *value = strip.scale(block, lane) * code + strip.minimum(block, lane).unwrap_or(0.0);
        }
    }
}

fn pack_block(kind: u32, coding: Coding, lane: usize, source: &[u8], block: &mut [u8]) {
    let scale = coding.scales_at() + 2 * lane;
    block[scale..scale + 2].copy_from_slice(&source[..2]);
    let codes = if kind == 3 { &source[4..] } else { &source[2..] };
    for column in 0..BLOCK {
        let (place, shift) = coding.place(lane, column);
        block[place] |= match coding {
            Coding::Nibbles => ((codes[column % 16] >> (column / 16 * 4)) & 15) << shift,
            Coding::Bytes => codes[column],
        };
    }
    if coding == Coding::Nibbles {
        let minimum = scale + 2 * STRIP;
        let half = if kind == 3 { [source[2], source[3]] } else { minimum_of_signed(source[0], source[1]) };
        block[minimum..minimum + 2].copy_from_slice(&half);
    }
}

/// Q4_0 means (code − 8) · scale: a minimum of −8 scales, which is a half too where the scale is no giant.
fn minimum_of_signed(low: u8, high: u8) -> [u8; 2] {
    crate::half::encode_half(-8.0 * decode_half(low, high)).to_le_bytes()
}

/// Eight rows of weights.
#[derive(Debug, Clone, Copy)]
pub struct PackedStrip<'a> {
    pub coding: Coding,
    pub bytes: &'a [u8],
}

impl PackedStrip<'_> {
    pub fn blocks(self) -> usize {
        self.bytes.len() / self.coding.block_bytes()
    }

    pub fn code(self, block: usize, lane: usize, column: usize) -> i8 {
        let (place, shift) = self.coding.place(lane, column);
        let byte = self.bytes[block * self.coding.block_bytes() + place];
        match self.coding {
            Coding::Nibbles => ((byte >> shift) & 15) as i8,
            Coding::Bytes => byte as i8,
        }
    }

    pub fn scale(self, block: usize, lane: usize) -> f32 {
        self.half(block, self.coding.scales_at() + 2 * lane)
    }

    pub fn minimum(self, block: usize, lane: usize) -> Option<f32> {
        (self.coding == Coding::Nibbles).then(|| self.half(block, self.coding.scales_at() + 2 * (STRIP + lane)))
    }

    fn half(self, block: usize, place: usize) -> f32 {
        let at = block * self.coding.block_bytes() + place;
        decode_half(self.bytes[at], self.bytes[at + 1])
    }
}
