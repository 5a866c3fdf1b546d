//! What stands before each suffix of a text of tokens, and which rows are sampled?
//!
//! One pass over the suffixes, in the order of the rows; each symbol takes the place of the suffix that was read. Every
//! row reads what stands before its place, in random order, so that is where a sampled place is marked: by its sign.

use super::sampling::{FirstOrdinals, SampleSections, Sampling};
use super::sort_tokens::SortedTokens;
use crate::documents::DocumentOffsets;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::rank::run_head::prefetch;

/// Rows between two looks at the flag and two reports: a few milliseconds.
const ROWS_A_REPORT: usize = 1 << 18;
/// So many rows before a place is read, its cache line is asked for.
const ROWS_AHEAD: usize = 64;

/// Gathers the BWT of the sorted documents with these borders: 0 for the separator, `id + 1` for a token. O(n).
///
/// # Errors
/// [`Error::Cancelled`]; [`Error::Argument`] when the text is not of these documents.
pub(super) fn gather_tokens(
    sorted: SortedTokens,
    offsets: &DocumentOffsets,
    sa_rate: u32,
    isa_rate: u32,
    interrupt: Interrupt<'_>,
    progress: &dyn Fn(f64),
) -> Result<(Vec<u32>, SampleSections)> {
    let SortedTokens { mut text, suffixes } = sorted;
    let documents = offsets.len() as u32;
    mark_places(&mut text, offsets, sa_rate.min(isa_rate));
    let mut sampling = Sampling::new(offsets, sa_rate, isa_rate)?;
    let first = sampling.first_ordinals()?;
    let ordinals = Ordinals { offsets, first, sa_rate: sa_rate.into(), isa_rate: isa_rate.into() };
    let row_count = suffixes.len();
    // The memory of the suffixes: as long, as wide.
    let mut bwt: Vec<u32> = suffixes.into_iter().map(|place| place as u32).collect();
    for start in (0..row_count).step_by(ROWS_A_REPORT) {
        interrupt.check()?;
        progress(start as f64 / row_count as f64);
        for row in start..row_count.min(start + ROWS_A_REPORT) {
            if let Some(&ahead) = bwt.get(row + ROWS_AHEAD) {
                prefetch(&text, (ahead as usize).wrapping_sub(1));
            }
            let place = bwt[row] as usize;
            // Before the first place there is, as before every document, a separator; it is the end of a document.
            let before = if place == 0 { !0 } else { *text.get(place - 1).ok_or_else(contradiction)? };
            if before < 0 {
                let (sa_ordinal, isa_ordinal) = ordinals.of(place as u64).ok_or_else(contradiction)?;
                sampling.take(row as u64, sa_ordinal, isa_ordinal)?;
            }
            let symbol = if before < 0 { !before as u32 } else { before as u32 };
            bwt[row] = (symbol + 1).saturating_sub(documents);
        }
    }
    Ok((bwt, sampling.finish()?))
}

/// Turns over the number before each place whose `k` is a multiple of `rate` or the end of its document.
fn mark_places(text: &mut [i32], offsets: &DocumentOffsets, rate: u32) {
    for document in 0..offsets.len() {
        let (start, len) = (offsets.start(document).unwrap_or(0), offsets.text_bytes(document).unwrap_or(0));
        let inner = (u64::from(rate)..len).step_by(rate as usize);
        for k in inner.chain((len > 0).then_some(len)) {
            let before = (start + len - k).checked_sub(1).and_then(|before| text.get_mut(before as usize));
            if let Some(before) = before {
                *before = !*before;
            }
        }
    }
}

/// What leads from a place to the ordinals of its samples.
struct Ordinals<'a> {
    offsets: &'a DocumentOffsets,
    first: FirstOrdinals,
    sa_rate: u64,
    isa_rate: u64,
}

impl Ordinals<'_> {
    /// The ordinals of the SA sample and of the ISA sample at `place`.
    fn of(&self, place: u64) -> Option<(Option<u64>, Option<u64>)> {
        let (document, from_end) = self.offsets.locate(place)?;
        let len = self.offsets.text_bytes(document)?;
        let k = len.checked_sub(from_end)?;
        if len == 0 {
            // Only the first place of the text is asked for without being marked.
            return Some((None, None));
        }
        let sa = (k == len || k % self.sa_rate == 0).then(|| k.div_ceil(self.sa_rate) - 1);
        let isa = (k != len && k % self.isa_rate == 0).then(|| k / self.isa_rate - 1);
        let (first_sa, first_isa) = (self.first.sa.get(document)?, self.first.isa.get(document)?);
        Some((sa.map(|sa| first_sa + sa), isa.map(|isa| first_isa + isa)))
    }
}

fn contradiction() -> Error {
    Error::Argument("the sorted tokens are not those of the documents".into())
}
