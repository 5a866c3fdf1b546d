//! In which document, and where in it, does the match of a row end?

use super::steps::StepMeter;
use super::view::{Place, ShardView};
use super::walk::{Flow, StepBudget, Walker, walk_all};
use crate::error::{Error, Result};

/// The place of each row, in the order given. O(sample rate / 2) steps a row on average, the rate at most.
///
/// # Errors
/// [`Error::Argument`] for a row past the last one, [`Error::Damaged`] when no sample is met, and when the caller gave
/// up.
pub fn locate<V: ShardView>(view: &V, rows: &[u64], meter: &mut StepMeter) -> Result<Vec<Place>> {
    let row_count = view.row_count();
    if let Some(row) = rows.iter().find(|&&row| row >= row_count) {
        return Err(Error::Argument(format!("row {row} is not below {row_count}, the rows of this shard")));
    }
    let mut places = vec![Place { document: 0, offset: 0 }; rows.len()];
    let mut walker =
        LocateWalker { view, rows: rows.iter().copied().enumerate(), deliver: |at: usize, place| places[at] = place };
    walk_all(view, &mut walker, StepBudget::UNLIMITED, meter)?;
    Ok(places)
}

/// Walks from rows to samples. `deliver` is given the key of a row and its place.
pub(crate) struct LocateWalker<'v, V, I, F> {
    pub view: &'v V,
    pub rows: I,
    pub deliver: F,
}

pub(crate) struct LocateLane<K> {
    key: K,
    steps: u64,
}

impl<V, K, I, F> Walker<V::Symbol> for LocateWalker<'_, V, I, F>
where
    V: ShardView,
    K: Copy,
    I: Iterator<Item = (K, u64)>,
    F: FnMut(K, Place),
{
    type Lane = LocateLane<K>;

    fn start(&mut self) -> Result<Option<(Self::Lane, u64)>> {
        Ok(self.rows.next().map(|(key, row)| (LocateLane { key, steps: 0 }, row)))
    }

    fn arrive(&mut self, lane: &mut Self::Lane, row: u64) -> Result<Flow> {
        let Some(sample) = self.view.sampled_place(row) else {
            return if lane.steps < self.view.sa_rate() { Ok(Flow::Continue) } else { Err(no_sample(lane.steps)) };
        };
        // Each step went one symbol to the right, so the row's own place is that many before the sample's.
        let Some(offset) = sample.offset.checked_sub(lane.steps) else {
            return Err(Error::damaged("sa-samples", format!("document {} starts after its row", sample.document)));
        };
        (self.deliver)(lane.key, Place { document: sample.document, offset });
        Ok(Flow::Done)
    }

    fn read(&mut self, lane: &mut Self::Lane, _symbol: V::Symbol) -> Result<Flow> {
        lane.steps += 1;
        Ok(Flow::Continue)
    }

    fn end(&mut self, lane: &mut Self::Lane) -> Result<()> {
        Err(no_sample(lane.steps))
    }
}

fn no_sample(steps: u64) -> Error {
    Error::damaged("sa-samples", format!("no sample within {steps} steps"))
}
