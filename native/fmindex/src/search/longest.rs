//! How long is the longest match that starts at each position of a text?
//!
//! A cursor grows on its right and cannot drop its oldest symbol, so each start needs a search of its own; two facts
//! keep them short. Matches are short almost everywhere in text that is not copied: starts are searched side by side,
//! up to [`SHORT_SYMBOLS`]. And the end of a match never moves back: `end(i + 1) >= end(i)`. So when one search runs
//! long, up to `j`, all starts up to the first whose match goes past `j` end at `j` too; that one is found from the
//! right by galloping, where the searches are short.
//!
//! # Complexity
//! O(sum of the matches) where they are short. A long maximal span costs its length once, and then O(d log d) for the
//! `d` symbols that the next span shares with it. A wholly verbatim text costs its length. The worst is a text of long
//! spans that each begin one symbol after the other: their whole length each. Where the shard keeps its text and a match
//! has one occurrence left, its length is compared with that text: a frame of it takes the time of 128 steps.

use std::ops::Range;

use super::batch::LANES;
use super::cursor::{all_rows, push_symbol, shift_ranks};
use super::steps::StepMeter;
use super::stored_text::count_common;
use super::view::{Place, ShardView};
use crate::error::Result;
use crate::rank::{RankIndex, RankQuery, Symbol};

/// Symbols up to which neighbouring starts are searched side by side.
const SHORT_SYMBOLS: usize = 64;

/// For each position of `text`: symbols of the longest match that starts there. A separator matches nothing.
///
/// # Errors
/// When the caller gave up.
pub fn longest_matches<V: ShardView>(view: &V, text: &[V::Symbol], meter: &mut StepMeter) -> Result<Vec<u64>> {
    let mut search = LongestSearch { view, text, meter, lengths: vec![0; text.len()] };
    let mut start = 0;
    while start < text.len() {
        start = match search.search_short(start)? {
            None => text.len(),
            Some(long) => search.search_long(long)?,
        };
    }
    Ok(search.lengths)
}

/// The match of `text[start..end]`.
struct Growing {
    start: usize,
    end: usize,
    rows: Range<u64>,
}

struct LongestSearch<'a, 'm, V: ShardView> {
    view: &'a V,
    text: &'a [V::Symbol],
    meter: &'a mut StepMeter<'m>,
    lengths: Vec<u64>,
}

impl<V: ShardView> LongestSearch<'_, '_, V> {
    /// Searches the starts from `first` on, side by side. Returns the first one whose match is longer than
    /// [`SHORT_SYMBOLS`]; all before it are then known.
    fn search_short(&mut self, first: usize) -> Result<Option<Growing>> {
        let mut next_start = first;
        let mut long: Option<Growing> = None;
        let mut lanes: Vec<Growing> = Vec::with_capacity(LANES);
        let mut queries: Vec<RankQuery<V::Symbol>> = Vec::with_capacity(LANES);
        loop {
            while lanes.len() < LANES && next_start < self.text.len() && long.is_none() {
                let lane = self.start_match(next_start, self.text.len());
                next_start += 1;
                if lane.end < self.text.len() {
                    lanes.push(lane);
                } else {
                    self.lengths[lane.start] = (lane.end - lane.start) as u64;
                }
            }
            lanes.retain(|lane| long.as_ref().is_none_or(|long| lane.start < long.start));
            if lanes.is_empty() {
                return Ok(long);
            }
            queries.clear();
            queries
                .extend(lanes.iter().map(|lane| RankQuery { symbol: self.text[lane.end], range: lane.rows.clone() }));
            self.meter.take(queries.len())?;
            self.view.rank().rank_batch(&mut queries);
            let mut kept = Vec::with_capacity(LANES);
            for (mut lane, query) in lanes.drain(..).zip(queries.drain(..)) {
                let rows = match query.symbol == V::Symbol::SEPARATOR {
                    true => 0..0,
                    false => shift_ranks(self.view, query.symbol, query.range),
                };
                if rows.is_empty() {
                    self.lengths[lane.start] = (lane.end - lane.start) as u64;
                    continue;
                }
                lane.rows = rows;
                lane.end += 1;
                if lane.end - lane.start > SHORT_SYMBOLS {
                    if long.as_ref().is_none_or(|long| lane.start < long.start) {
                        long = Some(lane);
                    }
                } else if lane.end == self.text.len() {
                    self.lengths[lane.start] = (lane.end - lane.start) as u64;
                } else {
                    kept.push(lane);
                }
            }
            lanes = kept;
        }
    }

    /// Grows a long match to its end and settles all starts that end with it. Returns the next start to search.
    fn search_long(&mut self, mut long: Growing) -> Result<usize> {
        self.grow(&mut long, self.text.len())?;
        let next = if long.end == self.text.len() { long.end } else { self.first_start_past(&long)? };
        for start in long.start..next {
            self.lengths[start] = (long.end - start) as u64;
        }
        Ok(next)
    }

    /// The first start whose match ends after `long` does.
    fn first_start_past(&mut self, long: &Growing) -> Result<usize> {
        let end = long.end + 1;
        // The empty match at `end` gets there; the one from `long.start` does not.
        let (mut reaches, mut falls_short) = (end, long.start);
        let mut distance = 1;
        while distance < end - long.start {
            let start = end - distance;
            if !self.reaches(start, end)? {
                falls_short = start;
                break;
            }
            reaches = start;
            distance *= 2;
        }
        while reaches - falls_short > 1 {
            let start = falls_short + (reaches - falls_short) / 2;
            match self.reaches(start, end)? {
                true => reaches = start,
                false => falls_short = start,
            }
        }
        Ok(reaches)
    }

    /// Whether `text[start..end]` occurs.
    fn reaches(&mut self, start: usize, end: usize) -> Result<bool> {
        let mut growing = self.start_match(start, end);
        self.grow(&mut growing, end)?;
        Ok(growing.end == end)
    }

    /// The match of the first symbols of `text[start..end]` that the view knows, when there is one; else the empty one.
    fn start_match(&self, start: usize, end: usize) -> Growing {
        let (pushed, rows) = self.view.start_rows(&self.text[start..end]);
        match rows.is_empty() {
            true => Growing { start, end: start, rows: all_rows(self.view) },
            false => Growing { start, end: start + pushed, rows },
        }
    }

    /// Grows a match up to `end`, as far as it goes. Its rows are those of an earlier end when the stored text was read.
    fn grow(&mut self, growing: &mut Growing, end: usize) -> Result<()> {
        let stored_text = self.view.stored_text();
        let mut lone_steps = 0;
        while growing.end < end {
            if let Some(text) = stored_text
                && growing.rows.end - growing.rows.start == 1
            {
                // Not before as many steps: the match may end soon.
                let read_steps =
                    |place: Place| text.read_steps(place.document, place.offset..place.offset.saturating_add(1));
                let place = self.view.sampled_place(growing.rows.start);
                if let Some(place) = place.filter(|&place| read_steps(place) <= lone_steps) {
                    growing.end += count_common(text, place, &self.text[growing.end..end], self.meter)?;
                    break;
                }
                lone_steps += 1;
            }
            self.meter.take(1)?;
            let rows = push_symbol(self.view, &growing.rows, self.text[growing.end]);
            if rows.is_empty() {
                break;
            }
            growing.rows = rows;
            growing.end += 1;
        }
        Ok(())
    }
}
