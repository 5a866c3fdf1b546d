//! What can a web page ask of a shard? The same as Node ([`fmindex-node`]), with one shard a call and packed numbers.
//!
//! Text goes in and out as UTF-8 bytes, numbers as `f64`, lists as `Float64Array`. What fails throws an `Error` with a
//! `code` of the registry.

mod builder;
mod failure;
#[cfg(feature = "laws")]
mod laws;
mod numbers;
mod shard;

pub use builder::ShardBuilder;
#[cfg(feature = "laws")]
pub use laws::{check_laws, list_laws};
pub use shard::Shard;
