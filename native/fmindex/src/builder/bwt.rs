//! What stands before each suffix, and which rows are sampled?
//!
//! One pass over the suffixes, in the order of the rows. The BWT is written into the memory of the suffixes that were
//! already read: four bytes are made of the sixteen of four suffixes, so it never overtakes them.

use super::sampling::Sampling;
use super::sort_texts::SortTexts;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::rank::run_head::prefetch;

/// Rows between two looks at the flag and two reports: a few milliseconds.
const ROWS_A_REPORT: usize = 1 << 18;
/// So many rows before a place is read, its cache lines are asked for.
const ROWS_AHEAD: usize = 32;

/// The BWT, in what was the memory of the suffixes.
pub(super) struct Bwt {
    words: Vec<i32>,
    len: usize,
}

impl Bwt {
    /// Gathers the BWT of `texts` and hands each sampled row to `sampling`. `suffixes` are those of the text to sort, with
    /// as many numbers before them as there are empty documents: so number and row agree. O(n).
    ///
    /// # Errors
    /// [`crate::error::Error::Cancelled`]; as [`Sampling::take`].
    pub fn gather(
        texts: &SortTexts,
        suffixes: Vec<i32>,
        sampling: &mut Sampling<'_>,
        interrupt: Interrupt<'_>,
        progress: &dyn Fn(f64),
    ) -> Result<Self> {
        let len = suffixes.len();
        let mut words = suffixes;
        for word in 0..len.div_ceil(4) {
            let first = word * 4;
            if first % ROWS_A_REPORT == 0 {
                interrupt.check()?;
                progress(first as f64 / len as f64);
            }
            for &ahead in words.get(first + ROWS_AHEAD..).and_then(|rest| rest.first_chunk::<4>()).into_iter().flatten()
            {
                prefetch(&texts.sort_text, (ahead as usize).wrapping_sub(1));
                sampling.prefetch(ahead as usize);
            }
            let mut four = [0; 4];
            for (row, symbol) in (first..len.min(first + 4)).zip(&mut four) {
                if let Some(&first_byte) = texts.first_bytes.get(row) {
                    *symbol = first_byte;
                    continue;
                }
                let place = words[row] as usize;
                // Before the first place there is, as before every document, a separator.
                let before = if place == 0 { 0 } else { texts.sort_text[place - 1] };
                *symbol = before.wrapping_sub(1);
                if sampling.is_marked(place) {
                    sampling.take(row as u64, place as u64)?;
                }
            }
            words[word] = i32::from_ne_bytes(four);
        }
        words.truncate(len.div_ceil(4));
        words.shrink_to_fit();
        Ok(Self { words, len })
    }

    /// The bytes of the BWT; the separator is [`crate::rank::SEPARATOR`].
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: `len` bytes lie in the `len.div_ceil(4)` words, and every byte of an `i32` is initialised.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr().cast(), self.len) }
    }
}
