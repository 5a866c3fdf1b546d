//! What do the documents of several shards say, one after the other?

use std::ops::Range;

use super::source::Source;
use crate::bits::{EliasFano, EliasFanoBuilder};
use crate::error::Result;
use crate::section::Section;
use crate::text_store::ReadingOrder;

/// The texts of the documents that are kept.
pub(super) struct MergedText<'a> {
    sources: &'a [Source],
    /// The text of all documents of each shard.
    texts: &'a [Section],
    /// Pieces of text that are kept whole: the shard and where it begins there.
    pieces: Vec<(usize, u64)>,
    /// Where each begins in the merged text, and where the last ends.
    starts: EliasFano,
}

impl<'a> MergedText<'a> {
    /// `texts` has one for each source. O(documents).
    ///
    /// # Errors
    /// [`Error::Input`](crate::error::Error::Input) when memory can't hold the borders.
    pub fn new(sources: &'a [Source], texts: &'a [Section]) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut lengths: Vec<u64> = Vec::new();
        for (shard, source) in sources.iter().enumerate() {
            let mut end = None;
            for document in source.documents() {
                let range = source.text_range(document);
                match (end == Some(range.start), lengths.last_mut()) {
                    (true, Some(length)) => *length += range.end - range.start,
                    _ => {
                        pieces.push((shard, range.start));
                        lengths.push(range.end - range.start);
                    }
                }
                end = Some(range.end);
            }
        }
        let mut starts = EliasFanoBuilder::new(lengths.len() as u64 + 1, lengths.iter().sum())?;
        let mut start = 0;
        starts.push(start)?;
        for length in lengths {
            start += length;
            starts.push(start)?;
        }
        let starts = EliasFano::open(Section::from_vec(starts.finish()?), "text")?;
        Ok(Self { sources, texts, pieces, starts })
    }
}

impl ReadingOrder for MergedText<'_> {
    fn text_bytes(&self) -> u64 {
        self.starts.get(self.starts.len() - 1).unwrap_or(0)
    }

    fn copy(&self, positions: Range<u64>, text: &mut Vec<u8>) {
        debug_assert_eq!(self.sources.len(), self.texts.len());
        let mut at = positions.start;
        while at < positions.end {
            let piece = self.starts.predecessor(at).filter(|&piece| piece < self.pieces.len() as u64);
            let Some((piece, end)) = piece.and_then(|piece| Some((piece, self.starts.get(piece + 1)?))) else { return };
            let (shard, start) = self.pieces[piece as usize];
            let from = start + at - self.starts.get(piece).unwrap_or(at);
            let bytes = end.min(positions.end) - at;
            text.extend_from_slice(self.texts[shard].get(from as usize..(from + bytes) as usize).unwrap_or_default());
            at += bytes;
        }
    }
}
