//! How is a small piece of data for each document kept compressed and still read alone?
//!
//! The records of all documents stand back to back, each that is there ended by a zero byte (so that an empty record and
//! no record differ). This stream is cut every 16 KiB, whatever the records' borders, and each piece is a zstd frame
//! with a common dictionary. A piece's decoded size is therefore known before it is decoded.

use std::sync::OnceLock;

use crate::bits::EliasFano;
use crate::error::{Error, Result};
use crate::section::{PieceSection, Section};
use crate::zstd_frame::{Decoder, Dictionary};

/// Longest record.
pub const MAX_RECORD_BYTES: u64 = 1 << 26;
/// Decoded bytes of a block.
pub(super) const BLOCK_BYTES: u64 = 1 << 14;

/// The sections of one kind of record.
#[derive(Debug, Clone)]
pub struct RecordSections {
    /// A zstd dictionary, or nothing.
    pub dictionary: Section,
    pub blocks: PieceSection,
    /// Elias–Fano: 0 and the end of each block in `blocks`.
    pub block_ends: Section,
    /// Elias–Fano: 0 and the end of each record in the decoded stream.
    pub record_ends: Section,
}

/// One record a document, or none.
pub struct Records {
    name: &'static str,
    dictionary_bytes: Section,
    /// Digested at the first read, as it costs more than opening all the rest. `None` when it is no dictionary.
    dictionary: OnceLock<Option<Dictionary>>,
    blocks: PieceSection,
    block_ends: EliasFano,
    record_ends: EliasFano,
}

impl Records {
    /// Opens the sections of the records called `name`, of so many documents. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when they do not belong together.
    pub fn open(name: &'static str, documents: u64, sections: RecordSections) -> Result<Self> {
        let block_ends = EliasFano::open(sections.block_ends, name)?;
        let record_ends = EliasFano::open(sections.record_ends, name)?;
        let damaged = |detail: &str| Err(Error::damaged(name, detail));
        if record_ends.get(0) != Some(0) || record_ends.len() != documents.saturating_add(1) {
            return damaged("the records are not as many as the documents");
        }
        let stream_bytes = record_ends.get(documents).unwrap_or(0);
        if block_ends.get(0) != Some(0) || block_ends.len() - 1 != stream_bytes.div_ceil(BLOCK_BYTES) {
            return damaged("the blocks are not as many as the records need");
        }
        if block_ends.get(block_ends.len() - 1) != Some(sections.blocks.len() as u64) {
            return damaged("the last block does not end with the section");
        }
        let (dictionary_bytes, blocks) = (sections.dictionary, sections.blocks);
        Ok(Self { name, dictionary_bytes, dictionary: OnceLock::new(), blocks, block_ends, record_ends })
    }

    /// Number of documents.
    pub fn len(&self) -> u64 {
        self.record_ends.len() - 1
    }

    /// Whether there are no documents.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The record of `document`; `None` when it has none. One or two blocks are decoded, 10–20 µs each.
    ///
    /// # Errors
    /// As [`RecordReader::read`].
    pub fn get(&self, document: u64) -> Result<Option<Vec<u8>>> {
        self.reader()?.read(document)
    }

    /// A reader that keeps its decoder and its last block: for many records at once.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the dictionary can't be read.
    pub fn reader(&self) -> Result<RecordReader<'_>> {
        if !self.dictionary_bytes.is_whole() {
            return Err(Error::Cancelled);
        }
        let dictionary = self.dictionary.get_or_init(|| Dictionary::read(&self.dictionary_bytes));
        let dictionary = dictionary.as_ref().ok_or_else(|| Error::damaged(self.name, "the dictionary is none"))?;
        let decoder = Decoder::new().ok_or_else(|| Error::Input("no memory to decode records".into()))?;
        Ok(RecordReader { records: self, decoder, dictionary, block: None, decoded: Vec::new() })
    }

    /// Bytes of the record of `document` with its terminator; 0 without one.
    ///
    /// # Errors
    /// [`Error::Damaged`] when there are less than none.
    pub fn stored_bytes(&self, document: u64) -> Result<u64> {
        let ends = self.record_ends.get(document).zip(self.record_ends.get(document.saturating_add(1)));
        let bytes = ends.map_or(Some(0), |(start, end)| end.checked_sub(start));
        bytes.ok_or_else(|| {
            Error::damaged(self.name, format!("the record of document {document} ends before it starts"))
        })
    }

    fn stream_bytes(&self) -> u64 {
        self.record_ends.get(self.len()).unwrap_or(0)
    }

    /// Decodes everything. O(records).
    ///
    /// # Errors
    /// [`Error::Damaged`] when a block or a record can't be read.
    pub fn verify(&self) -> Result<()> {
        self.block_ends.verify(self.name)?;
        self.record_ends.verify(self.name)?;
        let mut reader = self.reader()?;
        (0..self.len()).try_for_each(|document| reader.read(document).map(drop))
    }
}

/// Reads records one after another.
pub struct RecordReader<'a> {
    records: &'a Records,
    decoder: Decoder,
    dictionary: &'a Dictionary,
    /// The number of the block in `decoded`.
    block: Option<u64>,
    decoded: Vec<u8>,
}

impl RecordReader<'_> {
    /// The record of `document`; `None` when it has none or there is no such document.
    ///
    /// # Errors
    /// [`Error::Damaged`] when a block does not decode to its size.
    pub fn read(&mut self, document: u64) -> Result<Option<Vec<u8>>> {
        let ends = &self.records.record_ends;
        let Some((start, end)) = ends.get(document).zip(document.checked_add(1).and_then(|next| ends.get(next))) else {
            return Ok(None);
        };
        let Some(length) = end.checked_sub(start).filter(|&length| length <= MAX_RECORD_BYTES + 1) else {
            return Err(self.damaged(format!("the record of document {document} has no possible length")));
        };
        if length == 0 {
            return Ok(None);
        }
        let mut record = Vec::new();
        let mut at = start;
        while at < end {
            let block = at / BLOCK_BYTES;
            self.decode(block)?;
            let from = (at % BLOCK_BYTES) as usize;
            let to = self.decoded.len().min(from + (end - at) as usize);
            let Some(piece) = self.decoded.get(from..to).filter(|piece| !piece.is_empty()) else {
                return Err(self.damaged(format!("the record of document {document} ends past its block")));
            };
            record.extend_from_slice(piece);
            at += piece.len() as u64;
        }
        match record.pop() {
            Some(0) => Ok(Some(record)),
            _ => Err(self.damaged(format!("the record of document {document} has no end"))),
        }
    }

    fn decode(&mut self, block: u64) -> Result<()> {
        if self.block == Some(block) {
            return Ok(());
        }
        let records = self.records;
        let missing = || self.damaged(format!("block {block} is not there"));
        let start = records.block_ends.get(block);
        let range = start
            .zip(records.block_ends.get(block + 1))
            .and_then(|(start, end)| Some(usize::try_from(start).ok()?..usize::try_from(end).ok()?));
        let bytes = records.blocks.read(range.ok_or_else(missing)?)?.ok_or_else(missing)?;
        let expected = BLOCK_BYTES.min(records.stream_bytes().saturating_sub(block * BLOCK_BYTES)) as usize;
        self.block = None;
        self.decoded.clear();
        self.decoded.reserve_exact(expected);
        self.decoder
            .decode(&bytes, self.dictionary, &mut self.decoded)
            .map_err(|detail| Error::damaged(records.name, format!("block {block}: {detail}")))?;
        if self.decoded.len() != expected {
            return Err(self.damaged(format!("block {block} has {} bytes, not {expected}", self.decoded.len())));
        }
        self.block = Some(block);
        Ok(())
    }

    fn damaged(&self, detail: String) -> Error {
        Error::damaged(self.records.name, detail)
    }
}
