//! How does a spool of tokens become a shard file?

use std::path::Path;

use super::sections::{DocumentSections, write_samples};
use super::shard::{BuildOptions, BuiltShard};
use super::sort_tokens::sort_tokens;
use super::spool_reader::SpoolReader;
use super::survey::Survey;
use super::token_bwt::gather_tokens;
use super::token_texts::TokenTexts;
use crate::error::{Error, Result};
use crate::format::{MAX_VOCABULARY, Profile, SectionId, ShardWriter, TokenCounts, WrittenShard};
use crate::interrupt::Interrupt;
use crate::rank::quad::{QuadIndex, QuadSections, RunQuadIndex, RunSections, TokenRank, encode, encode_runs};
use crate::rank::{RankIndex, Symbol};

/// Sections of the rank structure, without that of runs.
const RANK_SECTIONS: usize = 8;

/// As [`build_shard`](super::build_shard), which hands spools of tokens here.
pub(super) fn write_token_shard(
    spool_path: &Path,
    shard_path: &Path,
    options: BuildOptions,
    interrupt: Interrupt<'_>,
    progress: &dyn Fn(&'static str, f64),
) -> Result<BuiltShard> {
    let vocabulary = check_options(options)?;
    progress("read", 0.0);
    let mut survey = Survey::take(SpoolReader::open(spool_path)?, interrupt)?;
    let spool = SpoolReader::open(spool_path)?;
    let reading = |share| progress("read", share);
    let texts = TokenTexts::read(spool, vocabulary, &mut survey, interrupt, &reading)?;
    let offsets = texts.offsets;
    let counts = TokenCounts {
        documents: offsets.len(),
        tokens: offsets.row_count() - offsets.len(),
        sa_rate: options.sa_rate,
        isa_rate: options.isa_rate,
        profile: options.profile,
        vocabulary,
    };
    let sections = DocumentSections {
        counts: (SectionId::TokenCounts, counts.encode()),
        offsets: texts.offsets_section,
        units: None,
        metadata: texts.records.metadata,
        ids: texts.records.ids.map(|ids| (ids, std::mem::take(&mut survey.id_order))),
        facets: survey.facets.take(),
        text: None,
    };
    let rank_sections = RANK_SECTIONS + usize::from(options.profile == Profile::Small);
    let mut writer = ShardWriter::create(shard_path, sections.section_count_with(rank_sections))?;
    sections.write(&mut writer)?;

    interrupt.check()?;
    progress("sort", 0.0);
    let sorted = sort_tokens(texts.text, counts.documents + u64::from(vocabulary), interrupt)?;
    let gathering = |share| progress("gather", share);
    let (bwt, samples) = gather_tokens(sorted, &offsets, options.sa_rate, options.isa_rate, interrupt, &gathering)?;
    write_samples(&mut writer, &samples)?;

    interrupt.check()?;
    progress("encode", 0.0);
    let symbol_counts = count_symbols(&bwt, vocabulary);
    write_token_rank(&mut writer, bwt, &symbol_counts, &counts)?;
    progress("write", 0.0);
    let WrittenShard { checksum, file_bytes } = writer.finish()?;
    Ok(BuiltShard { checksum, file_bytes, documents: counts.documents, text_bytes: 0, symbol_count: counts.tokens })
}

fn check_options(options: BuildOptions) -> Result<u32> {
    if options.profile == Profile::Fast {
        return Err(Error::Argument("profile fast is of text alone: tokens have default and small".into()));
    }
    if options.text_store {
        return Err(Error::Argument("a text store is of text alone: tokens have none".into()));
    }
    match options.vocabulary {
        Some(vocabulary) if vocabulary <= MAX_VOCABULARY => Ok(vocabulary),
        Some(vocabulary) => Err(Error::Argument(format!("a vocabulary of {vocabulary} is above {MAX_VOCABULARY}"))),
        None => Err(Error::Argument("a shard of tokens needs the size of their vocabulary".into())),
    }
}

/// Occurrences of the separator, then of each id.
fn count_symbols(bwt: &[u32], vocabulary: u32) -> Vec<u64> {
    let mut counts = vec![0; vocabulary as usize + 1];
    for &symbol in bwt {
        counts[symbol as usize] += 1;
    }
    counts
}

/// Encodes the BWT, checks every symbol's count against that of the input, and writes the sections.
fn write_token_rank(
    writer: &mut ShardWriter,
    bwt: Vec<u32>,
    symbol_counts: &[u64],
    counts: &TokenCounts,
) -> Result<()> {
    let (sections, runs) = match counts.profile {
        Profile::Small => {
            let RunSections { heads, runs } = encode_runs(&bwt, symbol_counts)?;
            (heads, Some(runs))
        }
        _ => {
            let runs = bwt.chunk_by(|left, right| left == right).count() as u64;
            (encode(bwt, symbol_counts, runs)?, None)
        }
    };
    let rank = match runs.clone() {
        Some(runs) => TokenRank::Runs(RunQuadIndex::open(RunSections { heads: sections.clone(), runs })?),
        None => TokenRank::Quad(QuadIndex::open(sections.clone())?),
    };
    check_counts(&rank, symbol_counts, counts)?;
    let QuadSections { tree, lines, blocks } = sections;
    writer.write(SectionId::TokenHeader, &tree.header)?;
    writer.write(SectionId::TokenSymbols, &tree.symbols)?;
    writer.write(SectionId::TokenFirstRows, &tree.first_rows)?;
    writer.write(SectionId::TokenCodes, &tree.codes)?;
    writer.write(SectionId::TokenLeaves, &tree.leaves)?;
    writer.write(SectionId::TokenLeafStarts, &tree.leaf_starts)?;
    writer.write(SectionId::TokenLines, &lines)?;
    writer.write(SectionId::TokenBlocks, &blocks)?;
    runs.map_or(Ok(()), |runs| writer.write(SectionId::TokenRuns, &runs))
}

fn check_counts(rank: &TokenRank, symbol_counts: &[u64], counts: &TokenCounts) -> Result<()> {
    let symbols = std::iter::once(u32::SEPARATOR).chain(0..);
    for (symbol, &count) in symbols.zip(symbol_counts) {
        let ranked = rank.rank(symbol, counts.row_count());
        if ranked != count || rank.len() != counts.row_count() {
            let detail = format!("token {symbol} occurs {ranked} times in the index and {count} times in the input");
            return Err(Error::damaged("tokens.lines", detail));
        }
    }
    Ok(())
}
