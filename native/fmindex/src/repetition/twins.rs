//! Which documents have the same text?

use std::ops::Range;

use super::collection::Collection;
use super::nodes::Node;
use crate::error::{Error, Result};
use crate::rank::{RankIndex, Symbol};
use crate::search::{ShardView, StepMeter};

/// Groups of documents with one text each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TwinDocuments {
    /// Numbers in the collection, group by group, ascending in each.
    pub documents: Vec<u64>,
    /// Where each group ends in `documents`, and the symbols of its text.
    pub groups: Vec<(usize, u64)>,
}

impl TwinDocuments {
    fn push(&mut self, mut documents: Vec<u64>, symbols: u64) {
        documents.sort_unstable();
        self.documents.append(&mut documents);
        self.groups.push((self.documents.len(), symbols));
    }

    /// Takes over the groups of another one.
    pub(crate) fn merge(&mut self, other: Self) {
        let base = self.documents.len();
        self.documents.extend(other.documents);
        self.groups.extend(other.groups.into_iter().map(|(end, symbols)| (base + end, symbols)));
    }

    /// Puts the groups in the order of their first documents.
    pub(crate) fn sort(&mut self) {
        let mut groups: Vec<(Vec<u64>, u64)> = Vec::with_capacity(self.groups.len());
        let mut start = 0;
        for &(end, symbols) in &self.groups {
            groups.push((self.documents[start..end].to_vec(), symbols));
            start = end;
        }
        groups.sort_unstable();
        *self = Self::default();
        groups.into_iter().for_each(|(documents, symbols)| self.push(documents, symbols));
    }
}

/// Adds the documents that are the node's string and nothing else, when there are two. `ends` are the ranks of the
/// separators in its slot 0, shard by shard: documents that begin with the string and end there.
pub(crate) fn find_twins<V: ShardView>(
    collection: &Collection<V>,
    node: &Node,
    ends: impl Iterator<Item = (usize, Range<u64>)> + Clone,
    twins: &mut TwinDocuments,
    meter: &mut StepMeter,
) -> Result<()> {
    if ends.clone().map(|(_, ranks)| ranks.end.saturating_sub(ranks.start)).sum::<u64>() < 2 {
        return Ok(());
    }
    let mut documents = Vec::new();
    for (shard, ranks) in ends {
        let view = collection.views()[shard];
        let slot = node.border(0, shard)..node.border(1, shard);
        for rank in ranks {
            let row = find_separator(view, slot.clone(), rank, meter)?;
            // Ends of documents are always sampled.
            let Some(place) = view.sampled_place(row) else {
                return Err(Error::damaged("sa-samples", format!("no sample at the end of a document, row {row}")));
            };
            documents.push(collection.first_document(shard) + place.document);
        }
    }
    twins.push(documents, node.length);
    Ok(())
}

/// The row in `rows` with the separator of that rank. O(log rows) ranks.
fn find_separator<V: ShardView>(view: &V, rows: Range<u64>, rank: u64, meter: &mut StepMeter) -> Result<u64> {
    let (mut low, mut high) = (rows.start, rows.end);
    // The last row before which there are at most `rank` separators.
    while high.saturating_sub(low) > 1 {
        meter.take(1)?;
        let middle = low + (high - low) / 2;
        match view.rank().rank(V::Symbol::SEPARATOR, middle) <= rank {
            true => low = middle,
            false => high = middle,
        }
    }
    Ok(low)
}
