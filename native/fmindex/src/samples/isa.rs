//! Which row stands for a place in a document?

use crate::bits::{EliasFano, PackedInts};
use crate::error::{Error, Result};
use crate::section::Section;

const ROWS: &str = "isa.rows";
const STARTS: &str = "isa.starts";

/// Samples that a document of `text_bytes` has: one at each multiple of `rate` strictly inside it.
pub fn isa_sample_count(text_bytes: u64, rate: u32) -> u64 {
    text_bytes.div_ceil(u64::from(rate)).saturating_sub(1)
}

/// Rows of the sampled places. See [`crate::samples`] for which places are.
#[derive(Debug, Clone)]
pub struct IsaSamples {
    rate: u32,
    /// By document, then by place.
    rows: PackedInts,
    /// The first sample of each document, and the number of all.
    starts: EliasFano,
}

impl IsaSamples {
    /// Opens the two sections for `documents` documents. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when they do not belong together.
    pub fn open(rate: u32, documents: u64, rows: Section, starts: Section) -> Result<Self> {
        let rows = PackedInts::open(rows, ROWS)?;
        let starts = EliasFano::open(starts, STARTS)?;
        if starts.len() != documents.saturating_add(1) || starts.get(0) != Some(0) {
            return Err(Error::damaged(STARTS, format!("{} values for {documents} documents", starts.len())));
        }
        if starts.get(documents) != Some(rows.len()) {
            return Err(Error::damaged(ROWS, format!("{} rows are not as many as the documents need", rows.len())));
        }
        Ok(Self { rate, rows, starts })
    }

    /// Distance of the samples in bytes of text.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// The last sampled place of `document` at or before its offset `k`, as `(row, k0)`; row `document` with `k0 = 0`
    /// when there is none in between. `None` past the last document.
    #[inline]
    pub fn at_or_before(&self, document: u64, k: u64) -> Option<(u64, u64)> {
        let start = self.starts.get(document)?;
        let count = self.starts.get(document.checked_add(1)?)?.checked_sub(start)?;
        let step = (k / u64::from(self.rate)).min(count);
        match step.checked_sub(1) {
            None => Some((document, 0)),
            Some(index) => Some((self.rows.get(start.checked_add(index)?)?, step.checked_mul(u64::from(self.rate))?)),
        }
    }

    /// The row of the sample with that ordinal.
    pub fn row(&self, ordinal: u64) -> Option<u64> {
        self.rows.get(ordinal)
    }

    /// The document of the sample with that ordinal, and its samples before this one.
    pub fn document_of(&self, ordinal: u64) -> Option<(u64, u64)> {
        let document = self.starts.predecessor(ordinal)?;
        Some((document, ordinal.checked_sub(self.starts.get(document)?)?))
    }

    /// Compares the sections with each other. O(m).
    ///
    /// # Errors
    /// [`Error::Damaged`] when the borders fall, or a row is past `row_count`.
    pub fn verify(&self, row_count: u64) -> Result<()> {
        self.starts.verify(STARTS)?;
        match (0..self.rows.len()).find(|&index| self.rows.get(index).is_none_or(|row| row >= row_count)) {
            Some(index) => Err(Error::damaged(ROWS, format!("sample {index} is past the last row"))),
            None => Ok(()),
        }
    }
}
