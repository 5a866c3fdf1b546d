//! How do the bytes on disk become the structures of a shard? This is the only code that reads a shard file.

#[cfg(feature = "mmap")]
mod backing;
mod condition;
mod container;
mod counts;
mod document_parts;
mod layout;
#[cfg(feature = "mmap")]
mod open_file;
#[cfg(any(test, feature = "testkit"))]
mod reseal;
mod section_id;
mod shard_file;
mod shard_writer;
mod token_counts;
mod token_shard_file;
mod verify;
mod verify_walks;

pub use container::Container;
pub use counts::{Counts, Profile};
pub use document_parts::{DocumentParts, DocumentRecord};
pub use layout::{FORMAT_MAJOR, FORMAT_MINOR};
#[cfg(any(test, feature = "testkit"))]
pub use reseal::reseal;
pub use section_id::SectionId;
pub use shard_file::ShardFile;
pub use shard_writer::{ShardWriter, WrittenShard};
pub use token_counts::{MAX_VOCABULARY, TokenCounts};
pub use token_shard_file::TokenShardFile;
