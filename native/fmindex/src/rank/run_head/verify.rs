//! Do the directories say what the groups say?

use super::bytes::u64_at;
use super::group::{Group, LEVELS, RunStarts};
use super::layout::{BLOCK_BITS, SUPERBLOCK_BLOCKS};
use super::portable::Portable;
use super::reader::{Entry, RunHeadIndex};
use super::rows::StartWords;
use crate::error::{Error, Result};

/// Bytes of the parts of the structure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    pub header_bytes: u64,
    pub record_bytes: u64,
    pub entry_bytes: u64,
    /// Headers, symbols and ranks of the groups.
    pub counter_bytes: u64,
    pub head_bytes: u64,
    pub run_start_bytes: u64,
}

/// What a group holds, or what is wrong with it.
type Checked<T> = std::result::Result<T, String>;

/// Occurrences counted while the groups are read in order.
struct Tally {
    /// In the superblock, before the block.
    superblock: [u64; 256],
    block: [u64; 256],
    /// The groups of the block that hold each symbol.
    groups: [u64; 256],
    /// The blocks of the superblock that hold each symbol.
    blocks: [u64; 256],
    total: [u64; 256],
    runs: u64,
    last: Option<u8>,
}

impl RunHeadIndex {
    /// Bytes by part. O(1).
    pub fn sizes(&self) -> Sizes {
        let header = &self.sections.header;
        Sizes {
            header_bytes: header.len() as u64,
            record_bytes: self.sections.records.len() as u64,
            entry_bytes: self.sections.entries.len() as u64,
            counter_bytes: u64_at(header, 24),
            head_bytes: u64_at(header, 32),
            run_start_bytes: u64_at(header, 40),
        }
    }

    /// Reads all groups and checks every rank in groups, entries and header against them. O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`] with the first place that does not agree.
    pub fn verify(&self) -> Result<()> {
        let mut tally = Tally {
            superblock: [0; 256],
            block: [0; 256],
            groups: [0; 256],
            blocks: [0; 256],
            total: [0; 256],
            runs: 0,
            last: None,
        };
        for block in 0..self.blocks() {
            self.verify_block(block, &mut tally)?;
            if (block + 1) % SUPERBLOCK_BLOCKS == 0 || block + 1 == self.blocks() {
                self.verify_superblock(block / SUPERBLOCK_BLOCKS, &mut tally)?;
            }
        }
        if tally.runs != self.runs {
            return Err(Error::damaged("rank.header", format!("{} runs, {} counted", self.runs, tally.runs)));
        }
        Ok(())
    }

    fn verify_block(&self, block: usize, tally: &mut Tally) -> Result<()> {
        let record = self.record(block);
        let rows = (self.length - ((block as u64) << BLOCK_BITS)).min(1 << BLOCK_BITS) as usize;
        let group_rows = self.geometry.group_rows();
        for (number, start) in (0..rows).step_by(group_rows).enumerate() {
            let group = self.group(record, number);
            tally
                .add_group(&group, number, group_rows.min(rows - start))
                .map_err(|detail| Error::damaged("rank.groups", format!("block {block}, group {number}: {detail}")))?;
        }
        let mut before = 0u8;
        for (word, (symbols, found)) in record.symbols().into_iter().zip(record.symbols_before()).enumerate() {
            let held = (0..64).filter(|bit| tally.block[64 * word + bit] > 0).map(|bit| 1u64 << bit).sum::<u64>();
            if symbols != held || found != before {
                return Err(Error::damaged("rank.records", format!("block {block}: its symbols are not its groups'")));
            }
            before = before.wrapping_add(symbols.count_ones() as u8);
        }
        for symbol in 0..=255u8 {
            let at = usize::from(symbol);
            if tally.block[at] == 0 {
                continue;
            }
            let expected = Entry { rank: tally.superblock[at], groups: tally.groups[at] };
            if self.entry(record, symbol) != Some(expected) {
                return Err(Error::damaged("rank.entries", format!("block {block}, symbol {symbol}: wrong entry")));
            }
            tally.superblock[at] += tally.block[at];
            tally.blocks[at] |= 1 << (block % SUPERBLOCK_BLOCKS);
        }
        (tally.block, tally.groups) = ([0; 256], [0; 256]);
        Ok(())
    }

    fn verify_superblock(&self, superblock: usize, tally: &mut Tally) -> Result<()> {
        for symbol in 0..=255u8 {
            let at = usize::from(symbol);
            tally.total[at] += tally.superblock[at];
            let (rank, blocks) = match self.column(symbol) {
                Some(column) => {
                    (self.superblock_rank(superblock + 1, column), self.superblock_blocks(superblock, column))
                }
                None => (0, 0),
            };
            if (rank, blocks) != (tally.total[at], tally.blocks[at]) {
                let detail = format!("superblock {superblock}, symbol {symbol}: wrong count or blocks");
                return Err(Error::damaged("rank.header", detail));
            }
        }
        (tally.superblock, tally.blocks) = ([0; 256], [0; 256]);
        Ok(())
    }
}

impl Tally {
    /// Counts a group of `rows` rows, or says what is wrong in it.
    fn add_group(&mut self, group: &Group, number: usize, rows: usize) -> Checked<()> {
        let places = places_of(group)?;
        let starts = start_rows(group, rows)?;
        if starts.len() != places.len() {
            return Err(format!("{} heads for {} runs", places.len(), starts.len()));
        }
        let mut counts = [0u64; 256];
        for (run, (&start, place)) in starts.iter().zip(places).enumerate() {
            if place >= group.header.symbol_count {
                return Err(format!("run {run} has no symbol"));
            }
            let symbol = group.symbol(place);
            let end = starts.get(run + 1).copied().unwrap_or(rows);
            counts[usize::from(symbol)] += (end - start) as u64;
            self.runs += u64::from(self.last != Some(symbol));
            self.last = Some(symbol);
        }
        for place in 0..group.header.symbol_count {
            let symbol = usize::from(group.symbol(place));
            if group.rank_before(place) != self.block[symbol] {
                return Err(format!(
                    "symbol {symbol} has rank {}, {} counted",
                    group.rank_before(place),
                    self.block[symbol]
                ));
            }
            if counts[symbol] == 0 {
                return Err(format!("symbol {symbol} has no run, or is listed twice"));
            }
            self.block[symbol] += std::mem::take(&mut counts[symbol]);
            self.groups[symbol] |= 1 << number;
        }
        Ok(())
    }
}

/// The place of each head, in order.
fn places_of(group: &Group) -> Checked<Vec<usize>> {
    let (mut used, mut last) = ([0; LEVELS], None);
    let places = (0..group.header.head_counts[0])
        .map(|_| {
            let mut place = 0;
            for (level, head) in used.iter_mut().enumerate() {
                let code = group.code_at(level, *head);
                *head += 1;
                place += code;
                if group.is_last(level) || code < group.own_places(level) {
                    break;
                }
            }
            if group.header.shares_code && (place, last) == (0, Some(0)) {
                place = 1;
            }
            last = Some(place);
            place
        })
        .collect();
    if used != group.header.head_counts {
        return Err(format!("{:?} heads in its levels, {used:?} counted", group.header.head_counts));
    }
    Ok(places)
}

/// The rows that begin a run, in order.
fn start_rows(group: &Group, rows: usize) -> Checked<Vec<usize>> {
    let starts = match group.header.run_starts {
        RunStarts::EveryRow => return Ok((0..rows).collect()),
        RunStarts::Raw => list_starts(StartWords::<_, true>::new(Portable::<true>, group), rows),
        RunStarts::NonzeroBytes => list_starts(StartWords::<_, false>::new(Portable::<true>, group), rows),
    };
    match (starts.first(), starts.last()) {
        (Some(0), Some(&last)) if last < rows => Ok(starts),
        _ => Err("its run starts do not fit its rows".into()),
    }
}

fn list_starts<const IS_RAW: bool>(mut words: StartWords<Portable<true>, IS_RAW>, rows: usize) -> Vec<usize> {
    let mut starts = Vec::new();
    for first in (0..rows).step_by(64) {
        // SAFETY: this kernel checks each access.
        let word = unsafe { words.next() };
        starts.extend((0..64).filter(|bit| word >> bit & 1 == 1).map(|bit| first + bit));
    }
    starts
}
