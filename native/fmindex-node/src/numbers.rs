//! Is a JavaScript number a row, an offset, a count?

use fmindex::error::{Error, Result};

/// The first whole number that a JavaScript number cannot tell from its neighbour.
const LIMIT: f64 = (1u64 << 53) as f64;

/// `value` as a whole number below 2^53.
///
/// # Errors
/// [`Error::Argument`] when it is negative, has a fraction, is not finite, or is too large.
pub fn to_whole(name: &str, value: f64) -> Result<u64> {
    if (0.0..LIMIT).contains(&value) && value.fract() == 0.0 {
        return Ok(value as u64);
    }
    Err(Error::Argument(format!("{name} is {value}, not a whole number from 0 to 2^53 - 1")))
}

/// As [`to_whole`], for what must fit the memory of this machine.
///
/// # Errors
/// [`Error::Argument`].
pub fn to_size(name: &str, value: f64) -> Result<usize> {
    let whole = to_whole(name, value)?;
    usize::try_from(whole)
        .map_err(|_| Error::Argument(format!("{name} is {whole}, more than this machine can address")))
}

/// A count, row or offset as JavaScript sees it. A shard has fewer than 2^53 rows (checked when it is opened).
pub fn to_number(value: u64) -> f64 {
    value as f64
}

/// All of them.
pub fn to_numbers(values: impl IntoIterator<Item = u64>) -> Vec<f64> {
    values.into_iter().map(to_number).collect()
}
