//! Which shards are merged first?
//!
//! Documents keep their order, so only neighbours are merged. A merge walks the smaller side, a rank a symbol, and encodes
//! both. Many equal shards are cheapest one after the other into a growing one, until encoding that again and again
//! costs more than another walk; the best of all ways is found by looking at each: O(shards³), with at most 256.

use super::work::cost;

/// A way to merge neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Schedule {
    /// A shard as it is.
    Leaf(usize),
    /// Two parts, the documents of the left one first.
    Merge(Box<Schedule>, Box<Schedule>),
}

impl Schedule {
    /// The cheapest way for shards of so many rows each; `None` for none.
    pub fn plan(rows: &[u64]) -> Option<Self> {
        let count = rows.len();
        let mut before = vec![0u64; count + 1];
        for (at, &rows) in rows.iter().enumerate() {
            before[at + 1] = before[at].saturating_add(rows);
        }
        // By first shard and last: what the part costs, and where it is split.
        let mut best = vec![vec![(0u64, 0usize); count]; count];
        for length in 1..count {
            for first in 0..count - length {
                let last = first + length;
                let splits = (first..last).map(|split| {
                    let (left, right) = (before[split + 1] - before[first], before[last + 1] - before[split + 1]);
                    let merge = merge_cost(left, right);
                    (best[first][split].0.saturating_add(best[split + 1][last].0).saturating_add(merge), split)
                });
                best[first][last] = splits.min_by_key(|&(total, split)| (total, last - split)).unwrap_or_default();
            }
        }
        (count > 0).then(|| Self::of(&best, 0, count - 1))
    }

    fn of(best: &[Vec<(u64, usize)>], first: usize, last: usize) -> Self {
        if first == last {
            return Self::Leaf(first);
        }
        let split = best[first][last].1;
        Self::Merge(Box::new(Self::of(best, first, split)), Box::new(Self::of(best, split + 1, last)))
    }

    /// Rows of all its shards.
    pub fn rows(&self, rows: &[u64]) -> u64 {
        match self {
            Self::Leaf(shard) => rows[*shard],
            Self::Merge(left, right) => left.rows(rows) + right.rows(rows),
        }
    }

    /// What all its merges cost.
    pub fn cost(&self, rows: &[u64]) -> u64 {
        match self {
            Self::Leaf(_) => 0,
            Self::Merge(left, right) => {
                left.cost(rows) + right.cost(rows) + merge_cost(left.rows(rows), right.rows(rows))
            }
        }
    }

    /// Marks the shards whose documents are walked by some merge.
    pub fn mark_walked(&self, rows: &[u64], walked: &mut [bool]) {
        if let Self::Merge(left, right) = self {
            let side = if walks_left(left.rows(rows), right.rows(rows)) { left } else { right };
            side.mark(walked);
            left.mark_walked(rows, walked);
            right.mark_walked(rows, walked);
        }
    }

    /// Marks its shards.
    pub fn mark(&self, marks: &mut [bool]) {
        match self {
            Self::Leaf(shard) => marks[*shard] = true,
            Self::Merge(left, right) => {
                left.mark(marks);
                right.mark(marks);
            }
        }
    }
}

/// Whether the left part is walked through the right one: the smaller is.
pub(super) fn walks_left(left: u64, right: u64) -> bool {
    left < right
}

fn merge_cost(left: u64, right: u64) -> u64 {
    left.min(right).saturating_mul(cost::WALK).saturating_add((left + right).saturating_mul(cost::ENCODE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(shard: usize) -> Box<Schedule> {
        Box::new(Schedule::Leaf(shard))
    }

    #[test]
    fn no_shard_is_no_schedule_and_one_is_left_as_it_is() {
        assert_eq!(Schedule::plan(&[]), None);
        assert_eq!(Schedule::plan(&[5]), Some(Schedule::Leaf(0)));
    }

    #[test]
    fn small_neighbours_are_merged_before_a_large_one() {
        let small = Schedule::Merge(leaf(1), leaf(2));
        let expected = Schedule::Merge(leaf(0), Box::new(small));
        assert_eq!(Schedule::plan(&[1000, 3, 3]), Some(expected.clone()));
        let mut walked = [false; 3];
        expected.mark_walked(&[1000, 3, 3], &mut walked);
        assert_eq!(walked, [false, true, true]);
    }

    #[test]
    fn a_few_equal_shards_grow_one_and_many_are_grouped() {
        let depth = |schedule: &Schedule| {
            fn depth(schedule: &Schedule) -> usize {
                match schedule {
                    Schedule::Leaf(_) => 0,
                    Schedule::Merge(left, right) => 1 + depth(left).max(depth(right)),
                }
            }
            depth(schedule)
        };
        let walked = |count: usize| {
            let rows = vec![1000; count];
            let plan = Schedule::plan(&rows).unwrap();
            assert_eq!(plan.rows(&rows), 1000 * count as u64);
            (depth(&plan), plan.cost(&rows))
        };
        assert_eq!(walked(4).0, 3);
        // One after the other would walk less and encode 128 times as much.
        assert!(walked(256).0 < 40);
        assert!(walked(256).1 < 256 * 1000 * (7 * cost::WALK + 20 * cost::ENCODE));
    }
}
