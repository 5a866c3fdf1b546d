//! Which symbols stand in the rows of a shard that are kept, one after the other?

use super::source::Source;
use crate::rank::run_head::GroupDecoder;

/// Reads the BWT of a source without the rows that are dropped. A nanosecond or two a row.
pub(super) struct KeptRows<'a> {
    source: &'a Source,
    decoder: GroupDecoder,
    symbols: Vec<u8>,
    /// The next one of `symbols`.
    at: usize,
    /// First row of the next group.
    next_row: u64,
}

impl<'a> KeptRows<'a> {
    /// From the row on that has `kept` kept ones before it.
    pub fn new(source: &'a Source, kept: u64) -> Self {
        let row = source.row_of_kept(kept);
        let group_rows = source.file.rank.group_rows();
        let group_start = row / group_rows * group_rows;
        let mut rows =
            Self { source, decoder: GroupDecoder::default(), symbols: Vec::new(), at: 0, next_row: group_start };
        rows.read_group();
        rows.at = (kept - source.kept_rows_before(group_start)) as usize;
        rows
    }

    /// The symbol of the next row; the separator past the last.
    #[inline(always)]
    pub fn next(&mut self) -> u8 {
        while self.at >= self.symbols.len() {
            if !self.read_group() {
                return crate::rank::SEPARATOR;
            }
        }
        self.at += 1;
        self.symbols[self.at - 1]
    }

    fn read_group(&mut self) -> bool {
        let row = self.next_row;
        self.source.file.rank.decode_group(row, &mut self.decoder, &mut self.symbols);
        let is_there = !self.symbols.is_empty();
        self.next_row += self.symbols.len() as u64;
        self.at = 0;
        if self.source.drops_rows() {
            let mut at = row;
            self.symbols.retain(|_| {
                at += 1;
                self.source.keeps_row(at - 1)
            });
        }
        is_there
    }
}
