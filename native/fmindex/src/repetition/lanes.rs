//! Where in a document do grams stand that occur more than once?
//!
//! A walk goes through its document from the first symbol on, one LF step a symbol, and knows the merged row of where it
//! is: its own row, and in each other shard the row before which it would stand. Many walks wait for memory together.

use super::character_starts::CharacterStarts;
use super::collection::Collection;
use super::marks::Marks;
use crate::error::{Error, Result};
use crate::rank::{RankIndex, RankQuery, Symbol};
use crate::search::{LANES, ShardView, StepMeter};

/// A gram that occurs more than once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RepeatedGram {
    /// Offset of its last symbol's end.
    pub end: u64,
    /// The first merged row of the gram: the same for the same gram, and for no other.
    pub first_row: u64,
}

/// A walk through one document, and what it has met since this was last taken.
pub(crate) struct DocumentWalk {
    /// Number in its shard.
    pub document: u64,
    /// Symbols read.
    pub offset: u64,
    pub has_ended: bool,
    /// Repeated grams by their ends.
    pub repeated: Vec<RepeatedGram>,
    pub starts: CharacterStarts,
    /// By shard.
    rows: Vec<u64>,
}

impl DocumentWalk {
    /// At the first symbol of a document of `shard`.
    pub fn start<V: ShardView>(collection: &Collection<V>, shard: usize, document: u64) -> Self {
        // Before the beginning of a document stand those of the documents before it.
        let row = |(at, view): (usize, &&V)| match at.cmp(&shard) {
            std::cmp::Ordering::Less => view.document_count(),
            std::cmp::Ordering::Equal => document,
            std::cmp::Ordering::Greater => 0,
        };
        Self {
            document,
            offset: 0,
            has_ended: false,
            repeated: Vec::new(),
            starts: CharacterStarts::default(),
            rows: collection.views().iter().enumerate().map(row).collect(),
        }
    }
}

/// Goes on with walks through documents of one shard, each to the end of its document, or to the first character that
/// starts at `max_offset` or later.
///
/// # Errors
/// Damage, and when the caller gave up.
pub(crate) fn walk_documents<V: ShardView>(
    collection: &Collection<V>,
    marks: &Marks,
    gram_symbols: u64,
    shard: usize,
    walks: &mut [DocumentWalk],
    max_offset: u64,
    meter: &mut StepMeter,
) -> Result<()> {
    let views = collection.views();
    let mut waiting = walks.iter_mut();
    let mut lanes: Vec<&mut DocumentWalk> = Vec::with_capacity(LANES);
    let mut rows: Vec<u64> = Vec::with_capacity(LANES);
    let mut steps: Vec<Option<(V::Symbol, u64)>> = Vec::with_capacity(LANES);
    let mut queries: Vec<RankQuery<V::Symbol>> = Vec::with_capacity(LANES);
    loop {
        lanes.extend(waiting.by_ref().take(LANES - lanes.len()));
        if lanes.is_empty() {
            return Ok(());
        }
        meter.take(lanes.len() * views.len())?;
        rows.clear();
        rows.extend(lanes.iter().map(|lane| lane.rows[shard]));
        views[shard].rank().symbol_rank_batch(&rows, &mut steps);
        let mut is_read = Vec::with_capacity(LANES);
        for (lane, step) in lanes.iter_mut().zip(&steps) {
            let Some((symbol, _)) = *step else { return Err(past_the_end(lane.rows[shard])) };
            if lane.offset >= gram_symbols {
                let row = lane.rows.iter().sum();
                if !marks.is_alone(row) {
                    lane.repeated.push(RepeatedGram { end: lane.offset, first_row: marks.last_at(row) });
                }
            }
            is_read.push(symbol);
        }
        for (at, view) in views.iter().enumerate().filter(|&(at, _)| at != shard) {
            queries.clear();
            let query =
                |(lane, &symbol): (&&mut DocumentWalk, &V::Symbol)| RankQuery { symbol, range: 0..lane.rows[at] };
            queries.extend(lanes.iter().zip(&is_read).map(query));
            view.rank().rank_batch(&mut queries);
            for (lane, RankQuery { symbol, range }) in lanes.iter_mut().zip(&queries) {
                let rank = range.end.saturating_sub(range.start);
                lane.rows[at] = view.first_row(*symbol).saturating_add(rank).min(view.row_count());
            }
        }
        let mut at = 0;
        lanes.retain_mut(|lane| {
            let step = steps.get(at).copied().flatten();
            at += 1;
            step.is_some_and(|step| take_step(views[shard], shard, lane, step, max_offset))
        });
        if let Some(lane) = lanes.iter().find(|lane| lane.rows[shard] >= views[shard].row_count()) {
            return Err(past_the_end(lane.rows[shard]));
        }
        if let Some(lane) = lanes.iter().find(|lane| lane.offset > views[shard].row_count()) {
            // Only a damaged file walks in a circle.
            return Err(Error::damaged("rank", format!("document {} has no end", lane.document)));
        }
    }
}

/// Moves a walk on by the symbol that it has read; whether it goes on.
fn take_step<V: ShardView>(
    view: &V,
    shard: usize,
    lane: &mut DocumentWalk,
    (symbol, rank): (V::Symbol, u64),
    max_offset: u64,
) -> bool {
    if symbol == V::Symbol::SEPARATOR {
        lane.has_ended = true;
        return false;
    }
    let is_start = lane.starts.read(symbol);
    lane.offset += 1;
    lane.rows[shard] = view.first_row(symbol).saturating_add(rank);
    // What was read then ends with the first byte of a character, so no character before it is read in part.
    lane.offset <= max_offset || !is_start
}

fn past_the_end(row: u64) -> Error {
    Error::damaged("rank", format!("a step leads to row {row}, past the last one"))
}
