//! How much memory does building a shard take?

/// Symbols that the sort can number with four bytes; more take eight.
pub(super) const MAX_NARROW_SYMBOLS: u64 = (1 << 31) - (1 << 16);
/// Text, suffixes, marks of the sampled places and the samples at the default rates, in 1/100 byte a symbol.
const HUNDREDTHS_A_SYMBOL: u64 = 530;
/// The same where the suffixes are numbered with eight bytes.
const WIDE_HUNDREDTHS_A_SYMBOL: u64 = 930;
/// Borders of the document, its first ordinals and its last sample.
const BYTES_A_DOCUMENT: u64 = 10;
/// Buffers, compressors and dictionaries.
const BASE_BYTES: u64 = 16 << 20;

/// Bytes of memory that building a shard of so much text and so many documents takes at its peak, with sampling rates
/// no denser than the defaults, and ids, metadata and facets that are together smaller than the text. With the text store it is no more: that is
/// compressed and written before the sort takes its memory.
pub fn estimate_build_bytes(text_bytes: u64, documents: u64) -> u64 {
    let symbols = text_bytes.saturating_add(documents);
    let hundredths = if symbols <= MAX_NARROW_SYMBOLS { HUNDREDTHS_A_SYMBOL } else { WIDE_HUNDREDTHS_A_SYMBOL };
    let sort = symbols / 100 * hundredths + symbols % 100 * hundredths / 100;
    sort.saturating_add(documents.saturating_mul(BYTES_A_DOCUMENT)).saturating_add(BASE_BYTES)
}

/// Text and suffixes of tokens; later twice the BWT.
const BYTES_A_TOKEN: u64 = 8;
/// Room for the borders in the sort, counts and codes.
const BYTES_AN_ID: u64 = 60;

/// As [`estimate_build_bytes`], for a shard of so many tokens with ids below `vocabulary`.
pub fn estimate_token_build_bytes(tokens: u64, documents: u64, vocabulary: u32) -> u64 {
    let rows = tokens.saturating_add(documents);
    // A token takes no more digits on average than its id would, and one: 224 of them in 64 bytes.
    let digits = u64::from((u32::BITS - vocabulary.leading_zeros()).div_ceil(2) + 1);
    let encoded = (rows / 7).saturating_add(1).saturating_mul(2 * digits);
    let kinds = u64::from(vocabulary).saturating_add(documents);
    rows.saturating_mul(BYTES_A_TOKEN)
        .saturating_add(encoded)
        .saturating_add(kinds.saturating_mul(BYTES_AN_ID))
        .saturating_add(BASE_BYTES)
}
