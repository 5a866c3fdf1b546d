//! Which outputs are the largest? Found while they are computed, so that they need not be kept.

/// The largest outputs met so far, largest first, then by number.
#[derive(Debug, Clone)]
pub struct Largest {
    limit: usize,
    best: Vec<(f32, u32)>,
}

impl Largest {
    pub fn new(limit: usize) -> Self {
        Self { limit, best: Vec::with_capacity(limit + 1) }
    }

    /// Outputs `first`, `first + 1`, and so on; later calls have larger numbers. What is no number counts as the smallest.
    pub fn offer(&mut self, first: usize, outputs: &[f32]) {
        let floor = if self.best.len() < self.limit { f32::NAN } else { self.floor() };
        // Rarely true, and cheap to find out for all at once.
        if floor.is_nan() || outputs.iter().any(|&output| output > floor) {
            for (i, &output) in outputs.iter().enumerate() {
                let output = if output.is_nan() { f32::NEG_INFINITY } else { output };
                self.insert(output, (first + i) as u32);
            }
        }
    }

    /// Takes in those of other outputs.
    pub fn merge(&mut self, other: Self) {
        for (output, number) in other.best {
            self.insert(output, number);
        }
    }

    /// Numbers, those of the largest outputs first.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.best.iter().map(|&(_, number)| number)
    }

    fn floor(&self) -> f32 {
        self.best.last().map_or(f32::INFINITY, |&(output, _)| output)
    }

    fn insert(&mut self, output: f32, number: u32) {
        let place = self.best.partition_point(|&(other, at)| other > output || (other == output && at < number));
        if place < self.limit {
            self.best.insert(place, (output, number));
            self.best.truncate(self.limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_come_first_and_equal_ones_by_number() {
        let outputs = [1.0, 5.0, f32::NAN, 5.0, -1.0, 7.0, 5.0, 0.0];
        for limit in 0..=8 {
            let mut whole = Largest::new(limit);
            whole.offer(0, &outputs);
            let expected = [5, 1, 3, 6, 0, 7, 4, 2];
            assert_eq!(whole.numbers().collect::<Vec<_>>(), expected[..limit]);
            let (mut low, mut high) = (Largest::new(limit), Largest::new(limit));
            low.offer(0, &outputs[..3]);
            high.offer(3, &outputs[3..5]);
            high.offer(5, &outputs[5..]);
            high.merge(low);
            assert_eq!(high.numbers().collect::<Vec<_>>(), expected[..limit]);
        }
    }
}
