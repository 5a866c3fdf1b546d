//! Where do the rows go that a walk finds, until they are counted?
//!
//! A walk finds the rows of one side before which rows of the other stand, in no order. They are parted by their high bits
//! and written to one file, four bytes each, a block of a part at a time; then each part is counted by itself.

use std::sync::{Mutex, PoisonError};

use super::scratch::ScratchFile;
use crate::error::Result;

/// Rows of a part, as a power of two: their counts, 16 MiB, are counted in no order.
const MAX_PART_BITS: u32 = 22;
const MIN_PART_BITS: u32 = 8;
/// More parts would take more buffers.
const MAX_PARTS: u64 = 4096;
/// Parts of a collection that is not large.
const USUAL_PARTS_BITS: u32 = 6;
/// Rows of a block: 16 KiB.
const BLOCK_ROWS: usize = 4096;

/// Rows on disk, by part.
pub(super) struct Spill {
    file: ScratchFile,
    part_bits: u32,
    state: Mutex<State>,
}

struct State {
    /// Where the next block goes.
    offset: u64,
    /// Of each part the blocks: where they begin, and rows in them.
    parts: Vec<Vec<(u64, usize)>>,
}

impl Spill {
    /// For rows from 0 to `row_count`, that one included: before it, and past the last, rows may stand too.
    pub fn new(file: ScratchFile, row_count: u64) -> Self {
        let bits = u64::BITS - row_count.leading_zeros();
        let mut part_bits = bits.saturating_sub(USUAL_PARTS_BITS).clamp(MIN_PART_BITS, MAX_PART_BITS);
        while row_count >> part_bits >= MAX_PARTS {
            part_bits += 1;
        }
        let parts = vec![Vec::new(); (row_count >> part_bits) as usize + 1];
        Self { file, part_bits, state: Mutex::new(State { offset: 0, parts }) }
    }

    pub fn writer(&self) -> SpillWriter<'_> {
        let parts = self.state.lock().unwrap_or_else(PoisonError::into_inner).parts.len();
        SpillWriter { spill: self, parts: vec![Vec::new(); parts], bytes: Vec::new() }
    }

    /// What was written, part by part.
    pub fn finish(self) -> SpilledRows {
        let State { parts, .. } = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        SpilledRows { file: self.file, part_bits: self.part_bits, parts }
    }

    fn write_block(&self, part: usize, rows: &mut Vec<u32>, bytes: &mut Vec<u8>) -> Result<()> {
        bytes.clear();
        bytes.extend(rows.iter().flat_map(|row| row.to_le_bytes()));
        let offset = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let offset = state.offset;
            state.offset += bytes.len() as u64;
            state.parts[part].push((offset, rows.len()));
            offset
        };
        rows.clear();
        self.file.write_at(bytes, offset)
    }
}

/// What one thread has found and not written yet.
pub(super) struct SpillWriter<'a> {
    spill: &'a Spill,
    parts: Vec<Vec<u32>>,
    bytes: Vec<u8>,
}

impl SpillWriter<'_> {
    /// Takes a row, not above the one that the spill was made for.
    ///
    /// # Errors
    /// [`crate::error::Error::Io`].
    #[inline(always)]
    pub fn push(&mut self, row: u64) -> Result<()> {
        let part = (row >> self.spill.part_bits) as usize;
        // Below 2^32: a part has no more rows than 2^44 / 2^12.
        let rows = &mut self.parts[part];
        rows.push((row & ((1 << self.spill.part_bits) - 1)) as u32);
        if rows.len() < BLOCK_ROWS {
            return Ok(());
        }
        self.spill.write_block(part, rows, &mut self.bytes)
    }

    /// # Errors
    /// [`crate::error::Error::Io`].
    pub fn finish(mut self) -> Result<()> {
        for (part, rows) in self.parts.iter_mut().enumerate().filter(|(_, rows)| !rows.is_empty()) {
            self.spill.write_block(part, rows, &mut self.bytes)?;
        }
        Ok(())
    }
}

/// The rows that were found, on disk.
pub(super) struct SpilledRows {
    file: ScratchFile,
    /// Rows of a part, but for the last, as a power of two.
    pub part_bits: u32,
    parts: Vec<Vec<(u64, usize)>>,
}

impl SpilledRows {
    pub fn part_count(&self) -> usize {
        self.parts.len()
    }

    /// Rows in a part.
    pub fn len(&self, part: usize) -> u64 {
        self.parts[part].iter().map(|&(_, rows)| rows as u64).sum()
    }

    /// Calls `visit` for each row of a part, counted from its first.
    ///
    /// # Errors
    /// [`crate::error::Error::Io`], and what `visit` says.
    pub fn visit(&self, part: usize, mut visit: impl FnMut(u32) -> Result<()>) -> Result<()> {
        let mut bytes = vec![0; BLOCK_ROWS * size_of::<u32>()];
        for &(offset, rows) in &self.parts[part] {
            let bytes = &mut bytes[..rows * size_of::<u32>()];
            self.file.read_at(bytes, offset)?;
            for row in bytes.as_chunks::<4>().0 {
                visit(u32::from_le_bytes(*row))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_comes_back_in_its_part() {
        let folder = tempfile::tempdir().unwrap();
        for row_count in [0u64, 1, 255, 256, 100_000] {
            let spill = Spill::new(ScratchFile::create(folder.path(), "spill").unwrap(), row_count);
            let rows: Vec<u64> = (0..20_000).map(|i| i * i % (row_count + 1)).collect();
            for half in rows.chunks(10_000) {
                let mut writer = spill.writer();
                half.iter().for_each(|&row| writer.push(row).unwrap());
                writer.finish().unwrap();
            }
            let spilled = spill.finish();
            let mut found = Vec::new();
            for part in 0..spilled.part_count() {
                let before = found.len();
                let first = (part as u64) << spilled.part_bits;
                let take = |row: u32| {
                    found.push(first + u64::from(row));
                    Ok(())
                };
                spilled.visit(part, take).unwrap();
                assert_eq!(spilled.len(part), (found.len() - before) as u64);
            }
            found.sort_unstable();
            let mut expected = rows.clone();
            expected.sort_unstable();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn many_rows_have_few_parts() {
        let folder = tempfile::tempdir().unwrap();
        let parts = |row_count: u64| {
            Spill::new(ScratchFile::create(folder.path(), "spill").unwrap(), row_count).finish().part_count()
        };
        assert!(parts(1 << 44) <= 1 + MAX_PARTS as usize);
        assert_eq!(parts(135_000_000), 33);
    }
}
