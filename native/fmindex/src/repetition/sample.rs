//! How often do grams occur that are drawn at random?
//!
//! For collections whose marks do not fit memory: a sample needs none.

use super::collection::Collection;
use crate::error::Result;
use crate::search::{ShardView, Shuffle, StepMeter, count_batch, follow_batch, locate};

/// Rows that are followed together.
const BATCH: u64 = 4096;

/// A gram that was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampledGram {
    /// Occurrences in all shards.
    pub count: u64,
    /// The shard and the document that it was drawn from, by its number there, and where it starts.
    pub shard: usize,
    pub document: u64,
    pub offset: u64,
}

/// Draws `wanted` different places where grams start, all equally likely, or takes all when there are fewer, and counts the
/// grams. The same ones for the same seed.
///
/// # Complexity
/// O(wanted x length x shards) steps where most places start a gram.
///
/// # Errors
/// [`Error::Argument`](crate::error::Error::Argument) for the length, damage, and when the caller gave up.
pub fn sample_grams<V: ShardView>(
    collection: &Collection<V>,
    length: u64,
    wanted: usize,
    seed: u64,
    meter: &mut StepMeter,
    report: &dyn Fn(f64),
) -> Result<Vec<SampledGram>> {
    super::check_length(length)?;
    let row_count = collection.row_count();
    let shuffle = Shuffle::new(row_count, seed);
    let mut sample = Vec::new();
    let mut drawn = 0;
    while sample.len() < wanted && drawn < row_count {
        let missing = (wanted - sample.len()) as u64;
        let end = row_count.min(drawn + missing.clamp(64, BATCH));
        // A row stands for a place in a document; what follows it is a gram, unless the document ends too soon.
        let mut rows = vec![Vec::new(); collection.views().len()];
        for at in drawn..end {
            meter.take(1)?;
            let mut row = shuffle.at(at);
            for (view, rows) in collection.views().iter().zip(&mut rows) {
                if row < view.row_count() {
                    rows.push(row);
                    break;
                }
                row -= view.row_count();
            }
        }
        drawn = end;
        for (shard, (view, mut rows)) in collection.views().iter().zip(rows).enumerate() {
            let mut grams = follow_batch(*view, &rows, length as usize, meter)?;
            let mut is_whole = grams.iter().map(|gram| gram.len() as u64 == length).collect::<Vec<_>>().into_iter();
            rows.retain(|_| is_whole.next() == Some(true));
            grams.retain(|gram| gram.len() as u64 == length);
            let patterns: Vec<&[V::Symbol]> = grams.iter().map(Vec::as_slice).collect();
            let mut counts = vec![0; grams.len()];
            for view in collection.views() {
                let in_shard = count_batch(*view, &patterns, meter)?;
                counts.iter_mut().zip(in_shard).for_each(|(sum, count)| *sum += count);
            }
            let places = locate(*view, &rows, meter)?;
            sample.extend(places.iter().zip(counts).map(|(place, count)| SampledGram {
                count,
                shard,
                document: place.document,
                offset: place.offset,
            }));
        }
        report(sample.len() as f64 / wanted.max(1) as f64);
    }
    // A batch may have brought some too many; which ones, the order of the shards must not decide.
    let mut order: Vec<usize> = (0..sample.len()).collect();
    let cut = Shuffle::new(sample.len() as u64, seed);
    order.sort_unstable_by_key(|&at| cut.at(at as u64));
    Ok(order.into_iter().take(wanted).map(|at| sample[at]).collect())
}
