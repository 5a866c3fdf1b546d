//! What is a shard on its way into a merged one?

use std::ops::Range;

use super::options::MergeInput;
use crate::bits::RankedBits;
use crate::error::{Error, Result};
use crate::format::{Container, ShardFile, TokenShardFile};
use crate::hidden::walk_documents;
use crate::interrupt::Interrupt;
use crate::rank::SEPARATOR;
use crate::section::Section;

/// An opened shard, of which some documents may be left out.
pub(super) struct Source {
    pub file: ShardFile,
    /// Documents that are left out, rising.
    dropped: Vec<u64>,
    /// Their rows; `None` without any.
    dropped_rows: Option<RankedBits>,
    /// Occurrences of each byte in the documents that are kept.
    pub byte_counts: [u64; 256],
}

impl Source {
    /// Opens a shard and compares every byte with its checksums: what is damaged must not become a whole shard.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Version`], [`Error::Io`]; [`Error::Argument`] for a shard of tokens and for documents that
    /// it does not have; [`Error::Cancelled`].
    pub fn open(input: &MergeInput, interrupt: Interrupt<'_>) -> Result<Self> {
        let container = Container::open_mapped(&input.path)?;
        if TokenShardFile::is_in(&container) {
            return Err(Error::Argument(format!("{}: shards of tokens can not be merged", input.path.display())));
        }
        let file = ShardFile::open(container)?;
        file.verify(false, interrupt)?;
        let dropped = input.dropped.clone();
        let is_rising = dropped.windows(2).all(|pair| pair[0] < pair[1]);
        if !is_rising || dropped.last().is_some_and(|&last| last >= file.counts.documents) {
            return Err(Error::Argument(format!(
                "{}: the documents to leave out are not its own",
                input.path.display()
            )));
        }
        let mut source = Self { byte_counts: file.counts.byte_counts, file, dropped, dropped_rows: None };
        if !source.dropped.is_empty() {
            source.mark_dropped(interrupt)?;
        }
        Ok(source)
    }

    /// Documents that are kept.
    pub fn document_count(&self) -> u64 {
        self.file.counts.documents - self.dropped.len() as u64
    }

    pub fn documents(&self) -> impl Iterator<Item = u64> {
        (0..self.file.counts.documents).filter(|&document| self.keeps_document(document))
    }

    pub fn keeps_document(&self, document: u64) -> bool {
        self.dropped.is_empty() || self.dropped.binary_search(&document).is_err()
    }

    /// Documents before it that are kept: its number among these.
    pub fn documents_before(&self, document: u64) -> u64 {
        document - self.dropped.partition_point(|&other| other < document) as u64
    }

    /// Rows of documents that are kept.
    pub fn kept_row_count(&self) -> u64 {
        self.file.counts.row_count() - self.dropped_rows.as_ref().map_or(0, RankedBits::ones)
    }

    #[inline]
    pub fn keeps_row(&self, row: u64) -> bool {
        self.dropped_rows.as_ref().is_none_or(|dropped| !dropped.get(row))
    }

    /// Rows before `row` that are kept.
    pub fn kept_rows_before(&self, row: u64) -> u64 {
        row - self.dropped_rows.as_ref().map_or(0, |dropped| dropped.rank(row))
    }

    /// The row that has so many kept ones before it; the number of rows past the last. O(log rows) where some are dropped.
    pub fn row_of_kept(&self, kept: u64) -> u64 {
        if self.dropped_rows.is_none() {
            return kept;
        }
        let (mut low, mut high) = (0, self.file.counts.row_count());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.kept_rows_before(middle + 1) <= kept { low = middle + 1 } else { high = middle }
        }
        low
    }

    pub fn drops_rows(&self) -> bool {
        self.dropped_rows.is_some()
    }

    /// Bytes of text of a document.
    pub fn text_bytes(&self, document: u64) -> u64 {
        self.file.documents.offsets.text_bytes(document).unwrap_or(0)
    }

    /// Where the text of a document lies among all texts, without separators.
    pub fn text_range(&self, document: u64) -> Range<u64> {
        let start = self.file.documents.offsets.start(document).unwrap_or(0).saturating_sub(document);
        start..start + self.text_bytes(document)
    }

    /// Finds the rows of the documents that are left out by reading these, and takes their bytes off the counts.
    fn mark_dropped(&mut self, interrupt: Interrupt<'_>) -> Result<()> {
        let (row_count, first_rows) = (self.file.counts.row_count(), &self.file.first_rows);
        let mut rows = Vec::new();
        let byte_counts = &mut self.byte_counts;
        let first_row = |byte: u8| first_rows[usize::from(byte)];
        walk_documents(&self.file.rank, first_row, &self.dropped, interrupt, |row, byte| {
            rows.push(row);
            if byte == SEPARATOR {
                return Ok(());
            }
            let count = &mut byte_counts[usize::from(byte)];
            *count = count.checked_sub(1).ok_or_else(|| Error::damaged("counts", "a byte occurs too often"))?;
            Ok(())
        })?;
        let bits = RankedBits::encode(row_count, rows.iter().copied());
        let dropped = RankedBits::open(Section::from_vec(bits), "rows")?;
        if dropped.ones() != rows.len() as u64 {
            return Err(Error::damaged("rank.groups", "two documents share a row"));
        }
        self.dropped_rows = Some(dropped);
        Ok(())
    }
}
