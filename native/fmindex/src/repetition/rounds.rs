//! Which parts of the documents are copies of others?
//!
//! Documents are walked in rounds: many at once, by several threads. What they met is then gone through in the order of
//! the documents, since which occurrence is the first depends on it. A round is bounded, so its memory is; a document that
//! is longer than a round takes several.

use std::ops::Range;
use std::thread::{self, ScopedJoinHandle};

use super::collection::Collection;
use super::exposures::{ExposureTotals, Exposures};
use super::lanes::{DocumentWalk, walk_documents};
use super::marks::Marks;
use super::spans::SpanBuilder;
use super::traverse::Repeats;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::search::{ShardView, StepMeter};

/// Symbols that a thread walks over in a round: 32 MiB of repeated grams when all of them are.
const ROUND_SYMBOLS: u64 = 1 << 21;

/// Which occurrences of a repeated gram are to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// All of them: nothing is kept of what stands twice.
    All,
    /// All but the first, in the order of documents and offsets.
    Later,
}

/// What a walk found in some documents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpanBatch {
    /// Documents with spans, by their numbers in the collection.
    pub documents: Vec<u64>,
    /// Symbols of each.
    pub document_symbols: Vec<u64>,
    /// Where the spans of each end in `spans`.
    pub span_ends: Vec<usize>,
    /// Offsets, ascending and apart in each document, of whole characters.
    pub spans: Vec<Range<u64>>,
    /// Share of all symbols that is read.
    pub share: f64,
}

/// What the documents of one source hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceTotals {
    pub documents: u64,
    pub symbols: u64,
    pub grams: u64,
    /// Those that occur more than once in the collection.
    pub repeated_grams: u64,
    /// Symbols in the spans of [`Copies::All`] and of [`Copies::Later`].
    pub repeated_symbols: u64,
    pub removable_symbols: u64,
}

/// A walk through all documents of a collection.
pub struct SpanWalk {
    copies: Copies,
    /// Grams that were met, by their first rows.
    met: Marks,
    shard: usize,
    /// The next one, by its number in the shard.
    document: u64,
    /// The document of which a part is read.
    unfinished: Option<(DocumentWalk, DocumentSpans)>,
    symbols_read: u64,
    totals: Vec<SourceTotals>,
    exposures: Option<Exposures>,
}

#[derive(Default)]
struct DocumentSpans {
    repeated_grams: u64,
    all: SpanBuilder,
    later: SpanBuilder,
}

impl SpanWalk {
    /// Before the first document of the collection that `repeats` is of. `epochs` says how often each source is read,
    /// and costs eight bytes of memory a repeated gram.
    pub fn new(repeats: &Repeats, copies: Copies, sources: usize, epochs: Option<Vec<f64>>) -> Self {
        Self {
            copies,
            met: Marks::new(repeats.rows),
            shard: 0,
            document: 0,
            unfinished: None,
            symbols_read: 0,
            totals: vec![SourceTotals::default(); sources],
            exposures: epochs.map(|epochs| Exposures::new(&repeats.marks, epochs)),
        }
    }

    /// What the documents read so far hold, by source.
    pub fn totals(&self) -> &[SourceTotals] {
        &self.totals
    }

    /// How often the grams read so far are seen, when the epochs are known.
    pub fn exposure_totals(&self) -> Option<ExposureTotals> {
        let lone = self.totals.iter().map(|totals| totals.grams.saturating_sub(totals.repeated_grams));
        self.exposures.as_ref().map(|exposures| exposures.finish(lone))
    }

    /// Goes through the next documents; `None` when there are no more. `source_of` says to which source a document of a
    /// shard belongs.
    ///
    /// # Complexity
    /// O(symbols x shards) LF steps over all rounds.
    ///
    /// # Errors
    /// Damage, and when the caller gave up: the walk is of no use then.
    pub fn next_round<V: ShardView>(
        &mut self,
        collection: &Collection<V>,
        repeats: &Repeats,
        threads: usize,
        source_of: &dyn Fn(usize, u64) -> usize,
        interrupt: Interrupt<'_>,
    ) -> Result<Option<SpanBatch>> {
        let round_symbols = ROUND_SYMBOLS * threads.max(1) as u64;
        let (mut walks, mut spans) = self.take_documents(collection, round_symbols);
        if walks.is_empty() {
            return Ok(None);
        }
        let max_offset = walks[0].offset.saturating_add(round_symbols);
        self.walk(collection, repeats, &mut walks, max_offset, threads, interrupt)?;
        let mut batch = SpanBatch::default();
        for mut walk in walks {
            let mut found = spans.take().unwrap_or_default();
            let source = source_of(self.shard, walk.document);
            self.note_repeated(repeats, &mut walk, source, &mut found);
            if !walk.has_ended {
                walk.starts.forget_before(walk.offset.saturating_sub(repeats.length));
                self.unfinished = Some((walk, found));
                break;
            }
            self.finish(collection, repeats, &walk, source, found, &mut batch);
        }
        batch.share = self.symbols_read as f64 / collection.symbol_count().max(1) as f64;
        Ok(Some(batch))
    }

    /// The unfinished document, or documents of one shard that have `round_symbols` together.
    fn take_documents<V: ShardView>(
        &mut self,
        collection: &Collection<V>,
        round_symbols: u64,
    ) -> (Vec<DocumentWalk>, Option<DocumentSpans>) {
        if let Some((walk, spans)) = self.unfinished.take() {
            return (vec![walk], Some(spans));
        }
        let mut walks = Vec::new();
        let mut symbols = 0;
        while let Some(view) = collection.views().get(self.shard) {
            while self.document < view.document_count() {
                symbols += view.document_symbols(self.document).unwrap_or(0);
                if symbols > round_symbols && !walks.is_empty() {
                    return (walks, None);
                }
                walks.push(DocumentWalk::start(collection, self.shard, self.document));
                self.document += 1;
            }
            if !walks.is_empty() {
                break;
            }
            (self.shard, self.document) = (self.shard + 1, 0);
        }
        (walks, None)
    }

    fn walk<V: ShardView>(
        &self,
        collection: &Collection<V>,
        repeats: &Repeats,
        walks: &mut [DocumentWalk],
        max_offset: u64,
        threads: usize,
        interrupt: Interrupt<'_>,
    ) -> Result<()> {
        let view = collection.views()[self.shard];
        let symbols = |walk: &DocumentWalk| view.document_symbols(walk.document).unwrap_or(0) + 1;
        let share = walks.iter().map(symbols).sum::<u64>().div_ceil(threads.max(1) as u64);
        let walk_all = |walks: &mut [DocumentWalk]| {
            let mut meter = StepMeter::new(interrupt);
            walk_documents(collection, &repeats.marks, repeats.length, self.shard, walks, max_offset, &mut meter)
        };
        thread::scope(|scope| {
            let mut rest = walks;
            let mut workers: Vec<ScopedJoinHandle<Result<()>>> = Vec::new();
            while workers.len() + 1 < threads && rest.len() > 1 {
                let mut taken = 0;
                let mut in_share = |walk: &DocumentWalk| {
                    taken += symbols(walk);
                    taken <= share
                };
                let count = rest.iter().take_while(|walk| in_share(walk)).count().max(1);
                let (part, others) = std::mem::take(&mut rest).split_at_mut(count);
                rest = others;
                workers.push(scope.spawn(|| walk_all(part)));
            }
            let mine = walk_all(rest);
            let join = |worker: ScopedJoinHandle<Result<()>>| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            workers.into_iter().map(join).fold(mine, Result::and)
        })
    }

    /// Notes what a walk met, in the order of the text.
    fn note_repeated(&mut self, repeats: &Repeats, walk: &mut DocumentWalk, source: usize, found: &mut DocumentSpans) {
        found.repeated_grams += walk.repeated.len() as u64;
        for gram in walk.repeated.drain(..) {
            let offsets = gram.end - repeats.length..gram.end;
            found.all.add(offsets.clone(), &walk.starts);
            if self.met.get(gram.first_row) {
                found.later.add(offsets, &walk.starts);
            } else {
                self.met.set(gram.first_row);
            }
            if let Some(exposures) = &mut self.exposures {
                exposures.add(&repeats.marks, gram.first_row, source);
            }
        }
    }

    fn finish<V: ShardView>(
        &mut self,
        collection: &Collection<V>,
        repeats: &Repeats,
        walk: &DocumentWalk,
        source: usize,
        found: DocumentSpans,
        batch: &mut SpanBatch,
    ) {
        let (all, later) = (found.all.finish(), found.later.finish());
        let symbols = |spans: &[Range<u64>]| spans.iter().map(|span| span.end - span.start).sum::<u64>();
        if let Some(totals) = self.totals.get_mut(source) {
            totals.documents += 1;
            totals.symbols += walk.offset;
            totals.grams += (walk.offset + 1).saturating_sub(repeats.length);
            totals.repeated_grams += found.repeated_grams;
            totals.repeated_symbols += symbols(&all);
            totals.removable_symbols += symbols(&later);
        }
        self.symbols_read += walk.offset;
        let spans = match self.copies {
            Copies::All => all,
            Copies::Later => later,
        };
        if !spans.is_empty() {
            batch.documents.push(collection.first_document(self.shard) + walk.document);
            batch.document_symbols.push(walk.offset);
            batch.spans.extend(spans);
            batch.span_ends.push(batch.spans.len());
        }
    }
}
