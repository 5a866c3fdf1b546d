//! How are the documents of a spool read back, one after the other?

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;

use xxhash_rust::xxh3::Xxh3;

use super::spool::{SPOOL, TRAILER_BYTES, Trailer, head_bytes, magic};
use crate::build_file::{BuildFile, OpenFile};
use crate::documents::MAX_RECORD_BYTES;
use crate::error::{Error, Result};
use crate::rank::SymbolKind;

/// More facet fields than anybody asks for.
const MAX_FIELDS: u64 = 1 << 12;

/// What a spool says of a document before its text.
#[derive(Debug, Default)]
pub(crate) struct SpooledHead {
    pub text_bytes: usize,
    pub external_id: Option<Vec<u8>>,
    pub metadata: Option<Vec<u8>>,
    pub facets: Vec<Option<String>>,
}

/// Reads a sealed spool once.
pub(super) struct SpoolReader {
    pub kind: SymbolKind,
    path: PathBuf,
    input: BufReader<OpenFile>,
    hasher: Xxh3,
    pub trailer: Trailer,
    pub facet_fields: Vec<String>,
    /// Where the next byte to read lies, and where the trailer begins.
    offset: u64,
    trailer_offset: u64,
}

impl SpoolReader {
    /// Opens the spool in `file`. O(1).
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Damaged`] when it is no sealed spool.
    pub fn open(file: impl Into<BuildFile>) -> Result<Self> {
        let file = file.into();
        let path = file.path();
        let io = |error| Error::io(&path, error);
        let mut file = file.open()?;
        let file_bytes = file.len().map_err(io)?;
        let trailer_offset = file_bytes.checked_sub(TRAILER_BYTES as u64).ok_or_else(cut_short)?;
        let mut trailer = [0; TRAILER_BYTES];
        file.seek(SeekFrom::Start(trailer_offset)).and_then(|_| file.read_exact(&mut trailer)).map_err(io)?;
        file.rewind().map_err(io)?;
        let mut start = [0; 8];
        file.read_exact(&mut start).and_then(|()| file.rewind()).map_err(io)?;
        let kind = [SymbolKind::Bytes, SymbolKind::Tokens].into_iter().find(|&kind| magic(kind) == start);
        let kind = kind.ok_or_else(|| Error::damaged(SPOOL, "not a spool"))?;
        let trailer = Trailer::decode(kind, &trailer)?;
        let input = BufReader::with_capacity(1 << 20, file);
        let (hasher, facet_fields) = (Xxh3::new(), Vec::new());
        let mut reader = Self { kind, path, input, hasher, trailer, facet_fields, offset: 0, trailer_offset };
        reader.read_fields()?;
        // What memory is taken for before the documents are read.
        let trailer = &reader.trailer;
        let heads = trailer.documents.checked_mul(head_bytes(reader.facet_fields.len()) as u64);
        if heads.and_then(|bytes| bytes.checked_add(trailer.text_bytes)).is_none_or(|least| least > trailer_offset) {
            return Err(cut_short());
        }
        Ok(reader)
    }

    fn read_fields(&mut self) -> Result<()> {
        self.take(&mut [0; 8])?;
        let count = self.take_word()?;
        if count > MAX_FIELDS {
            return Err(Error::damaged(SPOOL, "not a spool"));
        }
        for _ in 0..count {
            let bytes = self.take_word()?;
            let name = self.take_text(bytes)?;
            self.facet_fields.push(name);
        }
        Ok(())
    }

    /// The next document, or `None` after the last. Its text must be read or skipped next.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Damaged`] when the spool does not hold what it says.
    pub fn read_head(&mut self) -> Result<Option<SpooledHead>> {
        if self.offset == self.trailer_offset {
            return Ok(None);
        }
        let mut head = vec![0; head_bytes(self.facet_fields.len())];
        self.take(&mut head)?;
        let mut words = head.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        let mut next = || words.next().unwrap_or(0);
        let text_bytes = next();
        if text_bytes > self.trailer_offset - self.offset {
            return Err(cut_short());
        }
        let (id, metadata) = (next(), next());
        let external_id = self.take_record(id)?;
        let metadata = self.take_record(metadata)?;
        let mut facets = Vec::with_capacity(self.facet_fields.len());
        for length in words {
            facets.push(length.checked_sub(1).map(|bytes| self.take_text(bytes)).transpose()?);
        }
        Ok(Some(SpooledHead { text_bytes: text_bytes as usize, external_id, metadata, facets }))
    }

    /// Reads the text of the document into `text`, which is as long.
    ///
    /// # Errors
    /// As [`SpoolReader::read_head`].
    pub fn read_text(&mut self, text: &mut [u8]) -> Result<()> {
        self.take(text)
    }

    /// Passes over the text of a document.
    ///
    /// # Errors
    /// As [`SpoolReader::read_head`].
    pub fn skip_text(&mut self, bytes: usize) -> Result<()> {
        self.offset += bytes as u64;
        self.input.seek_relative(bytes as i64).map_err(|error| Error::io(&self.path, error))
    }

    /// Checks that all was read, and that it was what had been written. Not after a skip.
    ///
    /// # Errors
    /// [`Error::Damaged`] when it was not.
    pub fn finish(self) -> Result<()> {
        if self.offset != self.trailer_offset || self.hasher.digest128() != self.trailer.digest {
            return Err(Error::damaged(SPOOL, "its digest is wrong: it was changed after it was written"));
        }
        Ok(())
    }

    fn take_record(&mut self, length: u64) -> Result<Option<Vec<u8>>> {
        let Some(bytes) = length.checked_sub(1) else { return Ok(None) };
        if bytes > MAX_RECORD_BYTES || bytes > self.trailer_offset.saturating_sub(self.offset) {
            return Err(cut_short());
        }
        let mut record = vec![0; bytes as usize];
        self.take(&mut record)?;
        Ok(Some(record))
    }

    fn take_text(&mut self, bytes: u64) -> Result<String> {
        let record = self.take_record(bytes.saturating_add(1))?.unwrap_or_default();
        String::from_utf8(record).map_err(|_| Error::damaged(SPOOL, "a facet is not UTF-8"))
    }

    fn take_word(&mut self) -> Result<u64> {
        let mut word = [0; 8];
        self.take(&mut word)?;
        Ok(u64::from_le_bytes(word))
    }

    fn take(&mut self, bytes: &mut [u8]) -> Result<()> {
        if bytes.len() as u64 > self.trailer_offset.saturating_sub(self.offset) {
            return Err(cut_short());
        }
        self.input.read_exact(bytes).map_err(|error| Error::io(&self.path, error))?;
        self.offset += bytes.len() as u64;
        self.hasher.update(bytes);
        Ok(())
    }
}

fn cut_short() -> Error {
    Error::damaged(SPOOL, "it holds less than it says: cut short?")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::spool::SpoolDocument;
    use super::super::spool_writer::SpoolWriter;
    use super::*;

    const DOCUMENTS: [SpoolDocument<'static>; 3] = [
        SpoolDocument { text: b"one", external_id: Some("a"), metadata: None, facets: &[Some("x"), None] },
        SpoolDocument { text: b"", external_id: Some(""), metadata: Some("{}"), facets: &[None, Some("")] },
        SpoolDocument { text: "dr€i".as_bytes(), external_id: None, metadata: None, facets: &[None, None] },
    ];

    fn write(path: Option<&Path>) -> super::super::SpoolSummary {
        let mut writer = SpoolWriter::create(path, &["source".into(), "language".into()]).unwrap();
        DOCUMENTS.iter().for_each(|document| writer.append(*document).unwrap());
        writer.seal().unwrap()
    }

    fn read(path: &Path) -> Result<Vec<(SpooledHead, Vec<u8>)>> {
        let mut reader = SpoolReader::open(path)?;
        let mut documents = Vec::new();
        while let Some(head) = reader.read_head()? {
            let mut text = vec![0; head.text_bytes];
            reader.read_text(&mut text)?;
            documents.push((head, text));
        }
        reader.finish()?;
        Ok(documents)
    }

    #[test]
    fn documents_come_back_and_the_summary_needs_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spool");
        let summary = write(Some(&path));
        assert_eq!(write(None), summary);
        assert_eq!((summary.documents, summary.text_bytes, summary.byte_counts[0x82]), (3, 9, 1));
        assert_eq!(summary.file_bytes, std::fs::metadata(&path).unwrap().len());
        let documents = read(&path).unwrap();
        assert_eq!(documents.len(), 3);
        for ((head, text), document) in documents.iter().zip(DOCUMENTS) {
            assert_eq!(text, document.text);
            assert_eq!(head.external_id.as_deref(), document.external_id.map(str::as_bytes));
            assert_eq!(head.metadata.as_deref(), document.metadata.map(str::as_bytes));
            assert_eq!(head.facets.iter().map(Option::as_deref).collect::<Vec<_>>(), document.facets);
        }
    }

    #[test]
    fn a_spool_cut_short_or_changed_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spool");
        write(Some(&path));
        let whole = std::fs::read(&path).unwrap();
        for len in 0..whole.len() {
            std::fs::write(&path, &whole[..len]).unwrap();
            assert!(read(&path).is_err(), "{len}");
        }
        for at in (0..whole.len() - TRAILER_BYTES).chain(whole.len() - 24..whole.len()) {
            let mut changed = whole.clone();
            changed[at] ^= 0x41;
            std::fs::write(&path, &changed).unwrap();
            assert!(read(&path).is_err(), "{at}");
        }
    }

    #[test]
    fn what_can_not_be_indexed_is_refused_and_leaves_no_trace() {
        let mut writer = SpoolWriter::create(None, &["source".into(), "language".into()]).unwrap();
        writer.append(DOCUMENTS[0]).unwrap();
        let error = writer.append(SpoolDocument { text: b"ab\xff", facets: &[None, None], ..Default::default() });
        assert_eq!(error.unwrap_err().to_string(), "document 1 is not UTF-8 at byte 2");
        assert!(writer.append(SpoolDocument { text: b"x", ..Default::default() }).is_err());
        writer.append(DOCUMENTS[1]).unwrap();
        writer.append(DOCUMENTS[2]).unwrap();
        assert_eq!(writer.seal().unwrap(), write(None));
    }
}
