//! What is read from a spool of tokens for the shard?

use super::spool::SPOOL;
use super::spool_reader::SpoolReader;
use super::spooled_records::{EncodedDocumentRecords, SpooledRecords};
use super::survey::Survey;
use super::texts::contradiction;
use crate::documents::{DocumentOffsets, DocumentOffsetsBuilder};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::section::Section;

const ID_BYTES: usize = size_of::<u32>();

/// A spool of tokens, read.
pub(super) struct TokenTexts {
    /// rev(d) and its separator for each document: separators are 0 to `m − 1`, an id `t` is `m + t`.
    pub text: Vec<i32>,
    pub offsets: DocumentOffsets,
    /// The section of `offsets`.
    pub offsets_section: Section,
    pub records: EncodedDocumentRecords,
}

impl TokenTexts {
    /// Reads the spool. O(n); four bytes a token, and the compressed records.
    ///
    /// # Errors
    /// [`Error::Input`] for an id that is not below `vocabulary`; as [`SpoolReader::read_head`] and
    /// [`SpoolReader::finish`]; [`Error::Cancelled`].
    pub fn read(
        mut spool: SpoolReader,
        vocabulary: u32,
        survey: &mut Survey,
        interrupt: Interrupt<'_>,
        progress: &dyn Fn(f64),
    ) -> Result<Self> {
        let trailer = spool.trailer.clone();
        let (documents, tokens) = (trailer.documents, trailer.text_bytes / ID_BYTES as u64);
        let mut records = SpooledRecords::new(trailer.documents, trailer.stream_bytes(), survey)?;
        let mut offsets = DocumentOffsetsBuilder::new(documents, tokens)?;
        let mut text = Vec::new();
        let row_count = usize::try_from(tokens.saturating_add(documents)).unwrap_or(usize::MAX);
        text.try_reserve_exact(row_count).map_err(|_| Error::Input(format!("no memory for {tokens} tokens")))?;
        let mut bytes = Vec::new();
        for document in 0..documents {
            interrupt.check()?;
            let head = spool.read_head()?.ok_or_else(contradiction)?;
            let len = head.text_bytes / ID_BYTES;
            if text.len() + len >= row_count {
                return Err(contradiction());
            }
            bytes.resize(head.text_bytes, 0);
            spool.read_text(&mut bytes)?;
            append_document(&mut text, document, documents, &bytes, vocabulary)?;
            offsets.push(len as u64)?;
            records.push(&head)?;
            if document % 1024 == 0 {
                progress(document as f64 / documents as f64);
            }
        }
        spool.finish()?;
        let offsets_section = Section::from_vec(offsets.finish()?);
        let offsets = DocumentOffsets::open(offsets_section.clone())?;
        if text.len() != row_count || offsets.row_count() != row_count as u64 {
            return Err(contradiction());
        }
        Ok(Self { text, offsets, offsets_section, records: records.finish()? })
    }
}

fn append_document(text: &mut Vec<i32>, document: u64, documents: u64, bytes: &[u8], vocabulary: u32) -> Result<()> {
    let (ids, rest) = bytes.as_chunks::<ID_BYTES>();
    if !rest.is_empty() {
        return Err(Error::damaged(SPOOL, format!("document {document} ends inside an id")));
    }
    for (place, id) in ids.iter().enumerate().rev() {
        let id = u32::from_le_bytes(*id);
        if id >= vocabulary {
            return Err(Error::Input(format!(
                "document {document}: token {place} is {id}, not below the vocabulary of {vocabulary}"
            )));
        }
        // Below 2^31: the rows and the vocabulary are.
        text.push((documents + u64::from(id)) as i32);
    }
    text.push(document as i32);
    Ok(())
}
