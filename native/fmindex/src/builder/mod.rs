//! How do documents become a shard file?
//!
//! [`SpoolWriter`] puts the documents of one shard into a file as they come; [`build_shard`] sorts and encodes them.
//! Memory is needed for the second step alone: see [`estimate_build_bytes`].

mod bwt;
mod histogram;
#[cfg(test)]
mod hostile_tests;
mod large_buffer;
mod plan;
mod sampled_places;
mod sampling;
mod sections;
mod shard;
mod sort;
mod sort_texts;
mod sort_tokens;
mod spool;
mod spool_reader;
mod spool_writer;
mod spooled_records;
mod stored_text;
mod survey;
#[cfg(test)]
mod tests;
mod texts;
mod token_bwt;
mod token_shard;
mod token_spool;
#[cfg(test)]
mod token_tests;
mod token_texts;

pub use plan::{estimate_build_bytes, estimate_token_build_bytes};
pub use shard::{BuildOptions, BuiltShard, build_shard};
pub use sort_tokens::MAX_TOKEN_ROWS;
pub use spool::{MAX_SHARD_ROWS, SpoolDocument, SpoolSummary};
pub use spool_writer::SpoolWriter;
pub use token_spool::{TokenDocument, TokenSpoolSummary, TokenSpoolWriter};
