//! How are documents of tokens put aside until all of a shard are there?

use std::path::Path;

use super::sort_tokens::MAX_TOKEN_ROWS;
use super::spool::SpoolDocument;
use super::spool_writer::SpoolWriter;
use crate::build_file::BuildFile;
use crate::error::{Error, Result};
use crate::format::MAX_VOCABULARY;
use crate::rank::SymbolKind;

/// A document of tokens on its way into a shard.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokenDocument<'a> {
    /// Ids below 2^20.
    pub tokens: &'a [u32],
    pub external_id: Option<&'a str>,
    /// A raw JSON object.
    pub metadata: Option<&'a str>,
    /// One a facet field.
    pub facets: &'a [Option<&'a str>],
}

/// What is in a spool of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSpoolSummary {
    pub documents: u64,
    pub tokens: u64,
    /// Bytes of the file, or what they would be.
    pub file_bytes: u64,
    /// Hex, 32 digits: the same documents give the same.
    pub digest: String,
    /// The smallest vocabulary that has all ids: the largest and one, or 0.
    pub least_vocabulary: u32,
}

/// Writes a spool of tokens, or only computes its summary.
pub struct TokenSpoolWriter {
    writer: SpoolWriter,
    documents: u64,
    tokens: u64,
    least_vocabulary: u32,
    /// The ids of a document as they are written.
    bytes: Vec<u8>,
}

impl TokenSpoolWriter {
    /// As [`SpoolWriter::create`].
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn create(path: Option<&Path>, facet_fields: &[String]) -> Result<Self> {
        let writer = SpoolWriter::create_for(SymbolKind::Tokens, path.map(BuildFile::from), facet_fields)?;
        Ok(Self { writer, documents: 0, tokens: 0, least_vocabulary: 0, bytes: Vec::new() })
    }

    /// Adds a document. O(tokens). When it is refused the spool stays as it was.
    ///
    /// # Errors
    /// [`Error::Input`] for an id of 2^20 or more, and as [`SpoolWriter::append`].
    pub fn append(&mut self, document: TokenDocument<'_>) -> Result<()> {
        let TokenDocument { tokens, external_id, metadata, facets } = document;
        let number = self.documents;
        let largest = tokens.iter().copied().max();
        if largest.is_some_and(|id| id >= MAX_VOCABULARY) {
            let place = tokens.iter().position(|&id| id >= MAX_VOCABULARY).unwrap_or(0);
            let id = tokens[place];
            return Err(Error::Input(format!(
                "document {number}: token {place} is {id}, not below {MAX_VOCABULARY}, which every id must be"
            )));
        }
        if self.tokens + self.documents + tokens.len() as u64 + 1 > MAX_TOKEN_ROWS {
            return Err(Error::Input(format!(
                "document {number} makes the shard longer than {MAX_TOKEN_ROWS} tokens and documents"
            )));
        }
        self.bytes.clear();
        self.bytes.extend(tokens.iter().flat_map(|id| id.to_le_bytes()));
        self.writer.append(SpoolDocument { text: &self.bytes, external_id, metadata, facets })?;
        self.documents += 1;
        self.tokens += tokens.len() as u64;
        self.least_vocabulary = self.least_vocabulary.max(largest.map_or(0, |id| id + 1));
        Ok(())
    }

    /// Writes the trailer and syncs the file.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn seal(self) -> Result<TokenSpoolSummary> {
        let summary = self.writer.seal()?;
        Ok(TokenSpoolSummary {
            documents: summary.documents,
            tokens: self.tokens,
            file_bytes: summary.file_bytes,
            digest: summary.digest,
            least_vocabulary: self.least_vocabulary,
        })
    }
}
