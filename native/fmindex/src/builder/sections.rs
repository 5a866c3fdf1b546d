//! Which sections does a shard get, and in which order are they written?

use super::large_buffer::LargeBuffer;
use super::sampling::SampleSections;
use crate::documents::EncodedRecords;
use crate::error::{Error, Result};
use crate::format::{Counts, SectionId, ShardWriter};
use crate::prefixes::encode_prefixes;
use crate::rank::run_head::{EncodeOptions, RankSections, RunHeadIndex, encode};
use crate::rank::{RankIndex, SEPARATOR};
use crate::section::Section;
use crate::text_store::EncodedText;

/// What is known of the documents besides their order: written before the sort takes the memory.
pub(crate) struct DocumentSections {
    pub counts: (SectionId, Vec<u8>),
    pub offsets: Section,
    /// Only of texts.
    pub units: Option<Vec<u8>>,
    pub metadata: Option<EncodedRecords>,
    /// And their order.
    pub ids: Option<(EncodedRecords, Vec<u8>)>,
    pub facets: Option<Vec<u8>>,
    pub text: Option<EncodedText>,
}

impl DocumentSections {
    /// Sections of the whole shard: these, five of samples and so many of the rank structure.
    pub fn section_count_with(&self, rank_sections: usize) -> usize {
        let records = 4 * usize::from(self.metadata.is_some()) + 5 * usize::from(self.ids.is_some());
        let optional = usize::from(self.units.is_some()) + usize::from(self.facets.is_some());
        2 + records + optional + 4 * usize::from(self.text.is_some()) + 5 + rank_sections
    }

    /// # Errors
    /// [`Error::Io`].
    pub fn write(self, writer: &mut ShardWriter) -> Result<()> {
        use SectionId::{IdBlockEnds, IdBlocks, IdDictionary, IdRecordEnds};
        use SectionId::{MetadataBlockEnds, MetadataBlocks, MetadataDictionary, MetadataRecordEnds};
        writer.write(self.counts.0, &self.counts.1)?;
        writer.write(SectionId::DocumentOffsets, &self.offsets)?;
        if let Some(units) = &self.units {
            writer.write(SectionId::DocumentUnits, units)?;
        }
        if let Some(metadata) = &self.metadata {
            let ids = [MetadataDictionary, MetadataBlocks, MetadataBlockEnds, MetadataRecordEnds];
            write_records(writer, metadata, ids)?;
        }
        if let Some((ids, order)) = &self.ids {
            write_records(writer, ids, [IdDictionary, IdBlocks, IdBlockEnds, IdRecordEnds])?;
            writer.write(SectionId::IdOrder, order)?;
        }
        if let Some(facets) = &self.facets {
            writer.write(SectionId::Facets, facets)?;
        }
        match &self.text {
            Some(text) => write_text(writer, text),
            None => Ok(()),
        }
    }
}

fn write_records(writer: &mut ShardWriter, records: &EncodedRecords, ids: [SectionId; 4]) -> Result<()> {
    let parts = [&records.dictionary, &records.blocks, &records.block_ends, &records.record_ends];
    ids.into_iter().zip(parts).try_for_each(|(id, part)| writer.write(id, part))
}

fn write_text(writer: &mut ShardWriter, text: &EncodedText) -> Result<()> {
    writer.write(SectionId::TextHeader, &text.header)?;
    writer.write(SectionId::TextDictionary, &text.dictionary)?;
    writer.write(SectionId::TextFrames, &text.frames)?;
    writer.write(SectionId::TextFrameEnds, &text.frame_ends)
}

/// # Errors
/// [`Error::Io`].
pub(crate) fn write_samples(writer: &mut ShardWriter, samples: &SampleSections) -> Result<()> {
    writer.write(SectionId::SaMarks, &samples.sa_marks)?;
    writer.write(SectionId::SaOrdinals, &samples.sa_ordinals)?;
    writer.write(SectionId::SaStarts, &samples.sa_starts)?;
    writer.write(SectionId::IsaRows, &samples.isa_rows)?;
    writer.write(SectionId::IsaStarts, &samples.isa_starts)
}

/// Encodes the BWT and writes it as [`write_rank_sections`] does.
///
/// # Errors
/// As [`write_rank_sections`].
pub(super) fn write_rank(
    writer: &mut ShardWriter,
    bwt: LargeBuffer,
    options: EncodeOptions,
    threads: usize,
    counts: &Counts,
) -> Result<()> {
    let encoded = encode(&bwt, options, threads)?;
    drop(bwt);
    let sections = RankSections {
        header: Section::from_vec(encoded.header),
        records: Section::from_vec(encoded.records),
        entries: Section::from_vec(encoded.entries),
        groups: Section::from_vec(encoded.groups),
    };
    write_rank_sections(writer, sections, counts)
}

/// Sections of the rank structure, and of the prefixes when there are any.
pub(crate) const RANK_SECTIONS: usize = 4 + 2;

/// Checks every byte's count against that of the input, and writes the sections of the rank structure and of the prefixes
/// found with it.
///
/// # Errors
/// [`Error::Damaged`] when a count is wrong, which only a broken machine or program brings about; [`Error::Io`].
pub(crate) fn write_rank_sections(writer: &mut ShardWriter, sections: RankSections, counts: &Counts) -> Result<()> {
    let rank = RunHeadIndex::open(sections.clone())?;
    check_counts(&rank, counts)?;
    writer.write(SectionId::RankHeader, &sections.header)?;
    writer.write(SectionId::RankRecords, &sections.records)?;
    writer.write(SectionId::RankEntries, &sections.entries)?;
    writer.write(SectionId::RankGroups, &sections.groups)?;
    if let Some(prefixes) = encode_prefixes(&rank, &counts.byte_counts, &counts.first_rows())? {
        writer.write(SectionId::PrefixKeys, &prefixes.keys)?;
        writer.write(SectionId::PrefixStarts, &prefixes.starts)?;
    }
    Ok(())
}

fn check_counts(rank: &RunHeadIndex, counts: &Counts) -> Result<()> {
    for (byte, &count) in (0..=255).zip(&counts.byte_counts) {
        let expected = if byte == SEPARATOR { counts.documents } else { count };
        let ranked = rank.rank(byte, counts.row_count());
        if ranked != expected || rank.len() != counts.row_count() {
            let detail = format!("byte {byte} occurs {ranked} times in the index and {expected} times in the input");
            return Err(Error::damaged("rank.groups", detail));
        }
    }
    Ok(())
}
