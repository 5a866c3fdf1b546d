//! Before which rows does another gram begin?

use std::sync::atomic::{AtomicU64, Ordering};

const WORD_BITS: u64 = u64::BITS as u64;

/// A bit a row. Threads set bits together; [`Marks::seal`] then says which words hold any, level above level, so that the
/// last mark before a row is found in a few steps however far away it is: 1.6 % more memory.
pub(crate) struct Marks {
    words: Vec<AtomicU64>,
    /// A bit for each word of the level below that is not zero.
    levels: Vec<Vec<u64>>,
}

impl Marks {
    /// None of `len` rows marked, nor the row after the last.
    pub fn new(len: u64) -> Self {
        let words = (0..len / WORD_BITS + 1).map(|_| AtomicU64::new(0)).collect();
        Self { words, levels: Vec::new() }
    }

    /// Bytes of memory for so many rows.
    pub fn bytes(len: u64) -> u64 {
        len / 8 + len / 8 / 63 + 64
    }

    /// Marks a row; one past the last, as a damaged file may name, is none.
    #[inline]
    pub fn set(&self, row: u64) {
        if let Some(word) = self.words.get((row / WORD_BITS) as usize) {
            word.fetch_or(1 << (row % WORD_BITS), Ordering::Relaxed);
        }
    }

    #[inline]
    pub fn get(&self, row: u64) -> bool {
        self.word(0, row / WORD_BITS) >> (row % WORD_BITS) & 1 == 1
    }

    /// Whether a gram has this row alone.
    #[inline]
    pub fn is_alone(&self, row: u64) -> bool {
        self.get(row) && self.get(row + 1)
    }

    /// Ends the setting; [`Marks::last_at`] needs it.
    pub fn seal(&mut self) {
        self.levels.clear();
        let mut below: Vec<u64> = summarize(self.words.iter().map(|word| word.load(Ordering::Relaxed)));
        while below.len() > 1 {
            let above = summarize(below.iter().copied());
            self.levels.push(std::mem::replace(&mut below, above));
        }
        self.levels.push(below);
    }

    /// The last marked row up to `row`; 0 when there is none.
    #[inline]
    pub fn last_at(&self, row: u64) -> u64 {
        let (mut level, mut index) = (0, row);
        loop {
            let word = self.word(level, index / WORD_BITS) & u64::MAX >> (WORD_BITS - 1 - index % WORD_BITS);
            if word != 0 {
                return self.descend(level, index / WORD_BITS * WORD_BITS + last_bit(word));
            }
            if index < WORD_BITS || level > self.levels.len() {
                return 0;
            }
            (level, index) = (level + 1, index / WORD_BITS - 1);
        }
    }

    /// The last marked row under a bit of a level.
    fn descend(&self, level: usize, mut index: u64) -> u64 {
        for below in (0..level).rev() {
            index = index * WORD_BITS + last_bit(self.word(below, index));
        }
        index
    }

    /// Rows from each mark to the next one.
    pub fn distances(&self) -> impl Iterator<Item = u64> {
        let rows = (0..self.words.len() as u64).flat_map(|at| {
            let mut word = self.word(0, at);
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| u64::from(word.trailing_zeros()))?;
                word &= word - 1;
                Some(at * WORD_BITS + bit)
            })
        });
        let mut last = None;
        rows.filter_map(move |row| last.replace(row).map(|before| row - before))
    }

    /// The rows of a word that are marked where the row after is not.
    #[inline]
    pub fn shared_starts(&self, at: u64) -> u64 {
        let word = self.word(0, at);
        word & !(word >> 1 | self.word(0, at + 1) << (WORD_BITS - 1))
    }

    pub fn word_count(&self) -> u64 {
        self.words.len() as u64
    }

    #[inline]
    fn word(&self, level: usize, at: u64) -> u64 {
        match level.checked_sub(1) {
            None => self.words.get(at as usize).map_or(0, |word| word.load(Ordering::Relaxed)),
            Some(above) => self.levels.get(above).and_then(|words| words.get(at as usize)).map_or(0, |&word| word),
        }
    }
}

fn last_bit(word: u64) -> u64 {
    u64::from(63 - word.leading_zeros().min(63))
}

fn summarize(words: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut summary = Vec::new();
    for (at, word) in words.enumerate() {
        if at % 64 == 0 {
            summary.push(0);
        }
        if let Some(last) = summary.last_mut() {
            *last |= u64::from(word != 0) << (at % 64);
        }
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_mark_is_found_however_far_away() {
        let mut marks = Marks::new(1_000_000);
        for row in [0, 5, 63, 64, 70_000, 999_999] {
            marks.set(row);
        }
        marks.seal();
        for (row, last) in
            [(0, 0), (4, 0), (5, 5), (62, 5), (63, 63), (64, 64), (65, 64), (69_999, 64), (70_000, 70_000)]
        {
            assert_eq!(marks.last_at(row), last);
        }
        assert_eq!(marks.last_at(999_998), 70_000);
        assert_eq!(marks.last_at(999_999), 999_999);
        marks.set(1_000_000);
        assert_eq!(marks.distances().collect::<Vec<_>>(), [5, 58, 1, 69_936, 929_999, 1]);
        let shared = (0..marks.word_count()).map(|at| marks.shared_starts(at).count_ones());
        assert_eq!(shared.sum::<u32>(), 5);
    }

    #[test]
    fn no_rows_are_no_groups() {
        let mut marks = Marks::new(0);
        marks.seal();
        marks.set(0);
        assert_eq!(marks.distances().count(), 0);
        assert_eq!(marks.last_at(0), 0);
    }
}
