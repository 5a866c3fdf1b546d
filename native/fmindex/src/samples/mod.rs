//! Which place in the documents does a row stand for, and which row stands for a place?
//!
//! Row `(i, k)` stands for the first `k` bytes of document `i`, read backwards. A sample is taken at a fixed distance
//! *from the start of its document*, and one at its end, so it keeps its meaning when shards are merged:
//!
//! - [`SaSamples`] knows the rows `(i, k)` with `k = |d_i| > 0`, and those with `k > 0` divisible by the rate. Every walk
//!   of LF steps along a document therefore ends at a sample, before the separator that can't be walked through.
//! - [`IsaSamples`] knows the rows of `(i, j · rate)` for `0 < j · rate < |d_i|`.
//! - Row `i < m` is `(i, 0)`: that needs no sample.
//!
//! The samples of all documents are numbered through, by document and then by `k`: the *ordinal*. Document `i` has
//! `ceil(|d_i| / rate)` SA samples and `ceil(|d_i| / rate) − 1` ISA samples (none when empty).

mod isa;
mod sa;

pub use isa::{IsaSamples, isa_sample_count};
pub use sa::{SaSamples, sa_sample_count};

use crate::error::{Error, Result};

/// Distance of SA samples unless told otherwise: a locate takes 64 LF steps on average.
pub const DEFAULT_SA_RATE: u32 = 128;
/// Distance of ISA samples unless told otherwise: an extract first walks 256 symbols on average.
pub const DEFAULT_ISA_RATE: u32 = 512;
/// Largest distance.
pub const MAX_RATE: u32 = 1 << 16;

/// # Errors
/// [`Error::Argument`] unless `rate` is a power of two up to [`MAX_RATE`].
pub fn check_rate(rate: u32) -> Result<()> {
    if rate.is_power_of_two() && rate <= MAX_RATE {
        return Ok(());
    }
    Err(Error::Argument(format!("a sampling rate of {rate} is not a power of two from 1 to {MAX_RATE}")))
}
