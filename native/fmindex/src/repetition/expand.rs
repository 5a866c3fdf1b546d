//! Which strings, one symbol longer, have different symbols before them too?
//!
//! The strings that stand after two different symbols, or at the beginning of a document, are the inner nodes of the
//! suffix tree of the text read backwards: at most one a row. Each is found once, from the one that is a symbol shorter,
//! by ranks alone (Belazzougui, "Linear time construction of compressed text indices in compact space", 2014). What
//! departs: the rows of a small slot are read one by one instead of by symbol, many nodes share their cache misses, and
//! the numbers are rows of several shards.

use super::collection::Collection;
use super::marks::Marks;
use super::nodes::{Node, NodeList};
use super::strings::StringPicker;
use super::twins::{TwinDocuments, find_twins};
use crate::error::{Error, Result};
use crate::rank::{RankIndex, RankQuery, Symbol};
use crate::search::{ShardView, StepMeter};

/// Nodes that are expanded together.
pub(crate) const BUNDLE: usize = 64;
/// Slots up to so many rows are read row by row: as dear as the symbols of any number of rows.
const ROWS_READ_SINGLY: u64 = 24;

/// What is found besides the marks.
#[derive(Default)]
pub(crate) struct Found {
    pub strings: StringPicker,
    pub twins: TwinDocuments,
}

impl Found {
    pub fn merge(&mut self, other: Self) {
        self.strings.merge(other.strings);
        self.twins.merge(other.twins);
    }
}

/// Expands nodes of its stack. Threads have one each.
pub(crate) struct Expander<'a, V: ShardView> {
    collection: &'a Collection<'a, V>,
    marks: &'a Marks,
    /// Symbols of a gram.
    gram_symbols: u64,
    row_count: u64,
    pub stack: NodeList,
    pub found: Found,
    scratch: Scratch<V::Symbol>,
}

#[derive(Default)]
struct Scratch<S> {
    bundle: NodeList,
    /// Rows of one shard that are read singly, and their slots.
    rows: Vec<u64>,
    row_slots: Vec<Slot>,
    answers: Vec<Option<(S, u64)>>,
    parts: Vec<Part<S>>,
    children: NodeList,
    /// Where children would stand in shards that do not hold them.
    absent: Vec<AbsentChild<S>>,
}

/// A slot of a node of the bundle, in one shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot {
    node: u32,
    slot: u32,
    shard: u32,
}

/// The occurrences of a symbol after a slot, in one shard: their ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Part<S> {
    node: u32,
    symbol: S,
    slot: u32,
    shard: u32,
    start: u64,
    end: u64,
}

impl<S: Symbol> Part<S> {
    fn new(Slot { node, slot, shard }: Slot, symbol: S, start: u64, end: u64) -> Self {
        Self { node, symbol, slot, shard, start, end }
    }

    fn is_of(&self, slot: Slot, symbol: S) -> bool {
        self.symbol == symbol && Slot { node: self.node, slot: self.slot, shard: self.shard } == slot
    }

    fn count(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

struct AbsentChild<S> {
    child: usize,
    shard: usize,
    symbol: S,
    /// The row at which the node before begins.
    row: u64,
}

impl<'a, V: ShardView> Expander<'a, V> {
    /// With a stack that holds nothing.
    pub fn new(collection: &'a Collection<'a, V>, marks: &'a Marks, gram_symbols: u64, strings: StringPicker) -> Self {
        Self {
            collection,
            marks,
            gram_symbols,
            row_count: collection.row_count(),
            stack: NodeList::default(),
            found: Found { strings, twins: TwinDocuments::default() },
            scratch: Scratch::default(),
        }
    }

    /// Puts the empty string on the stack. Its slots are the beginnings of all documents, and the symbols.
    pub fn push_root(&mut self) {
        let views = self.collection.views();
        let mut symbols: Vec<V::Symbol> = Vec::new();
        for view in views {
            view.rank().visit_symbols(0..view.row_count(), &mut |symbol, _| symbols.push(symbol));
        }
        symbols.sort_unstable();
        symbols.dedup();
        symbols.retain(|&symbol| symbol != V::Symbol::SEPARATOR);
        self.stack.push_with(0, |borders| {
            borders.resize(views.len(), 0);
            borders.extend(views.iter().map(|view| view.document_count().min(view.row_count())));
            for &symbol in symbols.iter().skip(1) {
                borders.extend(views.iter().map(|view| place(*view, symbol, 0)));
            }
            if !symbols.is_empty() {
                borders.extend(views.iter().map(|view| view.row_count()));
            }
        });
        self.mark(&self.stack.get(0, views.len()));
    }

    /// Expands the last nodes of the stack.
    ///
    /// # Errors
    /// Damage, and when the caller gave up.
    pub fn expand(&mut self, meter: &mut StepMeter) -> Result<()> {
        self.scratch.bundle.clear();
        self.stack.move_last(BUNDLE, &mut self.scratch.bundle);
        self.read_symbols(meter)?;
        self.find_children(meter)?;
        self.place_absent(meter)?;
        let shards = self.collection.views().len();
        let grams_are_longer = |child: &Node| child.length < self.gram_symbols;
        self.scratch.children.iter(shards).filter(grams_are_longer).for_each(|child| self.mark(&child));
        let children = self.scratch.children.len();
        self.scratch.children.move_last(children, &mut self.stack);
        Ok(())
    }

    /// Finds out which symbols follow each slot.
    fn read_symbols(&mut self, meter: &mut StepMeter) -> Result<()> {
        let views = self.collection.views();
        let Scratch { bundle, rows, row_slots, answers, parts, .. } = &mut self.scratch;
        parts.clear();
        for (shard, view) in views.iter().enumerate() {
            rows.clear();
            row_slots.clear();
            for (at, node) in bundle.iter(views.len()).enumerate() {
                for slot in 0..node.slots() {
                    let range = node.border(slot, shard)..node.border(slot + 1, shard);
                    let slot = Slot { node: at as u32, slot: slot as u32, shard: shard as u32 };
                    if range.end.saturating_sub(range.start) <= ROWS_READ_SINGLY {
                        row_slots.extend(range.clone().map(|_| slot));
                        rows.extend(range);
                        continue;
                    }
                    view.rank().visit_symbols(range, &mut |symbol, ranks| {
                        if ranks.start < ranks.end {
                            parts.push(Part::new(slot, symbol, ranks.start, ranks.end));
                        }
                    });
                }
                meter.take(node.slots())?;
            }
            meter.take(rows.len())?;
            view.rank().symbol_rank_batch(rows, answers);
            for (&slot, answer) in row_slots.iter().zip(answers.iter()) {
                let Some((symbol, rank)) = *answer else { continue };
                match parts.last_mut() {
                    Some(last) if last.is_of(slot, symbol) && last.end == rank => last.end += 1,
                    _ => parts.push(Part::new(slot, symbol, rank, rank.saturating_add(1))),
                }
            }
        }
        parts.sort_unstable();
        Ok(())
    }

    /// Goes over what follows each node: which symbols lead to a node of their own?
    fn find_children(&mut self, meter: &mut StepMeter) -> Result<()> {
        let views = self.collection.views();
        let Scratch { bundle, parts, children, absent, .. } = &mut self.scratch;
        absent.clear();
        for after_node in parts.chunk_by(|left, right| left.node == right.node) {
            let node = bundle.get(after_node[0].node as usize, views.len());
            if node.length > self.row_count {
                // Only a damaged file walks in a circle.
                return Err(Error::damaged("rank", "a string is longer than the shards"));
            }
            let mut most = 0;
            for with_symbol in after_node.chunk_by(|left, right| left.symbol == right.symbol) {
                let symbol = with_symbol[0].symbol;
                if symbol == V::Symbol::SEPARATOR {
                    let ends = with_symbol.iter().filter(|part| part.slot == 0);
                    let ends = ends.map(|part| (part.shard as usize, part.start..part.end));
                    find_twins(self.collection, &node, ends, &mut self.found.twins, meter)?;
                    continue;
                }
                most = most.max(with_symbol.iter().map(Part::count).sum());
                if !has_two_slots(with_symbol) {
                    continue;
                }
                for shard in (0..views.len()).filter(|&shard| !is_held_by(with_symbol, shard)) {
                    absent.push(AbsentChild { child: children.len(), shard, symbol, row: node.border(0, shard) });
                }
                children.push_with(node.length + 1, |borders| write_borders(views, with_symbol, borders));
            }
            // Where no symbol follows everywhere, no longer string occurs as often.
            if node.length >= self.gram_symbols && most < node.row_count() {
                self.found.strings.offer(&node, views.len());
            }
        }
        Ok(())
    }

    /// Fills in where the children would stand in the shards that do not hold them.
    fn place_absent(&mut self, meter: &mut StepMeter) -> Result<()> {
        let views = self.collection.views();
        let Scratch { children, absent, .. } = &mut self.scratch;
        absent.sort_unstable_by_key(|child| child.shard);
        for of_shard in absent.chunk_by(|left, right| left.shard == right.shard) {
            let (shard, view) = (of_shard[0].shard, views[of_shard[0].shard]);
            // A range from the first row on has the rank at its end as its size.
            let query = |child: &AbsentChild<V::Symbol>| RankQuery { symbol: child.symbol, range: 0..child.row };
            let mut queries: Vec<_> = of_shard.iter().map(query).collect();
            meter.take(queries.len())?;
            view.rank().rank_batch(&mut queries);
            for (child, RankQuery { symbol, range }) in of_shard.iter().zip(queries) {
                let row = place(view, symbol, range.end.saturating_sub(range.start));
                let borders = children.borders_mut(child.child).iter_mut();
                borders.skip(shard).step_by(views.len()).for_each(|border| *border = row);
            }
        }
        Ok(())
    }

    /// Marks where the slots of a node begin: behind its string stand grams that differ before it, or that begin a
    /// document.
    fn mark(&self, node: &Node) {
        let (first, end) = (node.merged_border(0), node.merged_border(node.slots()));
        for row in first + 1..node.merged_border(1).saturating_add(1).min(end) {
            self.marks.set(row);
        }
        for slot in 2..node.slots() {
            self.marks.set(node.merged_border(slot));
        }
    }
}

/// Whether a symbol follows two slots; each beginning of a document is one of its own.
fn has_two_slots<S: Symbol>(parts: &[Part<S>]) -> bool {
    let (first, last) = (parts[0].slot, parts[parts.len() - 1].slot);
    first != last || first == 0 && parts.iter().map(Part::count).sum::<u64>() > 1
}

fn is_held_by<S: Symbol>(parts: &[Part<S>], shard: usize) -> bool {
    parts.iter().any(|part| part.shard as usize == shard)
}

/// Writes the borders of the node that a symbol leads to: an entry for slot 0 and for each other one that it follows.
/// Those of shards that do not hold it are left 0.
fn write_borders<V: ShardView>(views: &[&V], parts: &[Part<V::Symbol>], borders: &mut Vec<u64>) {
    let symbol = parts[0].symbol;
    let first = borders.len();
    borders.resize(first + views.len(), 0);
    for part in parts.iter().rev() {
        borders[first + part.shard as usize] = place(views[part.shard as usize], symbol, part.start);
    }
    let has_beginnings = parts[0].slot == 0;
    let beginnings = (!has_beginnings).then_some(&parts[..0]);
    for of_slot in beginnings.into_iter().chain(parts.chunk_by(|left, right| left.slot == right.slot)) {
        let slot = borders.len();
        borders.extend_from_within(slot - views.len()..);
        for part in of_slot {
            borders[slot + part.shard as usize] = place(views[part.shard as usize], symbol, part.end);
        }
    }
}

/// The row that a rank of a symbol leads to. A damaged file cannot lead outside the shard.
fn place<V: ShardView>(view: &V, symbol: V::Symbol, rank: u64) -> u64 {
    view.first_row(symbol).saturating_add(rank).min(view.row_count())
}
