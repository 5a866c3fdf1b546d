//! What is in a shard file?

use super::container::Container;
use super::counts::Counts;
use super::section_id::SectionId;
use crate::documents::{DocumentOffsets, ExternalIds, Facets, RecordSections, Records, TextUnits};
use crate::error::{Error, Result};
use crate::prefixes::PrefixTable;
use crate::rank::RankIndex;
use crate::rank::run_head::{RankSections, RunHeadIndex};
use crate::samples::{IsaSamples, SaSamples};
use crate::text_store::{TextSections, TextStore};

/// All structures of a shard, opened but not read. The search is built on this.
pub struct ShardFile {
    pub container: Container,
    pub counts: Counts,
    /// As [`Counts::first_rows`]: what a search adds to a rank.
    pub first_rows: [u64; 256],
    pub rank: RunHeadIndex,
    pub offsets: DocumentOffsets,
    pub sa: SaSamples,
    pub isa: IsaSamples,
    pub units: TextUnits,
    /// Raw JSON objects; `None` when no document has any.
    pub metadata: Option<Records>,
    /// `None` when no document has one.
    pub ids: Option<ExternalIds>,
    /// `None` without facet fields.
    pub facets: Option<Facets>,
    /// `None` unless the shard was built with one.
    pub text: Option<TextStore>,
    /// `None` in small shards, and in those of format 1.0.
    pub prefixes: Option<PrefixTable>,
}

impl ShardFile {
    /// Checks lengths and headers and what else costs O(1): see [`crate::format`]. [`ShardFile::verify`] reads the rest.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the sections can't be of one shard.
    pub fn open(container: Container) -> Result<Self> {
        let section = |id| container.section(id);
        let counts = Counts::open(&section(SectionId::Counts)?)?;
        let (documents, row_count) = (counts.documents, counts.row_count());
        let rank = RunHeadIndex::open(RankSections {
            header: section(SectionId::RankHeader)?,
            records: section(SectionId::RankRecords)?,
            entries: section(SectionId::RankEntries)?,
            groups: section(SectionId::RankGroups)?,
        })?;
        if rank.len() != row_count {
            return Err(Error::damaged("rank.header", format!("{} rows where {row_count} are counted", rank.len())));
        }
        let offsets = DocumentOffsets::open(section(SectionId::DocumentOffsets)?)?;
        if offsets.len() != documents || offsets.row_count() != row_count {
            return Err(Error::damaged("documents.offsets", format!("{} documents, not {documents}", offsets.len())));
        }
        let marks = section(SectionId::SaMarks)?;
        let (ordinals, starts) = (section(SectionId::SaOrdinals)?, section(SectionId::SaStarts)?);
        let sa = SaSamples::open(counts.sa_rate, offsets.clone(), marks, ordinals, starts)?;
        let (rows, starts) = (section(SectionId::IsaRows)?, section(SectionId::IsaStarts)?);
        let isa = IsaSamples::open(counts.isa_rate, documents, rows, starts)?;
        let units = TextUnits::open(section(SectionId::DocumentUnits)?)?;
        let metadata = open_metadata(&container, documents)?;
        let ids = open_ids(&container, documents)?;
        let facets = container.optional_section(SectionId::Facets).map(|section| Facets::open(documents, section));
        let facets = facets.transpose()?;
        let text = open_text(&container, &offsets)?;
        let prefixes = open_prefixes(&container, &counts)?;
        let first_rows = counts.first_rows();
        Ok(Self { container, counts, first_rows, rank, offsets, sa, isa, units, metadata, ids, facets, text, prefixes })
    }
}

pub(super) fn open_metadata(container: &Container, documents: u64) -> Result<Option<Records>> {
    use SectionId::{MetadataBlockEnds, MetadataBlocks, MetadataDictionary, MetadataRecordEnds};
    let ids = [MetadataDictionary, MetadataBlocks, MetadataBlockEnds, MetadataRecordEnds];
    let sections = record_sections(container, ids)?;
    sections.map(|sections| Records::open("metadata", documents, sections)).transpose()
}

pub(super) fn open_ids(container: &Container, documents: u64) -> Result<Option<ExternalIds>> {
    use SectionId::{IdBlockEnds, IdBlocks, IdDictionary, IdOrder, IdRecordEnds};
    let Some(ids) = record_sections(container, [IdDictionary, IdBlocks, IdBlockEnds, IdRecordEnds])? else {
        return Ok(None);
    };
    Ok(Some(ExternalIds::open(documents, ids, container.section(IdOrder)?)?))
}

fn open_text(container: &Container, offsets: &DocumentOffsets) -> Result<Option<TextStore>> {
    use SectionId::{TextDictionary, TextFrameEnds, TextFrames, TextHeader};
    if !holds_any(container, &[TextHeader, TextDictionary, TextFrames, TextFrameEnds]) {
        return Ok(None);
    }
    let section = |id| container.section(id);
    let sections = TextSections {
        header: section(TextHeader)?,
        dictionary: section(TextDictionary)?,
        frames: container.piece_section(TextFrames)?,
        frame_ends: section(TextFrameEnds)?,
    };
    TextStore::open(offsets.clone(), sections).map(Some)
}

fn open_prefixes(container: &Container, counts: &Counts) -> Result<Option<PrefixTable>> {
    let (keys, starts) = (SectionId::PrefixKeys, SectionId::PrefixStarts);
    if !holds_any(container, &[keys, starts]) {
        return Ok(None);
    }
    let (keys, starts) = (container.section(keys)?, container.section(starts)?);
    Ok(Some(PrefixTable::open(&counts.byte_counts, counts.row_count(), keys, starts)?))
}

/// All four, or none of them.
fn record_sections(container: &Container, ids: [SectionId; 4]) -> Result<Option<RecordSections>> {
    if !holds_any(container, &ids) {
        return Ok(None);
    }
    let [dictionary, blocks, block_ends, record_ends] = ids;
    Ok(Some(RecordSections {
        dictionary: container.section(dictionary)?,
        blocks: container.piece_section(blocks)?,
        block_ends: container.section(block_ends)?,
        record_ends: container.section(record_ends)?,
    }))
}

fn holds_any(container: &Container, ids: &[SectionId]) -> bool {
    ids.iter().any(|&id| container.optional_section(id).is_some())
}
