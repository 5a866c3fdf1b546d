//! What is in a shard file of tokens?

use super::container::Container;
use super::document_parts::DocumentParts;
use super::section_id::SectionId;
use super::token_counts::TokenCounts;
use crate::bits::PackedInts;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::rank::RankIndex;
use crate::rank::quad::{QuadIndex, QuadSections, TreeSections};

const FIRST_ROWS: &str = "tokens.firstRows";

/// All structures of a shard of tokens, opened but not read.
pub struct TokenShardFile {
    pub container: Container,
    pub counts: TokenCounts,
    pub rank: QuadIndex,
    pub documents: DocumentParts,
    first_rows: PackedInts,
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
        let section = |id| container.section(id);
        let counts = TokenCounts::open(&section(SectionId::TokenCounts)?)?;
        let row_count = counts.row_count();
        let rank = QuadIndex::open(QuadSections {
            tree: TreeSections {
                header: section(SectionId::TokenHeader)?,
                symbols: section(SectionId::TokenSymbols)?,
                codes: section(SectionId::TokenCodes)?,
                leaves: section(SectionId::TokenLeaves)?,
                leaf_starts: section(SectionId::TokenLeafStarts)?,
            },
            lines: section(SectionId::TokenLines)?,
            blocks: section(SectionId::TokenBlocks)?,
        })?;
        if rank.len() != row_count || rank.vocabulary() != u64::from(counts.vocabulary) {
            let (rows, vocabulary) = (rank.len(), rank.vocabulary());
            return Err(Error::damaged("tokens.header", format!("{rows} rows over {vocabulary} ids")));
        }
        let first_rows = PackedInts::open(section(SectionId::TokenFirstRows)?, FIRST_ROWS)?;
        if first_rows.len() != rank.symbol_count() + 1 || first_rows.get(rank.symbol_count()) != Some(row_count) {
            return Err(Error::damaged(FIRST_ROWS, format!("{} rows of so many symbols", first_rows.len())));
        }
        let documents = DocumentParts::open(&container, counts.documents, row_count, counts.sa_rate, counts.isa_rate)?;
        Ok(Self { container, counts, rank, documents, first_rows })
    }

    /// The first row whose prefix ends with `symbol`. O(1).
    #[inline]
    pub fn first_row(&self, symbol: u32) -> u64 {
        self.first_rows.get(self.rank.symbols_below(symbol)).unwrap_or(0)
    }

    /// Occurrences of each token that occurs, by id. O(tokens that occur).
    pub fn token_counts(&self) -> impl Iterator<Item = u64> {
        let row = |number| self.first_rows.get(number).unwrap_or(0);
        // The separators come first.
        let first = u64::from(self.counts.documents > 0);
        (first..self.rank.symbol_count()).map(move |number| row(number + 1).saturating_sub(row(number)))
    }

    /// Compares the structures with each other, but not with the checksums, and no walks. O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`] with the section; [`Error::Cancelled`].
    pub fn verify_parts(&self, interrupt: Interrupt<'_>) -> Result<()> {
        self.rank.verify()?;
        interrupt.check()?;
        self.rank.each_symbol(|number, symbol| {
            let rows = self.first_rows.get(number).zip(self.first_rows.get(number + 1));
            let counted = rows.and_then(|(start, end)| end.checked_sub(start));
            let ranked = self.rank.rank(symbol, self.counts.row_count());
            match counted == Some(ranked) && ranked > 0 {
                true => Ok(()),
                false => Err(Error::damaged(FIRST_ROWS, format!("token {symbol} occurs {ranked} times"))),
            }
        })?;
        if self.rank.rank(u32::MAX, self.counts.row_count()) != self.counts.documents {
            return Err(Error::damaged("tokens.counts", "the separators are not as many as the documents"));
        }
        self.documents.verify(interrupt)
    }
}
