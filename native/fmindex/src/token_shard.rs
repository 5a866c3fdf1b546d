//! What can be asked of a shard of tokens besides a search?

use crate::documents::{Facets, UnitCounts};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::format::{Container, DocumentRecord, TokenShardFile};
use crate::interrupt::Interrupt;
use crate::rank::quad::TokenRank;
use crate::rank::{RankIndex, Symbol, SymbolKind};
use crate::search::{FacetCounts, FoundRange, Place, ShardView, StepMeter, count_facets};
use crate::shard::ShardInfo;

/// An opened shard of tokens. It is immutable and thread-safe.
pub struct TokenShard {
    file: TokenShardFile,
}

impl TokenShard {
    /// Opens the shard in `container`, without comparing checksums.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn open(container: Container) -> Result<Self> {
        Ok(Self { file: TokenShardFile::open(container)? })
    }

    /// The file, to compare it with its checksums beside the search.
    pub fn container(&self) -> &Container {
        &self.file.container
    }

    /// Compares every byte with the checksums; `is_deep` also compares the structures with each other. O(file), deep
    /// O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`] with the section, and when the caller gave up.
    pub fn verify(&self, is_deep: bool, interrupt: Interrupt<'_>) -> Result<()> {
        self.file.container.verify(interrupt)?;
        if !is_deep {
            return Ok(());
        }
        self.file.verify_parts(interrupt)
    }

    /// The numbers of the shard. O(tokens that occur).
    pub fn info(&self) -> ShardInfo {
        let TokenShardFile { counts, container, documents, rank, .. } = &self.file;
        ShardInfo {
            format: container.format(),
            checksum: container.checksum(),
            file_bytes: container.file_bytes(),
            documents: counts.documents,
            symbols: SymbolKind::Tokens,
            vocabulary: counts.vocabulary,
            text_bytes: 0,
            symbol_count: counts.tokens,
            rows: counts.row_count(),
            runs: rank.runs(),
            entropy_bits: self.entropy_bits(),
            sa_rate: counts.sa_rate,
            isa_rate: counts.isa_rate,
            profile: counts.profile.name(),
            facet_fields: documents.facet_fields(),
            has_external_ids: documents.ids.is_some(),
            has_text_store: false,
            byte_counts: Vec::new(),
            sections: container.sections().collect(),
        }
    }

    /// What is known of a document. O(1): at most two blocks of 16 KiB are decoded.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is no such document; [`Error::Damaged`].
    pub fn document(&self, document: u64) -> Result<DocumentRecord> {
        self.file.documents.record(document)
    }

    /// The first document with that external id. O(log documents).
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn find_external_id(&self, external_id: &str) -> Result<Option<u64>> {
        self.file.documents.find_external_id(external_id)
    }

    /// The facet fields of the documents.
    ///
    /// # Errors
    /// [`Error::UnknownFacet`] for `field` when there are none.
    pub fn facets_with(&self, field: &str) -> Result<&Facets> {
        self.file.documents.facets_with(field)
    }

    /// Counts the matches that end in `ranges` by the values of a facet field, within `max_steps` LF steps.
    ///
    /// # Errors
    /// [`Error::UnknownFacet`]; as [`list_documents`](crate::search::list_documents).
    pub fn count_facets(
        &self,
        field: &str,
        ranges: &[FoundRange],
        max_steps: u64,
        meter: &mut StepMeter,
    ) -> Result<FacetCounts> {
        count_facets(self, self.facets_with(field)?, field, ranges, max_steps, meter)
    }

    fn entropy_bits(&self) -> f64 {
        let total = self.file.counts.tokens as f64;
        let tokens = self.file.rank.symbol_counts().filter(|&(symbol, _)| symbol != u32::SEPARATOR);
        let shares = tokens.filter(|&(_, count)| count > 0).map(|(_, count)| count as f64 / total);
        shares.map(|share| -share * share.log2()).sum()
    }
}

impl ShardView for TokenShard {
    type Symbol = u32;
    type Rank = TokenRank;

    fn rank(&self) -> &TokenRank {
        &self.file.rank
    }

    #[inline]
    fn first_row(&self, symbol: u32) -> u64 {
        self.file.rank.first_row(symbol)
    }

    fn document_count(&self) -> u64 {
        self.file.counts.documents
    }

    fn document_symbols(&self, document: u64) -> Option<u64> {
        self.file.documents.offsets.text_bytes(document)
    }

    #[inline]
    fn sampled_place(&self, row: u64) -> Option<Place> {
        self.file.documents.sa.get(row).map(|(document, offset)| Place { document, offset })
    }

    fn sampled_row(&self, place: Place) -> Option<(u64, u64)> {
        self.file.documents.isa.at_or_before(place.document, place.offset)
    }

    fn sa_rate(&self) -> u64 {
        self.file.counts.sa_rate.into()
    }

    fn isa_rate(&self) -> u64 {
        self.file.counts.isa_rate.into()
    }

    fn sampled_units(&self, _place: Place) -> (UnitCounts, u64) {
        (UnitCounts::default(), 0)
    }
}

#[cfg(test)]
#[cfg(feature = "build")]
mod tests;
