//! How does a spool become a shard file?

use std::path::Path;

use super::bwt::gather_bwt;
use super::sampled_places::SampledPlaces;
use super::sampling::Sampling;
use super::sections::{DocumentSections, RANK_SECTIONS, write_rank, write_samples};
use super::sort::{NumberWidth, sort_suffixes};
use super::spool_reader::SpoolReader;
use super::stored_text::StoredText;
use super::survey::Survey;
use super::texts::Texts;
#[cfg(feature = "c")]
use super::token_shard::write_token_shard;
use crate::build_file::{BuildFile, MemoryFile};
use crate::error::{Error, Result};
use crate::format::{Counts, Profile, SectionId, ShardWriter, WrittenShard};
use crate::interrupt::Interrupt;
use crate::rank::SymbolKind;
use crate::rank::run_head::EncodeOptions;
use crate::samples::{DEFAULT_ISA_RATE, DEFAULT_SA_RATE, check_rate};
use crate::text_store::encode_text;

/// How to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuildOptions {
    /// Distance of SA samples, a power of two.
    pub sa_rate: u32,
    /// Distance of ISA samples, a power of two.
    pub isa_rate: u32,
    pub profile: Profile,
    /// Whether the shard keeps its text too: see [`crate::text_store`].
    pub text_store: bool,
    /// Ids are below it; only for shards of tokens, which need it.
    pub vocabulary: Option<u32>,
    /// Threads of the encoding; the sort takes one. The shard does not depend on it.
    pub threads: usize,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            sa_rate: DEFAULT_SA_RATE,
            isa_rate: DEFAULT_ISA_RATE,
            profile: Profile::Default,
            text_store: false,
            vocabulary: None,
            threads: 1,
        }
    }
}

/// A shard that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltShard {
    /// Hex, 32 digits.
    pub checksum: String,
    pub file_bytes: u64,
    pub documents: u64,
    /// 0 for a shard of tokens.
    pub text_bytes: u64,
    /// Bytes or tokens, separators not counted.
    pub symbol_count: u64,
}

/// Sorts and encodes the sealed spool at `spool_path` into a new file at `shard_path`, synced. `progress` hears the phase
/// (`read`, `compress`, `sort`, `gather`, `encode`, `write`) and the share of it that is done; the sort reports no
/// shares. O(n); for memory see [`super::estimate_build_bytes`]. When it fails no file is left.
///
/// # Errors
/// [`Error::Damaged`] for a spool cut short; [`Error::Argument`] for a wrong rate, profile or vocabulary;
/// [`Error::Input`] for an id outside the vocabulary; [`Error::Io`]; [`Error::Cancelled`].
pub fn build_shard(
    spool_path: &Path,
    shard_path: &Path,
    options: BuildOptions,
    interrupt: Interrupt<'_>,
    progress: &dyn Fn(&'static str, f64),
) -> Result<BuiltShard> {
    check_rate(options.sa_rate)?;
    check_rate(options.isa_rate)?;
    let spool = SpoolReader::open(spool_path)?;
    #[cfg(feature = "c")]
    if spool.kind == SymbolKind::Tokens {
        let built = write_token_shard(spool_path, shard_path, options, interrupt, progress);
        return remove_unless_built(shard_path, built);
    }
    let width = NumberWidth::of(spool.trailer.row_count());
    build_shard_with(width, spool_path, shard_path, options, interrupt, progress)
}

/// As [`build_shard`], from a spool of text in memory to a shard in memory; the shard has the same bytes. The spool is
/// emptied as soon as it was read.
///
/// # Errors
/// As [`build_shard`].
pub fn build_shard_in_memory(
    spool: MemoryFile,
    options: BuildOptions,
    interrupt: Interrupt<'_>,
    progress: &dyn Fn(&'static str, f64),
) -> Result<(BuiltShard, Vec<u8>)> {
    check_rate(options.sa_rate)?;
    check_rate(options.isa_rate)?;
    let width = NumberWidth::of(SpoolReader::open(spool.clone())?.trailer.row_count());
    let shard = MemoryFile::default();
    let built = write_shard(width, spool.into(), shard.clone().into(), options, interrupt, progress)?;
    Ok((built, shard.take()))
}

/// As [`build_shard`], with numbers of that width in the sort: the shard does not depend on it.
pub(super) fn build_shard_with(
    width: NumberWidth,
    spool_path: &Path,
    shard_path: &Path,
    options: BuildOptions,
    interrupt: Interrupt<'_>,
    progress: &dyn Fn(&'static str, f64),
) -> Result<BuiltShard> {
    let built = write_shard(width, spool_path.into(), shard_path.into(), options, interrupt, progress);
    remove_unless_built(shard_path, built)
}

fn remove_unless_built(shard_path: &Path, built: Result<BuiltShard>) -> Result<BuiltShard> {
    if built.is_err() {
        // Best effort: the file does not open as a shard anyway.
        let _ = std::fs::remove_file(shard_path);
    }
    built
}

fn write_shard(
    width: NumberWidth,
    spool_file: BuildFile,
    shard_file: BuildFile,
    options: BuildOptions,
    interrupt: Interrupt<'_>,
    progress: &dyn Fn(&'static str, f64),
) -> Result<BuiltShard> {
    if options.vocabulary.is_some() {
        return Err(Error::Argument("a shard of text has no vocabulary".into()));
    }
    progress("read", 0.0);
    let mut survey = Survey::take(SpoolReader::open(spool_file.clone())?, interrupt)?;
    let spool = SpoolReader::open(spool_file.clone())?;
    if spool.kind != SymbolKind::Bytes {
        return Err(Error::Input("tokens are not indexed here".into()));
    }
    let texts = Texts::read(spool, &mut survey, interrupt, &|share| progress("read", share))?;
    spool_file.give_up();
    let counts = Counts {
        documents: texts.offsets.len(),
        text_bytes: texts.offsets.row_count() - texts.offsets.len(),
        sa_rate: options.sa_rate,
        isa_rate: options.isa_rate,
        profile: options.profile,
        byte_counts: texts.byte_counts,
    };
    let (offsets, sort) = (texts.offsets, texts.sort);
    let text = match options.text_store {
        true => {
            let text = StoredText::new(&sort.text, &offsets)?;
            Some(encode_text(&text, options.threads, interrupt, &|share| progress("compress", share))?)
        }
        false => None,
    };
    let sections = DocumentSections {
        counts: (SectionId::Counts, counts.encode()),
        offsets: texts.offsets_section,
        units: Some(texts.units),
        metadata: texts.records.metadata,
        ids: texts.records.ids.map(|ids| (ids, std::mem::take(&mut survey.id_order))),
        facets: survey.facets.take(),
        text,
    };
    let mut writer = ShardWriter::create(shard_file, sections.section_count_with(RANK_SECTIONS))?;
    sections.write(&mut writer)?;

    interrupt.check()?;
    progress("sort", 0.0);
    let mut sorted = sort_suffixes(sort.text, sort.empty_count, width, interrupt)?;
    let places = SampledPlaces::mark(&mut sorted.text, &offsets, options.sa_rate, options.isa_rate)?;
    let mut sampling = Sampling::new(&offsets, options.sa_rate, options.isa_rate)?;
    let gathering = |share| progress("gather", share);
    let bwt = gather_bwt(sorted, &sort.first_bytes, &places, &mut sampling, interrupt, &gathering)?;
    drop(places);
    write_samples(&mut writer, &sampling.finish()?)?;

    interrupt.check()?;
    progress("encode", 0.0);
    let encoding = EncodeOptions { group_bits: options.profile.group_bits() };
    write_rank(&mut writer, bwt, encoding, options.threads, &counts)?;
    progress("write", 0.0);
    let WrittenShard { checksum, file_bytes } = writer.finish()?;
    let Counts { documents, text_bytes, .. } = counts;
    Ok(BuiltShard { checksum, file_bytes, documents, text_bytes, symbol_count: text_bytes })
}
