//! What stands before each suffix, and which rows are sampled?
//!
//! One pass over the suffixes, in the order of the rows. The BWT is written into the memory of the suffixes that were
//! already read: a byte for each number, so it never overtakes them.

use super::large_buffer::LargeBuffer;
use super::sampled_places::{SAMPLED, SampledPlaces};
use super::sampling::Sampling;
use super::sort::{NumberWidth, SortedText};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::rank::run_head::prefetch;

/// Rows between two looks at the flag and two reports: a few milliseconds.
const ROWS_A_REPORT: usize = 1 << 18;
/// So many rows before a place is read, its cache line is asked for.
const ROWS_AHEAD: usize = 64;
/// Sampled rows that are put aside while the memory they need is on its way.
const MAX_PENDING: usize = 32;

/// Gathers the BWT of `sorted`, a byte a row, and hands each sampled row to `sampling`. The first rows have `first_bytes`;
/// the numbers of the suffixes begin before or at the row after them. O(n).
///
/// # Errors
/// [`Error::Cancelled`]; as [`Sampling::take`].
pub(super) fn gather_bwt(
    sorted: SortedText,
    first_bytes: &[u8],
    places: &SampledPlaces,
    sampling: &mut Sampling,
    interrupt: Interrupt<'_>,
    progress: &dyn Fn(f64),
) -> Result<LargeBuffer> {
    let SortedText { text, suffixes, width } = sorted;
    let run = match width {
        NumberWidth::Four => gather::<4>,
        NumberWidth::Eight => gather::<8>,
    };
    run(Gathering { text: &text, first_bytes, places, sampling, pending: Vec::new() }, suffixes, interrupt, progress)
}

struct Gathering<'a> {
    text: &'a [u8],
    first_bytes: &'a [u8],
    places: &'a SampledPlaces,
    sampling: &'a mut Sampling,
    /// Sampled rows whose byte and samples are not known yet, and their places.
    pending: Vec<(usize, usize)>,
}

fn gather<const WIDTH: usize>(
    mut gathering: Gathering<'_>,
    mut memory: LargeBuffer,
    interrupt: Interrupt<'_>,
    progress: &dyn Fn(f64),
) -> Result<LargeBuffer> {
    let row_count = memory.len() / WIDTH;
    let head = gathering.first_bytes.len();
    let first = memory.get_mut(..head).filter(|_| head <= row_count);
    first.ok_or_else(contradiction)?.copy_from_slice(gathering.first_bytes);
    for start in (head..row_count).step_by(ROWS_A_REPORT) {
        interrupt.check()?;
        progress(start as f64 / row_count as f64);
        gathering.gather_rows::<WIDTH>(&mut memory, start..row_count.min(start + ROWS_A_REPORT))?;
    }
    memory.truncate(row_count);
    Ok(memory)
}

impl Gathering<'_> {
    fn gather_rows<const WIDTH: usize>(&mut self, memory: &mut [u8], rows: std::ops::Range<usize>) -> Result<()> {
        for row in rows {
            if let Some(ahead) = place_at::<WIDTH>(memory, row + ROWS_AHEAD) {
                prefetch(self.text, ahead.wrapping_sub(1));
            }
            let place = place_at::<WIDTH>(memory, row).ok_or_else(contradiction)?;
            // The first place of the text is the end of a document, so it is sampled, and a separator is before it.
            let before = if place == 0 { SAMPLED } else { *self.text.get(place - 1).ok_or_else(contradiction)? };
            // Byte `row` is in a number that was read: there is a row before this one.
            memory[row] = before.wrapping_sub(1);
            if before == SAMPLED {
                self.places.prefetch(place);
                self.pending.push((row, place));
                if self.pending.len() == MAX_PENDING {
                    self.take_pending(memory)?;
                }
            }
        }
        self.take_pending(memory)
    }

    fn take_pending(&mut self, memory: &mut [u8]) -> Result<()> {
        for (row, place) in self.pending.drain(..) {
            let place = self.places.get(place).ok_or_else(contradiction)?;
            memory[row] = place.byte.wrapping_sub(1);
            self.sampling.take(row as u64, place.sa_ordinal, place.isa_ordinal)?;
        }
        Ok(())
    }
}

/// The number of a row.
#[inline(always)]
fn place_at<const WIDTH: usize>(memory: &[u8], row: usize) -> Option<usize> {
    let bytes = memory.get(row * WIDTH..)?.first_chunk::<WIDTH>()?;
    let mut word = [0; 8];
    word[..WIDTH].copy_from_slice(bytes);
    if cfg!(target_endian = "big") {
        word.rotate_left(WIDTH);
        return usize::try_from(u64::from_be_bytes(word)).ok();
    }
    usize::try_from(u64::from_le_bytes(word)).ok()
}

fn contradiction() -> Error {
    Error::Argument("the sorted text is not that of the documents".into())
}
