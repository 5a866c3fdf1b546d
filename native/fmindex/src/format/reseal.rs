//! How does a changed file get past its checksums?

use xxhash_rust::xxh3::xxh3_64;

use super::layout::{
    BLOCK_BYTES, ENTRY_BYTES, Entry, FOOTER_BYTES, FORMAT_MAJOR, FORMAT_MINOR, Footer, HEADER_BYTES, Header,
};

/// Makes the lengths, the versions and all checksums of `file` those of its bytes, as far as its table makes sense. For tests:
/// what is behind the checksums has to stand hostile bytes too.
pub fn reseal(file: &mut [u8]) {
    if file.len() < HEADER_BYTES + FOOTER_BYTES {
        return;
    }
    let section_count = file[16..20].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)).min(64);
    let file_bytes = file.len() as u64;
    let header = Header { major: FORMAT_MAJOR, minor: FORMAT_MINOR, section_count, file_bytes };
    file[..HEADER_BYTES].copy_from_slice(&header.encode());
    let table_end = (HEADER_BYTES + section_count as usize * ENTRY_BYTES).min(file.len() - FOOTER_BYTES);
    let entries: Vec<Entry> =
        file[HEADER_BYTES..table_end].as_chunks::<ENTRY_BYTES>().0.iter().map(Entry::decode).collect();
    let range = |entry: &Entry| {
        let start = usize::try_from(entry.offset).unwrap_or(usize::MAX);
        start..start.saturating_add(usize::try_from(entry.bytes).unwrap_or(usize::MAX))
    };
    let mut blocks_checksum = 0;
    if let Some((last, others)) = entries.split_last() {
        let sections = others.iter().filter_map(|entry| file.get(range(entry)));
        let blocks = sections.flat_map(|section| section.chunks(BLOCK_BYTES));
        let checksums: Vec<u8> = blocks.flat_map(|block| xxh3_64(block).to_le_bytes()).collect();
        if let Some(target) = file.get_mut(range(last)) {
            target.iter_mut().zip(&checksums).for_each(|(byte, &checksum)| *byte = checksum);
            blocks_checksum = xxh3_64(target);
        }
    }
    let table_checksum = xxh3_64(&file[HEADER_BYTES..table_end]);
    let footer = Footer { file_bytes, table_checksum, blocks_checksum }.encode();
    let footer_start = file.len() - FOOTER_BYTES;
    file[footer_start..].copy_from_slice(&footer);
}
