//! What is in a shard file of tokens?

use super::container::Container;
use super::document_parts::DocumentParts;
use super::section_id::SectionId;
use super::token_counts::TokenCounts;
use super::verify_walks::verify_walks;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::rank::quad::{QuadIndex, QuadSections, RunQuadIndex, RunSections, TokenRank, TreeSections};
use crate::rank::{RankIndex, Symbol};

/// All structures of a shard of tokens, opened but not read.
pub struct TokenShardFile {
    pub container: Container,
    pub counts: TokenCounts,
    pub rank: TokenRank,
    pub documents: DocumentParts,
}

impl TokenShardFile {
    /// Whether the file in `container` is one of tokens.
    pub fn is_in(container: &Container) -> bool {
        container.optional_section(SectionId::TokenCounts).is_some()
    }

    /// As [`ShardFile::open`](super::ShardFile::open).
    ///
    /// # Errors
    /// [`Error::Damaged`] when the sections can't be of one shard.
    pub fn open(container: Container) -> Result<Self> {
        let counts = TokenCounts::open(&container.section(SectionId::TokenCounts)?)?;
        let row_count = counts.row_count();
        let rank = open_rank(&container)?;
        if rank.len() != row_count || rank.alphabet_rows() != row_count {
            return Err(Error::damaged("tokens.header", format!("{} rows, not {row_count}", rank.len())));
        }
        if rank.vocabulary() != u64::from(counts.vocabulary) {
            return Err(Error::damaged("tokens.symbols", format!("they are over {} ids", rank.vocabulary())));
        }
        let documents = DocumentParts::open(&container, counts.documents, row_count, counts.sa_rate, counts.isa_rate)?;
        Ok(Self { container, counts, rank, documents })
    }

    /// Compares the structures with each other, as [`ShardFile::verify`](super::ShardFile::verify) does, but not with the
    /// checksums. O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`] with the section; [`Error::Cancelled`].
    pub fn verify_parts(&self, interrupt: Interrupt<'_>) -> Result<()> {
        self.rank.verify()?;
        interrupt.check()?;
        let row_count = self.counts.row_count();
        let separators = (u32::SEPARATOR, self.counts.documents);
        for (symbol, count) in self.rank.symbol_counts().chain([separators]) {
            let ranked = self.rank.rank(symbol, row_count);
            if ranked != count {
                let detail = format!("symbol {symbol} occurs {ranked} times, not {count}");
                return Err(Error::damaged("tokens.firstRows", detail));
            }
        }
        self.documents.verify(interrupt)?;
        verify_walks(&self.documents, &self.rank, |symbol| self.rank.first_row(symbol), interrupt)
    }
}

/// An index of runs has a section more.
fn open_rank(container: &Container) -> Result<TokenRank> {
    let section = |id| container.section(id);
    let sections = QuadSections {
        tree: TreeSections {
            header: section(SectionId::TokenHeader)?,
            symbols: section(SectionId::TokenSymbols)?,
            first_rows: section(SectionId::TokenFirstRows)?,
            codes: section(SectionId::TokenCodes)?,
            leaves: section(SectionId::TokenLeaves)?,
            leaf_starts: section(SectionId::TokenLeafStarts)?,
        },
        lines: section(SectionId::TokenLines)?,
        blocks: section(SectionId::TokenBlocks)?,
    };
    match container.optional_section(SectionId::TokenRuns) {
        None => QuadIndex::open(sections).map(TokenRank::Quad),
        Some(runs) => RunQuadIndex::open(RunSections { heads: sections, runs }).map(TokenRank::Runs),
    }
}
