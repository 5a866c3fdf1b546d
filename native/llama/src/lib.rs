//! What does a small language model say about a context, a tree of drafts, or a mixture of tokens?
//!
//! A forward pass for the Llama family, written because no crate takes both embeddings and draft trees: superposed decoding
//! reads a weighted mean of tokens, and tree verification reads many continuations at once. Everything else (training,
//! GPUs, other families) is left to the libraries of the field. A row's result is the same to the last bit whether it is
//! computed alone or in a batch, so that verified output equals greedy output.

mod attention;
mod board;
pub mod cache;
pub mod config;
pub mod error;
mod forward;
pub mod gguf;
mod half;
mod input;
mod kernel;
mod largest;
mod maths;
mod matrix;
pub mod model;
mod packed;
mod pass;
mod place;
mod product;
mod rotary;
mod team;
#[cfg(test)]
mod testkit;
#[cfg(test)]
mod tests;
mod tree;
