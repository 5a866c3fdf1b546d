//! How do documents of tokens get from JavaScript into the spool of a shard?

use std::path::PathBuf;

use fmindex::builder::{self, TokenDocument};
use fmindex::error::{Error, Result as CoreResult};
use napi::bindgen_prelude::{Float64Array, Uint32Array};
use napi_derive::napi;

use crate::guard::{Result, guard};
use crate::numbers::{to_number, to_size};
use crate::spool::{check_length, sealed};

#[napi(object, object_to_js = false)]
pub struct TokenSpoolBatch {
    pub tokens: Uint32Array,
    pub token_ends: Float64Array,
    pub external_ids: Vec<Option<String>>,
    pub metadata: Vec<Option<String>>,
    pub facets: Vec<Option<String>>,
}

#[napi(object, object_from_js = false)]
pub struct TokenSpoolSummary {
    pub documents: f64,
    pub symbol_count: f64,
    pub file_bytes: f64,
    pub digest: String,
    pub least_vocabulary: u32,
}

#[napi]
pub struct TokenSpoolWriter {
    /// `None` once sealed.
    writer: Option<builder::TokenSpoolWriter>,
    field_count: usize,
}

#[napi]
impl TokenSpoolWriter {
    #[napi(constructor, catch_unwind)]
    pub fn new(path: Option<String>, facet_fields: Vec<String>) -> Result<Self> {
        guard(|| {
            let writer = builder::TokenSpoolWriter::create(path.map(PathBuf::from).as_deref(), &facet_fields)?;
            Ok(Self { writer: Some(writer), field_count: facet_fields.len() })
        })
    }

    #[napi(catch_unwind)]
    pub fn append(&mut self, batch: TokenSpoolBatch) -> Result<()> {
        let field_count = self.field_count;
        let writer = self.writer.as_mut();
        guard(|| append_batch(writer.ok_or_else(sealed)?, &batch, field_count))
    }

    #[napi(catch_unwind)]
    pub fn seal(&mut self) -> Result<TokenSpoolSummary> {
        let writer = self.writer.take();
        guard(|| {
            let summary = writer.ok_or_else(sealed)?.seal()?;
            Ok(TokenSpoolSummary {
                documents: to_number(summary.documents),
                symbol_count: to_number(summary.tokens),
                file_bytes: to_number(summary.file_bytes),
                digest: summary.digest,
                least_vocabulary: summary.least_vocabulary,
            })
        })
    }
}

fn append_batch(writer: &mut builder::TokenSpoolWriter, batch: &TokenSpoolBatch, field_count: usize) -> CoreResult<()> {
    let documents = batch.token_ends.len();
    check_length("externalIds", batch.external_ids.len(), documents)?;
    check_length("metadata", batch.metadata.len(), documents)?;
    check_length("facets", batch.facets.len(), documents.saturating_mul(field_count))?;
    let facets: Vec<Option<&str>> = batch.facets.iter().map(Option::as_deref).collect();
    let mut start = 0;
    for (at, &end) in batch.token_ends.iter().enumerate() {
        let end = to_size("tokenEnds", end)?;
        let len = batch.tokens.len();
        let tokens = batch.tokens.get(start..end);
        let tokens =
            tokens.ok_or_else(|| Error::Argument(format!("document {at} is {start}..{end} of {len} tokens")))?;
        writer.append(TokenDocument {
            tokens,
            external_id: batch.external_ids[at].as_deref(),
            metadata: batch.metadata[at].as_deref(),
            facets: &facets[at * field_count..][..field_count],
        })?;
        start = end;
    }
    check_length("tokens", batch.tokens.len(), start)
}
