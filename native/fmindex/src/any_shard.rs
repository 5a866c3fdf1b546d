//! Does a file hold a shard of bytes or one of tokens?

#[cfg(feature = "mmap")]
use std::path::Path;
use std::sync::Arc;

use crate::documents::Facets;
use crate::error::Result;
use crate::format::{Container, DocumentRecord, TokenShardFile};
use crate::hidden::HiddenDocuments;
use crate::interrupt::Interrupt;
use crate::rank::SymbolKind;
use crate::search::{FacetCounts, FoundRange, StepMeter};
#[cfg(feature = "mmap")]
use crate::shard::CHECKED_FILE_BYTES;
use crate::shard::{Shard, ShardInfo};
use crate::token_shard::TokenShard;

/// An opened shard of either kind.
#[expect(clippy::large_enum_variant, reason = "there are few, each shared")]
pub enum AnyShard {
    Bytes(Shard),
    Tokens(TokenShard),
}

/// The same call on a shard of either kind.
macro_rules! on_either {
    ($self:ident, $shard:ident => $call:expr) => {
        match $self {
            AnyShard::Bytes($shard) => $call,
            AnyShard::Tokens($shard) => $call,
        }
    };
}

impl AnyShard {
    /// Maps the file at `path`: O([`CHECKED_FILE_BYTES`]) at most, microseconds for a larger file.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::error::Error::Damaged), [`Error::Version`](crate::error::Error::Version),
    /// [`Error::Io`](crate::error::Error::Io).
    #[cfg(feature = "mmap")]
    pub fn open_mapped(path: &Path) -> Result<Self> {
        let shard = Self::open(Container::open_mapped(path)?)?;
        if shard.container().file_bytes() <= CHECKED_FILE_BYTES {
            shard.verify(false, Interrupt::never())?;
        }
        Ok(shard)
    }

    /// As [`Container::open_ram`].
    ///
    /// # Errors
    /// As [`AnyShard::open_mapped`].
    #[cfg(feature = "mmap")]
    pub fn open_ram(path: &Path) -> Result<Self> {
        Self::open(Container::open_ram(path)?)
    }

    /// As [`Container::open_read`].
    ///
    /// # Errors
    /// As [`AnyShard::open_mapped`].
    #[cfg(feature = "mmap")]
    pub fn open_read(path: &Path) -> Result<Self> {
        Self::open(Container::open_read(path)?)
    }

    /// Opens the shard in `container`, without comparing checksums.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::error::Error::Damaged).
    pub fn open(container: Container) -> Result<Self> {
        match TokenShardFile::is_in(&container) {
            true => TokenShard::open(container).map(Self::Tokens),
            false => Shard::open(container).map(Self::Bytes),
        }
    }

    /// As [`AnyShard::open`], of a shard that is in memory.
    ///
    /// # Errors
    /// As [`Container::open`] and [`AnyShard::open`].
    pub fn open_bytes(bytes: Vec<u8>) -> Result<Self> {
        Self::open(Container::open(Arc::new(bytes))?)
    }

    /// What is indexed.
    pub fn symbols(&self) -> SymbolKind {
        match self {
            Self::Bytes(_) => SymbolKind::Bytes,
            Self::Tokens(_) => SymbolKind::Tokens,
        }
    }

    /// The file, to compare it with its checksums beside the search.
    pub fn container(&self) -> &Container {
        on_either!(self, shard => shard.container())
    }

    /// As [`Shard::verify`].
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::error::Error::Damaged) with the section, and when the caller gave up.
    pub fn verify(&self, is_deep: bool, interrupt: Interrupt<'_>) -> Result<()> {
        on_either!(self, shard => shard.verify(is_deep, interrupt))
    }

    /// The numbers of the shard. O(1), of tokens O(those that occur).
    pub fn info(&self) -> ShardInfo {
        on_either!(self, shard => shard.info())
    }

    /// As [`Shard::document`].
    ///
    /// # Errors
    /// As [`Shard::document`].
    pub fn document(&self, document: u64) -> Result<DocumentRecord> {
        on_either!(self, shard => shard.document(document))
    }

    /// As [`Shard::hide`].
    ///
    /// # Errors
    /// As [`Shard::hide`].
    pub fn hide(&mut self, hidden: HiddenDocuments) -> Result<()> {
        on_either!(self, shard => shard.hide(hidden))
    }

    /// The documents that are left out, when there are any.
    pub fn hidden(&self) -> Option<&HiddenDocuments> {
        on_either!(self, shard => shard.hidden())
    }

    /// As [`Shard::find_external_id`].
    ///
    /// # Errors
    /// As [`Shard::find_external_id`].
    pub fn find_external_id(&self, external_id: &str) -> Result<Option<u64>> {
        on_either!(self, shard => shard.find_external_id(external_id))
    }

    /// As [`Shard::facets_with`].
    ///
    /// # Errors
    /// As [`Shard::facets_with`].
    pub fn facets_with(&self, field: &str) -> Result<&Facets> {
        on_either!(self, shard => shard.facets_with(field))
    }

    /// As [`Shard::list_external_id`].
    ///
    /// # Errors
    /// As [`Shard::list_external_id`].
    pub fn list_external_id(&self, external_id: &str) -> Result<Vec<u64>> {
        on_either!(self, shard => shard.list_external_id(external_id))
    }

    /// As [`Shard::count_facets`].
    ///
    /// # Errors
    /// As [`Shard::count_facets`].
    pub fn count_facets(
        &self,
        field: &str,
        ranges: &[FoundRange],
        max_steps: u64,
        meter: &mut StepMeter,
    ) -> Result<FacetCounts> {
        on_either!(self, shard => shard.count_facets(field, ranges, max_steps, meter))
    }
}
