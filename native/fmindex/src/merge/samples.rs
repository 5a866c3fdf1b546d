//! Where do the samples of the shards go?
//!
//! Samples stand at offsets of their documents, so a merged shard has those that its shards have: only their rows and
//! the numbers of their documents are others.

use super::source::Source;
use crate::builder::{SampleSections, Sampling};
use crate::documents::DocumentOffsets;
use crate::error::{Error, Result};
use crate::samples::isa_sample_count;

/// A row with its samples, by their ordinals in the merged shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SampledRow {
    row: u64,
    sa_ordinal: Option<u64>,
    isa_ordinal: Option<u64>,
}

/// The sampled rows of a shard, and what their samples become.
struct ShardSamples<'a> {
    source: &'a Source,
    /// Rows that stand for an ISA sample, rising, with its ordinal: kept rows, counted without the dropped ones.
    isa_rows: Vec<(u64, u64)>,
    /// The merged number of its first document, and the first ordinals of that.
    first_document: u64,
}

/// Takes the samples of all shards, row by row of the merged one.
pub(super) struct SampleTaker<'a> {
    shards: Vec<ShardSamples<'a>>,
    sampling: Sampling,
    first_ordinals: FirstOrdinals,
}

/// First ordinals of the merged documents.
struct FirstOrdinals {
    sa: crate::bits::EliasFano,
    isa: crate::bits::EliasFano,
}

impl<'a> SampleTaker<'a> {
    /// For shards of which the merged documents, with these borders, are all that is kept. O(samples).
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Input`] without memory.
    pub fn new(sources: &'a [Source], offsets: &DocumentOffsets, sa_rate: u32, isa_rate: u32) -> Result<Self> {
        let sampling = Sampling::new(offsets, sa_rate, isa_rate)?;
        let ordinals = sampling.first_ordinals()?;
        let mut first_document = 0;
        let mut shards = Vec::with_capacity(sources.len());
        for source in sources {
            shards.push(ShardSamples { source, isa_rows: list_isa_rows(source, isa_rate), first_document });
            first_document += source.document_count();
        }
        Ok(Self { shards, sampling, first_ordinals: FirstOrdinals { sa: ordinals.sa, isa: ordinals.isa } })
    }

    pub fn samples(&self) -> RowSamples<'_> {
        RowSamples { shards: &self.shards, first_ordinals: &self.first_ordinals }
    }

    /// Takes the next sampled rows.
    ///
    /// # Errors
    /// As [`Sampling::take`].
    pub fn take(&mut self, rows: &[SampledRow]) -> Result<()> {
        rows.iter().try_for_each(|row| self.sampling.take(row.row, row.sa_ordinal, row.isa_ordinal))
    }

    /// # Errors
    /// As [`Sampling::finish`].
    pub fn finish(self) -> Result<SampleSections> {
        self.sampling.finish()
    }
}

fn list_isa_rows(source: &Source, isa_rate: u32) -> Vec<(u64, u64)> {
    let isa = &source.file.documents.isa;
    let mut rows = Vec::new();
    let mut ordinal = 0;
    for (document, text_bytes) in (0..).zip(source.file.documents.offsets.lengths()) {
        let count = isa_sample_count(text_bytes, isa_rate);
        if source.keeps_document(document) {
            let sampled = (ordinal..ordinal + count).filter_map(|ordinal| Some((isa.row(ordinal)?, ordinal)));
            rows.extend(sampled.map(|(row, ordinal)| (source.kept_rows_before(row), ordinal)));
        }
        ordinal += count;
    }
    rows.sort_unstable();
    rows
}

/// Finds the samples of rows.
#[derive(Clone, Copy)]
pub(super) struct RowSamples<'a> {
    shards: &'a [ShardSamples<'a>],
    first_ordinals: &'a FirstOrdinals,
}

/// The next samples of a shard, by kept row.
struct NextSamples<'a> {
    shard: &'a ShardSamples<'a>,
    /// Kept row that comes next.
    row: u64,
    sa_index: u64,
    sa_row: u64,
    isa_index: usize,
    isa_row: u64,
}

impl RowSamples<'_> {
    /// The samples of merged rows from `first_row` on, which come from these `shards`; of each `starts` are before them.
    /// O(rows).
    ///
    /// # Errors
    /// [`Error::Damaged`] when a sample stands for no place.
    pub fn find(&self, shards: &[u8], first_row: u64, starts: &[u64]) -> Result<Vec<SampledRow>> {
        let mut next: Vec<NextSamples<'_>> =
            self.shards.iter().zip(starts).map(|(shard, &row)| NextSamples::new(shard, row)).collect();
        let mut sampled = Vec::new();
        for (row, &shard) in (first_row..).zip(shards) {
            let next = &mut next[usize::from(shard)];
            if next.row == next.sa_row || next.row == next.isa_row {
                let (sa_ordinal, isa_ordinal) = next.take(self.first_ordinals)?;
                sampled.push(SampledRow { row, sa_ordinal, isa_ordinal });
            }
            next.row += 1;
        }
        Ok(sampled)
    }
}

impl<'a> NextSamples<'a> {
    fn new(shard: &'a ShardSamples<'a>, kept: u64) -> Self {
        let source = shard.source;
        let first = source.row_of_kept(kept);
        let sa_index = source.file.documents.sa.count_before(first);
        let isa_index = shard.isa_rows.partition_point(|&(row, _)| row < kept);
        let mut next = Self { shard, row: kept, sa_index, sa_row: 0, isa_index, isa_row: 0 };
        next.seek_sa();
        next.seek_isa();
        next
    }

    /// Goes to the next SA sample of a document that is kept.
    fn seek_sa(&mut self) {
        let source = self.shard.source;
        loop {
            let Some(row) = source.file.documents.sa.row(self.sa_index) else {
                self.sa_row = u64::MAX;
                return;
            };
            if source.keeps_row(row) {
                self.sa_row = source.kept_rows_before(row);
                return;
            }
            self.sa_index += 1;
        }
    }

    fn seek_isa(&mut self) {
        self.isa_row = self.shard.isa_rows.get(self.isa_index).map_or(u64::MAX, |&(row, _)| row);
    }

    /// The merged ordinals of the samples of the row, and on to the next ones.
    fn take(&mut self, first: &FirstOrdinals) -> Result<(Option<u64>, Option<u64>)> {
        let (documents, shard) = (&self.shard.source.file.documents, self.shard);
        let merged = |document: u64| shard.first_document + shard.source.documents_before(document);
        let damaged = || Error::damaged("sa.ordinals", "a sample stands for no place");
        let mut ordinals = (None, None);
        if self.row == self.sa_row {
            let (document, step) = documents.sa.document_of(self.sa_index).ok_or_else(damaged)?;
            ordinals.0 = Some(first.sa.get(merged(document)).ok_or_else(damaged)? + step);
            self.sa_index += 1;
            self.seek_sa();
        }
        if self.row == self.isa_row {
            let ordinal = shard.isa_rows.get(self.isa_index).map(|&(_, ordinal)| ordinal).ok_or_else(damaged)?;
            let (document, step) = documents.isa.document_of(ordinal).ok_or_else(damaged)?;
            ordinals.1 = Some(first.isa.get(merged(document)).ok_or_else(damaged)? + step);
            self.isa_index += 1;
            self.seek_isa();
        }
        Ok(ordinals)
    }
}
