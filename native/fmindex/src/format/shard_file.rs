//! What is in a shard file?

use super::container::Container;
use super::counts::Counts;
use super::document_parts::DocumentParts;
use super::section_id::SectionId;
use crate::documents::{DocumentOffsets, TextUnits};
use crate::error::{Error, Result};
use crate::prefixes::PrefixTable;
use crate::rank::RankIndex;
use crate::rank::run_head::{RankSections, RunHeadIndex};
use crate::text_store::{TextSections, TextStore};

/// All structures of a shard, opened but not read. The search is built on this.
pub struct ShardFile {
    pub container: Container,
    pub counts: Counts,
    /// As [`Counts::first_rows`]: what a search adds to a rank.
    pub first_rows: [u64; 256],
    pub rank: RunHeadIndex,
    pub documents: DocumentParts,
    pub units: TextUnits,
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
        let row_count = counts.row_count();
        let rank = RunHeadIndex::open(RankSections {
            header: section(SectionId::RankHeader)?,
            records: section(SectionId::RankRecords)?,
            entries: section(SectionId::RankEntries)?,
            groups: section(SectionId::RankGroups)?,
        })?;
        if rank.len() != row_count {
            return Err(Error::damaged("rank.header", format!("{} rows where {row_count} are counted", rank.len())));
        }
        let documents = DocumentParts::open(&container, counts.documents, row_count, counts.sa_rate, counts.isa_rate)?;
        let units = TextUnits::open(section(SectionId::DocumentUnits)?)?;
        let text = open_text(&container, &documents.offsets)?;
        let prefixes = open_prefixes(&container, &counts)?;
        let first_rows = counts.first_rows();
        Ok(Self { container, counts, first_rows, rank, documents, units, text, prefixes })
    }
}

fn open_text(container: &Container, offsets: &DocumentOffsets) -> Result<Option<TextStore>> {
    use SectionId::{TextDictionary, TextFrameEnds, TextFrames, TextHeader};
    if !container.holds_any(&[TextHeader, TextDictionary, TextFrames, TextFrameEnds]) {
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
    if !container.holds_any(&[keys, starts]) {
        return Ok(None);
    }
    let (keys, starts) = (container.section(keys)?, container.section(starts)?);
    Ok(Some(PrefixTable::open(&counts.byte_counts, counts.row_count(), keys, starts)?))
}
