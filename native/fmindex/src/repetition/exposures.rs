//! How often does a model see each gram, when some sources are read more often than others?

use super::marks::Marks;

/// Words that one entry of the directory covers.
const DIRECTORY_WORDS: u64 = 8;

/// Sums the epochs of all occurrences of each repeated gram: eight bytes of memory for each.
pub(crate) struct Exposures {
    epochs: Vec<f64>,
    /// Repeated grams before each eighth word of the marks.
    directory: Vec<u64>,
    sums: Vec<f64>,
}

/// How often grams are seen in all epochs together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ExposureTotals {
    pub exposures: f64,
    /// Exposures of grams that are seen ten times or more, and a hundred times or more.
    pub from_10: f64,
    pub from_100: f64,
}

impl ExposureTotals {
    fn add(&mut self, seen: f64, grams: f64) {
        self.exposures += seen * grams;
        self.from_10 += if seen >= 10.0 { seen * grams } else { 0.0 };
        self.from_100 += if seen >= 100.0 { seen * grams } else { 0.0 };
    }
}

impl Exposures {
    /// `epochs` by source.
    pub fn new(marks: &Marks, epochs: Vec<f64>) -> Self {
        let mut directory = Vec::new();
        let mut grams = 0;
        for at in 0..marks.word_count() {
            if at % DIRECTORY_WORDS == 0 {
                directory.push(grams);
            }
            grams += u64::from(marks.shared_starts(at).count_ones());
        }
        Self { epochs, directory, sums: vec![0.0; grams as usize] }
    }

    /// Adds an occurrence of the gram whose rows begin at `first_row`, in a document of `source`.
    pub fn add(&mut self, marks: &Marks, first_row: u64, source: usize) {
        let word = first_row / 64;
        let first_word = word - word % DIRECTORY_WORDS;
        let whole = (first_word..word).map(|at| marks.shared_starts(at).count_ones());
        let below = (marks.shared_starts(word) & ((1 << (first_row % 64)) - 1)).count_ones();
        let before = self.directory.get((word / DIRECTORY_WORDS) as usize).copied().unwrap_or(0);
        let gram = before + whole.chain([below]).map(u64::from).sum::<u64>();
        if let (Some(sum), Some(epochs)) = (self.sums.get_mut(gram as usize), self.epochs.get(source)) {
            *sum += epochs;
        }
    }

    /// With the grams of each source that occur once.
    pub fn finish(&self, lone_grams: impl Iterator<Item = u64>) -> ExposureTotals {
        let mut totals = ExposureTotals::default();
        self.sums.iter().for_each(|&seen| totals.add(seen, 1.0));
        lone_grams.zip(&self.epochs).for_each(|(grams, &seen)| totals.add(seen, grams as f64));
        totals
    }
}
