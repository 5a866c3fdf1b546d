//! How is a BWT turned into the four sections?

use std::thread;

use super::bytes::write_u64;
use super::group_encoder::{GroupBytes, GroupEncoder};
use super::layout::{
    BLOCK_BITS, GROUP_UNIT_BYTES, Geometry, LAYOUT_VERSION, PADDING_BYTES, SUPERBLOCK_BITS, move_records, write_record,
};
use crate::error::{Error, Result};

/// How to encode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodeOptions {
    /// A group has 2^`group_bits` rows: 10 is fast, 11 the default, 12 small.
    pub group_bits: u32,
}

impl Default for EncodeOptions {
    fn default() -> Self {
        Self { group_bits: 11 }
    }
}

/// The sections of an encoded BWT, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EncodedRank {
    /// `rank.header`
    pub header: Vec<u8>,
    /// `rank.records`
    pub records: Vec<u8>,
    /// `rank.entries`
    pub entries: Vec<u8>,
    /// `rank.groups`
    pub groups: Vec<u8>,
}

/// Encodes `bwt` on up to `threads` threads (0 counts as 1). The bytes do not depend on `threads`. O(n), and memory for
/// the result.
///
/// # Errors
/// [`Error::Argument`] when `group_bits` is not 10, 11 or 12.
pub fn encode(bwt: &[u8], options: EncodeOptions, threads: usize) -> Result<EncodedRank> {
    let Some(geometry) = Geometry::new(options.group_bits) else {
        return Err(Error::Argument(format!("group bits {}: 10, 11 or 12 expected", options.group_bits)));
    };
    let superblocks: Vec<&[u8]> = bwt.chunks(1 << SUPERBLOCK_BITS).collect();
    let threads = threads.clamp(1, superblocks.len().max(1));
    if threads == 1 {
        // Where there are no threads, one is not started either.
        let pieces = superblocks.into_iter().map(|rows| encode_superblock(rows, geometry)).collect();
        return Ok(join_pieces(bwt, geometry, pieces));
    }
    let pieces = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let mine = superblocks.iter().skip(worker).step_by(threads);
                scope.spawn(move || mine.map(|rows| encode_superblock(rows, geometry)).collect::<Vec<_>>())
            })
            .collect();
        let mut lanes: Vec<_> = workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)).into_iter())
            .collect();
        (0..superblocks.len()).filter_map(|index| lanes[index % threads].next()).collect::<Vec<_>>()
    });
    Ok(join_pieces(bwt, geometry, pieces))
}

/// A superblock by itself: its ranks and offsets count from its own start.
struct Piece {
    records: Vec<u8>,
    entries: Vec<u8>,
    groups: Vec<u8>,
    counts: [u64; 256],
    /// The blocks that hold each symbol.
    blocks: [u64; 256],
    runs: u64,
    bytes: GroupBytes,
}

fn encode_superblock(rows: &[u8], geometry: Geometry) -> Piece {
    let mut encoder = GroupEncoder::new(geometry);
    let mut piece = Piece {
        records: Vec::new(),
        entries: Vec::new(),
        groups: Vec::with_capacity(rows.len() / 4),
        counts: [0; 256],
        blocks: [0; 256],
        runs: 1 + rows.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64,
        bytes: GroupBytes::default(),
    };
    for (block, rows) in rows.chunks(1 << BLOCK_BITS).enumerate() {
        encode_block(&mut piece, &mut encoder, block, rows, geometry);
    }
    piece.bytes = encoder.bytes;
    piece
}

fn encode_block(piece: &mut Piece, encoder: &mut GroupEncoder, block: usize, rows: &[u8], geometry: Geometry) {
    let (entries_start, groups_start) = (piece.entries.len(), piece.groups.len());
    let mut ranks = [0u32; 256];
    let mut groups_of = [0u64; 256];
    let mut group_units = vec![0; geometry.block_groups()];
    for (group, rows) in rows.chunks(geometry.group_rows()).enumerate() {
        let used = (piece.groups.len() - groups_start).next_multiple_of(GROUP_UNIT_BYTES);
        piece.groups.resize(groups_start + used, 0);
        // A block takes at most 64 · (1024 + 776) bytes, so its groups begin below 2^16 units.
        group_units[group] = (used / GROUP_UNIT_BYTES) as u16;
        encoder.write(rows, &ranks, &mut piece.groups);
        for ((&count, rank), groups) in encoder.row_counts.iter().zip(&mut ranks).zip(&mut groups_of) {
            *rank += count;
            *groups |= u64::from(count > 0) << group;
        }
    }
    let mut present = [0u64; 4];
    for symbol in (0..256).filter(|&symbol| ranks[symbol] > 0) {
        present[symbol >> 6] |= 1 << (symbol & 63);
        piece.blocks[symbol] |= 1 << block;
        piece.entries.extend(&piece.counts[symbol].to_le_bytes()[..3]);
        piece.entries.extend(&groups_of[symbol].to_le_bytes()[..geometry.block_groups() / 8]);
        piece.counts[symbol] += u64::from(ranks[symbol]);
    }
    write_record(&mut piece.records, present, entries_start as u64, groups_start as u64, &group_units);
}

fn join_pieces(bwt: &[u8], geometry: Geometry, pieces: Vec<Piece>) -> EncodedRank {
    let mut counts = [0u64; 256];
    let mut bytes = GroupBytes::default();
    let mut runs = 0;
    for (index, piece) in pieces.iter().enumerate() {
        piece.counts.iter().zip(&mut counts).for_each(|(more, count)| *count += more);
        bytes.counter_bytes += piece.bytes.counter_bytes;
        bytes.head_bytes += piece.bytes.head_bytes;
        bytes.run_start_bytes += piece.bytes.run_start_bytes;
        let start = index << SUPERBLOCK_BITS;
        runs += piece.runs - u64::from(index > 0 && bwt[start - 1] == bwt[start]);
    }
    let alphabet: Vec<usize> = (0..256).filter(|&symbol| counts[symbol] > 0).collect();
    let mut header = Vec::new();
    header.extend(LAYOUT_VERSION.to_le_bytes());
    header.extend([geometry.group_bits as u8, 0, 0, 0, 0, 0]);
    for word in [bwt.len() as u64, runs, bytes.counter_bytes, bytes.head_bytes, bytes.run_start_bytes] {
        write_u64(&mut header, word);
    }
    for word in 0..4 {
        let here = alphabet.iter().filter(|&&symbol| symbol >> 6 == word);
        write_u64(&mut header, here.map(|&symbol| 1 << (symbol & 63)).sum());
    }
    let mut ends = [0u64; 256];
    for piece in &pieces {
        for &symbol in &alphabet {
            ends[symbol] += piece.counts[symbol];
            write_u64(&mut header, ends[symbol]);
        }
    }
    for piece in &pieces {
        alphabet.iter().for_each(|&symbol| write_u64(&mut header, piece.blocks[symbol]));
    }

    let total = |part: fn(&Piece) -> &Vec<u8>| pieces.iter().map(|piece| part(piece).len()).sum::<usize>();
    let mut records = Vec::with_capacity(total(|piece| &piece.records));
    let mut entries = Vec::with_capacity(total(|piece| &piece.entries) + PADDING_BYTES);
    let mut groups = Vec::with_capacity(total(|piece| &piece.groups) + PADDING_BYTES);
    for mut piece in pieces {
        move_records(&mut piece.records, geometry, entries.len() as u64, groups.len() as u64);
        records.append(&mut piece.records);
        entries.append(&mut piece.entries);
        groups.append(&mut piece.groups);
    }
    entries.resize(entries.len() + PADDING_BYTES, 0);
    groups.resize(groups.len() + PADDING_BYTES, 0);
    EncodedRank { header, records, entries, groups }
}
