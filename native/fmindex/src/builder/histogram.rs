//! How often does each byte occur in a text?

/// Occurrences of each byte value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Histogram {
    pub counts: [u64; 256],
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; 256] }
    }
}

impl Histogram {
    /// Adds the bytes of `text`. Four tables, so that equal neighbours don't wait for each other.
    pub fn add(&mut self, text: &[u8]) {
        // A piece is short enough for its counts to fit 32 bits.
        for piece in text.chunks(1 << 30) {
            let mut tables = [[0u32; 256]; 4];
            let (fours, rest) = piece.as_chunks::<4>();
            for four in fours {
                for (table, &byte) in tables.iter_mut().zip(four) {
                    table[usize::from(byte)] += 1;
                }
            }
            for &byte in rest {
                tables[0][usize::from(byte)] += 1;
            }
            for (byte, count) in self.counts.iter_mut().enumerate() {
                *count += tables.iter().map(|table| u64::from(table[byte])).sum::<u64>();
            }
        }
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
        for byte in 0..=255u8 {
            let count = text.iter().filter(|&&other| other == byte).count() as u64;
            assert_eq!(histogram.counts[usize::from(byte)], count);
        }
    }
}
