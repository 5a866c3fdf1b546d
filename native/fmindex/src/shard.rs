//! What can be asked of a shard besides a search?
//!
//! A [`Shard`] is an opened file on which all of [`search`](crate::search) works. It is immutable and thread-safe.

use std::ops::Range;
#[cfg(feature = "mmap")]
use std::path::Path;
use std::sync::Arc;

use crate::documents::{Facets, UNITS_INTERVAL_BYTES, UnitCounts};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::format::{Container, DocumentRecord, ShardFile};
use crate::hidden::{HiddenDocuments, HiddenInfo, VisibleRank, check_visible};
use crate::interrupt::Interrupt;
use crate::rank::run_head::{Instructions, RunHeadIndex};
use crate::rank::{RankIndex, SymbolKind};
use crate::search::{FacetCounts, FoundRange, Place, ShardView, StepMeter, StoredText, count_facets};

/// Files up to this size are compared with their checksums when they are opened: a few milliseconds, and a damaged one
/// can't answer wrongly. Of larger files opening reads next to nothing; [`Shard::verify`] compares them.
pub const CHECKED_FILE_BYTES: u64 = 64 << 20;

/// An opened shard.
pub struct Shard {
    file: ShardFile,
    /// That of the file, without the rows of hidden documents.
    rank: VisibleRank<RunHeadIndex>,
}

/// The numbers of a shard.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardInfo {
    /// `major.minor` of the file format.
    pub format: String,
    /// Hex, 32 digits.
    pub checksum: String,
    pub file_bytes: u64,
    /// The hidden ones included: their numbers are below it.
    pub documents: u64,
    /// What is indexed.
    pub symbols: SymbolKind,
    /// Symbols are below it: 256 for bytes.
    pub vocabulary: u32,
    /// 0 for tokens.
    pub text_bytes: u64,
    /// Symbols of all documents that are not hidden, separators not counted.
    pub symbol_count: u64,
    /// Rows of these: with one separator a document.
    pub rows: u64,
    /// Runs of equal symbols in the BWT.
    pub runs: u64,
    /// Order-0 entropy of the text, bits a symbol.
    pub entropy_bits: f64,
    pub sa_rate: u32,
    pub isa_rate: u32,
    pub profile: &'static str,
    pub facet_fields: Vec<String>,
    pub has_external_ids: bool,
    pub has_text_store: bool,
    /// Occurrences of each byte in the text; empty for tokens.
    pub byte_counts: Vec<u64>,
    pub sections: Vec<(&'static str, u64)>,
    /// What is left out of it.
    pub hidden: Option<HiddenInfo>,
}

impl Shard {
    /// Maps the file at `path`: O([`CHECKED_FILE_BYTES`]) at most, microseconds for a larger file.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Version`], [`Error::Io`].
    #[cfg(feature = "mmap")]
    pub fn open_mapped(path: &Path) -> Result<Self> {
        let shard = Self::open(Container::open_mapped(path)?)?;
        if shard.file.container.file_bytes() <= CHECKED_FILE_BYTES {
            shard.verify(false, Interrupt::never())?;
        }
        Ok(shard)
    }

    /// Reads the file at `path` into memory and compares it with its checksums. O(file).
    ///
    /// # Errors
    /// As [`Shard::open_mapped`].
    #[cfg(feature = "mmap")]
    pub fn open_ram(path: &Path) -> Result<Self> {
        Self::open(Container::open_ram(path)?)
    }

    /// Opens the shard in `container`, without comparing checksums.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn open(container: Container) -> Result<Self> {
        let file = ShardFile::open(container)?;
        Ok(Self { rank: VisibleRank::whole(file.rank.clone()), file })
    }

    /// As [`Shard::open`], of a shard that is in memory.
    ///
    /// # Errors
    /// As [`Shard::open`], and [`Error::Version`].
    pub fn open_bytes(bytes: Vec<u8>) -> Result<Self> {
        Self::open(Container::open(Arc::new(bytes))?)
    }

    /// The file, to compare it with its checksums beside the search.
    pub fn container(&self) -> &Container {
        &self.file.container
    }

    /// Searches with no more of the processor than `most`: to compare.
    pub fn with_instructions(mut self, most: Instructions) -> Self {
        self.file.rank.limit_instructions(most);
        self.rank.all_mut().limit_instructions(most);
        self
    }

    /// Leaves out the documents that `hidden` lists.
    ///
    /// # Errors
    /// [`Error::Damaged`] when that is about another shard.
    pub fn hide(&mut self, hidden: HiddenDocuments) -> Result<()> {
        let counts = &self.file.counts;
        hidden.check_shard(&self.file.container, counts.documents, counts.row_count())?;
        let first_rows = self.file.first_rows;
        self.rank.hide(hidden, Box::new(move |byte: u8| first_rows[usize::from(byte)]));
        Ok(())
    }

    /// The documents that are left out, when there are any.
    pub fn hidden(&self) -> Option<&HiddenDocuments> {
        self.rank.hidden()
    }

    /// As [`ShardFile::verify`].
    ///
    /// # Errors
    /// [`Error::Damaged`] with the section, and when the caller gave up.
    pub fn verify(&self, is_deep: bool, interrupt: Interrupt<'_>) -> Result<()> {
        self.file.verify(is_deep, interrupt)?;
        self.hidden().map_or(Ok(()), |hidden| hidden.verify(is_deep, interrupt))
    }

    /// The numbers of the shard. O(1).
    pub fn info(&self) -> ShardInfo {
        let (counts, container) = (&self.file.counts, &self.file.container);
        let hidden = self.hidden().map(HiddenDocuments::info);
        let text_bytes = counts.text_bytes - hidden.as_ref().map_or(0, |hidden| hidden.symbols);
        ShardInfo {
            format: container.format(),
            checksum: container.checksum(),
            file_bytes: container.file_bytes(),
            documents: counts.documents,
            symbols: SymbolKind::Bytes,
            vocabulary: 256,
            text_bytes,
            symbol_count: text_bytes,
            rows: self.rank.len(),
            runs: self.file.rank.runs(),
            entropy_bits: entropy_bits(&counts.byte_counts),
            sa_rate: counts.sa_rate,
            isa_rate: counts.isa_rate,
            profile: counts.profile.name(),
            facet_fields: self.file.documents.facet_fields(),
            has_external_ids: self.file.documents.ids.is_some(),
            has_text_store: self.file.text.is_some(),
            byte_counts: counts.byte_counts.to_vec(),
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

    /// The first document with that external id that is not hidden. As [`Shard::list_external_id`].
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
}

impl ShardView for Shard {
    type Symbol = u8;
    type Rank = VisibleRank<RunHeadIndex>;

    fn rank(&self) -> &VisibleRank<RunHeadIndex> {
        &self.rank
    }

    #[inline]
    fn first_row(&self, symbol: u8) -> u64 {
        self.rank.visible_before(self.file.first_rows[usize::from(symbol)])
    }

    #[inline]
    fn start_rows(&self, pattern: &[u8]) -> (usize, Range<u64>) {
        let Some(prefixes) = &self.file.prefixes else { return (0, 0..self.row_count()) };
        let (length, rows) = prefixes.rows(pattern);
        (length, self.rank.visible_before(rows.start)..self.rank.visible_before(rows.end))
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

    fn stored_text(&self) -> Option<&dyn StoredText<u8>> {
        self.file.text.as_ref().map(|text| text as &dyn StoredText<u8>)
    }

    fn sampled_units(&self, place: Place) -> (UnitCounts, u64) {
        let boundary = place.offset / UNITS_INTERVAL_BYTES;
        match self.file.units.before(place.document, boundary) {
            Some(units) => (units, boundary * UNITS_INTERVAL_BYTES),
            None => (UnitCounts::default(), 0),
        }
    }
}

fn entropy_bits(byte_counts: &[u64; 256]) -> f64 {
    let total = byte_counts.iter().sum::<u64>() as f64;
    let seen = byte_counts.iter().filter(|&&count| count > 0).map(|&count| count as f64 / total);
    seen.map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests;
