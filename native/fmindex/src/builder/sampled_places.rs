//! Which places of the text to sort are sampled, and how are they told from the others?
//!
//! Every row asks, in random order. So the byte before a sampled place, which the row reads anyway, is replaced by one
//! that UTF-8 never has, and only who meets that looks further: at a bitmap of the places with counts, which leads to
//! the byte and to the numbers of the samples.

use super::large_buffer::LargeBuffer;
use crate::bits::{PackedInts, PackedIntsBuilder};
use crate::documents::DocumentOffsets;
use crate::error::{Error, Result};
use crate::rank::run_head::prefetch;
use crate::samples::{isa_sample_count, sa_sample_count};
use crate::section::Section;

/// Stands before a sampled place: byte 0xFE, raised as all bytes are.
pub(super) const SAMPLED: u8 = 0xFF;
/// Places of a cache line, which begins with a count.
const LINE_PLACES: usize = 7 * 64;

/// Eight words: the marks before them, then a bit a place.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Line {
    before: u64,
    bits: [u64; 7],
}

/// The sampled places, numbered as they stand in the text.
pub(super) struct SampledPlaces {
    lines: Vec<Line>,
    /// What stood before each.
    bytes: Vec<u8>,
    /// 1 + the ordinal of the SA sample of each, 0 for none.
    sa_ordinals: PackedInts,
    /// 1 + the ordinal of the ISA sample of each, 0 for none.
    isa_ordinals: PackedInts,
}

/// What is known of a sampled place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SampledPlace {
    /// The byte before it, raised.
    pub byte: u8,
    pub sa_ordinal: Option<u64>,
    pub isa_ordinal: Option<u64>,
}

impl SampledPlaces {
    /// Marks the sampled places in `text`, that of documents with these borders. O(n / rate + m).
    ///
    /// # Errors
    /// [`Error::Input`] when memory can't hold the marks; [`Error::Argument`] when the text is not of the documents.
    pub fn mark(text: &mut LargeBuffer, offsets: &DocumentOffsets, sa_rate: u32, isa_rate: u32) -> Result<Self> {
        let rate = u64::from(sa_rate.min(isa_rate));
        let (sa_step, isa_step) = (u64::from(sa_rate), u64::from(isa_rate));
        let total = |count: fn(u64, u32) -> u64, rate| offsets.lengths().map(|bytes| count(bytes, rate)).sum::<u64>();
        let place_count = total(sa_sample_count, sa_rate.min(isa_rate));
        let mut sa_ordinals = PackedIntsBuilder::new(place_count, total(sa_sample_count, sa_rate))?;
        let mut isa_ordinals = PackedIntsBuilder::new(place_count, total(isa_sample_count, isa_rate))?;
        let mut lines = vec![Line::default(); text.len() / LINE_PLACES + 1];
        let mut bytes = vec![0; place_count as usize];
        let (mut start, mut first_place, mut first_sa, mut first_isa) = (0, 0, 0, 0);
        for text_bytes in offsets.lengths().filter(|&text_bytes| text_bytes > 0) {
            let count = text_bytes.div_ceil(rate);
            for step in 1..=count {
                // The text stands back to front, so the places of a document come in falling order of `k`.
                let (k, index) = ((step * rate).min(text_bytes), first_place + count - step);
                let place = (start + text_bytes - k) as usize;
                if k == text_bytes || k % sa_step == 0 {
                    sa_ordinals.set(index, first_sa + k.div_ceil(sa_step))?;
                }
                if k != text_bytes && k % isa_step == 0 {
                    isa_ordinals.set(index, first_isa + k / isa_step)?;
                }
                let line = lines.get_mut(place / LINE_PLACES).ok_or_else(no_place)?;
                line.bits[place % LINE_PLACES / 64] |= 1 << (place % LINE_PLACES % 64);
                // Before the first place there is, as before every document, a separator: zero.
                if let Some(before) = place.checked_sub(1) {
                    let byte = text.get_mut(before).ok_or_else(no_place)?;
                    bytes[index as usize] = std::mem::replace(byte, SAMPLED);
                }
            }
            first_place += count;
            first_sa += sa_sample_count(text_bytes, sa_rate);
            first_isa += isa_sample_count(text_bytes, isa_rate);
            start += text_bytes + 1;
        }
        let mut before = 0;
        for line in &mut lines {
            line.before = before;
            before += line.bits.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
        }
        let open = |packed: PackedIntsBuilder| PackedInts::open(Section::from_vec(packed.finish()), "samples");
        Ok(Self { lines, bytes, sa_ordinals: open(sa_ordinals)?, isa_ordinals: open(isa_ordinals)? })
    }

    /// Asks for the memory that [`SampledPlaces::get`] will read first.
    #[inline]
    pub fn prefetch(&self, place: usize) {
        prefetch(&self.lines, place / LINE_PLACES);
    }

    /// What is known of a place that was marked.
    pub fn get(&self, place: usize) -> Option<SampledPlace> {
        let line = self.lines.get(place / LINE_PLACES)?;
        let (word, bit) = (place % LINE_PLACES / 64, place % LINE_PLACES % 64);
        let whole = line.bits[..word].iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
        let index = line.before + whole + u64::from((line.bits[word] & ((1 << bit) - 1)).count_ones());
        let byte = *self.bytes.get(index as usize)?;
        let sa_ordinal = self.sa_ordinals.get(index)?.checked_sub(1);
        Some(SampledPlace { byte, sa_ordinal, isa_ordinal: self.isa_ordinals.get(index)?.checked_sub(1) })
    }
}

fn no_place() -> Error {
    Error::Argument("a sampled place is not in the text".into())
}
