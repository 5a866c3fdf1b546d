//! Does an index answer as plain scanning does?
//!
//! [`Naive`] is a page of obvious code, [`laws`] are the properties that every backend keeps, and
//! [`check_laws!`](crate::check_laws) runs all of them on one by a single line. [`SortedView`] is the simplest
//! backend: rows sorted by comparing. [`hostile`] is for bytes that nobody wrote on purpose.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a law fails by panicking, as a test does")]

mod check_laws;
pub mod corpora;
#[cfg(all(feature = "build", feature = "c", feature = "mmap"))]
pub mod hostile;
pub mod laws;
mod naive;
mod naive_repetition;
mod sorted_view;
mod test_symbol;
pub mod text_laws;
pub mod token_corpora;
pub mod worked_examples;

pub use naive::Naive;
pub use naive_repetition::{NaiveRepetition, maximal_strings};
pub use sorted_view::SortedView;
pub use test_symbol::TestSymbol;
