//! How is a BWT of token ids kept near its entropy, and what follows a context told in microseconds?
//!
//! A *quad Huffman wavelet matrix*: each symbol is written in digits of base four, fewer for frequent ones, and each
//! level of digits is a sequence with ranks in single cache lines. It holds all rows ([`QuadIndex`]) or, smaller, the
//! heads of their runs ([`RunQuadIndex`]). `alphabet.rs`, `tree.rs`, `line.rs` and `runs.rs` have the pictures of the
//! sections.

mod alphabet;
#[cfg(target_arch = "x86_64")]
mod avx2;
mod batch;
mod codes;
mod dispatch;
mod encoder;
mod index;
mod line;
mod matrix;
mod runs;
mod runs_batch;
#[cfg(test)]
mod tests;
mod token_rank;
mod tree;
mod visit;

pub use encoder::{QuadSections, encode};
pub use index::QuadIndex;
pub use runs::{RunQuadIndex, RunSections, encode_runs};
pub use token_rank::TokenRank;
pub use tree::TreeSections;
