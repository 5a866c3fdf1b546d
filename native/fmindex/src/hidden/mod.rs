//! Which documents of a shard does nobody see any more?
//!
//! A shard is immutable, so a document that is taken down stays in its file until the next merge. Until then a second file
//! lists its rows, and [`VisibleRank`] leaves them out of the BWT: what is searched is exactly the index of the documents
//! that are left, but that these keep their numbers. Nothing of the text is written for that, and no operation of the search
//! has to subtract anything.
//!
//! A row that is hidden leads to hidden rows alone, in both directions, since all rows of a document are. So the rank of
//! a symbol before a row is that of the whole BWT less the hidden rows among those that it leads to.

mod hidden_documents;
#[cfg(all(feature = "build", feature = "c", feature = "mmap"))]
mod hide;
#[cfg(test)]
#[cfg(all(feature = "build", feature = "c", feature = "mmap"))]
mod tests;
mod visible_rank;
#[cfg(all(feature = "build", feature = "c", feature = "mmap"))]
mod walk;

pub use hidden_documents::{HiddenDocuments, HiddenInfo};
#[cfg(all(feature = "build", feature = "c", feature = "mmap"))]
pub use hide::{WrittenHidden, hide_documents};
pub use visible_rank::VisibleRank;
#[cfg(all(feature = "build", feature = "c", feature = "mmap"))]
pub(crate) use walk::walk_documents;

use crate::error::{Error, Result};
use crate::search::ShardView;

/// # Errors
/// [`Error::HiddenDocument`] for a document that is hidden.
pub(crate) fn check_visible<V: ShardView>(view: &V, document: u64) -> Result<()> {
    let is_hidden = document < view.document_count() && view.start_row(document).is_none();
    if is_hidden { Err(Error::HiddenDocument { document }) } else { Ok(()) }
}
