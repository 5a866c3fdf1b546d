//! How is a BWT of token ids kept near its entropy, and what follows a context told in microseconds?
//!
//! A *quad Huffman wavelet matrix*: each symbol is written in digits of base four, fewer for frequent ones, and each
//! level of digits is a sequence with ranks in single cache lines. `tree.rs` and `line.rs` have the pictures of the
//! sections.

mod batch;
mod codes;
mod encoder;
mod index;
mod line;
mod matrix;
#[cfg(test)]
mod tests;
mod tree;
mod visit;

pub use encoder::{QuadSections, encode};
pub use index::QuadIndex;
pub use tree::TreeSections;
