//! How is a model opened and asked?

use std::fs;
use std::path::Path;
use std::thread;

use crate::cache::Cache;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::gguf::Gguf;
use crate::kernel::Kernel;
use crate::matrix::Matrix;

/// Rows of one pass; more are refused, so that a pass has a bound in memory.
pub const MAX_ROWS: usize = 512;
/// Threads of one pass; more would wait for each other longer than they save.
const MAX_THREADS: usize = 16;
/// Weights of a layer below which a thread has nothing to do.
const MIN_THREAD_WEIGHTS: usize = 1 << 18;

/// A model, shared by any number of sequences and threads.
#[derive(Debug)]
pub struct Model {
    pub config: Config,
    pub(crate) kernel: Kernel,
    pub(crate) embeddings: Matrix,
    pub(crate) blocks: Vec<Block>,
    pub(crate) output_norm: Vec<f32>,
    /// Absent when the embeddings serve as output too.
    output: Option<Matrix>,
    /// Threads of a pass.
    pub(crate) threads: usize,
}

/// The weights of a layer.
#[derive(Debug)]
pub(crate) struct Block {
    pub attention_norm: Vec<f32>,
    pub query: Matrix,
    pub key: Matrix,
    pub value: Matrix,
    pub attention_output: Matrix,
    pub feed_forward_norm: Vec<f32>,
    pub gate: Matrix,
    pub up: Matrix,
    pub down: Matrix,
}

/// Which rows' logits are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    All,
    Last,
}

impl Model {
    /// Reads a GGUF file into memory: about as much as the file has.
    ///
    /// # Errors
    /// `Io`, `Damaged` and `Unsupported`, each saying what.
    pub fn open(path: &Path) -> Result<Self> {
        Self::parse(fs::read(path)?, Kernel::detect())
    }

    pub(crate) fn parse(bytes: Vec<u8>, kernel: Kernel) -> Result<Self> {
        let gguf = Gguf::parse(bytes)?;
        let config = Config::read(&gguf)?;
        let (width, forward) = (config.width, config.feed_forward_width);
        let heads_width = config.heads * config.head_width;
        let mut blocks = Vec::new();
        for layer in 0..config.layers {
            let name = |part: &str| format!("blk.{layer}.{part}");
            if ["attn_q.bias", "attn_k.bias", "attn_v.bias"].iter().any(|part| gguf.tensor(&name(part)).is_some()) {
                return Err(Error::Unsupported("attention with biases".into()));
            }
            blocks.push(Block {
                attention_norm: Matrix::read_vector(&gguf, &name("attn_norm.weight"), width)?,
                query: Matrix::read(&gguf, &name("attn_q.weight"), heads_width, width)?,
                key: Matrix::read(&gguf, &name("attn_k.weight"), config.kv_width(), width)?,
                value: Matrix::read(&gguf, &name("attn_v.weight"), config.kv_width(), width)?,
                attention_output: Matrix::read(&gguf, &name("attn_output.weight"), width, heads_width)?,
                feed_forward_norm: Matrix::read_vector(&gguf, &name("ffn_norm.weight"), width)?,
                gate: Matrix::read(&gguf, &name("ffn_gate.weight"), forward, width)?,
                up: Matrix::read(&gguf, &name("ffn_up.weight"), forward, width)?,
                down: Matrix::read(&gguf, &name("ffn_down.weight"), width, forward)?,
            });
        }
        if gguf.tensor("rope_freqs.weight").is_some() {
            return Err(Error::Unsupported("scaled rotary positions".into()));
        }
        let output = match gguf.tensor("output.weight") {
            Some(_) => Some(Matrix::read(&gguf, "output.weight", config.vocabulary, width)?),
            None => None,
        };
        Ok(Self {
            kernel,
            threads: choose_threads(&config),
            embeddings: Matrix::read(&gguf, "token_embd.weight", config.vocabulary, width)?,
            blocks,
            output_norm: Matrix::read_vector(&gguf, "output_norm.weight", width)?,
            output,
            config,
        })
    }

    pub(crate) fn output_matrix(&self) -> &Matrix {
        self.output.as_ref().unwrap_or(&self.embeddings)
    }

    /// The memory of a new sequence.
    pub fn new_cache(&self) -> Cache {
        Cache::new(self.config.layers * self.config.kv_heads, self.config.head_width)
    }

    /// Embeddings of tokens, one after the other.
    ///
    /// # Errors
    /// `Argument` for an id outside the vocabulary.
    pub fn embed(&self, tokens: &[u32]) -> Result<Vec<f32>> {
        let width = self.config.width;
        let mut embeddings = vec![0.0; tokens.len() * width];
        for (&token, out) in tokens.iter().zip(embeddings.chunks_exact_mut(width)) {
            if token as usize >= self.config.vocabulary {
                return Err(Error::Argument(format!("token {token} is not below {}", self.config.vocabulary)));
            }
            self.embeddings.decode_row(token as usize, out);
        }
        Ok(embeddings)
    }

    /// The weighted mean of tokens' embeddings: what superposed decoding reads (arXiv:2405.18400).
    ///
    /// # Errors
    /// `Argument` for an id outside the vocabulary, or when there is not one weight a token.
    pub fn superpose(&self, tokens: &[u32], weights: &[f32]) -> Result<Vec<f32>> {
        if tokens.len() != weights.len() {
            return Err(Error::Argument(format!("{} weights for {} tokens", weights.len(), tokens.len())));
        }
        let mut mean = vec![0.0; self.config.width];
        for (embedding, weight) in self.embed(tokens)?.chunks_exact(self.config.width).zip(weights) {
            for (sum, value) in mean.iter_mut().zip(embedding) {
                *sum += weight * value;
            }
        }
        Ok(mean)
    }
}

fn choose_threads(config: &Config) -> usize {
    let available = thread::available_parallelism().map_or(1, |threads| threads.get());
    let layer_weights = config.width * config.feed_forward_width * 3;
    available.min(MAX_THREADS).min(layer_weights / MIN_THREAD_WEIGHTS + 1)
}
