//! How do the bytes of a spool lie?
//!
//! ```text
//! header      magic 8 | facet fields u64 | each: bytes u64, name
//! document    head 24 + 8 a field: text bytes u64, id u64, metadata u64, facet value u64 … (0: none, else bytes + 1)
//!             | id | metadata | facet values | text
//! trailer     documents u64 | text bytes u64 | id stream bytes u64 | metadata stream bytes u64 | byte counts 256 x u64
//!             | xxh3-128 of all before the trailer | magic 8
//! ```
//!
//! The text of a document of tokens is its ids, u32 each; the magic says which it is.
//!
//! A spool without its trailer was cut short. It is read twice by the builder of its shard, on the machine that wrote it.

use super::survey::StreamBytes;
use crate::error::{Error, Result};
use crate::rank::SymbolKind;

pub(super) const TRAILER_BYTES: usize = (4 + 256) * 8 + 16 + 8;
pub(super) const SPOOL: &str = "spool";

/// Symbols that a shard can have: text bytes and one separator a document. More than the memory of any machine sorts.
pub const MAX_SHARD_ROWS: u64 = 1 << 44;

/// A document on its way into a shard.
#[derive(Debug, Clone, Copy, Default)]
pub struct SpoolDocument<'a> {
    /// UTF-8.
    pub text: &'a [u8],
    pub external_id: Option<&'a str>,
    /// A raw JSON object.
    pub metadata: Option<&'a str>,
    /// One a facet field.
    pub facets: &'a [Option<&'a str>],
}

/// What is in a spool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpoolSummary {
    pub documents: u64,
    pub text_bytes: u64,
    /// Bytes of the file, or what they would be.
    pub file_bytes: u64,
    /// Hex, 32 digits: the same documents give the same.
    pub digest: String,
    /// Occurrences of each byte in the texts.
    pub byte_counts: [u64; 256],
}

/// The end of a spool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trailer {
    pub documents: u64,
    pub text_bytes: u64,
    /// Bytes of all external ids, each with a terminator.
    pub id_stream_bytes: u64,
    pub metadata_stream_bytes: u64,
    pub byte_counts: [u64; 256],
    pub digest: u128,
}

impl Trailer {
    /// Text bytes and one separator a document.
    pub fn row_count(&self) -> u64 {
        self.text_bytes.saturating_add(self.documents)
    }

    pub fn stream_bytes(&self) -> StreamBytes {
        StreamBytes { ids: self.id_stream_bytes, metadata: self.metadata_stream_bytes }
    }

    pub fn encode(&self, kind: SymbolKind) -> Vec<u8> {
        let words = [self.documents, self.text_bytes, self.id_stream_bytes, self.metadata_stream_bytes];
        let mut bytes: Vec<u8> = words.into_iter().chain(self.byte_counts).flat_map(u64::to_le_bytes).collect();
        bytes.extend_from_slice(&self.digest.to_le_bytes());
        bytes.extend_from_slice(&magic(kind));
        bytes
    }

    /// # Errors
    /// [`Error::Damaged`] when the bytes are not a trailer.
    pub fn decode(kind: SymbolKind, bytes: &[u8; TRAILER_BYTES]) -> Result<Self> {
        let (words, tail) = bytes.split_at((4 + 256) * 8);
        let words = words.as_chunks::<8>().0;
        let word = |index: usize| words.get(index).map_or(0, |word| u64::from_le_bytes(*word));
        let digest = tail.first_chunk().map_or(0, |digest| u128::from_le_bytes(*digest));
        let trailer = Self {
            documents: word(0),
            text_bytes: word(1),
            id_stream_bytes: word(2),
            metadata_stream_bytes: word(3),
            byte_counts: std::array::from_fn(|byte| word(4 + byte)),
            digest,
        };
        let row_count = trailer.text_bytes.checked_add(trailer.documents);
        if !tail.ends_with(&magic(kind)) || row_count.is_none_or(|rows| rows > MAX_SHARD_ROWS) {
            return Err(Error::damaged(SPOOL, "it does not end as a spool does: cut short?"));
        }
        Ok(trailer)
    }
}

/// What begins and ends the spool of a kind.
pub(super) fn magic(kind: SymbolKind) -> [u8; 8] {
    match kind {
        SymbolKind::Bytes => *b"omnSPL1\n",
        SymbolKind::Tokens => *b"omnSPT1\n",
    }
}

/// Bytes of the head of a document.
pub(super) fn head_bytes(field_count: usize) -> usize {
    (3 + field_count) * 8
}

/// The length of what may be missing: 0 for none.
pub(super) fn length_word(bytes: Option<&[u8]>) -> u64 {
    bytes.map_or(0, |bytes| bytes.len() as u64 + 1)
}
