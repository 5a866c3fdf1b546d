//! The same without special instructions, and the meaning of those with them.

use crate::input::{InputTile, TILE};
use crate::kernel::STRIP;
use crate::packed::{BLOCK, PackedStrip};

pub fn multiply(strip: PackedStrip, tile: InputTile, row: usize) -> [f32; STRIP] {
    let mut sums = [0f32; STRIP];
    for block in 0..strip.blocks() {
        let (scale, sum) = (tile.scales[block * TILE + row], tile.sums[block * TILE + row]);
        for (lane, out) in sums.iter_mut().enumerate() {
            let mut dot = 0;
            for column in 0..BLOCK {
                let input = tile.code(row, block * BLOCK + column);
                dot += i32::from(strip.code(block, lane, column)) * i32::from(input);
            }
            *out = (strip.scale(block, lane) * scale).mul_add(dot as f32, *out);
            if let Some(minimum) = strip.minimum(block, lane) {
                *out = minimum.mul_add(sum, *out);
            }
        }
    }
    sums
}
