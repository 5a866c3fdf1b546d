//! Which strings of a length stand in a collection more than once, where, and what would be left without the copies?
//!
//! A *gram* is `length` symbols in a row inside a document. The rows of a shard are sorted by the prefixes that they stand
//! for, read backwards, so the rows whose prefixes end with one gram are neighbours. [`find_repeats`] marks where one
//! gram's rows end and the next one's begin: a bit a row, from which every count follows. [`SpanWalk`] then reads the
//! documents in order and says which of their parts are copies.
//!
//! Several shards are read as one: the rows of all, merged in their order. The merged row before which a pattern's rows
//! begin is the sum of where they begin in each shard, so merged rows cost a rank a shard and are written nowhere.

mod character_starts;
mod collection;
mod expand;
mod exposures;
mod histogram;
mod lanes;
mod marks;
mod nodes;
mod rounds;
mod sample;
mod sources;
mod spans;
mod strings;
mod traverse;
mod twins;

pub use collection::{Collection, MAX_GRAM_SYMBOLS, check_length};
pub use exposures::ExposureTotals;
pub use histogram::{BUCKET_STARTS, GramCounts};
pub use rounds::{Copies, SourceTotals, SpanBatch, SpanWalk};
pub use sample::{SampledGram, sample_grams};
pub use sources::SourceTable;
pub use strings::{RepeatedString, StringPlace, StringRows};
pub use traverse::{Repeats, TraverseOptions, find_repeats};
pub use twins::TwinDocuments;

#[cfg(test)]
mod tests;
