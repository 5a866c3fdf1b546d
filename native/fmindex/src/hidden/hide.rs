//! How are documents hidden?

use std::path::Path;

use super::hidden_documents::COUNTS;
use super::walk::walk_documents;
use crate::any_shard::AnyShard;
use crate::bits::EliasFanoBuilder;
use crate::error::{Error, Result};
use crate::format::{SectionId, ShardWriter};
use crate::interrupt::Interrupt;
use crate::rank::{RankIndex, Symbol};
use crate::search::ShardView;

/// Sections of the file.
const SECTIONS: usize = 5;

/// A list of hidden documents that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenHidden {
    /// Hex, 32 digits.
    pub checksum: String,
    pub file_bytes: u64,
    pub documents: u64,
    /// Bytes or tokens, separators not counted.
    pub symbols: u64,
}

/// Writes the list of `documents`, rising and of a shard from which nothing is hidden, to a new file at `path`, synced. O(their
/// symbols), and 8 bytes of memory each. When it fails no file is left.
///
/// # Errors
/// [`Error::Argument`] when these are not documents of the shard; [`Error::Damaged`]; [`Error::Io`]; [`Error::Cancelled`].
pub fn hide_documents(
    shard: &AnyShard,
    documents: &[u64],
    path: &Path,
    interrupt: Interrupt<'_>,
) -> Result<WrittenHidden> {
    let written = match shard {
        AnyShard::Bytes(bytes) => write_hidden(shard, bytes, documents, path, interrupt),
        AnyShard::Tokens(tokens) => write_hidden(shard, tokens, documents, path, interrupt),
    };
    if written.is_err() {
        // Best effort: the file does not open anyway.
        let _ = std::fs::remove_file(path);
    }
    written
}

fn write_hidden<V: ShardView>(
    shard: &AnyShard,
    view: &V,
    documents: &[u64],
    path: &Path,
    interrupt: Interrupt<'_>,
) -> Result<WrittenHidden> {
    let (document_count, row_count) = (view.document_count(), view.rank().len());
    let is_rising = documents.windows(2).all(|pair| pair[0] < pair[1]);
    if !is_rising || documents.last().is_none_or(|&last| last >= document_count) {
        return Err(Error::Argument("the documents to hide are not those of the shard".into()));
    }
    if shard.hidden().is_some() {
        return Err(Error::Argument("of a shard that hides documents already all are hidden anew".into()));
    }
    let (mut rows, mut ends) = (Vec::new(), Vec::new());
    walk_documents(
        view.rank(),
        |symbol| view.first_row(symbol),
        documents,
        interrupt,
        |row, symbol| {
            rows.push(row);
            if symbol == V::Symbol::SEPARATOR {
                ends.push(row);
            }
            Ok(())
        },
    )?;
    rows.sort_unstable();
    ends.sort_unstable();
    if rows.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::damaged(COUNTS, "two documents share a row"));
    }
    let shifts: Vec<u64> = (0..).zip(&rows).map(|(index, row)| row - index).collect();
    let words = [documents.len() as u64, rows.len() as u64, document_count, row_count];
    let mut counts: Vec<u8> = words.into_iter().flat_map(u64::to_le_bytes).collect();
    counts.extend_from_slice(shard.container().checksum().as_bytes());
    let mut writer = ShardWriter::create(path, SECTIONS)?;
    writer.write(SectionId::HiddenCounts, &counts)?;
    writer.write(SectionId::HiddenDocuments, &EliasFanoBuilder::encode(documents)?)?;
    writer.write(SectionId::HiddenRows, &EliasFanoBuilder::encode(&rows)?)?;
    writer.write(SectionId::HiddenShifts, &EliasFanoBuilder::encode(&shifts)?)?;
    writer.write(SectionId::HiddenEnds, &EliasFanoBuilder::encode(&ends)?)?;
    let written = writer.finish()?;
    Ok(WrittenHidden {
        checksum: written.checksum,
        file_bytes: written.file_bytes,
        documents: documents.len() as u64,
        symbols: (rows.len() - documents.len()) as u64,
    })
}
