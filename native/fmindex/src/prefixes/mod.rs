//! Which rows match the first symbols of a pattern? Answered without a step of the search.
//!
//! The first steps of a search are its dearest: their ranges are wide, so the two ends share nothing. A [`PrefixTable`]
//! knows where the rows of all patterns of up to three symbols begin. Rows are sorted by the symbols that precede them,
//! the last one first; so the patterns, read from right to left and written as numbers, rise with their rows:
//!
//! ```text
//! digit of a symbol   1 + the symbols of the text below it; 0 stands for the start of a document
//! key of a pattern    its digits in base (symbols of the text + 1): the last symbol counts most, the missing ones are 0
//! prefixes.keys       the keys that have rows, rising                   Elias–Fano, largest value base ^ symbols
//! prefixes.starts     for each of them its first row                    Elias–Fano, largest value the number of rows
//! ```
//!
//! The keys share out all rows: those too near to the start of their document have a key that ends with zeros.

#[cfg(feature = "build")]
mod encode;
mod enumerate;
mod table;
#[cfg(feature = "build")]
#[cfg(test)]
mod tests;

#[cfg(feature = "build")]
pub(crate) use encode::encode_prefixes;
pub use table::PrefixTable;
