//! Which documents and rows of a shard are hidden?
//!
//! ```text
//! hidden.counts     documents, rows that are hidden; documents, rows of the shard u64 | checksum of the shard, 32 hex digits
//! hidden.documents  the hidden documents     as Elias–Fano code, all four
//! hidden.rows       their rows
//! hidden.shifts     the visible rows before each of them
//! hidden.ends       the rows of their ends
//! ```

use std::sync::Arc;

use crate::bits::EliasFano;
use crate::error::{Error, Result};
use crate::format::{Container, SectionId};
use crate::interrupt::Interrupt;

pub(super) const COUNTS: &str = "hidden.counts";
pub(super) const COUNT_WORDS: usize = 4;
/// Hex digits of a checksum.
const CHECKSUM_DIGITS: usize = 32;

/// The numbers of hidden documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenInfo {
    /// Of the file that lists them: hex, 32 digits.
    pub checksum: String,
    pub file_bytes: u64,
    pub documents: u64,
    /// Bytes or tokens, separators not counted.
    pub symbols: u64,
}

/// Documents that are left out of a shard. Clones share the file.
#[derive(Clone)]
pub struct HiddenDocuments {
    container: Arc<Container>,
    documents: EliasFano,
    rows: EliasFano,
    shifts: EliasFano,
    ends: EliasFano,
    shard_documents: u64,
    shard_rows: u64,
    shard_checksum: String,
}

impl HiddenDocuments {
    /// Opens what [`super::hide_documents`] wrote. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when the parts do not belong together.
    pub fn open(container: Container) -> Result<Self> {
        let counts = container.section(SectionId::HiddenCounts)?;
        let word = |index: usize| counts.u64_at(8 * index).unwrap_or(0);
        let [documents, rows, shard_documents, shard_rows] = std::array::from_fn(word);
        let digits = counts.get(8 * COUNT_WORDS..).filter(|digits| digits.len() == CHECKSUM_DIGITS);
        let shard_checksum = digits.and_then(|digits| std::str::from_utf8(digits).ok()).map(str::to_owned);
        let open = |id: SectionId| EliasFano::open(container.section(id)?, id.name());
        let hidden = Self {
            documents: open(SectionId::HiddenDocuments)?,
            rows: open(SectionId::HiddenRows)?,
            shifts: open(SectionId::HiddenShifts)?,
            ends: open(SectionId::HiddenEnds)?,
            shard_documents,
            shard_rows,
            shard_checksum: shard_checksum.ok_or_else(|| Error::damaged(COUNTS, "of the wrong length"))?,
            container: Arc::new(container),
        };
        let is_within = |values: &EliasFano, len: u64, end: u64| {
            let last = values.len().checked_sub(1).and_then(|last| values.get(last));
            values.len() == len && last.is_none_or(|last| last < end)
        };
        let is_whole = documents <= rows
            && is_within(&hidden.documents, documents, shard_documents)
            && is_within(&hidden.rows, rows, shard_rows)
            && is_within(&hidden.shifts, rows, shard_rows.saturating_add(1))
            && is_within(&hidden.ends, documents, shard_rows);
        if !is_whole || shard_documents > shard_rows || rows > shard_rows {
            return Err(Error::damaged(COUNTS, "the lists are not as long as they should be"));
        }
        Ok(hidden)
    }

    /// # Errors
    /// [`Error::Damaged`] when this is not about that shard.
    pub fn check_shard(&self, shard: &Container, documents: u64, rows: u64) -> Result<()> {
        let is_its = (self.shard_documents, self.shard_rows) == (documents, rows);
        if is_its && self.shard_checksum == shard.checksum() {
            return Ok(());
        }
        Err(Error::damaged(COUNTS, format!("it is about the shard {}", self.shard_checksum)))
    }

    pub fn info(&self) -> HiddenInfo {
        HiddenInfo {
            checksum: self.container.checksum(),
            file_bytes: self.container.file_bytes(),
            documents: self.document_count(),
            symbols: self.row_count() - self.document_count(),
        }
    }

    /// The file.
    pub fn container(&self) -> &Container {
        &self.container
    }

    /// Documents that are hidden.
    pub fn document_count(&self) -> u64 {
        self.documents.len()
    }

    /// Their numbers, rising.
    pub fn documents(&self) -> impl Iterator<Item = u64> {
        self.documents.values()
    }

    /// Rows that are hidden.
    pub fn row_count(&self) -> u64 {
        self.rows.len()
    }

    /// Rows that are left.
    pub fn visible_row_count(&self) -> u64 {
        self.shard_rows - self.rows.len()
    }

    #[inline]
    pub fn hides_document(&self, document: u64) -> bool {
        self.documents.find(document).is_some()
    }

    /// Visible rows before `row` of the shard: its number among the visible ones, when it is one.
    #[inline]
    pub fn visible_before(&self, row: u64) -> u64 {
        let hidden = row.checked_sub(1).map_or(0, |last| self.rows.count_to(last));
        row.saturating_sub(hidden).min(self.visible_row_count())
    }

    /// The row of the shard that is the visible one number `visible`; the number of rows past the last.
    #[inline]
    pub fn row_of(&self, visible: u64) -> u64 {
        if visible >= self.visible_row_count() {
            return self.shard_rows;
        }
        (visible + self.shifts.count_to(visible)).min(self.shard_rows)
    }

    /// Ends of hidden documents before `row` of the shard.
    #[inline]
    pub fn ends_before(&self, row: u64) -> u64 {
        row.checked_sub(1).map_or(0, |last| self.ends.count_to(last))
    }

    /// Compares every byte with the checksums; `is_deep` also the lists with each other. O(file).
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Cancelled`].
    pub fn verify(&self, is_deep: bool, interrupt: Interrupt<'_>) -> Result<()> {
        self.container.verify(interrupt)?;
        if !is_deep {
            return Ok(());
        }
        for (values, id) in [
            (&self.documents, SectionId::HiddenDocuments),
            (&self.rows, SectionId::HiddenRows),
            (&self.shifts, SectionId::HiddenShifts),
            (&self.ends, SectionId::HiddenEnds),
        ] {
            interrupt.check()?;
            values.verify(id.name())?;
        }
        let is_shifted =
            (0..).zip(self.rows.values()).zip(self.shifts.values()).all(|((index, row), shift)| row - index == shift);
        match is_shifted && self.ends.values().all(|row| self.rows.find(row).is_some()) {
            true => Ok(()),
            false => Err(Error::damaged("hidden.shifts", "the lists contradict each other")),
        }
    }
}
