//! Which plain objects does a scan for repetition hand to JavaScript?

use fmindex::error::Result;
use fmindex::repetition;
use napi::bindgen_prelude::Float64Array;
use napi_derive::napi;

use crate::numbers::{to_number, to_numbers};

#[napi(object, object_from_js = false)]
pub struct RepeatedString {
    pub length: f64,
    pub count: f64,
    pub ranges: Float64Array,
    pub places: Float64Array,
}

impl From<&repetition::RepeatedString> for RepeatedString {
    fn from(string: &repetition::RepeatedString) -> Self {
        let ranges = string.rows.iter().flat_map(|rows| [rows.shard as u64, rows.lo, rows.hi]);
        let places = string.places.iter().flat_map(|place| [place.document, place.end]);
        Self {
            length: to_number(string.length),
            count: to_number(string.count),
            ranges: to_numbers(ranges).into(),
            places: to_numbers(places).into(),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct RepeatedGrams {
    pub distinct: Float64Array,
    pub occurrences: Float64Array,
    pub largest: f64,
    pub string_count: f64,
    pub longest: Vec<RepeatedString>,
    pub most_repeated: Vec<RepeatedString>,
    pub twins: Float64Array,
    pub twin_sources: Float64Array,
    pub twin_ends: Float64Array,
    pub twin_symbols: Float64Array,
}

impl RepeatedGrams {
    pub fn new(repeats: &repetition::Repeats, source_of: impl Fn(u64) -> usize) -> Self {
        let repetition::Repeats { counts, longest, most_repeated, twins, .. } = repeats;
        let strings = |strings: &[repetition::RepeatedString]| strings.iter().map(RepeatedString::from).collect();
        let sources = twins.documents.iter().map(|&document| source_of(document) as u64);
        Self {
            distinct: to_numbers(counts.distinct).into(),
            occurrences: to_numbers(counts.occurrences).into(),
            largest: to_number(counts.largest),
            string_count: to_number(repeats.string_count),
            longest: strings(longest),
            most_repeated: strings(most_repeated),
            twins: to_numbers(twins.documents.iter().copied()).into(),
            twin_sources: to_numbers(sources).into(),
            twin_ends: to_numbers(twins.groups.iter().map(|&(end, _)| end as u64)).into(),
            twin_symbols: to_numbers(twins.groups.iter().map(|&(_, symbols)| symbols)).into(),
        }
    }
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct SpanBatch {
    pub documents: Float64Array,
    pub document_symbols: Float64Array,
    pub external_ids: Vec<Option<String>>,
    pub span_ends: Float64Array,
    pub spans: Float64Array,
    pub share: f64,
}

impl SpanBatch {
    pub fn new(batch: repetition::SpanBatch, external_id: impl Fn(u64) -> Result<Option<String>>) -> Result<Self> {
        Ok(Self {
            external_ids: batch.documents.iter().map(|&document| external_id(document)).collect::<Result<_>>()?,
            documents: to_numbers(batch.documents).into(),
            document_symbols: to_numbers(batch.document_symbols).into(),
            span_ends: to_numbers(batch.span_ends.into_iter().map(|end| end as u64)).into(),
            spans: to_numbers(batch.spans.into_iter().flat_map(|span| [span.start, span.end])).into(),
            share: batch.share,
        })
    }
}

#[napi(object, object_from_js = false)]
pub struct SourceTotals {
    pub documents: f64,
    pub symbols: f64,
    pub grams: f64,
    pub repeated_grams: f64,
    pub repeated_symbols: f64,
    pub removable_symbols: f64,
}

impl From<repetition::SourceTotals> for SourceTotals {
    fn from(totals: repetition::SourceTotals) -> Self {
        Self {
            documents: to_number(totals.documents),
            symbols: to_number(totals.symbols),
            grams: to_number(totals.grams),
            repeated_grams: to_number(totals.repeated_grams),
            repeated_symbols: to_number(totals.repeated_symbols),
            removable_symbols: to_number(totals.removable_symbols),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct SampledGrams {
    pub counts: Float64Array,
    pub documents: Float64Array,
    pub offsets: Float64Array,
    pub sources: Float64Array,
}

impl SampledGrams {
    pub fn new(
        sample: &[repetition::SampledGram],
        first_document: impl Fn(usize) -> u64,
        source_of: impl Fn(usize, u64) -> usize,
    ) -> Self {
        let documents = sample.iter().map(|gram| first_document(gram.shard) + gram.document);
        let sources = sample.iter().map(|gram| source_of(gram.shard, gram.document) as u64);
        Self {
            counts: to_numbers(sample.iter().map(|gram| gram.count)).into(),
            documents: to_numbers(documents).into(),
            offsets: to_numbers(sample.iter().map(|gram| gram.offset)).into(),
            sources: to_numbers(sources).into(),
        }
    }
}
