//! Does a row belong to a match?

use super::view::FoundRange;

/// Disjoint ranges, by row.
pub(crate) struct RangeSet {
    ranges: Vec<FoundRange>,
}

impl RangeSet {
    /// A set of disjoint ranges.
    pub fn new(ranges: &[FoundRange]) -> Self {
        let mut ranges: Vec<FoundRange> = ranges.iter().copied().filter(|range| range.lo < range.hi).collect();
        ranges.sort_unstable_by_key(|range| range.lo);
        Self { ranges }
    }

    /// The length of the match that ends at `row`. O(log ranges).
    #[inline]
    pub fn match_length(&self, row: u64) -> Option<u64> {
        let after = self.ranges.partition_point(|range| range.lo <= row);
        let range = self.ranges.get(after.checked_sub(1)?)?;
        (row < range.hi).then_some(range.length)
    }

    /// Rows in all ranges.
    pub fn count(&self) -> u64 {
        self.ranges.iter().map(FoundRange::count).fold(0, u64::saturating_add)
    }

    /// All rows with the length of their match.
    pub fn rows(&self) -> impl Iterator<Item = (u64, u64)> {
        self.ranges.iter().flat_map(|range| range.rows().map(|row| (range.length, row)))
    }

    /// The row at `index` among all rows of the set.
    pub fn row_at(&self, index: u64) -> Option<u64> {
        let mut before = 0u64;
        for range in &self.ranges {
            let within = index - before;
            if within < range.count() {
                return Some(range.lo + within);
            }
            before += range.count();
        }
        None
    }
}
