//! Which ranges does a `Float64Array` hold?

use fmindex::error::{Error, Result};
use fmindex::search::FoundRange;

use crate::numbers::to_whole;

/// Ranges from `lo, hi` pairs.
///
/// # Errors
/// [`Error::Argument`] for half a pair or what is not a whole number.
pub fn from_pairs(numbers: &[f64]) -> Result<Vec<FoundRange>> {
    let (pairs, rest) = numbers.as_chunks::<2>();
    check_rest(rest, 2)?;
    pairs.iter().map(|&[lo, hi]| make(lo, hi, 0.0)).collect()
}

/// Ranges from `lo, hi, length` triples.
///
/// # Errors
/// As [`from_pairs`].
pub fn from_triples(numbers: &[f64]) -> Result<Vec<FoundRange>> {
    let (triples, rest) = numbers.as_chunks::<3>();
    check_rest(rest, 3)?;
    triples.iter().map(|&[lo, hi, length]| make(lo, hi, length)).collect()
}

fn make(lo: f64, hi: f64, length: f64) -> Result<FoundRange> {
    Ok(FoundRange { lo: to_whole("lo", lo)?, hi: to_whole("hi", hi)?, length: to_whole("length", length)? })
}

fn check_rest(rest: &[f64], size: usize) -> Result<()> {
    if rest.is_empty() {
        return Ok(());
    }
    Err(Error::Argument(format!("the ranges have {} numbers too many for groups of {size}", rest.len())))
}
