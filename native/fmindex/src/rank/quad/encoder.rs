//! How does a sequence of symbols become a quad wavelet matrix?

use super::alphabet::Alphabet;
use super::codes::Codes;
use super::line::{LINE_DIGITS, make_line};
use super::matrix::{BLOCK_LINES, level_lines};
use super::tree::{TreeSections, encode_header};
use crate::bits::PackedIntsBuilder;
use crate::error::{Error, Result};
use crate::section::Section;

/// The sections of a quad wavelet matrix.
#[derive(Debug, Clone)]
pub struct QuadSections {
    pub tree: TreeSections,
    /// `tokens.lines`
    pub lines: Section,
    /// `tokens.blocks`
    pub blocks: Section,
}

/// Encodes a BWT in which each symbol occurs `row_counts` times and that has so many runs, or the heads of its runs: 0 for
/// the separator, `id + 1` for a token. The sequence is used up: memory for it, once more as much, and the encoded lines.
/// O(n · levels).
///
/// # Errors
/// [`Error::Input`] for a symbol outside the alphabet, or when memory is short.
pub fn encode(mut sequence: Vec<u32>, row_counts: &[u64], runs: u64) -> Result<QuadSections> {
    let (len, alphabet) = (sequence.len() as u64, row_counts.len() as u64);
    let counts = count_symbols(&sequence, alphabet)?;
    let present: Vec<u64> = (0..).zip(&counts).filter(|(_, count)| **count > 0).map(|(symbol, _)| symbol).collect();
    let present_counts: Vec<u64> = counts.into_iter().filter(|&count| count > 0).collect();
    let codes = Codes::new(&present_counts);
    // Symbols are renamed by leaf: the frequent ones then share the cache lines of the digits.
    let mut leaf_of = vec![0u32; alphabet as usize];
    let mut leaf_digits = vec![0u64; codes.leaves.len()];
    for (leaf, number) in codes.leaves.iter().enumerate() {
        if let Some(number) = *number {
            leaf_of[present[number as usize] as usize] = leaf as u32;
            leaf_digits[leaf] = codes.codes[number as usize].digits;
        }
    }
    sequence.iter_mut().for_each(|symbol| *symbol = leaf_of[*symbol as usize]);
    let mut levels = LevelEncoder { lines: Vec::new(), blocks: Vec::new() };
    levels.encode_all(sequence, &codes, &leaf_digits)?;
    let leaf_symbol = |number: &Option<u32>| number.map_or(alphabet, |number| present[number as usize]);
    let leaf_symbols: Vec<u64> = codes.leaves.iter().map(leaf_symbol).collect();
    let packed_codes: Vec<u64> = codes.codes.iter().map(|code| code.pack()).collect();
    let (symbols, first_rows) = Alphabet::encode(row_counts)?;
    Ok(QuadSections {
        tree: TreeSections {
            header: Section::from_vec(encode_header(len, runs, &codes.levels)),
            symbols,
            first_rows,
            codes: Section::from_vec(PackedIntsBuilder::pack(&packed_codes)?),
            leaves: Section::from_vec(PackedIntsBuilder::pack(&leaf_symbols)?),
            leaf_starts: Section::from_vec(PackedIntsBuilder::pack(&leaf_starts(&codes, &present_counts))?),
        },
        lines: Section::from_vec(levels.lines),
        blocks: Section::from_vec(levels.blocks),
    })
}

fn count_symbols(sequence: &[u32], alphabet: u64) -> Result<Vec<u64>> {
    let mut counts = vec![0u64; alphabet as usize];
    for &symbol in sequence {
        let outside = || Error::Input(format!("symbol {symbol} is not below {alphabet}"));
        *counts.get_mut(symbol as usize).ok_or_else(outside)? += 1;
    }
    Ok(counts)
}

/// Where the occurrences of each leaf begin in the sequence of its level: after those of inner nodes.
fn leaf_starts(codes: &Codes, counts: &[u64]) -> Vec<u64> {
    let mut leaves = codes.leaves.iter();
    let mut starts = Vec::with_capacity(codes.leaves.len());
    for level in &codes.levels {
        let mut start = level.len;
        for number in leaves.by_ref().take((level.nodes - level.inner) as usize) {
            starts.push(start);
            start += number.map_or(0, |number| counts[number as usize]);
        }
    }
    starts
}

struct LevelEncoder {
    lines: Vec<u8>,
    blocks: Vec<u8>,
}

impl LevelEncoder {
    fn encode_all(&mut self, leaves: Vec<u32>, codes: &Codes, leaf_digits: &[u64]) -> Result<()> {
        let totals = codes.levels.iter().filter(|level| level.inner > 0).map(|level| level_lines(level.len));
        let (lines, blocks) = totals.fold((0, 0), |sum, level| (sum.0 + level.0, sum.1 + level.1));
        let no_memory = |_| Error::Input(format!("no memory to encode {} symbols", leaves.len()));
        self.lines.try_reserve_exact(lines as usize * super::line::LINE_BYTES).map_err(no_memory)?;
        self.blocks.try_reserve_exact(blocks as usize * super::matrix::BLOCK_BYTES).map_err(no_memory)?;
        let mut sorted = Vec::new();
        sorted.try_reserve_exact(leaves.len()).map_err(no_memory)?;
        sorted.resize(leaves.len(), 0);
        let mut sequence = leaves;
        for (number, level) in codes.levels.iter().enumerate().filter(|(_, level)| level.inner > 0) {
            // What ended here stands at the end.
            sequence.truncate(level.len as usize);
            sorted.truncate(level.len as usize);
            let digit = |leaf: u32| (leaf_digits[leaf as usize] >> (2 * number) & 3) as usize;
            self.encode_level(&sequence, digit, &mut sorted);
            std::mem::swap(&mut sequence, &mut sorted);
        }
        Ok(())
    }

    /// Adds the lines of a level and sorts its symbols by their digit.
    fn encode_level(&mut self, sequence: &[u32], digit: impl Fn(u32) -> usize, sorted: &mut [u32]) {
        let mut counts = [0u64; 4];
        sequence.iter().for_each(|&leaf| counts[digit(leaf)] += 1);
        let mut next = [0, counts[0], counts[0] + counts[1], counts[0] + counts[1] + counts[2]];
        let mut block = next;
        let line_count = level_lines(sequence.len() as u64).0;
        for line in 0..line_count {
            if line % BLOCK_LINES == 0 {
                block = next;
                self.blocks.extend(block.iter().flat_map(|counter| counter.to_le_bytes()));
            }
            let before = std::array::from_fn(|digit| (next[digit] - block[digit]) as u16);
            let start = (line * LINE_DIGITS) as usize;
            let symbols = &sequence[start..sequence.len().min(start + LINE_DIGITS as usize)];
            self.lines.extend_from_slice(&make_line(before, symbols.iter().map(|&leaf| digit(leaf))));
            for &leaf in symbols {
                let digit = digit(leaf);
                sorted[next[digit] as usize] = leaf;
                next[digit] += 1;
            }
        }
    }
}
