//! What stands at an offset of a document, according to the text that the shard keeps?

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::frame_cache::{FrameKey, count_decoded, with_frame};
use super::layout::Layout;
use crate::bits::EliasFano;
use crate::documents::DocumentOffsets;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::section::{PieceSection, Section};
use crate::zstd_frame::{Decoder, Dictionary};

const FRAMES: &str = "text.frames";
const FRAME_ENDS: &str = "text.frameEnds";
const DICTIONARY: &str = "text.dictionary";

/// Names the stores of this process, so that a frame of one is not taken for that of another.
static NEXT_STORE: AtomicU64 = AtomicU64::new(0);

/// The sections of the text.
#[derive(Debug, Clone)]
pub struct TextSections {
    pub header: Section,
    /// A zstd dictionary, or nothing.
    pub dictionary: Section,
    pub frames: PieceSection,
    /// Elias–Fano: 0 and the end of each frame in `frames`.
    pub frame_ends: Section,
}

/// The text of all documents, in frames.
pub struct TextStore {
    id: u64,
    layout: Layout,
    offsets: DocumentOffsets,
    dictionary_bytes: Section,
    /// Digested at the first read. `None` when it is no dictionary.
    dictionary: OnceLock<Option<Dictionary>>,
    frames: PieceSection,
    frame_ends: EliasFano,
}

impl TextStore {
    /// Opens the sections for the documents that `offsets` tells of. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when they do not belong together.
    pub fn open(offsets: DocumentOffsets, sections: TextSections) -> Result<Self> {
        let layout = Layout::open(&sections.header, offsets.row_count().saturating_sub(offsets.len()))?;
        let frame_ends = EliasFano::open(sections.frame_ends, FRAME_ENDS)?;
        let (dictionary_bytes, frames) = (sections.dictionary, sections.frames);
        if frame_ends.get(0) != Some(0) || frame_ends.len() - 1 != layout.frame_count() {
            return Err(Error::damaged(FRAME_ENDS, "the frames are not as many as the text needs"));
        }
        if frame_ends.get(frame_ends.len() - 1) != Some(frames.len() as u64) {
            return Err(Error::damaged(FRAME_ENDS, "the last frame does not end with the section"));
        }
        let id = NEXT_STORE.fetch_add(1, Ordering::Relaxed);
        Ok(Self { id, layout, offsets, dictionary_bytes, dictionary: OnceLock::new(), frames, frame_ends })
    }

    /// Bytes of text that a frame holds.
    pub fn frame_bytes(&self) -> u64 {
        1 << self.layout.frame_bits
    }

    /// Frames that reading the bytes `offsets` of a document decodes: those which this thread does not have. O(1).
    pub fn count_undecoded(&self, document: u64, offsets: Range<u64>) -> u64 {
        let Some(start) = self.position(document, offsets.start).filter(|_| !offsets.is_empty()) else { return 0 };
        let last = start.saturating_add(offsets.end - offsets.start - 1) >> self.layout.frame_bits;
        let first = start >> self.layout.frame_bits;
        (last - first + 1).saturating_sub(count_decoded(self.id, |frame| (first..=last).contains(&frame)))
    }

    /// What `read` makes of the bytes of a document from `offset` on, up to the end of their frame or of the document:
    /// at least one byte, when the document has one there. Decodes a frame, about 32 µs, unless this thread has it.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the frame does not decode to its size.
    pub fn read<R>(&self, document: u64, offset: u64, read: impl FnOnce(&[u8]) -> R) -> Result<R> {
        let rest = self.offsets.text_bytes(document).and_then(|bytes| bytes.checked_sub(offset));
        let (Some(rest), Some(position)) = (rest, self.position(document, offset)) else { return Ok(read(&[])) };
        if rest == 0 {
            return Ok(read(&[]));
        }
        let frame = position >> self.layout.frame_bits;
        let from = (position - (frame << self.layout.frame_bits)) as usize;
        self.with_frame(frame, |bytes| {
            let length = bytes.len().saturating_sub(from).min(usize::try_from(rest).unwrap_or(usize::MAX));
            match bytes.get(from..from + length) {
                Some(bytes) if length > 0 => Ok(read(bytes)),
                _ => Err(Error::damaged(FRAMES, format!("document {document} reaches past frame {frame}"))),
            }
        })?
    }

    /// Position of a byte in the text of all documents.
    fn position(&self, document: u64, offset: u64) -> Option<u64> {
        self.offsets.start(document)?.checked_sub(document)?.checked_add(offset)
    }

    fn with_frame<R>(&self, frame: u64, read: impl FnOnce(&[u8]) -> R) -> Result<R> {
        let key = FrameKey { store: self.id, frame };
        with_frame(key, |decoder, bytes| self.decode(frame, decoder, bytes), read)
    }

    fn decode(&self, frame: u64, decoder: &mut Decoder, decoded: &mut Vec<u8>) -> Result<()> {
        let damaged = |detail: String| Error::damaged(FRAMES, format!("frame {frame}: {detail}"));
        if !self.dictionary_bytes.is_whole() {
            return Err(Error::Cancelled);
        }
        let dictionary = self.dictionary.get_or_init(|| Dictionary::read(&self.dictionary_bytes));
        let dictionary = dictionary.as_ref().ok_or_else(|| Error::damaged(DICTIONARY, "it can't be read"))?;
        let start = self.frame_ends.get(frame);
        let missing = || damaged("it is not there".into());
        let range = start
            .zip(frame.checked_add(1).and_then(|next| self.frame_ends.get(next)))
            .and_then(|(start, end)| Some(usize::try_from(start).ok()?..usize::try_from(end).ok()?));
        let bytes = self.frames.read(range.ok_or_else(missing)?)?.ok_or_else(missing)?;
        let expected = self.layout.frame_bytes(frame);
        // Decoding straight into the buffer takes no window, and no more than the buffer's room.
        decoded.reserve_exact(expected);
        decoder.decode(&bytes, dictionary, decoded).map_err(damaged)?;
        if decoded.len() != expected {
            return Err(damaged(format!("{} bytes, not {expected}", decoded.len())));
        }
        Ok(())
    }

    /// Decodes everything and counts each byte. O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`] when a frame can't be read or the text has other bytes than `byte_counts`;
    /// [`Error::Cancelled`].
    pub fn verify(&self, byte_counts: &[u64; 256], interrupt: Interrupt<'_>) -> Result<()> {
        self.frame_ends.verify(FRAME_ENDS)?;
        let mut counts = [0u64; 256];
        for frame in 0..self.layout.frame_count() {
            interrupt.check()?;
            self.with_frame(frame, |bytes| bytes.iter().for_each(|&byte| counts[usize::from(byte)] += 1))?;
        }
        match (0..256).find(|&byte| counts[byte] != byte_counts[byte]) {
            Some(byte) => {
                let detail = format!("byte {byte} occurs {} times, not {}", counts[byte], byte_counts[byte]);
                Err(Error::damaged(FRAMES, detail))
            }
            None => Ok(()),
        }
    }
}
