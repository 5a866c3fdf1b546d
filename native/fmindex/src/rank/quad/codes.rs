//! With which digits of base four is each symbol written?
//!
//! Huffman's code (1952) with four branches a node, canonical: at each level the nodes that go on come first and the
//! leaves last, so that the finished symbols are the suffix of each level's sequence. Node `v` of a level with `i` inner
//! nodes has its child of digit `d` at `v + d·i` of the next level.

use std::collections::VecDeque;

use super::tree::{Code, MAX_LEVELS, TreeLevel};

/// Shares of the text below this are coded as if they were this, which bounds the levels: a node two levels up weighs
/// at least 2.3 times as much each level, so 24 levels would take 2^28 times the least weight.
const LEAST_SHARE_BITS: u32 = 27;

/// The code of a text.
pub(super) struct Codes {
    /// From the root on; the last has no inner nodes.
    pub levels: Vec<TreeLevel>,
    /// The symbol of each leaf, level by level; `None` for up to two leaves that only fill up the last branch.
    pub leaves: Vec<Option<u32>>,
    /// By symbol.
    pub codes: Vec<Code>,
}

impl Codes {
    /// A code for symbols that occur `counts` times, all of them at least once. O(n log n).
    pub fn new(counts: &[u64]) -> Self {
        let depths = depths(counts);
        let last = depths.iter().copied().max().unwrap_or(0);
        let mut by_depth = vec![Vec::new(); last + 1];
        for (symbol, depth) in depths.into_iter().enumerate() {
            by_depth[depth].push((symbol < counts.len()).then_some(symbol as u32));
        }
        let mut levels: Vec<TreeLevel> = Vec::new();
        let mut codes = vec![Code::default(); counts.len()];
        let mut nodes = u64::from(!counts.is_empty());
        let mut len: u64 = counts.iter().sum();
        for (depth, leaves) in by_depth.iter().enumerate() {
            let inner = nodes - leaves.len() as u64;
            for (leaf, symbol) in (inner..).zip(leaves) {
                if let Some(symbol) = symbol {
                    codes[*symbol as usize] = Code { level: depth as u32, digits: digits(&levels, leaf) };
                    len -= counts[*symbol as usize];
                }
            }
            levels.push(TreeLevel { nodes, inner, len });
            nodes = 4 * inner;
        }
        Self { levels, leaves: by_depth.concat(), codes }
    }
}

/// The digits on the way from the root to `node` of the level after `levels`, first digit lowest.
fn digits(levels: &[TreeLevel], node: u64) -> u64 {
    let mut node = node;
    let mut digits = 0;
    for level in levels.iter().rev() {
        digits = (digits << 2) | (node / level.inner);
        node %= level.inner;
    }
    digits
}

/// The depth of each leaf: those of `counts`, then those that fill up.
fn depths(counts: &[u64]) -> Vec<usize> {
    let least = (counts.iter().sum::<u64>() >> LEAST_SHARE_BITS).max(1);
    let fill = (3 - (counts.len() + 2) % 3) % 3 * usize::from(!counts.is_empty());
    let leaf_count = counts.len() + fill;
    let mut order: Vec<usize> = (0..leaf_count).collect();
    let weight = |leaf: usize| counts.get(leaf).map_or(0, |&count| count.max(least));
    order.sort_by_key(|&leaf| (weight(leaf), leaf));
    // Inner nodes come into being by rising weight, so two queues do for a heap.
    let mut leaves: VecDeque<(u64, usize)> = order.into_iter().map(|leaf| (weight(leaf), leaf)).collect();
    let mut inner: VecDeque<(u64, usize)> = VecDeque::new();
    let mut parents = vec![0; leaf_count];
    while leaves.len() + inner.len() > 1 {
        let parent = parents.len();
        let mut sum = 0;
        for _ in 0..4 {
            let from = match (leaves.front(), inner.front()) {
                (Some(leaf), Some(node)) if leaf.0 > node.0 => &mut inner,
                (Some(_), _) => &mut leaves,
                _ => &mut inner,
            };
            if let Some((weight, node)) = from.pop_front() {
                sum += weight;
                parents[node] = parent;
            }
        }
        parents.push(parent);
        inner.push_back((sum, parent));
    }
    let mut depths = vec![0; parents.len()];
    for node in (0..parents.len().saturating_sub(1)).rev() {
        depths[node] = depths[parents[node]] + 1;
    }
    depths.truncate(leaf_count);
    debug_assert!(depths.iter().all(|&depth| depth <= MAX_LEVELS));
    depths
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(counts: &[u64]) {
        let codes = Codes::new(counts);
        let mut seen = std::collections::BTreeSet::new();
        for (symbol, code) in codes.codes.iter().enumerate() {
            assert!((code.level as usize) < codes.levels.len());
            assert!(code.digits >> (2 * code.level) == 0);
            assert!(seen.insert((code.level, code.digits)), "{symbol}");
            // No code is the start of another.
            for level in 0..code.level {
                let start = code.digits & ((1 << (2 * level)) - 1);
                assert!(!codes.codes.contains(&Code { level, digits: start }));
            }
        }
        let leaves = codes.levels.iter().map(|level| level.nodes - level.inner).sum::<u64>();
        assert_eq!(leaves, codes.leaves.len() as u64);
        assert!(codes.leaves.iter().filter(|leaf| leaf.is_none()).count() <= 2);
        assert_eq!(codes.levels.last().map(|level| (level.inner, level.len)), Some((0, 0)));
    }

    #[test]
    fn few_symbols_have_short_codes() {
        check(&[]);
        check(&[7]);
        check(&[1, 1]);
        check(&[1, 2, 3, 4, 5]);
        assert!(Codes::new(&[5, 6, 7, 8]).codes.iter().all(|code| code.level == 1));
    }

    #[test]
    fn levels_are_bounded_whatever_the_counts() {
        // Counts that make a Huffman tree as deep as can be.
        let mut counts = vec![1u64, 1, 1, 1];
        while counts.iter().sum::<u64>() < 1 << 46 {
            let next = counts.iter().sum::<u64>() / 2 + 1;
            counts.extend([next; 3]);
        }
        assert!(Codes::new(&counts).levels.len() <= MAX_LEVELS + 1);
    }

    proptest! {
        #[test]
        fn codes_are_free_of_prefixes(counts in proptest::collection::vec(1u64..1000, 0..120)) {
            check(&counts);
        }
    }
}
