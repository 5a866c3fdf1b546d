//! How is a BWT turned into the four sections?

use super::bytes::write_u64;
use super::group_encoder::{GroupBytes, GroupEncoder};
use super::layout::{
    BLOCK_BITS, GROUP_UNIT_BYTES, Geometry, LAYOUT_VERSION, PADDING_BYTES, SUPERBLOCK_BITS, move_records, write_record,
};
use crate::error::{Error, Result};
use crate::threads::share_work;

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
    let mut builder = RankBuilder::new(options)?;
    let superblocks: Vec<&[u8]> = bwt.chunks(1 << SUPERBLOCK_BITS).collect();
    let threads = threads.clamp(1, superblocks.len().max(1));
    let encode_share = |worker: usize| -> Vec<EncodedSuperblock> {
        superblocks.iter().skip(worker).step_by(threads).map(|rows| builder.encode_superblock(rows)).collect()
    };
    let shares = share_work(threads, || encode_share(0), encode_share);
    let mut shares: Vec<_> = shares.into_iter().map(Vec::into_iter).collect();
    let pieces: Vec<_> = (0..superblocks.len()).filter_map(|index| shares[index % threads].next()).collect();
    let total = |part: fn(&EncodedSuperblock) -> &Vec<u8>| pieces.iter().map(|piece| part(piece).len()).sum::<usize>();
    let mut encoded = EncodedRank {
        header: Vec::new(),
        records: Vec::with_capacity(total(|piece| &piece.records)),
        entries: Vec::with_capacity(total(|piece| &piece.entries) + PADDING_BYTES),
        groups: Vec::with_capacity(total(|piece| &piece.groups) + PADDING_BYTES),
    };
    for piece in pieces {
        let mut placed = builder.place(piece);
        encoded.records.append(&mut placed.records);
        encoded.entries.append(&mut placed.entries);
        encoded.groups.append(&mut placed.groups);
    }
    encoded.header = builder.finish();
    encoded.entries.resize(encoded.entries.len() + PADDING_BYTES, 0);
    encoded.groups.resize(encoded.groups.len() + PADDING_BYTES, 0);
    Ok(encoded)
}

/// Rows of a superblock: what [`RankBuilder`] takes at a time.
pub const SUPERBLOCK_ROWS: usize = 1 << SUPERBLOCK_BITS;

/// A superblock by itself: its ranks and offsets count from its own start until it is placed.
pub struct EncodedSuperblock {
    /// `rank.records`
    pub records: Vec<u8>,
    /// `rank.entries`
    pub entries: Vec<u8>,
    /// `rank.groups`
    pub groups: Vec<u8>,
    counts: [u64; 256],
    /// The blocks that hold each symbol.
    blocks: [u64; 256],
    runs: u64,
    rows: u64,
    /// The first symbol and the last.
    ends: (u8, u8),
    bytes: GroupBytes,
}

/// Puts superblocks, one after the other, into the sections of a BWT, of which it keeps the header alone.
pub struct RankBuilder {
    geometry: Geometry,
    /// Of each superblock the counts and the blocks of each symbol.
    superblocks: Vec<([u64; 256], [u64; 256])>,
    rows: u64,
    runs: u64,
    last: Option<u8>,
    bytes: GroupBytes,
    /// Bytes placed so far.
    entry_bytes: u64,
    group_bytes: u64,
}

impl RankBuilder {
    /// # Errors
    /// [`Error::Argument`] when `group_bits` is not 10, 11 or 12.
    pub fn new(options: EncodeOptions) -> Result<Self> {
        let Some(geometry) = Geometry::new(options.group_bits) else {
            return Err(Error::Argument(format!("group bits {}: 10, 11 or 12 expected", options.group_bits)));
        };
        let (superblocks, bytes) = (Vec::new(), GroupBytes::default());
        Ok(Self { geometry, superblocks, rows: 0, runs: 0, last: None, bytes, entry_bytes: 0, group_bytes: 0 })
    }

    /// Encodes the rows of a superblock: [`SUPERBLOCK_ROWS`], the last one fewer. O(rows), on any thread.
    pub fn encode_superblock(&self, rows: &[u8]) -> EncodedSuperblock {
        let mut encoder = GroupEncoder::new(self.geometry);
        let mut piece = EncodedSuperblock {
            records: Vec::new(),
            entries: Vec::new(),
            groups: Vec::with_capacity(rows.len() / 4),
            counts: [0; 256],
            blocks: [0; 256],
            runs: rows.chunk_by(|left, right| left == right).count() as u64,
            rows: rows.len() as u64,
            ends: (rows.first().copied().unwrap_or(0), rows.last().copied().unwrap_or(0)),
            bytes: GroupBytes::default(),
        };
        for (block, rows) in rows.chunks(1 << BLOCK_BITS).enumerate() {
            encode_block(&mut piece, &mut encoder, block, rows, self.geometry);
        }
        piece.bytes = encoder.bytes;
        piece
    }

    /// Takes the next superblock, which comes back as its bytes stand in the sections: append them.
    pub fn place(&mut self, mut piece: EncodedSuperblock) -> EncodedSuperblock {
        move_records(&mut piece.records, self.geometry, self.entry_bytes, self.group_bytes);
        self.entry_bytes += piece.entries.len() as u64;
        self.group_bytes += piece.groups.len() as u64;
        self.bytes.counter_bytes += piece.bytes.counter_bytes;
        self.bytes.head_bytes += piece.bytes.head_bytes;
        self.bytes.run_start_bytes += piece.bytes.run_start_bytes;
        self.runs += piece.runs - u64::from(self.last == Some(piece.ends.0));
        self.rows += piece.rows;
        self.last = Some(piece.ends.1);
        self.superblocks.push((piece.counts, piece.blocks));
        piece
    }

    /// `rank.header`. The sections of entries and groups end with [`PADDING_BYTES`] zeros.
    pub fn finish(self) -> Vec<u8> {
        let mut counts = [0u64; 256];
        for (more, _) in &self.superblocks {
            more.iter().zip(&mut counts).for_each(|(more, count)| *count += more);
        }
        let alphabet: Vec<usize> = (0..256).filter(|&symbol| counts[symbol] > 0).collect();
        let mut header = Vec::new();
        header.extend(LAYOUT_VERSION.to_le_bytes());
        header.extend([self.geometry.group_bits as u8, 0, 0, 0, 0, 0]);
        let GroupBytes { counter_bytes, head_bytes, run_start_bytes } = self.bytes;
        for word in [self.rows, self.runs, counter_bytes, head_bytes, run_start_bytes] {
            write_u64(&mut header, word);
        }
        for word in 0..4 {
            let here = alphabet.iter().filter(|&&symbol| symbol >> 6 == word);
            write_u64(&mut header, here.map(|&symbol| 1 << (symbol & 63)).sum());
        }
        let mut ends = [0u64; 256];
        for (more, _) in &self.superblocks {
            for &symbol in &alphabet {
                ends[symbol] += more[symbol];
                write_u64(&mut header, ends[symbol]);
            }
        }
        for (_, blocks) in &self.superblocks {
            alphabet.iter().for_each(|&symbol| write_u64(&mut header, blocks[symbol]));
        }
        header
    }
}

fn encode_block(
    piece: &mut EncodedSuperblock,
    encoder: &mut GroupEncoder,
    block: usize,
    rows: &[u8],
    geometry: Geometry,
) {
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
