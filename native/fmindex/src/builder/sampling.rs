//! Which rows are sampled, and where do their samples go?

use super::sort_texts::SortTexts;
use crate::bits::{EliasFano, EliasFanoBuilder, PackedIntsBuilder};
use crate::documents::DocumentOffsets;
use crate::error::{Error, Result};
use crate::rank::run_head::prefetch;
use crate::samples::{isa_sample_count, sa_sample_count};
use crate::section::Section;

/// Takes the rows in order and keeps the samples of [`crate::samples`].
pub(super) struct Sampling<'a> {
    sa_rate: u64,
    isa_rate: u64,
    texts: &'a SortTexts,
    /// A bit for each place of the text to sort: set when its row may be sampled. Asked once a row, in random order.
    marked_places: Vec<u64>,
    sa_starts: Section,
    isa_starts: Section,
    sa_first_ordinals: EliasFano,
    isa_first_ordinals: EliasFano,
    sa_marks: EliasFanoBuilder,
    sa_ordinals: PackedIntsBuilder,
    sa_count: u64,
    isa_rows: PackedIntsBuilder,
}

/// The sections of both kinds of sample.
pub(super) struct SampleSections {
    pub sa_marks: Vec<u8>,
    pub sa_ordinals: Vec<u8>,
    pub sa_starts: Section,
    pub isa_rows: Vec<u8>,
    pub isa_starts: Section,
}

impl<'a> Sampling<'a> {
    /// O(m + samples).
    ///
    /// # Errors
    /// [`Error::Input`] when memory can't hold the samples.
    pub fn new(texts: &'a SortTexts, offsets: &DocumentOffsets, sa_rate: u32, isa_rate: u32) -> Result<Self> {
        let row_count = offsets.row_count();
        let (sa_starts, sa_total) = encode_starts(offsets, |bytes| sa_sample_count(bytes, sa_rate))?;
        let (isa_starts, isa_total) = encode_starts(offsets, |bytes| isa_sample_count(bytes, isa_rate))?;
        let last_row = row_count.saturating_sub(1);
        Ok(Self {
            sa_rate: u64::from(sa_rate),
            isa_rate: u64::from(isa_rate),
            texts,
            marked_places: mark_places(texts, sa_rate.min(isa_rate)),
            sa_first_ordinals: EliasFano::open(sa_starts.clone(), "sa.starts")?,
            isa_first_ordinals: EliasFano::open(isa_starts.clone(), "isa.starts")?,
            sa_starts,
            isa_starts,
            sa_marks: EliasFanoBuilder::new(sa_total, last_row)?,
            sa_ordinals: PackedIntsBuilder::new(sa_total, sa_total.saturating_sub(1))?,
            sa_count: 0,
            isa_rows: PackedIntsBuilder::new(isa_total, last_row)?,
        })
    }

    /// Whether [`Sampling::take`] must be called for the row of `place`, a place in the text to sort.
    #[inline]
    pub fn is_marked(&self, place: usize) -> bool {
        self.marked_places.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    /// Asks for the cache line that [`Sampling::is_marked`] will read.
    #[inline]
    pub fn prefetch(&self, place: usize) {
        prefetch(&self.marked_places, place / 64);
    }

    /// Takes the sample of a row. Rows come in order.
    ///
    /// # Errors
    /// [`Error::Argument`] when the place is none.
    pub fn take(&mut self, row: u64, place: u64) -> Result<()> {
        let (document, text_bytes, k) = self.texts.locate(place).ok_or_else(|| no_place(place))?;
        if k == text_bytes || k % self.sa_rate == 0 {
            let first = self.sa_first_ordinals.get(document).ok_or_else(|| no_place(place))?;
            self.sa_marks.push(row)?;
            self.sa_ordinals.set(self.sa_count, first + k.div_ceil(self.sa_rate) - 1)?;
            self.sa_count += 1;
        }
        if k != text_bytes && k % self.isa_rate == 0 {
            let first = self.isa_first_ordinals.get(document).ok_or_else(|| no_place(place))?;
            self.isa_rows.set(first + k / self.isa_rate - 1, row)?;
        }
        Ok(())
    }

    /// The sections.
    ///
    /// # Errors
    /// [`Error::Argument`] when rows are missing.
    pub fn finish(self) -> Result<SampleSections> {
        Ok(SampleSections {
            sa_marks: self.sa_marks.finish()?,
            sa_ordinals: self.sa_ordinals.finish(),
            sa_starts: self.sa_starts,
            isa_rows: self.isa_rows.finish(),
            isa_starts: self.isa_starts,
        })
    }
}

/// The first ordinal of each document and the number of all, encoded; and that number.
fn encode_starts(offsets: &DocumentOffsets, count: impl Fn(u64) -> u64) -> Result<(Section, u64)> {
    let counts = || (0..offsets.len()).map(|document| count(offsets.text_bytes(document).unwrap_or(0)));
    let total = counts().sum();
    let mut starts = EliasFanoBuilder::new(offsets.len() + 1, total)?;
    let mut start = 0;
    starts.push(start)?;
    for count in counts() {
        start += count;
        starts.push(start)?;
    }
    Ok((Section::from_vec(starts.finish()?), total))
}

/// Sets the bit of each place whose `k` is a multiple of `rate` or the end of its document, but not its start.
fn mark_places(texts: &SortTexts, rate: u32) -> Vec<u64> {
    let mut marks = vec![0u64; texts.sort_text.len().div_ceil(64)];
    for (start, text_bytes) in texts.places() {
        let inner = (u64::from(rate)..text_bytes).step_by(rate as usize);
        for k in inner.chain([text_bytes]) {
            let place = start + text_bytes - k;
            marks[(place / 64) as usize] |= 1 << (place % 64);
        }
    }
    marks
}

fn no_place(place: u64) -> Error {
    Error::Argument(format!("place {place} is in no document"))
}
