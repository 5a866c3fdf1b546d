//! Where do the grams of a collection begin in the order of its rows, and what else shows on the way?

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use super::collection::Collection;
use super::expand::{BUNDLE, Expander, Found};
use super::histogram::GramCounts;
use super::marks::Marks;
use super::nodes::NodeList;
use super::strings::{RepeatedString, StringPicker};
use super::twins::TwinDocuments;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::search::{ShardView, StepMeter};

/// Subtrees that the threads share out: enough of them, or those of strings of so many symbols.
const TASKS: usize = 4096;
const SHARED_LEVELS: usize = 16;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct TraverseOptions {
    /// Symbols of a gram: 1 to [`MAX_GRAM_SYMBOLS`](super::MAX_GRAM_SYMBOLS).
    pub length: u64,
    /// Strings that are kept of each list.
    pub strings: usize,
    /// At least one.
    pub threads: usize,
}

/// The repeated grams of a collection, and what was found with them.
pub struct Repeats {
    /// Symbols of a gram.
    pub length: u64,
    pub counts: GramCounts,
    /// How many maximal strings of a gram or more there are.
    pub string_count: u64,
    /// Some of them, the longest first.
    pub longest: Vec<RepeatedString>,
    /// Some of them, those that occur most first.
    pub most_repeated: Vec<RepeatedString>,
    /// Documents with the same text, whatever their length.
    pub twins: TwinDocuments,
    /// Rows of the collection.
    pub(crate) rows: u64,
    pub(crate) marks: Marks,
}

impl Repeats {
    /// Bytes that the marks of `rows` rows and those of a [`SpanWalk`](super::SpanWalk) take.
    pub fn estimate_bytes(rows: u64) -> u64 {
        2 * Marks::bytes(rows)
    }
}

/// Finds the repeated grams of all shards together.
///
/// `report` hears the share that is done; it may be called by any thread.
///
/// # Complexity
/// O(rows x shards) LF steps, whatever repeats; a bit of memory a row.
///
/// # Errors
/// [`Error::Argument`] for the length, damage, and when the caller gave up.
pub fn find_repeats<V: ShardView>(
    collection: &Collection<V>,
    options: TraverseOptions,
    interrupt: Interrupt<'_>,
    report: &(dyn Fn(f64) + Sync),
) -> Result<Repeats> {
    let TraverseOptions { length, strings, threads } = options;
    let grams = collection.gram_count(length, interrupt)?;
    let row_count = collection.row_count();
    let mut marks = Marks::new(row_count);
    marks.set(0);
    marks.set(row_count);
    let found = match collection.views().is_empty() {
        true => Found::default(),
        false => Traversal { collection, marks: &marks, length, strings, interrupt, report }.run(threads.max(1))?,
    };
    marks.seal();
    let counts = GramCounts::of(&marks, row_count - grams.min(row_count));
    let string_count = found.strings.offered();
    let (longest, most_repeated) = found.strings.finish(collection, &mut StepMeter::new(interrupt))?;
    let mut twins = found.twins;
    twins.sort();
    Ok(Repeats { length, counts, string_count, longest, most_repeated, twins, rows: row_count, marks })
}

struct Traversal<'a, V: ShardView> {
    collection: &'a Collection<'a, V>,
    marks: &'a Marks,
    length: u64,
    strings: usize,
    interrupt: Interrupt<'a>,
    report: &'a (dyn Fn(f64) + Sync),
}

impl<V: ShardView> Traversal<'_, V> {
    fn run(&self, threads: usize) -> Result<Found> {
        let mut first = self.expander();
        first.push_root();
        let mut meter = StepMeter::new(self.interrupt);
        for _ in 0..SHARED_LEVELS {
            if first.stack.len() >= TASKS {
                break;
            }
            let mut level = std::mem::take(&mut first.stack);
            let mut next = NodeList::default();
            while !level.is_empty() {
                level.move_last(BUNDLE, &mut first.stack);
                first.expand(&mut meter)?;
                let children = first.stack.len();
                first.stack.move_last(children, &mut next);
            }
            first.stack = next;
        }
        let tasks = Tasks::new(std::mem::take(&mut first.stack), self.collection.views().len());
        let outcomes: Vec<Result<Found>> = thread::scope(|scope| {
            let workers: Vec<_> = (1..threads).map(|_| scope.spawn(|| self.work(&tasks))).collect();
            let mine = self.work(&tasks);
            let join = |worker: ScopedJoinHandle<Result<Found>>| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            workers.into_iter().map(join).chain([mine]).collect()
        });
        let mut found = first.found;
        let mut failure = None;
        for outcome in outcomes {
            match outcome {
                Ok(more) => found.merge(more),
                // Threads that stopped because another one failed say that they were cancelled.
                Err(error) if matches!(error, Error::Cancelled) => failure = failure.or(Some(error)),
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(found), Err)
    }

    fn expander(&self) -> Expander<'_, V> {
        Expander::new(self.collection, self.marks, self.length, StringPicker::new(self.strings))
    }

    /// Expands tasks and all that comes of them, until there are no more.
    fn work(&self, tasks: &Tasks) -> Result<Found> {
        let mut expander = self.expander();
        let mut meter = StepMeter::new(self.interrupt);
        loop {
            // A full bundle hides the waiting for memory, so tasks are mixed.
            while expander.stack.len() < BUNDLE
                && let Some(share) = tasks.hand_out(&mut expander.stack)
            {
                (self.report)(share);
            }
            if expander.stack.is_empty() {
                return Ok(expander.found);
            }
            if tasks.has_failed.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            if let Err(error) = expander.expand(&mut meter) {
                tasks.has_failed.store(true, Ordering::Relaxed);
                return Err(error);
            }
        }
    }
}

/// Subtrees that nobody works on yet.
struct Tasks {
    waiting: Mutex<Waiting>,
    /// Rows of all of them: how the work is measured.
    rows: u64,
    shards: usize,
    has_failed: AtomicBool,
}

struct Waiting {
    nodes: NodeList,
    rows_taken: u64,
}

impl Tasks {
    fn new(nodes: NodeList, shards: usize) -> Self {
        let rows = nodes.iter(shards).map(|node| node.row_count()).sum();
        let waiting = Mutex::new(Waiting { nodes, rows_taken: 0 });
        Self { waiting, rows, shards, has_failed: AtomicBool::new(false) }
    }

    /// Moves a task to `stack`; the share of the work that is handed out then, or `None` when no task is left.
    fn hand_out(&self, stack: &mut NodeList) -> Option<f64> {
        // A thread that panicked inside left the stack as it was before or after a move.
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.nodes.is_empty() {
            return None;
        }
        waiting.nodes.move_last(1, stack);
        waiting.rows_taken += stack.get(stack.len() - 1, self.shards).row_count();
        Some(waiting.rows_taken as f64 / self.rows.max(1) as f64)
    }
}
