//! Which place in the documents does a row stand for?

use crate::bits::{EliasFano, PackedInts};
use crate::documents::DocumentOffsets;
use crate::error::{Error, Result};
use crate::section::Section;

const MARKS: &str = "sa.marks";
const ORDINALS: &str = "sa.ordinals";
const STARTS: &str = "sa.starts";

/// Samples that document of `text_bytes` has.
pub fn sa_sample_count(text_bytes: u64, rate: u32) -> u64 {
    text_bytes.div_ceil(u64::from(rate))
}

/// Places of the sampled rows. See [`crate::samples`] for which rows are.
#[derive(Debug, Clone)]
pub struct SaSamples {
    rate: u32,
    offsets: DocumentOffsets,
    /// The sampled rows, rising.
    marks: EliasFano,
    /// For each of them its ordinal.
    ordinals: PackedInts,
    /// The first ordinal of each document, and the number of all.
    starts: EliasFano,
}

impl SaSamples {
    /// Opens the three sections. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when they do not belong together.
    pub fn open(
        rate: u32,
        offsets: DocumentOffsets,
        marks: Section,
        ordinals: Section,
        starts: Section,
    ) -> Result<Self> {
        let marks = EliasFano::open(marks, MARKS)?;
        let ordinals = PackedInts::open(ordinals, ORDINALS)?;
        let starts = EliasFano::open(starts, STARTS)?;
        if starts.len() != offsets.len() + 1 || starts.get(0) != Some(0) {
            return Err(Error::damaged(STARTS, format!("{} values for {} documents", starts.len(), offsets.len())));
        }
        if starts.get(offsets.len()) != Some(marks.len()) || ordinals.len() != marks.len() {
            return Err(Error::damaged(MARKS, format!("{} marks for {} samples", marks.len(), ordinals.len())));
        }
        Ok(Self { rate, offsets, marks, ordinals, starts })
    }

    /// Distance of the samples in bytes of text.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Number of samples.
    pub fn len(&self) -> u64 {
        self.marks.len()
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The `(document, k)` that `row` stands for, when it is sampled or below the number of documents.
    #[inline]
    pub fn get(&self, row: u64) -> Option<(u64, u64)> {
        if row < self.offsets.len() {
            return Some((row, 0));
        }
        let index = self.marks.find(row)?;
        self.place(self.ordinals.get(index)?)
    }

    /// The row of the sample number `index` in the order of the rows.
    pub fn row(&self, index: u64) -> Option<u64> {
        self.marks.get(index)
    }

    /// Samples of rows before `row`.
    pub fn count_before(&self, row: u64) -> u64 {
        row.checked_sub(1).map_or(0, |last| self.marks.count_to(last))
    }

    /// The document of the sample number `index` in the order of the rows, and its samples before this one.
    pub fn document_of(&self, index: u64) -> Option<(u64, u64)> {
        let ordinal = self.ordinals.get(index)?;
        let document = self.starts.predecessor(ordinal)?;
        Some((document, ordinal.checked_sub(self.starts.get(document)?)?))
    }

    /// The `(document, k)` of the sample with that ordinal.
    fn place(&self, ordinal: u64) -> Option<(u64, u64)> {
        let document = self.starts.predecessor(ordinal)?;
        let text_bytes = self.offsets.text_bytes(document)?;
        let step = ordinal.checked_sub(self.starts.get(document)?)?.checked_add(1)?;
        Some((document, step.checked_mul(u64::from(self.rate))?.min(text_bytes)))
    }

    /// Compares the sections with each other. O(samples + m).
    ///
    /// # Errors
    /// [`Error::Damaged`] when a sample stands for no place.
    pub fn verify(&self) -> Result<()> {
        self.marks.verify(MARKS)?;
        self.starts.verify(STARTS)?;
        for document in 0..self.offsets.len() {
            let expected = self.offsets.text_bytes(document).map(|bytes| sa_sample_count(bytes, self.rate));
            let end = self.starts.get(document + 1);
            let count = self.starts.get(document).and_then(|start| end?.checked_sub(start));
            if count != expected {
                return Err(Error::damaged(STARTS, format!("document {document} has the wrong number of samples")));
            }
        }
        match (0..self.len()).find(|&index| self.ordinals.get(index).and_then(|ordinal| self.place(ordinal)).is_none())
        {
            Some(index) => Err(Error::damaged(ORDINALS, format!("sample {index} stands for no place"))),
            None => Ok(()),
        }
    }
}
