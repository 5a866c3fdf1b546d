//! Does a shard hold what it says, to the last byte?

use super::shard_file::ShardFile;
use crate::error::{Error, Result};
use crate::interrupt::{Interrupt, STEPS_A_POLL};
use crate::rank::{RankIndex, SEPARATOR};

/// LF steps that a deep check walks at most; 2^24 take a few seconds.
const MAX_WALK_STEPS: u64 = 1 << 24;
/// Documents that a deep check walks, spread over the shard.
const MAX_WALKS: u64 = 1 << 12;
const WALK: &str = "structure";

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
        self.offsets.verify()?;
        self.sa.verify()?;
        self.isa.verify(self.counts.row_count())?;
        interrupt.check()?;
        if let Some(metadata) = &self.metadata {
            metadata.verify()?;
        }
        interrupt.check()?;
        if let Some(ids) = &self.ids {
            ids.verify()?;
        }
        if let Some(facets) = &self.facets {
            facets.verify()?;
        }
        if let Some(text) = &self.text {
            text.verify(&self.counts.byte_counts, interrupt)?;
        }
        if let Some(prefixes) = &self.prefixes {
            prefixes.verify(&self.rank, &self.counts.byte_counts, &self.first_rows)?;
        }
        self.verify_walks(interrupt)
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

    /// Walks some documents. An odd stride that is not short spreads them without a random generator.
    fn verify_walks(&self, interrupt: Interrupt<'_>) -> Result<()> {
        let documents = self.counts.documents;
        let stride = (documents / MAX_WALKS.min(documents).max(1)).max(1);
        let mut steps = 0;
        for document in (0..documents).step_by(usize::try_from(stride).unwrap_or(usize::MAX)) {
            steps += self.verify_walk(document, interrupt)?;
            if steps > MAX_WALK_STEPS {
                break;
            }
        }
        Ok(())
    }

    /// Walks through `document` and compares each sample on the way. Returns the steps.
    fn verify_walk(&self, document: u64, interrupt: Interrupt<'_>) -> Result<u64> {
        let damaged =
            |offset: u64, what: &str| Error::damaged(WALK, format!("document {document}, byte {offset}: {what}"));
        let text_bytes = self.offsets.text_bytes(document).ok_or_else(|| damaged(0, "no length"))?;
        let (sa_rate, isa_rate) = (u64::from(self.sa.rate()), u64::from(self.isa.rate()));
        let mut row = document;
        for offset in 0..=text_bytes {
            if offset % STEPS_A_POLL as u64 == 0 {
                interrupt.check()?;
            }
            let is_sampled = offset.is_multiple_of(sa_rate) || offset == text_bytes;
            if self.sa.get(row) != is_sampled.then_some((document, offset)) {
                return Err(damaged(offset, "the SA sample is of another place"));
            }
            let is_isa_sampled = offset.is_multiple_of(isa_rate) && offset < text_bytes;
            if is_isa_sampled && self.isa.at_or_before(document, offset) != Some((row, offset)) {
                return Err(damaged(offset, "the ISA sample is of another row"));
            }
            match self.rank.symbol_rank(row) {
                Some((SEPARATOR, _)) if offset == text_bytes => return Ok(offset + 1),
                Some((byte, rank)) if byte != SEPARATOR && offset < text_bytes => {
                    if !self.stores(document, offset, byte)? {
                        return Err(damaged(offset, "the stored text has another byte"));
                    }
                    row = self.first_rows[usize::from(byte)].saturating_add(rank);
                }
                _ => return Err(damaged(offset, "the walk ends elsewhere than the document")),
            }
        }
        Ok(text_bytes + 1)
    }

    /// Whether the text store, when there is one, has that byte too.
    fn stores(&self, document: u64, offset: u64, byte: u8) -> Result<bool> {
        let is_same = |bytes: &[u8]| bytes.first() == Some(&byte);
        self.text.as_ref().map_or(Ok(true), |text| text.read(document, offset, is_same))
    }
}
