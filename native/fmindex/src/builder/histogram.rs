//! How often does each byte occur in a text?

/// Bytes after which the small counters are emptied: fewer than 32 bits count.
const BYTES_A_ROUND: usize = 1 << 30;

/// Counts bytes, text by text.
#[derive(Debug)]
pub(super) struct Histogram {
    counts: [u64; 256],
    /// Four tables, so that equal neighbours don't wait for each other.
    tables: Box<[[u32; 256]; 4]>,
    /// Bytes in the tables.
    pending: usize,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; 256], tables: Box::new([[0; 256]; 4]), pending: 0 }
    }
}

impl Histogram {
    /// Adds the bytes of `text`. O(text).
    pub fn add(&mut self, text: &[u8]) {
        for piece in text.chunks(BYTES_A_ROUND) {
            if self.pending + piece.len() > BYTES_A_ROUND {
                self.empty_tables();
            }
            self.pending += piece.len();
            let (fours, rest) = piece.as_chunks::<4>();
            for four in fours {
                for (table, &byte) in self.tables.iter_mut().zip(four) {
                    table[usize::from(byte)] += 1;
                }
            }
            for &byte in rest {
                self.tables[0][usize::from(byte)] += 1;
            }
        }
    }

    /// Occurrences of each byte value so far.
    pub fn counts(&mut self) -> [u64; 256] {
        self.empty_tables();
        self.counts
    }

    fn empty_tables(&mut self) {
        for (byte, count) in self.counts.iter_mut().enumerate() {
            *count += self.tables.iter().map(|table| u64::from(table[byte])).sum::<u64>();
        }
        self.tables.iter_mut().for_each(|table| table.fill(0));
        self.pending = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_counted_once() {
        let text: Vec<u8> = (0..1003u32).map(|i| (i * i % 251) as u8).collect();
        let mut histogram = Histogram::default();
        histogram.add(&text[..7]);
        histogram.add(&text[7..]);
        let counts = histogram.counts();
        for byte in 0..=255u8 {
            let count = text.iter().filter(|&&other| other == byte).count() as u64;
            assert_eq!(counts[usize::from(byte)], count);
        }
    }
}
