//! Where do the samples of the rows go?

#[cfg(feature = "c")]
use crate::bits::EliasFano;
use crate::bits::{EliasFanoBuilder, PackedIntsBuilder};
use crate::documents::DocumentOffsets;
use crate::error::Result;
use crate::samples::{isa_sample_count, sa_sample_count};
#[cfg(feature = "c")]
use crate::section::Section;

/// Takes the sampled rows in order and keeps the samples of [`crate::samples`].
pub(crate) struct Sampling {
    sa_starts: Vec<u8>,
    isa_starts: Vec<u8>,
    sa_marks: EliasFanoBuilder,
    sa_ordinals: PackedIntsBuilder,
    sa_count: u64,
    isa_rows: PackedIntsBuilder,
}

/// The first ordinal of each document among the SA samples and the ISA samples.
#[cfg(feature = "c")]
pub(crate) struct FirstOrdinals {
    pub sa: EliasFano,
    pub isa: EliasFano,
}

/// The sections of both kinds of sample.
pub(crate) struct SampleSections {
    pub sa_marks: Vec<u8>,
    pub sa_ordinals: Vec<u8>,
    pub sa_starts: Vec<u8>,
    pub isa_rows: Vec<u8>,
    pub isa_starts: Vec<u8>,
}

impl Sampling {
    /// The first ordinals of the documents. Tokens need them.
    ///
    /// # Errors
    /// [`crate::error::Error::Damaged`] when memory is.
    #[cfg(feature = "c")]
    pub fn first_ordinals(&self) -> Result<FirstOrdinals> {
        let open = |starts: &Vec<u8>| EliasFano::open(Section::from_vec(starts.clone()), "starts");
        Ok(FirstOrdinals { sa: open(&self.sa_starts)?, isa: open(&self.isa_starts)? })
    }

    /// O(m + samples).
    ///
    /// # Errors
    /// [`crate::error::Error::Input`] when memory can't hold the samples.
    pub fn new(offsets: &DocumentOffsets, sa_rate: u32, isa_rate: u32) -> Result<Self> {
        let (sa_starts, sa_total) = encode_starts(offsets, |bytes| sa_sample_count(bytes, sa_rate))?;
        let (isa_starts, isa_total) = encode_starts(offsets, |bytes| isa_sample_count(bytes, isa_rate))?;
        let last_row = offsets.row_count().saturating_sub(1);
        Ok(Self {
            sa_starts,
            isa_starts,
            sa_marks: EliasFanoBuilder::new(sa_total, last_row)?,
            sa_ordinals: PackedIntsBuilder::new(sa_total, sa_total.saturating_sub(1))?,
            sa_count: 0,
            isa_rows: PackedIntsBuilder::new(isa_total, last_row)?,
        })
    }

    /// Takes the samples of a row, which have these ordinals. Rows come in order.
    ///
    /// # Errors
    /// [`crate::error::Error::Argument`] when there are more samples than the documents have.
    pub fn take(&mut self, row: u64, sa_ordinal: Option<u64>, isa_ordinal: Option<u64>) -> Result<()> {
        if let Some(ordinal) = sa_ordinal {
            self.sa_marks.push(row)?;
            self.sa_ordinals.set(self.sa_count, ordinal)?;
            self.sa_count += 1;
        }
        isa_ordinal.map_or(Ok(()), |ordinal| self.isa_rows.set(ordinal, row))
    }

    /// The sections.
    ///
    /// # Errors
    /// [`crate::error::Error::Argument`] when rows are missing.
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
fn encode_starts(offsets: &DocumentOffsets, count: impl Fn(u64) -> u64) -> Result<(Vec<u8>, u64)> {
    let total = offsets.lengths().map(&count).sum();
    let mut starts = EliasFanoBuilder::new(offsets.len() + 1, total)?;
    let mut start = 0;
    starts.push(start)?;
    for bytes in offsets.lengths() {
        start += count(bytes);
        starts.push(start)?;
    }
    Ok((starts.finish()?, total))
}
