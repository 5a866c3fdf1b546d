//! How many grams occur how often?

use super::marks::Marks;

/// Where the buckets of counts begin: 1, 2, 3–4, 5–9, 10–99, 100–999, 1,000 and more.
pub const BUCKET_STARTS: [u64; 7] = [1, 2, 3, 5, 10, 100, 1000];

/// Counts of grams. A gram that occurs c times is one distinct gram and c occurrences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GramCounts {
    /// Distinct grams by how often they occur: see [`BUCKET_STARTS`].
    pub distinct: [u64; BUCKET_STARTS.len()],
    /// Their occurrences.
    pub occurrences: [u64; BUCKET_STARTS.len()],
    /// Occurrences of the most frequent gram.
    pub largest: u64,
}

impl GramCounts {
    /// Reads the counts off the marks, in which `short_rows` rows stand for less than a gram, each by itself. O(rows).
    pub(crate) fn of(marks: &Marks, short_rows: u64) -> Self {
        let mut counts = Self::default();
        for size in marks.distances() {
            let bucket = BUCKET_STARTS.partition_point(|&start| start <= size) - 1;
            counts.distinct[bucket] += 1;
            counts.occurrences[bucket] += size;
            counts.largest = counts.largest.max(size);
        }
        counts.distinct[0] = counts.distinct[0].saturating_sub(short_rows);
        counts.occurrences[0] = counts.occurrences[0].saturating_sub(short_rows);
        counts.largest *= u64::from(counts.occurrences.iter().any(|&occurrences| occurrences > 0));
        counts
    }
}
