//! Does a shard hold what it says, to the last byte?

use super::shard_file::ShardFile;
use super::verify_walks::verify_walks;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::rank::{RankIndex, SEPARATOR};

impl ShardFile {
    /// Compares every byte with the checksums; `is_deep` also compares the structures with each other: the directories
    /// of the rank structure, all samples' numbers, all records, and walks through up to 4,096 documents from end to
    /// end with every sample on the way. O(file), deep O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`] with the section; [`Error::Cancelled`].
    pub fn verify(&self, is_deep: bool, interrupt: Interrupt<'_>) -> Result<()> {
        self.container.verify(interrupt)?;
        if !is_deep {
            return Ok(());
        }
        self.rank.verify()?;
        interrupt.check()?;
        self.verify_byte_counts()?;
        self.documents.verify(interrupt)?;
        if let Some(text) = &self.text {
            text.verify(&self.counts.byte_counts, interrupt)?;
        }
        if let Some(prefixes) = &self.prefixes {
            prefixes.verify(&self.rank, &self.counts.byte_counts, &self.first_rows)?;
        }
        verify_walks(&self.documents, &self.rank, |byte| self.first_rows[usize::from(byte)], interrupt)
    }

    fn verify_byte_counts(&self) -> Result<()> {
        let row_count = self.counts.row_count();
        for (byte, &count) in (0u8..=255).zip(&self.counts.byte_counts) {
            let expected = if byte == SEPARATOR { self.counts.documents } else { count };
            let ranked = self.rank.rank(byte, row_count);
            if ranked != expected {
                return Err(Error::damaged("counts", format!("byte {byte} occurs {ranked} times, not {expected}")));
            }
        }
        Ok(())
    }
}
