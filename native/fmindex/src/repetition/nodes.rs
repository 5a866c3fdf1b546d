//! Which strings wait to be made longer?

/// A string with at least two different symbols before its occurrences, as rows of every shard. The rows of each symbol
/// before it are together, a *slot*; slot 0 are the occurrences that begin a document. Slot `s` of shard `t` is
/// `borders[s * shards + t]..borders[(s + 1) * shards + t]`.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    /// Symbols of the string.
    pub length: u64,
    shards: usize,
    borders: &'a [u64],
}

impl<'a> Node<'a> {
    pub fn new(length: u64, shards: usize, borders: &'a [u64]) -> Self {
        Self { length, shards, borders }
    }

    pub fn slots(&self) -> usize {
        self.borders.len() / self.shards - 1
    }

    /// The row of a shard at which a slot begins; the slot after the last begins where the node ends.
    #[inline]
    pub fn border(&self, slot: usize, shard: usize) -> u64 {
        self.borders[slot * self.shards + shard]
    }

    /// The merged row at which a slot begins.
    #[inline]
    pub fn merged_border(&self, slot: usize) -> u64 {
        self.borders[slot * self.shards..(slot + 1) * self.shards].iter().sum()
    }

    pub fn row_count(&self) -> u64 {
        self.merged_border(self.slots()).saturating_sub(self.merged_border(0))
    }
}

/// Nodes one after the other. Their numbers lie in one vector, so that a million of them are no million allocations.
#[derive(Default)]
pub(crate) struct NodeList {
    borders: Vec<u64>,
    /// Length of each node's string, and where its borders end.
    nodes: Vec<(u64, usize)>,
}

impl NodeList {
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn clear(&mut self) {
        self.borders.clear();
        self.nodes.clear();
    }

    pub fn get(&self, at: usize, shards: usize) -> Node<'_> {
        let (length, end) = self.nodes[at];
        Node::new(length, shards, &self.borders[self.first_border(at)..end])
    }

    pub fn iter(&self, shards: usize) -> impl Iterator<Item = Node<'_>> {
        (0..self.len()).map(move |at| self.get(at, shards))
    }

    /// Adds a node whose borders `write` appends.
    pub fn push_with(&mut self, length: u64, write: impl FnOnce(&mut Vec<u64>)) {
        write(&mut self.borders);
        self.nodes.push((length, self.borders.len()));
    }

    /// The borders of a node, to be changed.
    pub fn borders_mut(&mut self, at: usize) -> &mut [u64] {
        let first = self.first_border(at);
        &mut self.borders[first..self.nodes[at].1]
    }

    /// Moves the last `count` nodes to the end of `other`, or all when there are fewer.
    pub fn move_last(&mut self, count: usize, other: &mut Self) {
        let first = self.len().saturating_sub(count);
        let first_border = self.first_border(first);
        let base = other.borders.len();
        other.nodes.extend(self.nodes.drain(first..).map(|(length, end)| (length, end - first_border + base)));
        other.borders.extend(self.borders.drain(first_border..));
    }

    fn first_border(&self, at: usize) -> usize {
        at.checked_sub(1).map_or(0, |before| self.nodes[before].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_keep_their_borders_when_they_move() {
        let mut list = NodeList::default();
        for (length, borders) in [(1, vec![0, 0, 3, 4]), (2, vec![1, 1, 1, 1, 2, 3]), (3, vec![5, 6, 7, 8])] {
            list.push_with(length, |all| all.extend(borders));
        }
        let mut other = NodeList::default();
        other.push_with(9, |all| all.extend([0, 1, 2, 3]));
        list.move_last(2, &mut other);
        assert_eq!((list.len(), other.len()), (1, 3));
        assert_eq!(list.get(0, 2).row_count(), 7);
        assert_eq!((other.get(1, 2).length, other.get(1, 2).slots(), other.get(1, 2).border(2, 1)), (2, 2, 3));
        assert_eq!((other.get(2, 2).length, other.get(2, 2).merged_border(0)), (3, 11));
        list.move_last(5, &mut other);
        assert!(list.is_empty());
        assert_eq!(other.get(3, 2).length, 1);
    }
}
