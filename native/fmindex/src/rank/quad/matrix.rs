//! Where does a place in the sequence of a level lie in that of the next?
//!
//! The quad wavelet matrix: level `l` holds the digit `l` of every symbol that has one; its symbols come to the next level
//! sorted by that digit, stably. A place goes there by one rank. (Claude, Navarro, Ordóñez: The wavelet matrix, 2015,
//! doi:10.1016/j.is.2014.06.002; four branches after Ceregini, Kurpicz, Venturini: Faster wavelet trees with quad
//! vectors, 2024, doi:10.1109/DCC58796.2024.00070. Ours has lines with both kinds of counters inside one cache line.)

use super::line::{Counter, LINE_BYTES, LINE_DIGITS, Line, before_line, digit_at};
use super::tree::TreeLevel;
use crate::error::{Error, Result};
use crate::rank::run_head::prefetch;
use crate::section::Section;

/// Lines between two absolute counters: as many as keep the counters of a line below 2^16.
pub(super) const BLOCK_LINES: u64 = 256;
/// Four absolute counters u64.
pub(super) const BLOCK_BYTES: usize = 32;

/// The digits of all levels.
#[derive(Debug, Clone)]
pub(super) struct QuadMatrix {
    lines: Section,
    blocks: Section,
    levels: Vec<LevelPlace>,
}

/// Where the lines of a level lie.
#[derive(Debug, Clone, Copy)]
struct LevelPlace {
    /// Digits.
    len: u64,
    first_line: u64,
    first_block: u64,
}

/// Lines and blocks of a level.
pub(super) fn level_lines(len: u64) -> (u64, u64) {
    let lines = len / LINE_DIGITS + 1;
    (lines, lines.div_ceil(BLOCK_LINES))
}

impl QuadMatrix {
    /// Opens the lines of these levels. O(levels).
    ///
    /// # Errors
    /// [`Error::Damaged`] when there are more or fewer.
    pub fn open(levels: &[TreeLevel], lines: Section, blocks: Section) -> Result<Self> {
        let (mut first_line, mut first_block) = (0, 0);
        let mut places = Vec::with_capacity(levels.len());
        for level in levels.iter().filter(|level| level.inner > 0) {
            places.push(LevelPlace { len: level.len, first_line, first_block });
            let (lines, blocks) = level_lines(level.len);
            (first_line, first_block) = (first_line + lines, first_block + blocks);
        }
        if lines.len() as u64 != first_line * LINE_BYTES as u64 {
            return Err(Error::damaged("tokens.lines", format!("{} bytes for {first_line} lines", lines.len())));
        }
        if blocks.len() as u64 != first_block * BLOCK_BYTES as u64 {
            return Err(Error::damaged("tokens.blocks", format!("{} bytes for {first_block} blocks", blocks.len())));
        }
        Ok(Self { lines, blocks, levels: places })
    }

    /// Where `place` of `level` comes to if the digit there were `digit`: the place of its next one. One line.
    #[inline(always)]
    pub fn step<C: Counter>(&self, counter: C, level: usize, digit: usize, place: u64) -> u64 {
        let Some((at, line, within)) = self.find(level, place) else { return 0 };
        let before = before_line(line, digit) + u64::from(counter.count_digit(line, digit, within));
        self.block_counter(at, digit).wrapping_add(before)
    }

    /// [`QuadMatrix::step`] of both ends of a range that is not empty. A single place is read once.
    #[inline(always)]
    pub fn step_range<C: Counter>(&self, counter: C, level: usize, digit: usize, low: u64, high: u64) -> (u64, u64) {
        if high - low == 1 {
            let (found, next) = self.follow(counter, level, low);
            return (next, next.saturating_add(u64::from(found == digit)));
        }
        (self.step(counter, level, digit, low), self.step(counter, level, digit, high))
    }

    /// [`QuadMatrix::step`] for each digit.
    #[inline(always)]
    pub fn step_all<C: Counter>(&self, counter: C, level: usize, place: u64) -> [u64; 4] {
        let Some((at, line, within)) = self.find(level, place) else { return [0; 4] };
        let block = self.block(at);
        let [low, high, both] = counter.count_planes(line, within);
        let counts = [(within + both).wrapping_sub(low + high), low - both, high - both, both];
        std::array::from_fn(|digit| block[digit].wrapping_add(before_line(line, digit) + u64::from(counts[digit])))
    }

    /// The digit at `place` of `level`, and where it comes to.
    #[inline(always)]
    pub fn follow<C: Counter>(&self, counter: C, level: usize, place: u64) -> (usize, u64) {
        let Some((at, line, within)) = self.find(level, place) else { return (0, 0) };
        let digit = digit_at(line, within as usize);
        let before = before_line(line, digit) + u64::from(counter.count_digit(line, digit, within));
        (digit, self.block_counter(at, digit).wrapping_add(before))
    }

    /// The digit at `place` of `level`.
    #[inline(always)]
    pub fn digit(&self, level: usize, place: u64) -> usize {
        self.find(level, place).map_or(0, |(_, line, within)| digit_at(line, within as usize))
    }

    /// Asks for what a step from `place` of `level` reads.
    #[inline(always)]
    pub fn prefetch(&self, level: usize, place: u64) {
        if let Some(level) = self.levels.get(level) {
            prefetch(&self.lines, (level.first_line + place / LINE_DIGITS) as usize * LINE_BYTES);
        }
    }

    /// The line and the block of a place, and the digits before it in the line.
    #[inline(always)]
    fn find(&self, level: usize, place: u64) -> Option<(u64, &Line, u32)> {
        let level = self.levels.get(level)?;
        let place = place.min(level.len);
        let line = place / LINE_DIGITS;
        let start = (level.first_line + line) as usize * LINE_BYTES;
        let bytes = self.lines.get(start..start + LINE_BYTES)?.first_chunk()?;
        Some((level.first_block + line / BLOCK_LINES, bytes, (place % LINE_DIGITS) as u32))
    }

    #[inline(always)]
    fn block_counter(&self, block: u64, digit: usize) -> u64 {
        self.blocks.u64_at(block as usize * BLOCK_BYTES + digit * 8).unwrap_or(0)
    }

    #[inline(always)]
    fn block(&self, block: u64) -> [u64; 4] {
        let start = block as usize * BLOCK_BYTES;
        let bytes = self.blocks.get(start..start + BLOCK_BYTES).unwrap_or(&[0; BLOCK_BYTES]);
        let words = bytes.as_chunks::<8>().0;
        std::array::from_fn(|digit| words.get(digit).map_or(0, |word| u64::from_le_bytes(*word)))
    }

    /// Compares all counters with the digits, and the digits with the next level. O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`] with the level.
    pub fn verify<C: Counter>(&self, counter: C) -> Result<()> {
        for (number, level) in self.levels.iter().enumerate() {
            let wrong = |what: &str| Error::damaged("tokens.lines", format!("level {number}: {what}"));
            let ends = self.step_all(counter, number, level.len);
            let starts = self.step_all(counter, number, 0);
            if starts[0] != 0 || ends[3] != level.len || (0..3).any(|digit| ends[digit] != starts[digit + 1]) {
                return Err(wrong("its digits do not fill it"));
            }
            let mut expected = starts;
            for line in 0..=level.len / LINE_DIGITS {
                let start = line * LINE_DIGITS;
                if self.step_all(counter, number, start) != expected {
                    return Err(wrong(&format!("line {line} counts wrong")));
                }
                for place in start..level.len.min(start + LINE_DIGITS) {
                    expected[self.follow(counter, number, place).0] += 1;
                }
            }
        }
        Ok(())
    }
}
