//! How are the documents of a shard put aside until all of them are there?

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3;

use super::histogram::Histogram;
use super::spool::{MAX_SHARD_ROWS, SpoolDocument, SpoolSummary, Trailer, head_bytes, length_word, magic};
use crate::build_file::{BuildFile, MemoryFile, OpenFile};
use crate::documents::MAX_RECORD_BYTES;
use crate::error::{Error, Result};
use crate::rank::SymbolKind;

/// Writes a spool, or only computes its summary.
pub struct SpoolWriter {
    kind: SymbolKind,
    output: Option<(PathBuf, BufWriter<OpenFile>)>,
    field_count: usize,
    hasher: Xxh3,
    /// Bytes so far.
    offset: u64,
    documents: u64,
    id_stream_bytes: u64,
    metadata_stream_bytes: u64,
    text_bytes: u64,
    histogram: Histogram,
    head: Vec<u8>,
}

impl SpoolWriter {
    /// Creates or empties the file at `path`; without one nothing is written.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn create(path: Option<&Path>, facet_fields: &[String]) -> Result<Self> {
        Self::create_for(SymbolKind::Bytes, path.map(BuildFile::from), facet_fields)
    }

    /// Writes into `file`.
    ///
    /// # Errors
    /// As [`SpoolWriter::create`].
    pub fn create_in_memory(file: &MemoryFile, facet_fields: &[String]) -> Result<Self> {
        Self::create_for(SymbolKind::Bytes, Some(file.clone().into()), facet_fields)
    }

    /// As [`SpoolWriter::create`]; the texts of tokens are taken as they are.
    pub(super) fn create_for(kind: SymbolKind, file: Option<BuildFile>, facet_fields: &[String]) -> Result<Self> {
        let create = |file: BuildFile| Ok((file.path(), BufWriter::with_capacity(1 << 20, file.create()?)));
        let mut writer = Self {
            kind,
            output: file.map(create).transpose()?,
            field_count: facet_fields.len(),
            hasher: Xxh3::new(),
            offset: 0,
            documents: 0,
            id_stream_bytes: 0,
            metadata_stream_bytes: 0,
            text_bytes: 0,
            histogram: Histogram::default(),
            head: Vec::new(),
        };
        writer.put(&magic(kind))?;
        writer.put(&(facet_fields.len() as u64).to_le_bytes())?;
        for name in facet_fields {
            writer.put(&(name.len() as u64).to_le_bytes())?;
            writer.put(name.as_bytes())?;
        }
        Ok(writer)
    }

    /// Adds a document. O(text). When it is refused the spool stays as it was.
    ///
    /// # Errors
    /// [`Error::Input`] when the text is not UTF-8, a record is longer than 64 MiB, or the shard would get too long;
    /// [`Error::Argument`] when the facet values are not one a field; [`Error::Io`].
    pub fn append(&mut self, document: SpoolDocument<'_>) -> Result<()> {
        self.check(&document)?;
        let id = document.external_id.map(str::as_bytes);
        let metadata = document.metadata.map(str::as_bytes);
        let facets = document.facets.iter().map(|value| value.map(str::as_bytes));
        let mut head = std::mem::take(&mut self.head);
        head.clear();
        head.extend_from_slice(&(document.text.len() as u64).to_le_bytes());
        for record in [id, metadata].into_iter().chain(facets.clone()) {
            head.extend_from_slice(&length_word(record).to_le_bytes());
        }
        debug_assert_eq!(head.len(), head_bytes(self.field_count));
        self.put(&head)?;
        self.head = head;
        for record in [id, metadata].into_iter().chain(facets).flatten() {
            self.put(record)?;
        }
        self.put(document.text)?;
        self.histogram.add(document.text);
        self.documents += 1;
        self.text_bytes += document.text.len() as u64;
        self.id_stream_bytes += length_word(id);
        self.metadata_stream_bytes += length_word(metadata);
        Ok(())
    }

    fn check(&self, document: &SpoolDocument<'_>) -> Result<()> {
        let number = self.documents;
        if self.kind == SymbolKind::Bytes
            && let Err(error) = std::str::from_utf8(document.text)
        {
            return Err(Error::Input(format!("document {number} is not UTF-8 at byte {}", error.valid_up_to())));
        }
        if document.facets.len() != self.field_count {
            let (got, expected) = (document.facets.len(), self.field_count);
            return Err(Error::Argument(format!("document {number}: {got} facet values for {expected} fields")));
        }
        let records = [("external id", document.external_id), ("metadata", document.metadata)].into_iter();
        for (name, record) in records.chain(document.facets.iter().map(|&value| ("facet value", value))) {
            if record.is_some_and(|record| record.len() as u64 > MAX_RECORD_BYTES) {
                return Err(Error::Input(format!(
                    "document {number}: its {name} is longer than {MAX_RECORD_BYTES} bytes"
                )));
            }
        }
        if self.text_bytes + self.documents + document.text.len() as u64 + 1 > MAX_SHARD_ROWS {
            return Err(Error::Input(format!(
                "document {number} makes the shard longer than {MAX_SHARD_ROWS} symbols"
            )));
        }
        Ok(())
    }

    /// Writes the trailer and syncs the file.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn seal(mut self) -> Result<SpoolSummary> {
        let trailer = Trailer {
            documents: self.documents,
            text_bytes: self.text_bytes,
            id_stream_bytes: self.id_stream_bytes,
            metadata_stream_bytes: self.metadata_stream_bytes,
            byte_counts: self.histogram.counts(),
            digest: self.hasher.digest128(),
        };
        self.put(&trailer.encode(self.kind))?;
        if let Some((path, mut file)) = self.output {
            file.flush().and_then(|()| file.get_ref().sync()).map_err(|error| Error::io(path, error))?;
        }
        Ok(SpoolSummary {
            documents: trailer.documents,
            text_bytes: trailer.text_bytes,
            file_bytes: self.offset,
            digest: format!("{:032x}", trailer.digest),
            byte_counts: trailer.byte_counts,
        })
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.offset += bytes.len() as u64;
        match &mut self.output {
            Some((path, file)) => file.write_all(bytes).map_err(|error| Error::io(&*path, error)),
            None => Ok(()),
        }
    }
}
