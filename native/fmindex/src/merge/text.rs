//! How are the documents of a shard got back from its BWT?
//!
//! A walk along a document reads a symbol of it a row. Where memory allows, the rows are decoded once into a table of
//! the next row and the symbol of each, five bytes a row: a walk then touches one line a symbol. Else it asks the rank
//! structure; and a shard that keeps its text is read from that.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::options::TABLE_BYTES_A_ROW;
use super::scratch::ScratchFile;
use super::source::Source;
use super::work::cost;
use super::workers::Crew;
use crate::builder::LargeBuffer;
use crate::error::{Error, Result};
use crate::rank::run_head::{GroupDecoder, prefetch};
use crate::rank::{RankIndex, SEPARATOR};
use crate::samples::MAX_RATE;
use crate::section::Section;

/// Walks side by side on a thread.
const LANES: usize = 48;
/// A document is read in pieces of so many bytes, each from a sample of its own: a multiple of every rate.
const PIECE_BYTES: u64 = MAX_RATE as u64;
/// Text that is written at once.
const BATCH_BYTES: u64 = 1 << 20;
/// Rows of the table that a thread fills at a time.
const FILLED_ROWS: usize = 1 << 18;
const ENTRY_BYTES: usize = TABLE_BYTES_A_ROW as usize;

/// Where reading begins, at a multiple of [`PIECE_BYTES`] in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Start {
    document: u64,
    offset: u64,
}

/// All texts of a source, without separators, in a file. The table may take `table_bytes`. O(n).
///
/// # Errors
/// [`Error::Damaged`] when a document does not end where it should; [`Error::Io`]; [`Error::Cancelled`].
pub(super) fn recover_text(source: &Source, table_bytes: u64, crew: &Crew<'_>) -> Result<Section> {
    let row_count = source.file.counts.row_count();
    let has_table = source.file.text.is_none()
        && row_count.saturating_mul(TABLE_BYTES_A_ROW) <= table_bytes
        && u32::try_from(row_count).is_ok();
    let table = if has_table { Some(fill_table(source, crew)?) } else { None };
    let starts = list_starts(source);
    let file = ScratchFile::create(crew.folder, "text")?;
    let next = AtomicUsize::new(0);
    crew.run(|worker| {
        let mut text = Vec::new();
        loop {
            worker.check()?;
            let batch = next.fetch_add(1, Ordering::Relaxed);
            let Some(&start) = starts.get(batch) else { return Ok(()) };
            let end = starts.get(batch + 1).copied();
            let position = source.text_range(start.document).start + start.offset;
            let end_position = match end {
                Some(end) => source.text_range(end.document).start + end.offset,
                None => source.file.counts.text_bytes,
            };
            text.clear();
            text.resize((end_position - position) as usize, 0);
            let pieces = Pieces { source, next: start, end: end_position, position };
            match (&source.file.text, &table) {
                (Some(_), _) => read_stored(source, pieces, position, &mut text)?,
                (None, Some(table)) => {
                    walk(source, pieces, position, &mut text, |rows, symbols| step_by_table(table, rows, symbols))?
                }
                (None, None) => {
                    let mut answers = Vec::new();
                    walk(source, pieces, position, &mut text, |rows, symbols| {
                        step_by_rank(source, rows, symbols, &mut answers)
                    })?;
                }
            }
            file.write_at(&text, position)?;
            worker.add_work(text.len() as u64 * cost::TEXT);
        }
    })?;
    file.map()
}

/// The start of each batch.
fn list_starts(source: &Source) -> Vec<Start> {
    let mut starts = Vec::new();
    let mut batch_bytes = BATCH_BYTES;
    for (document, text_bytes) in (0..).zip(source.file.documents.offsets.lengths()) {
        for offset in (0..text_bytes).step_by(PIECE_BYTES as usize) {
            if batch_bytes >= BATCH_BYTES {
                starts.push(Start { document, offset });
                batch_bytes = 0;
            }
            batch_bytes += PIECE_BYTES.min(text_bytes - offset);
        }
    }
    starts
}

/// The pieces of a batch, in order.
struct Pieces<'a> {
    source: &'a Source,
    next: Start,
    /// Where the batch ends, and where the next piece begins, in the text of all documents.
    end: u64,
    position: u64,
}

struct Piece {
    start: Start,
    position: u64,
    bytes: u64,
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        while self.position < self.end {
            let start = self.next;
            let rest = self.source.text_bytes(start.document) - start.offset;
            if rest == 0 {
                self.next = Start { document: start.document + 1, offset: 0 };
                continue;
            }
            let (position, bytes) = (self.position, rest.min(PIECE_BYTES));
            self.position += bytes;
            self.next.offset += bytes;
            return Some(Piece { start, position, bytes });
        }
        None
    }
}

fn read_stored(source: &Source, pieces: Pieces<'_>, position: u64, text: &mut [u8]) -> Result<()> {
    let Some(stored) = &source.file.text else { return Ok(()) };
    for piece in pieces {
        let mut read = 0;
        while read < piece.bytes {
            let at = (piece.position - position + read) as usize;
            let rest = (piece.bytes - read) as usize;
            read += stored.read(piece.start.document, piece.start.offset + read, |bytes| {
                let bytes = &bytes[..bytes.len().min(rest)];
                text[at..at + bytes.len()].copy_from_slice(bytes);
                bytes.len() as u64
            })?;
        }
    }
    Ok(())
}

/// A walk: what is left of its piece.
#[derive(Clone, Copy)]
struct Lane {
    at: usize,
    end: usize,
}

/// Reads the pieces into `text`, which begins at `position`. `step` replaces rows by the ones after them and sets the
/// symbols between.
fn walk(
    source: &Source,
    mut pieces: Pieces<'_>,
    position: u64,
    text: &mut [u8],
    mut step: impl FnMut(&mut [u64], &mut [u8]) -> Result<()>,
) -> Result<()> {
    let mut start = || -> Result<Option<(Lane, u64)>> {
        let Some(piece) = pieces.next() else { return Ok(None) };
        let Start { document, offset } = piece.start;
        let sample = source.file.documents.isa.at_or_before(document, offset).filter(|&(_, at)| at == offset);
        let (row, _) = sample.ok_or_else(|| Error::damaged("isa.rows", format!("no sample at offset {offset}")))?;
        let at = (piece.position - position) as usize;
        Ok(Some((Lane { at, end: at + piece.bytes as usize }, row)))
    };
    let (mut lanes, mut rows, mut symbols) = (Vec::new(), Vec::new(), Vec::new());
    while lanes.len() < LANES {
        let Some((lane, row)) = start()? else { break };
        lanes.push(lane);
        rows.push(row);
    }
    while !lanes.is_empty() {
        symbols.resize(lanes.len(), 0);
        step(&mut rows, &mut symbols)?;
        let mut index = 0;
        for &symbol in &symbols {
            let lane: &mut Lane = &mut lanes[index];
            if symbol == SEPARATOR {
                return Err(Error::damaged("rank.groups", "a document ends before its length"));
            }
            text[lane.at] = symbol;
            lane.at += 1;
            if lane.at < lane.end {
                index += 1;
                continue;
            }
            match start()? {
                Some((lane, row)) => {
                    (lanes[index], rows[index]) = (lane, row);
                    index += 1;
                }
                None => {
                    // What comes after it keeps its order: the symbols that were read stand in it.
                    lanes.remove(index);
                    rows.remove(index);
                }
            }
        }
    }
    Ok(())
}

fn step_by_rank(
    source: &Source,
    rows: &mut [u64],
    symbols: &mut [u8],
    answers: &mut Vec<Option<(u8, u64)>>,
) -> Result<()> {
    source.file.rank.symbol_rank_batch(rows, answers);
    for ((row, symbol), answer) in rows.iter_mut().zip(symbols).zip(answers) {
        let (found, rank) = answer.ok_or_else(|| Error::damaged("rank.groups", "a walk leads past the last row"))?;
        *symbol = found;
        *row = source.file.first_rows[usize::from(found)] + rank;
    }
    Ok(())
}

/// The row that a walk goes to from each row, u32, and the symbol between.
struct Table {
    bytes: LargeBuffer,
}

fn step_by_table(table: &Table, rows: &mut [u64], symbols: &mut [u8]) -> Result<()> {
    for (row, symbol) in rows.iter_mut().zip(symbols) {
        let at = (*row as usize).saturating_mul(ENTRY_BYTES);
        let Some(&[a, b, c, d, found]) = table.bytes.get(at..).and_then(|tail| tail.first_chunk()) else {
            return Err(Error::damaged("rank.groups", "a walk leads past the last row"));
        };
        *row = u32::from_le_bytes([a, b, c, d]).into();
        *symbol = found;
        prefetch(&table.bytes, *row as usize * ENTRY_BYTES);
    }
    Ok(())
}

fn fill_table(source: &Source, crew: &Crew<'_>) -> Result<Table> {
    let row_count = source.file.counts.row_count() as usize;
    let mut bytes = LargeBuffer::new(row_count * ENTRY_BYTES)?;
    let parts = Mutex::new(bytes.chunks_mut(FILLED_ROWS * ENTRY_BYTES).enumerate());
    crew.run(|worker| {
        let (mut decoder, mut symbols) = (GroupDecoder::default(), Vec::new());
        loop {
            worker.check()?;
            let part = parts.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((part, entries)) = part else { return Ok(()) };
            let start = (part * FILLED_ROWS) as u64;
            let rank = &source.file.rank;
            let mut next: [u64; 256] =
                std::array::from_fn(|symbol| source.file.first_rows[symbol] + rank.rank(symbol as u8, start));
            let mut entries = entries.as_chunks_mut::<ENTRY_BYTES>().0.iter_mut();
            let mut row = start;
            while entries.len() > 0 {
                rank.decode_group(row, &mut decoder, &mut symbols);
                if symbols.is_empty() {
                    break;
                }
                row += symbols.len() as u64;
                for (&symbol, entry) in symbols.iter().zip(&mut entries) {
                    let to = &mut next[usize::from(symbol)];
                    // Rows are fewer than 2^32.
                    let [a, b, c, d] = (*to as u32).to_le_bytes();
                    *entry = [a, b, c, d, symbol];
                    *to += 1;
                }
            }
        }
    })?;
    Ok(Table { bytes })
}
