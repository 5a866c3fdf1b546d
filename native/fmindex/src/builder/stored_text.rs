//! Which text does a shard keep? That of the documents in reading order, taken from the text to sort.

use std::ops::Range;

use crate::bits::{EliasFano, EliasFanoBuilder};
use crate::documents::DocumentOffsets;
use crate::error::Result;
use crate::section::Section;
use crate::text_store::ReadingOrder;

/// The documents as they were before they were turned round.
pub(super) struct StoredText<'a> {
    /// See [`super::sort_texts`].
    sort_text: &'a [u8],
    /// Positions at which the documents that are not empty begin, and the end of the last.
    starts: EliasFano,
}

impl<'a> StoredText<'a> {
    /// O(documents).
    ///
    /// # Errors
    /// [`Error::Input`](crate::error::Error::Input) when memory can't hold the borders.
    pub fn new(sort_text: &'a [u8], offsets: &DocumentOffsets) -> Result<Self> {
        let lengths = || offsets.lengths().filter(|&length| length > 0);
        let mut starts = EliasFanoBuilder::new(lengths().count() as u64 + 1, lengths().sum())?;
        let mut start = 0;
        starts.push(start)?;
        for length in lengths() {
            start += length;
            starts.push(start)?;
        }
        Ok(Self { sort_text, starts: EliasFano::open(Section::from_vec(starts.finish()?), "text")? })
    }

    /// Where the text number `index` begins and ends.
    fn positions(&self, index: u64) -> Option<Range<u64>> {
        Some(self.starts.get(index)?..self.starts.get(index + 1)?)
    }
}

impl ReadingOrder for StoredText<'_> {
    fn text_bytes(&self) -> u64 {
        self.starts.get(self.starts.len() - 1).unwrap_or(0)
    }

    fn copy(&self, positions: Range<u64>, text: &mut Vec<u8>) {
        let mut at = positions.start;
        let Some(first) = self.starts.predecessor(at) else { return };
        for index in first.. {
            let Some(document) = self.positions(index).filter(|_| at < positions.end) else { return };
            // Each text before it is followed by a separator.
            let place = |position: u64| (document.start + index + document.end - position) as usize;
            let end = positions.end.min(document.end);
            let raised = &self.sort_text[place(end)..place(at)];
            text.extend(raised.iter().rev().map(|byte| byte.wrapping_sub(1)));
            at = end;
        }
    }
}
