//! Which numbers of JavaScript are counts, and which counts are numbers?

use fmindex::error::{Error, Result};
use fmindex::search::FoundRange;

/// Above it, not every whole number is an `f64`.
const MAX_SAFE: u64 = 1 << 53;

/// # Errors
/// [`Error::Argument`] unless `number` is whole and from 0 to 2^53.
pub fn to_whole(name: &str, number: f64) -> Result<u64> {
    if number >= 0.0 && number <= MAX_SAFE as f64 && number.fract() == 0.0 {
        return Ok(number as u64);
    }
    Err(Error::Argument(format!("{name} is {}: a whole number from 0 to 2^53 expected", spell(number))))
}

/// As JavaScript writes it. Rust's own way to write an `f64` is four times as much code as a search.
pub fn spell(number: f64) -> String {
    js_sys::Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default()
}

/// As [`to_whole`], of what is counted in memory; more than there can be is the most there can be.
///
/// # Errors
/// As [`to_whole`].
pub fn to_size(name: &str, number: f64) -> Result<usize> {
    Ok(usize::try_from(to_whole(name, number)?).unwrap_or(usize::MAX))
}

pub fn to_numbers(counts: impl IntoIterator<Item = u64>) -> Vec<f64> {
    counts.into_iter().map(|count| count as f64).collect()
}

/// Ranges from `lo, hi, length` triples.
///
/// # Errors
/// [`Error::Argument`] for a part of a triple or what is not a whole number.
pub fn to_ranges(numbers: &[f64]) -> Result<Vec<FoundRange>> {
    match numbers.as_chunks::<3>() {
        (triples, []) => triples
            .iter()
            .map(|&[lo, hi, length]| {
                Ok(FoundRange { lo: to_whole("lo", lo)?, hi: to_whole("hi", hi)?, length: to_whole("length", length)? })
            })
            .collect(),
        (_, rest) => Err(Error::Argument(format!("the ranges have {} numbers too many for groups of 3", rest.len()))),
    }
}

/// The texts that stand back to back in `bytes` and end at `ends`.
///
/// # Errors
/// [`Error::Argument`] when an end falls or lies outside.
pub fn to_texts<'a>(bytes: &'a [u8], ends: &[u32]) -> Result<Vec<&'a [u8]>> {
    let mut start = 0;
    let mut texts = Vec::with_capacity(ends.len());
    for &end in ends {
        let text = bytes.get(start..end as usize);
        texts.push(text.ok_or_else(|| Error::Argument(format!("a pattern ends at {end}, outside the bytes given")))?);
        start = end as usize;
    }
    Ok(texts)
}
