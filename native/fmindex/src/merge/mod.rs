//! How do several shards become one without sorting their text again?
//!
//! The rows of a shard are sorted, so two shards are merged as two sorted lists are, once it is known how many rows of
//! the one stand before each row of the other. That takes one rank a symbol: for each document of B walk its symbols
//! in reading order, from the row that its start has among the rows of A; with each symbol c the row becomes
//! `first row of c in A + rank of c in A before the row`. Rows of B keep their order among themselves, and B's own
//! structure is not asked (A. J. Cox, T. Jakobi, G. Rosone, O. Schulz-Trieglaff, 2012, and J. Sirén, 2016, build and merge
//! collections so). Separators are ordered by document, so the result is the BWT of all documents in their order, byte
//! for byte, and the shard file is the one that a build of these documents writes.
//!
//! - `schedule.rs` says which shards are merged first: adjacent ones, two at a time, where that costs least.
//! - `text.rs` gets the documents of a shard back from its BWT.
//! - `walk.rs` walks them, a hundred side by side, so that their waits for memory are shared; `spill.rs` puts the rows
//!   aside in a file, ordered roughly; `order.rs` makes of them which shard each merged row comes from.
//! - `rank_files.rs` encodes the merged rows, decoded from the shards in that order; `samples.rs` carries the samples over,
//!   `documents.rs` what is known of the documents.
//!
//! Documents can be left out: their rows are dropped, and nothing of them is written.

mod documents;
mod kept_rows;
mod merged_text;
mod options;
mod order;
mod rank_files;
mod samples;
mod schedule;
mod scratch;
mod search_side;
mod shard;
mod source;
mod spill;
#[cfg(test)]
mod tests;
mod text;
mod walk;
mod work;
mod workers;

pub use options::{MergeInput, MergeOptions, MergeSizes, estimate_merge_bytes};
pub use shard::merge_shards;
