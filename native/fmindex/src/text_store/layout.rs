//! What does `text.header` say?
//!
//! ```text
//! text bytes u64 | text bytes of a frame u64, a power of two
//! ```

use crate::error::{Error, Result};
use crate::section::Section;

const SECTION: &str = "text.header";
const HEADER_BYTES: usize = 16;
/// Frames that are written: 2^14 bytes of text.
#[cfg(feature = "build")]
pub(super) const FRAME_BITS: u32 = 14;
/// Frames that are read: what one read decodes at most is bounded, whoever wrote the file.
const FRAME_BITS_READ: std::ops::RangeInclusive<u32> = 12..=17;

/// How the text is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub text_bytes: u64,
    /// A frame holds 2^`frame_bits` bytes of text; the last one holds the rest.
    pub frame_bits: u32,
}

impl Layout {
    /// # Errors
    /// [`Error::Damaged`] when the numbers can't be true.
    pub fn open(section: &Section, text_bytes: u64) -> Result<Self> {
        let words = section.u64_at(0).zip(section.u64_at(8)).filter(|_| section.len() == HEADER_BYTES);
        let (stored_bytes, frame_bytes) = words.ok_or_else(|| Error::damaged(SECTION, "of the wrong length"))?;
        if stored_bytes != text_bytes {
            return Err(Error::damaged(SECTION, format!("{stored_bytes} bytes of text, not {text_bytes}")));
        }
        let frame_bits = frame_bytes.trailing_zeros();
        if !frame_bytes.is_power_of_two() || !FRAME_BITS_READ.contains(&frame_bits) {
            return Err(Error::damaged(SECTION, format!("frames of {frame_bytes} bytes")));
        }
        Ok(Self { text_bytes, frame_bits })
    }

    #[cfg(feature = "build")]
    pub fn encode(&self) -> Vec<u8> {
        [self.text_bytes, 1 << self.frame_bits].into_iter().flat_map(u64::to_le_bytes).collect()
    }

    pub fn frame_count(&self) -> u64 {
        self.text_bytes.div_ceil(1 << self.frame_bits)
    }

    /// Bytes of text in `frame`.
    pub fn frame_bytes(&self, frame: u64) -> usize {
        let start = frame.saturating_mul(1 << self.frame_bits);
        self.text_bytes.saturating_sub(start).min(1 << self.frame_bits) as usize
    }
}
