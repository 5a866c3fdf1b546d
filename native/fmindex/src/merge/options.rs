//! What is merged, with what, and how much memory does that take?

use std::path::PathBuf;

/// A shard to merge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeInput {
    pub path: PathBuf,
    /// Documents that are left out, rising.
    pub dropped: Vec<u64>,
}

/// With what to merge. The shard does not depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeOptions {
    /// At least one.
    pub threads: usize,
    /// What may be used of memory; see [`estimate_merge_bytes`] for what is needed.
    pub memory_bytes: u64,
    /// A folder for files that are gone when the merge is done, or has failed.
    pub scratch: PathBuf,
}

/// The sizes of shards to merge, all in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MergeSizes {
    /// Text bytes and separators.
    pub rows: u64,
    pub documents: u64,
    /// Bytes of the shard files.
    pub file_bytes: u64,
}

/// Buffers, compressors and dictionaries.
const BASE_BYTES: u64 = 24 << 20;
/// Positions, orders and rows of a part of the work, and what is made of them.
const BYTES_A_THREAD: u64 = 56 << 20;
/// Borders of the document, its first ordinals, its last sample, its id.
const BYTES_A_DOCUMENT: u64 = 72;
/// Samples at the default rates, in 1/100 byte a row.
const SAMPLE_HUNDREDTHS: u64 = 8;
/// The rank structure of what is merged so far, and as much again while it is written: in files that are mapped.
const RANK_HUNDREDTHS: u64 = 60;

/// Bytes of memory that merging takes at least: half of it mapped files, of which the system takes back what it likes.
pub fn estimate_merge_bytes(sizes: MergeSizes, threads: usize) -> u64 {
    let hundredths = |of: u64, rate: u64| of / 100 * rate + of % 100 * rate / 100;
    let documents = sizes.documents.saturating_mul(BYTES_A_DOCUMENT);
    let parts = [
        sizes.file_bytes,
        hundredths(sizes.rows, SAMPLE_HUNDREDTHS + RANK_HUNDREDTHS),
        documents,
        BYTES_A_THREAD.saturating_mul(threads as u64),
        BASE_BYTES,
    ];
    parts.into_iter().fold(0, u64::saturating_add)
}

/// Bytes a row of the table that a shard's text is got back with, when it fits.
pub(super) const TABLE_BYTES_A_ROW: u64 = 5;
