//! What shape has a model? Read from the metadata and checked before anything is computed with it.

use crate::error::{Error, Result};
use crate::gguf::Gguf;

/// The shape of a Llama-family transformer.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Width of an embedding.
    pub width: usize,
    pub layers: usize,
    pub heads: usize,
    /// Heads of keys and values; each serves `heads / kv_heads` heads.
    pub kv_heads: usize,
    /// Width of a head.
    pub head_width: usize,
    pub feed_forward_width: usize,
    /// Token ids are below it.
    pub vocabulary: usize,
    /// Longest context it was trained for, in tokens.
    pub context_length: usize,
    pub norm_epsilon: f32,
    pub rope_base: f32,
    pub begin_token: Option<u32>,
    pub end_token: Option<u32>,
}

/// No model of this family comes near it; a damaged file may.
const MAX_SIZE: usize = 1 << 20;

impl Config {
    /// # Errors
    /// `Unsupported` for other architectures and ways of scaling positions, `Damaged` where a size is missing or absurd.
    pub fn read(gguf: &Gguf) -> Result<Self> {
        let architecture = gguf.text("general.architecture").unwrap_or("");
        if architecture != "llama" {
            return Err(Error::Unsupported(format!("architecture '{architecture}'; only 'llama' is read")));
        }
        if gguf.text("llama.rope.scaling.type").is_some_and(|kind| kind != "none") {
            return Err(Error::Unsupported("scaled rotary positions".into()));
        }
        let width = size(gguf, "llama.embedding_length")?;
        let heads = size(gguf, "llama.attention.head_count")?;
        let kv_heads = gguf.integer("llama.attention.head_count_kv").map_or(heads, |heads| heads as usize);
        let head_width = gguf.integer("llama.attention.key_length").map_or(width / heads, |width| width as usize);
        let vocabulary =
            gguf.tensor("token_embd.weight").and_then(|tensor| tensor.dimensions.get(1).copied()).unwrap_or(0);
        let config = Self {
            width,
            layers: size(gguf, "llama.block_count")?,
            heads,
            kv_heads,
            head_width,
            feed_forward_width: size(gguf, "llama.feed_forward_length")?,
            vocabulary,
            context_length: size(gguf, "llama.context_length")?,
            norm_epsilon: gguf.float("llama.attention.layer_norm_rms_epsilon").unwrap_or(1e-5),
            rope_base: gguf.float("llama.rope.freq_base").unwrap_or(10_000.0),
            begin_token: gguf.integer("tokenizer.ggml.bos_token_id"),
            end_token: gguf.integer("tokenizer.ggml.eos_token_id"),
        };
        config.check()?;
        if gguf.integer("llama.rope.dimension_count").is_some_and(|width| width as usize != head_width) {
            return Err(Error::Unsupported("rotary positions over a part of a head".into()));
        }
        Ok(config)
    }

    /// Width of the keys, or of the values, of a token in a layer.
    pub fn kv_width(&self) -> usize {
        self.kv_heads * self.head_width
    }

    fn check(&self) -> Result<()> {
        let sizes = [self.kv_heads, self.head_width, self.vocabulary];
        let is_sound = sizes.iter().all(|size| (1..=MAX_SIZE).contains(size))
            && self.heads.is_multiple_of(self.kv_heads)
            && self.head_width.is_multiple_of(2)
            && self.norm_epsilon > 0.0
            && self.rope_base > 0.0;
        if is_sound { Ok(()) } else { Err(Error::Damaged(format!("its sizes do not fit each other: {self:?}"))) }
    }
}

fn size(gguf: &Gguf, key: &str) -> Result<usize> {
    match gguf.integer(key).map(|value| value as usize) {
        Some(value) if (1..=MAX_SIZE).contains(&value) => Ok(value),
        Some(value) => Err(Error::Damaged(format!("{key} is {value}"))),
        None => Err(Error::Damaged(format!("{key} is missing"))),
    }
}
