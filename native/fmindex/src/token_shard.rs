//! What can be asked of a shard of tokens besides a search?

use crate::documents::{Facets, UnitCounts};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::format::{Container, DocumentRecord, TokenShardFile};
use crate::hidden::{HiddenDocuments, VisibleRank, check_visible};
use crate::interrupt::Interrupt;
use crate::rank::quad::TokenRank;
use crate::rank::{RankIndex, Symbol, SymbolKind};
use crate::search::{FacetCounts, FoundRange, Place, ShardView, StepMeter, count_facets};
use crate::shard::ShardInfo;

/// An opened shard of tokens. It is immutable and thread-safe.
pub struct TokenShard {
    file: TokenShardFile,
    /// That of the file, without the rows of hidden documents.
    rank: VisibleRank<TokenRank>,
}

impl TokenShard {
    /// Opens the shard in `container`, without comparing checksums.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn open(container: Container) -> Result<Self> {
        let file = TokenShardFile::open(container)?;
        Ok(Self { rank: VisibleRank::whole(file.rank.clone()), file })
    }

    /// As [`Shard::hide`](crate::shard::Shard::hide).
    ///
    /// # Errors
    /// As [`Shard::hide`](crate::shard::Shard::hide).
    pub fn hide(&mut self, hidden: HiddenDocuments) -> Result<()> {
        let counts = &self.file.counts;
        hidden.check_shard(&self.file.container, counts.documents, counts.row_count())?;
        let rank = self.file.rank.clone();
        self.rank.hide(hidden, Box::new(move |token| rank.first_row(token)));
        Ok(())
    }

    /// The documents that are left out, when there are any.
    pub fn hidden(&self) -> Option<&HiddenDocuments> {
        self.rank.hidden()
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
        self.hidden().map_or(Ok(()), |hidden| hidden.verify(is_deep, interrupt))?;
        if !is_deep {
            return Ok(());
        }
        self.file.verify_parts(interrupt)
    }

    /// The numbers of the shard. O(tokens that occur).
    pub fn info(&self) -> ShardInfo {
        let TokenShardFile { counts, container, documents, rank, .. } = &self.file;
        let hidden = self.hidden().map(HiddenDocuments::info);
        ShardInfo {
            format: container.format(),
            checksum: container.checksum(),
            file_bytes: container.file_bytes(),
            documents: counts.documents,
            symbols: SymbolKind::Tokens,
            vocabulary: counts.vocabulary,
            text_bytes: 0,
            symbol_count: counts.tokens - hidden.as_ref().map_or(0, |hidden| hidden.symbols),
            rows: self.rank.len(),
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
            hidden,
        }
    }

    /// What is known of a document. O(1): at most two blocks of 16 KiB are decoded.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is no such document; [`Error::Damaged`].
    pub fn document(&self, document: u64) -> Result<DocumentRecord> {
        check_visible(self, document)?;
        self.file.documents.record(document)
    }

    /// The documents with that external id, in order, hidden ones among them. O(log documents + these).
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn list_external_id(&self, external_id: &str) -> Result<Vec<u64>> {
        self.file.documents.list_external_id(external_id)
    }

    /// The first document with that external id that is not hidden. As [`TokenShard::list_external_id`].
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn find_external_id(&self, external_id: &str) -> Result<Option<u64>> {
        let documents = self.list_external_id(external_id)?;
        Ok(documents.into_iter().find(|&document| self.start_row(document).is_some()))
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
    type Rank = VisibleRank<TokenRank>;

    fn rank(&self) -> &VisibleRank<TokenRank> {
        &self.rank
    }

    #[inline]
    fn first_row(&self, symbol: u32) -> u64 {
        self.rank.visible_before(self.file.rank.first_row(symbol))
    }

    fn document_count(&self) -> u64 {
        self.file.counts.documents
    }

    fn document_symbols(&self, document: u64) -> Option<u64> {
        self.file.documents.offsets.text_bytes(document)
    }

    fn hidden_document_count(&self) -> u64 {
        self.hidden().map_or(0, HiddenDocuments::document_count)
    }

    #[inline]
    fn start_row(&self, document: u64) -> Option<u64> {
        self.rank.start_row(document)
    }

    #[inline]
    fn sampled_place(&self, row: u64) -> Option<Place> {
        self.file.documents.sa.get(self.rank.row_of(row)).map(|(document, offset)| Place { document, offset })
    }

    fn sampled_row(&self, place: Place) -> Option<(u64, u64)> {
        let (row, offset) = self.file.documents.isa.at_or_before(place.document, place.offset)?;
        Some((self.rank.visible_before(row), offset))
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
