//! How do documents get from JavaScript into the spool of a shard?

use std::path::PathBuf;

use fmindex::builder::{self, SpoolDocument};
use fmindex::error::{Error, Result as CoreResult};
use napi::bindgen_prelude::{Float64Array, Uint8Array};
use napi_derive::napi;

use crate::guard::{Result, guard};
use crate::numbers::{to_number, to_numbers, to_size};

#[napi(object, object_to_js = false)]
pub struct SpoolBatch {
    pub texts: Uint8Array,
    pub text_ends: Float64Array,
    pub external_ids: Vec<Option<String>>,
    pub metadata: Vec<Option<String>>,
    pub facets: Vec<Option<String>>,
}

#[napi(object, object_from_js = false)]
pub struct SpoolSummary {
    pub documents: f64,
    pub text_bytes: f64,
    pub file_bytes: f64,
    pub digest: String,
    pub byte_counts: Vec<f64>,
}

#[napi]
pub struct SpoolWriter {
    /// `None` once sealed.
    writer: Option<builder::SpoolWriter>,
    field_count: usize,
}

#[napi]
impl SpoolWriter {
    #[napi(constructor, catch_unwind)]
    pub fn new(path: Option<String>, facet_fields: Vec<String>) -> Result<Self> {
        guard(|| {
            let writer = builder::SpoolWriter::create(path.map(PathBuf::from).as_deref(), &facet_fields)?;
            Ok(Self { writer: Some(writer), field_count: facet_fields.len() })
        })
    }

    #[napi(catch_unwind)]
    pub fn append(&mut self, batch: SpoolBatch) -> Result<()> {
        let field_count = self.field_count;
        let writer = self.writer.as_mut();
        guard(|| append_batch(writer.ok_or_else(sealed)?, &batch, field_count))
    }

    #[napi(catch_unwind)]
    pub fn seal(&mut self) -> Result<SpoolSummary> {
        let writer = self.writer.take();
        guard(|| {
            let summary = writer.ok_or_else(sealed)?.seal()?;
            Ok(SpoolSummary {
                documents: to_number(summary.documents),
                text_bytes: to_number(summary.text_bytes),
                file_bytes: to_number(summary.file_bytes),
                digest: summary.digest,
                byte_counts: to_numbers(summary.byte_counts),
            })
        })
    }
}

pub fn sealed() -> Error {
    Error::Argument("the spool is sealed already".into())
}

fn append_batch(writer: &mut builder::SpoolWriter, batch: &SpoolBatch, field_count: usize) -> CoreResult<()> {
    let documents = batch.text_ends.len();
    check_length("externalIds", batch.external_ids.len(), documents)?;
    check_length("metadata", batch.metadata.len(), documents)?;
    check_length("facets", batch.facets.len(), documents.saturating_mul(field_count))?;
    let facets: Vec<Option<&str>> = batch.facets.iter().map(Option::as_deref).collect();
    let mut start = 0;
    for (at, &end) in batch.text_ends.iter().enumerate() {
        let end = to_size("textEnds", end)?;
        let text = batch
            .texts
            .get(start..end)
            .ok_or_else(|| Error::Argument(format!("text {at} is {start}..{end} of {} bytes", batch.texts.len())))?;
        writer.append(SpoolDocument {
            text,
            external_id: batch.external_ids[at].as_deref(),
            metadata: batch.metadata[at].as_deref(),
            facets: &facets[at * field_count..][..field_count],
        })?;
        start = end;
    }
    check_length("texts", batch.texts.len(), start)
}

pub fn check_length(name: &str, got: usize, expected: usize) -> CoreResult<()> {
    if got == expected {
        return Ok(());
    }
    Err(Error::Argument(format!("{name} has {got} entries where {expected} are expected")))
}
