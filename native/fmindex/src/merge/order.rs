//! From which shard does each row of a merged part come?
//!
//! One byte a row, in a file: the number of the shard. Rows of one shard keep their order, so this says the whole order.
//! That of two parts is made from theirs and from the rows that a walk has found: so many rows of the walked side stand
//! before each row of the other.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::scratch::ScratchFile;
use super::source::Source;
use super::spill::SpilledRows;
use super::work::cost;
use super::workers::Crew;
use crate::error::{Error, Result};

/// The share of [`cost::ENCODE`] that putting a row in its place takes.
const PLACE_COST: u64 = 4;
pub(super) const REST_COST: u64 = cost::ENCODE - PLACE_COST;

/// The order of a part's rows: of those that are kept.
pub(super) enum Order {
    /// All of one shard.
    Alone {
        shard: u8,
        rows: u64,
    },
    Mixed {
        file: ScratchFile,
        rows: u64,
    },
}

impl Order {
    pub fn rows(&self) -> u64 {
        match self {
            Self::Alone { rows, .. } | Self::Mixed { rows, .. } => *rows,
        }
    }

    /// Sets `shards` to those of the rows.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn read(&self, rows: Range<u64>, shards: &mut Vec<u8>) -> Result<()> {
        let count = (rows.end - rows.start) as usize;
        shards.clear();
        match self {
            Self::Alone { shard, .. } => shards.resize(count, *shard),
            Self::Mixed { file, .. } => {
                shards.resize(count, 0);
                file.read_at(shards, rows.start)?;
            }
        }
        Ok(())
    }
}

/// The side that was walked through: its rows as the walk counted them, so also those that are dropped.
pub(super) struct Through<'a> {
    pub order: &'a Order,
    /// Set for a shard as it is.
    pub source: Option<&'a Source>,
    /// Rows, the dropped ones included.
    pub row_count: u64,
}

impl Through<'_> {
    fn kept_before(&self, row: u64) -> u64 {
        self.source.map_or(row, |source| source.kept_rows_before(row))
    }

    fn drops_rows(&self) -> bool {
        self.source.is_some_and(Source::drops_rows)
    }

    fn keeps(&self, row: u64) -> bool {
        self.source.is_none_or(|source| source.keeps_row(row))
    }
}

/// The order of both sides together, in a file. O(rows); a MiB each a thread for a part, and its counts.
///
/// # Errors
/// [`Error::Io`]; [`Error::Damaged`] when the walk has found other rows than there are; [`Error::Cancelled`].
pub(super) fn interleave(through: &Through<'_>, walked: &Order, found: &SpilledRows, crew: &Crew<'_>) -> Result<Order> {
    let mut walked_before = vec![0];
    for part in 0..found.part_count() {
        walked_before.push(walked_before[part] + found.len(part));
    }
    if walked_before.last() != Some(&walked.rows()) {
        return Err(Error::damaged("rank.groups", "the documents that were walked have other rows than their shard"));
    }
    let file = ScratchFile::create(crew.folder, "order")?;
    let next = AtomicUsize::new(0);
    crew.run(|worker| {
        let (mut counts, mut mine, mut theirs, mut merged) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        loop {
            worker.check()?;
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= found.part_count() {
                return Ok(());
            }
            let first = (part as u64) << found.part_bits;
            // One past the last row: what stands behind all of them.
            let places = (through.row_count + 1 - first).min(1 << found.part_bits);
            let rows = first..(first + places).min(through.row_count);
            count_rows(found, part, places as usize, &mut counts)?;
            let kept = through.kept_before(rows.start)..through.kept_before(rows.end);
            through.order.read(kept.clone(), &mut mine)?;
            walked.read(walked_before[part]..walked_before[part + 1], &mut theirs)?;
            merged.clear();
            merged.reserve(mine.len() + theirs.len());
            if through.drops_rows() {
                spread_dropped(through, rows.clone(), &mut mine);
            }
            place_rows(&counts, &mine, &theirs, &mut merged);
            if through.drops_rows() {
                merged.retain(|&shard| shard != DROPPED);
            }
            file.write_at(&merged, kept.start + walked_before[part])?;
            worker.add_work(merged.len() as u64 * PLACE_COST);
        }
    })?;
    let rows = through.order.rows() + walked.rows();
    Ok(Order::Mixed { file, rows })
}

/// The shard of a row that is dropped.
const DROPPED: u8 = u8::MAX;
/// Shards at most, so that [`DROPPED`] is none of them.
pub(super) const MAX_SHARDS: usize = DROPPED as usize;

/// How often each place of a part was found.
fn count_rows(found: &SpilledRows, part: usize, places: usize, counts: &mut Vec<u32>) -> Result<()> {
    counts.clear();
    counts.resize(places, 0);
    found.visit(part, |row| {
        let count = counts.get_mut(row as usize).ok_or_else(|| Error::damaged("rank.groups", "a rank is too high"))?;
        *count = count.checked_add(1).ok_or_else(|| Error::Input("2^32 rows stand together: merge fewer".into()))?;
        Ok(())
    })
}

/// Puts the rows that are dropped among those that are kept.
fn spread_dropped(through: &Through<'_>, rows: Range<u64>, kept: &mut Vec<u8>) {
    let mut shards = kept.iter().copied();
    let all = rows.map(|row| if through.keeps(row) { shards.next().unwrap_or(DROPPED) } else { DROPPED });
    *kept = all.collect();
}

/// Before each of `mine` so many of `theirs` as it has counts; the last count stands behind all of them.
fn place_rows(counts: &[u32], mine: &[u8], theirs: &[u8], merged: &mut Vec<u8>) {
    const TOGETHER: usize = 8;
    let mut walked = 0;
    let mut at = 0;
    while at < counts.len() {
        if let (Some(counts), Some(mine)) = (counts.get(at..at + TOGETHER), mine.get(at..at + TOGETHER))
            && counts.iter().all(|&count| count == 0)
        {
            merged.extend_from_slice(mine);
            at += TOGETHER;
            continue;
        }
        let end = walked + counts[at] as usize;
        merged.extend_from_slice(&theirs[walked.min(theirs.len())..end.min(theirs.len())]);
        walked = end;
        merged.extend(mine.get(at));
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_placed_before_those_that_they_were_found_at() {
        let mut merged = Vec::new();
        place_rows(&[2, 0, 1, 3], &[0, 0, 0], &[1, 2, 3, 1, 2, 3], &mut merged);
        assert_eq!(merged, [1, 2, 0, 0, 3, 0, 1, 2, 3]);
        let mut merged = Vec::new();
        let counts = [[0; 8].as_slice(), &[1], &[0; 8], &[1]].concat();
        place_rows(&counts, &[9; 17], &[1, 2], &mut merged);
        assert_eq!(merged, [[9; 8].as_slice(), &[1], &[9; 9], &[2]].concat());
    }
}
