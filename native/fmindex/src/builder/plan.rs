//! How much memory does building a shard take?

/// Text, suffixes, marks of the sampled places and the samples at the default rates, in 1/100 byte a symbol.
const HUNDREDTHS_A_SYMBOL: u64 = 520;
/// Borders of the document, its first ordinals and its last sample.
const BYTES_A_DOCUMENT: u64 = 8;
/// Buffers, compressors and dictionaries.
const BASE_BYTES: u64 = 16 << 20;

/// Bytes of memory that building a shard of so much text and so many documents takes at its peak, with sampling rates
/// no denser than the defaults, and ids, metadata and facets that are together smaller than the text.
pub fn estimate_build_bytes(text_bytes: u64, documents: u64) -> u64 {
    let symbols = text_bytes.saturating_add(documents);
    let sort = symbols.saturating_mul(HUNDREDTHS_A_SYMBOL) / 100;
    sort.saturating_add(documents.saturating_mul(BYTES_A_DOCUMENT)).saturating_add(BASE_BYTES)
}
