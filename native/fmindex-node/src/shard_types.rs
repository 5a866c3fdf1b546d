//! Which plain objects does a shard hand to JavaScript?

use napi::bindgen_prelude::{Buffer, Float64Array};
use napi_derive::napi;

use fmindex::{error, format, hidden, search, shard};

use crate::numbers::{to_number, to_numbers, to_size};

#[napi(object, object_to_js = false)]
pub struct Matching {
    pub ignore_case: bool,
    pub flexible_space: bool,
    pub max_ranges: f64,
}

impl Matching {
    pub fn to_search(&self) -> error::Result<search::Matching> {
        let max_ranges = to_size("maxRanges", self.max_ranges)?;
        Ok(search::Matching { ignore_case: self.ignore_case, flexible_space: self.flexible_space, max_ranges })
    }
}

#[napi(object, object_from_js = false)]
pub struct Rows {
    pub lo: f64,
    pub hi: f64,
}

#[napi(object, object_from_js = false)]
pub struct FoundRange {
    pub lo: f64,
    pub hi: f64,
    pub length: f64,
}

impl From<search::FoundRange> for FoundRange {
    fn from(range: search::FoundRange) -> Self {
        Self { lo: to_number(range.lo), hi: to_number(range.hi), length: to_number(range.length) }
    }
}

#[napi(object, object_from_js = false)]
pub struct SectionInfo {
    pub name: String,
    pub bytes: f64,
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct ShardInfo {
    pub path: String,
    pub format: String,
    pub checksum: String,
    pub file_bytes: f64,
    pub documents: f64,
    pub symbols: String,
    pub vocabulary: u32,
    pub text_bytes: f64,
    pub symbol_count: f64,
    pub rows: f64,
    pub runs: f64,
    pub entropy_bits: f64,
    pub sa_rate: u32,
    pub isa_rate: u32,
    pub profile: String,
    pub facet_fields: Vec<String>,
    pub has_external_ids: bool,
    pub has_text_store: bool,
    pub byte_counts: Vec<f64>,
    pub sections: Vec<SectionInfo>,
    pub hidden: Option<HiddenInfo>,
}

#[napi(object, object_from_js = false)]
pub struct HiddenInfo {
    pub checksum: String,
    pub file_bytes: f64,
    pub documents: f64,
    pub symbol_count: f64,
}

impl From<hidden::HiddenInfo> for HiddenInfo {
    fn from(info: hidden::HiddenInfo) -> Self {
        Self {
            checksum: info.checksum,
            file_bytes: to_number(info.file_bytes),
            documents: to_number(info.documents),
            symbol_count: to_number(info.symbols),
        }
    }
}

impl ShardInfo {
    pub fn new(path: &str, info: shard::ShardInfo) -> Self {
        let section = |(name, bytes): (&str, u64)| SectionInfo { name: name.to_owned(), bytes: to_number(bytes) };
        Self {
            path: path.to_owned(),
            format: info.format,
            checksum: info.checksum,
            file_bytes: to_number(info.file_bytes),
            documents: to_number(info.documents),
            symbols: info.symbols.name().to_owned(),
            vocabulary: info.vocabulary,
            text_bytes: to_number(info.text_bytes),
            symbol_count: to_number(info.symbol_count),
            rows: to_number(info.rows),
            runs: to_number(info.runs),
            entropy_bits: info.entropy_bits,
            sa_rate: info.sa_rate,
            isa_rate: info.isa_rate,
            profile: info.profile.to_owned(),
            facet_fields: info.facet_fields,
            has_external_ids: info.has_external_ids,
            has_text_store: info.has_text_store,
            byte_counts: to_numbers(info.byte_counts),
            sections: info.sections.into_iter().map(section).collect(),
            hidden: info.hidden.map(HiddenInfo::from),
        }
    }
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct NextEntry {
    pub bytes: Option<Buffer>,
    pub count: f64,
}

/// Something that follows, as bytes.
pub trait NextUnit {
    fn into_bytes(self) -> Vec<u8>;
}

impl NextUnit for u8 {
    fn into_bytes(self) -> Vec<u8> {
        vec![self]
    }
}

impl NextUnit for u32 {
    fn into_bytes(self) -> Vec<u8> {
        self.to_le_bytes().to_vec()
    }
}

impl NextUnit for Vec<u8> {
    fn into_bytes(self) -> Vec<u8> {
        self
    }
}

pub fn to_entries<T: NextUnit>(entries: Vec<search::NextEntry<T>>) -> Vec<NextEntry> {
    let entry = |entry: search::NextEntry<T>| NextEntry {
        bytes: entry.unit.map(|unit| unit.into_bytes().into()),
        count: to_number(entry.count),
    };
    entries.into_iter().map(entry).collect()
}

/// What an entry of a distribution stands for.
#[derive(Debug, Clone, Copy)]
pub enum Unit {
    Byte,
    Character,
    Token,
}

impl Unit {
    /// # Errors
    /// [`error::Error::Argument`] for another name.
    pub fn from_name(name: &str) -> error::Result<Self> {
        match name {
            "byte" => Ok(Self::Byte),
            "character" => Ok(Self::Character),
            "token" => Ok(Self::Token),
            _ => Err(error::Error::Argument(format!("unit {name:?} is not byte, character or token"))),
        }
    }
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct DocumentRecord {
    pub bytes: f64,
    pub external_id: Option<String>,
    pub metadata: Option<String>,
    pub facets: Vec<Option<String>>,
}

impl From<format::DocumentRecord> for DocumentRecord {
    fn from(record: format::DocumentRecord) -> Self {
        let format::DocumentRecord { symbols, external_id, metadata, facets } = record;
        Self { bytes: to_number(symbols), external_id, metadata, facets }
    }
}

#[napi(object, object_from_js = false)]
pub struct UnitCounts {
    pub code_points: f64,
    #[napi(js_name = "utf16Units")]
    pub utf16_units: f64,
}

#[napi(object, object_from_js = false)]
pub struct DocumentCount {
    pub count: f64,
    pub is_exact: bool,
    pub lower_bound: f64,
    pub interval_low: f64,
    pub interval_high: f64,
}

impl From<search::DocumentCount> for DocumentCount {
    fn from(count: search::DocumentCount) -> Self {
        Self {
            count: to_number(count.count),
            is_exact: count.is_exact,
            lower_bound: to_number(count.lower_bound),
            interval_low: to_number(count.interval_low),
            interval_high: to_number(count.interval_high),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct DocumentList {
    pub documents: Float64Array,
    pub counts: Float64Array,
    pub first_ends: Float64Array,
    pub first_lengths: Float64Array,
    pub is_complete: bool,
}

impl From<search::DocumentList> for DocumentList {
    fn from(list: search::DocumentList) -> Self {
        let column = |of: fn(&search::DocumentMatches) -> u64| to_numbers(list.documents.iter().map(of)).into();
        Self {
            documents: column(|matches| matches.document),
            counts: column(|matches| matches.count),
            first_ends: column(|matches| matches.first_end),
            first_lengths: column(|matches| matches.first_length),
            is_complete: list.is_complete,
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct FacetCounts {
    pub values: Vec<Option<String>>,
    pub occurrences: Float64Array,
    pub documents: Float64Array,
    pub is_complete: bool,
}

impl From<search::FacetCounts> for FacetCounts {
    fn from(counts: search::FacetCounts) -> Self {
        Self {
            occurrences: to_numbers(counts.values.iter().map(|count| count.occurrences)).into(),
            documents: to_numbers(counts.values.iter().map(|count| count.documents)).into(),
            values: counts.values.into_iter().map(|count| count.value).collect(),
            is_complete: counts.is_complete,
        }
    }
}
