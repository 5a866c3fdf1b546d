//! How do documents become a shard file?
//!
//! [`SpoolWriter`] puts the documents of one shard into a file, or into memory, as they come; [`build_shard`] sorts and
//! encodes them.
//! Memory is needed for the second step alone: see [`estimate_build_bytes`].

mod bwt;
mod histogram;
#[cfg(test)]
mod hostile_tests;
#[cfg(any(test, not(feature = "c")))]
mod induced_sort;
mod large_buffer;
mod plan;
mod sampled_places;
mod sampling;
mod sections;
mod shard;
mod sort;
#[cfg(feature = "c")]
mod sort_by_c;
mod sort_texts;
#[cfg(feature = "c")]
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
#[cfg(feature = "c")]
mod token_bwt;
#[cfg(feature = "c")]
mod token_shard;
#[cfg(feature = "c")]
mod token_spool;
#[cfg(test)]
#[cfg(feature = "c")]
mod token_tests;
#[cfg(feature = "c")]
mod token_texts;

#[cfg(all(feature = "c", feature = "mmap"))]
pub(crate) use large_buffer::LargeBuffer;
pub use plan::{estimate_build_bytes, estimate_token_build_bytes};
#[cfg(all(feature = "c", feature = "mmap"))]
pub(crate) use sampling::{SampleSections, Sampling};
#[cfg(all(feature = "c", feature = "mmap"))]
pub(crate) use sections::{DocumentSections, RANK_SECTIONS, write_rank_sections, write_samples};
pub use shard::{BuildOptions, BuiltShard, build_shard, build_shard_in_memory};
#[cfg(feature = "c")]
pub use sort_tokens::MAX_TOKEN_ROWS;
pub use spool::{MAX_SHARD_ROWS, SpoolDocument, SpoolSummary};
#[cfg(all(feature = "c", feature = "mmap"))]
pub(crate) use spool_reader::SpooledHead;
pub use spool_writer::SpoolWriter;
#[cfg(all(feature = "c", feature = "mmap"))]
pub(crate) use spooled_records::SpooledRecords;
#[cfg(all(feature = "c", feature = "mmap"))]
pub(crate) use survey::{StreamBytes, Survey, SurveyBuilder};
#[cfg(feature = "c")]
pub use token_spool::{TokenDocument, TokenSpoolSummary, TokenSpoolWriter};
