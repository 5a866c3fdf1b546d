//! How do the threads of a pass multiply rows by matrices? Tiles of rows are quantised in one step and read in the next.

use std::ops::Range;

use crate::board::Board;
use crate::input::{InputTile, QuantisedTile, TILE};
use crate::kernel::{Kernel, Outputs, STRIP, STRIPS};
use crate::matrix::Matrix;
use crate::packed::BLOCK;
use crate::team::Member;

/// Room for quantised rows.
pub struct OperandBuffers {
    codes: Vec<i8>,
    words: Vec<i16>,
    scales: Vec<f32>,
    sums: Vec<f32>,
}

impl OperandBuffers {
    /// For so many rows of at most `width` numbers.
    pub fn new(rows: usize, width: usize) -> Self {
        let numbers = rows.next_multiple_of(TILE) * width;
        Self {
            codes: vec![0; numbers],
            words: vec![0; numbers],
            scales: vec![0.0; numbers / BLOCK],
            sums: vec![0.0; numbers / BLOCK],
        }
    }
}

/// The rows that the next product reads, quantised.
pub struct Operand<'a> {
    kernel: Kernel,
    codes: Board<'a, i8>,
    words: Board<'a, i16>,
    scales: Board<'a, f32>,
    sums: Board<'a, f32>,
}

/// Rows that were quantised, and the numbers they were.
pub struct Rows<'a> {
    operand: &'a Operand<'a>,
    numbers: &'a Board<'a, f32>,
    count: usize,
    width: usize,
}

impl<'a> Operand<'a> {
    pub fn new(kernel: Kernel, buffers: &'a mut OperandBuffers) -> Self {
        Self {
            kernel,
            codes: Board::new(&mut buffers.codes),
            words: Board::new(&mut buffers.words),
            scales: Board::new(&mut buffers.scales),
            sums: Board::new(&mut buffers.sums),
        }
    }

    /// A step: quantises rows, after `prepare` has written them.
    ///
    /// # Safety
    /// In this step nobody else writes `numbers`; `prepare` is given a row and its numbers, and touches no other row of them.
    pub unsafe fn quantise(
        &'a self,
        member: &Member,
        numbers: &'a Board<'a, f32>,
        count: usize,
        width: usize,
        prepare: impl Fn(usize, &mut [f32]),
    ) -> Rows<'a> {
        member.share(count.div_ceil(TILE), |tiles| {
            for tile in tiles {
                let (all, of_block) = self.ranges(tile, width);
                // SAFETY: a tile is this thread's in this step.
                let mut out = unsafe {
                    QuantisedTile {
                        codes: self.codes.part(all.clone()),
                        words: self.words.part(all),
                        scales: self.scales.part(of_block.clone()),
                        sums: self.sums.part(of_block),
                    }
                };
                for row in tile * TILE..((tile + 1) * TILE).min(count) {
                    // SAFETY: as above.
                    let numbers = unsafe { numbers.part(row * width..(row + 1) * width) };
                    prepare(row, numbers);
                    self.kernel.quantise(numbers, row % TILE, &mut out);
                }
            }
        });
        Rows { operand: self, numbers, count, width }
    }

    /// Where a tile lies among codes, and among scales.
    fn ranges(&self, tile: usize, width: usize) -> (Range<usize>, Range<usize>) {
        let (numbers, blocks) = (TILE * width, TILE * (width / BLOCK));
        (tile * numbers..(tile + 1) * numbers, tile * blocks..(tile + 1) * blocks)
    }
}

impl Rows<'_> {
    /// # Safety
    /// While the tile is held nobody writes what it is made of.
    unsafe fn tile(&self, tile: usize) -> InputTile<'_> {
        let (all, of_block) = self.operand.ranges(tile, self.width);
        let of_rows = tile * TILE..((tile + 1) * TILE).min(self.count);
        let Operand { codes, words, scales, sums, .. } = self.operand;
        // SAFETY: the caller's.
        unsafe {
            InputTile {
                rows: of_rows.len(),
                is_first: tile == 0,
                numbers: &self.numbers.all()[of_rows.start * self.width..of_rows.end * self.width],
                codes: &codes.all()[all.clone()],
                words: &words.all()[all],
                scales: &scales.all()[of_block.clone()],
                sums: &sums.all()[of_block],
            }
        }
    }

    /// A step: calls `visit` for a thread's groups of outputs with each tile of rows: the number of its first row, the tile, the group.
    ///
    /// # Safety
    /// In this step nobody writes what the rows are made of.
    pub unsafe fn visit(&self, member: &Member, groups: usize, mut visit: impl FnMut(usize, InputTile, usize)) {
        member.share(groups, |part| {
            for group in part {
                for tile in 0..self.count.div_ceil(TILE) {
                    // SAFETY: the caller's.
                    visit(tile * TILE, unsafe { self.tile(tile) }, group);
                }
            }
        });
    }

    /// A step: the products with several matrices; `write` says how outputs come to what is there.
    ///
    /// # Safety
    /// In this step nobody writes what the rows are made of, nor the targets.
    pub unsafe fn multiply(&self, member: &Member, targets: &[(&Matrix, &Board<f32>)], write: fn(&mut [f32], &[f32])) {
        let groups = targets.iter().map(|(matrix, _)| matrix.groups()).sum();
        let mut out = new_outputs();
        let multiply = |first: usize, tile: InputTile, mut group: usize| {
            for (matrix, board) in targets {
                if group < matrix.groups() {
                    matrix.multiply(self.operand.kernel, group, tile, &mut out);
                    // SAFETY: a group of outputs is this thread's.
                    unsafe { put(matrix, group, first, &out[..tile.rows], board, write) };
                    break;
                }
                group -= matrix.groups();
            }
        };
        // SAFETY: the caller's.
        unsafe { self.visit(member, groups, multiply) };
    }
}

pub fn new_outputs() -> Outputs<TILE, STRIPS> {
    [[[0.0; STRIP]; STRIPS]; TILE]
}

/// Writes what a group of strips gave for rows from `first` on.
///
/// # Safety
/// The group's outputs are the caller's in this step.
pub unsafe fn put(
    matrix: &Matrix,
    group: usize,
    first: usize,
    out: &[[[f32; STRIP]; STRIPS]],
    board: &Board<f32>,
    write: fn(&mut [f32], &[f32]),
) {
    let outputs = matrix.outputs(group);
    for (i, out) in out.iter().enumerate() {
        let row = (first + i) * matrix.rows;
        // SAFETY: the caller's.
        let target = unsafe { board.part(row + outputs.start..row + outputs.end) };
        write(target, &out.as_flattened()[..outputs.len()]);
    }
}
