//! How deep is the table of a shard, and how is it written?

use super::enumerate::Enumeration;
use super::table::MAX_SYMBOLS;
use crate::bits::EliasFanoBuilder;
use crate::error::Result;
use crate::rank::RankIndex;

/// The table takes at most one byte for so many bytes of text: 0.5 %.
const TEXT_BYTES_A_TABLE_BYTE: u64 = 200;

/// The two sections of a table.
pub(crate) struct EncodedPrefixes {
    pub keys: Vec<u8>,
    pub starts: Vec<u8>,
}

/// The table of the longest patterns, of up to three symbols, that stays below 0.5 % of the text; `None` when not even
/// single symbols do. O(patterns) symbol visits.
///
/// # Errors
/// When the rank structure contradicts itself.
pub(crate) fn encode_prefixes<R: RankIndex<Symbol = u8>>(
    rank: &R,
    byte_counts: &[u64; 256],
    first_rows: &[u64; 256],
) -> Result<Option<EncodedPrefixes>> {
    let max_bytes = byte_counts.iter().sum::<u64>() / TEXT_BYTES_A_TABLE_BYTE;
    let mut enumeration = Enumeration::new(rank, byte_counts, first_rows);
    let mut deepest = None;
    for _ in 0..MAX_SYMBOLS {
        // A pattern takes more than a byte.
        if !enumeration.deepen(max_bytes) {
            break;
        }
        let encoded = encode_entries(&enumeration.entries(), enumeration.key_count(), rank.len())?;
        if (encoded.keys.len() + encoded.starts.len()) as u64 > max_bytes {
            break;
        }
        deepest = Some(encoded);
    }
    Ok(deepest)
}

/// # Errors
/// [`Error::Argument`](crate::error::Error::Argument) when an entry is below the one before it.
pub(super) fn encode_entries(entries: &[(u64, u64)], key_count: u64, row_count: u64) -> Result<EncodedPrefixes> {
    let mut keys = EliasFanoBuilder::new(entries.len() as u64, key_count)?;
    let mut starts = EliasFanoBuilder::new(entries.len() as u64, row_count)?;
    for &(key, start) in entries {
        keys.push(key)?;
        starts.push(start)?;
    }
    Ok(EncodedPrefixes { keys: keys.finish()?, starts: starts.finish()? })
}
