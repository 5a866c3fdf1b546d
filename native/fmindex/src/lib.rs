//! How often does a string occur in a collection of documents, where, and what follows it? Exactly, from an index
//! smaller than the text.

pub mod any_shard;
pub mod bits;
pub mod build_file;
#[cfg(feature = "build")]
pub mod builder;
pub mod documents;
pub mod error;
pub mod format;
#[cfg(any(test, all(feature = "paged", target_arch = "wasm32")))]
mod free_rooms;
pub mod hidden;
pub mod interrupt;
#[cfg(all(feature = "build", feature = "c", feature = "mmap"))]
pub mod merge;
#[cfg(feature = "paged")]
pub mod paged;
pub mod prefixes;
pub mod rank;
pub mod repetition;
pub mod samples;
pub mod search;
pub mod section;
pub mod shard;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
pub mod text_store;
mod threads;
pub mod token_shard;
mod zstd_frame;
#[cfg(feature = "c")]
pub mod zstd_stream;

#[cfg(not(any(feature = "c", feature = "rust")))]
compile_error!("something must sort and compress: the feature `c` or `rust`");
