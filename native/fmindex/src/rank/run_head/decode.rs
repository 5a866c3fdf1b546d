//! Which symbols stand in the rows of a group, one after the other?
//!
//! Reading all rows costs a nanosecond each, where [`symbol_rank`](crate::rank::RankIndex::symbol_rank) costs fifty: the
//! planes are read eight heads at a time, and a run is filled at once.

use super::group::{Group, LEVELS, RunStarts};
use super::layout::BLOCK_BITS;
use super::portable::Portable;
use super::reader::RunHeadIndex;
use super::rows::StartWords;

/// Heads of the largest group.
const MAX_HEADS: usize = 1 << 12;

/// Decodes groups, one after the other, with buffers that are kept.
pub struct GroupDecoder {
    /// The codes of the heads of each level, then, in the first, the places of the heads.
    codes: [Box<[u8; MAX_HEADS + 8]>; LEVELS],
}

impl Default for GroupDecoder {
    fn default() -> Self {
        Self { codes: std::array::from_fn(|_| Box::new([0; MAX_HEADS + 8])) }
    }
}

impl RunHeadIndex {
    /// Rows of a group, but for the last.
    pub fn group_rows(&self) -> u64 {
        1 << self.geometry.group_bits
    }

    /// Sets `rows` to the symbols of the group that `row` is in: from the multiple of [`RunHeadIndex::group_rows`] at or
    /// before it. Empty past the end. O(rows of a group).
    pub fn decode_group(&self, row: u64, decoder: &mut GroupDecoder, rows: &mut Vec<u8>) {
        rows.clear();
        if row >= self.length {
            return;
        }
        let start = row >> self.geometry.group_bits << self.geometry.group_bits;
        let count = (self.length - start).min(self.group_rows()) as usize;
        let record = self.record((row >> BLOCK_BITS) as usize);
        let group = self.group(record, self.geometry.group_of(row));
        decoder.decode(&group, count, rows);
    }
}

impl GroupDecoder {
    fn decode(&mut self, group: &Group, count: usize, rows: &mut Vec<u8>) {
        if group.header.symbol_count == 1 {
            rows.resize(count, group.symbol(0));
            return;
        }
        let heads = self.read_heads(group);
        match group.header.run_starts {
            RunStarts::EveryRow => rows.extend_from_slice(&heads[..count.min(heads.len())]),
            RunStarts::Raw => fill_runs(StartWords::<_, true>::new(Portable::<true>, group), heads, count, rows),
            RunStarts::NonzeroBytes => {
                fill_runs(StartWords::<_, false>::new(Portable::<true>, group), heads, count, rows);
            }
        }
        // Only a damaged group has fewer heads than rows.
        rows.resize(count, 0);
    }

    /// The symbols of the heads.
    fn read_heads(&mut self, group: &Group) -> &[u8] {
        for level in 0..LEVELS {
            read_codes(group, level, &mut self.codes[level][..]);
        }
        let mut symbols = [0; 256];
        for (place, symbol) in symbols.iter_mut().enumerate().take(group.header.symbol_count) {
            *symbol = group.symbol(place);
        }
        let [firsts, seconds, thirds] = &mut self.codes;
        let own = [group.own_places(0), group.own_places(1)];
        let escapes = [!group.is_last(0), !group.is_last(1)];
        let shares_code = group.header.shares_code;
        let (mut second, mut third) = (0, 0);
        let heads = &mut firsts[..group.header.head_counts[0]];
        let mut last_place = usize::MAX;
        for head in heads.iter_mut() {
            let mut place = usize::from(*head);
            if escapes[0] && place == own[0] {
                let mut code = usize::from(seconds[second % MAX_HEADS]);
                second += 1;
                if escapes[1] && code == own[1] {
                    code += usize::from(thirds[third % MAX_HEADS]);
                    third += 1;
                }
                place += code;
            } else if shares_code && place == 0 && last_place == 0 {
                place = 1;
            }
            last_place = place;
            *head = symbols[place & 255];
        }
        heads
    }
}

/// Sets `codes` to those of the heads of `level`, eight at a time.
fn read_codes(group: &Group, level: usize, codes: &mut [u8]) {
    let (heads, width) = (group.header.head_counts[level], group.header.widths[level] as usize);
    let (first, stride) = (group.planes[level], group.plane_bytes(level));
    for (at, eight) in codes.chunks_exact_mut(8).take(heads.div_ceil(8)).enumerate() {
        let word = (0..width).fold(0, |word, plane| {
            let bits = group.bytes.get(first + plane * stride + at).copied().unwrap_or(0);
            word | spread(bits) << plane
        });
        eight.copy_from_slice(&word.to_le_bytes());
    }
}

/// Each bit of `bits` as the lowest of a byte, the lowest first.
#[inline(always)]
fn spread(bits: u8) -> u64 {
    SPREAD[usize::from(bits)]
}

static SPREAD: [u64; 256] = {
    let mut table = [0; 256];
    let mut bits = 0;
    while bits < 256 {
        let mut bit = 0;
        while bit < 8 {
            table[bits] |= ((bits as u64) >> bit & 1) << (8 * bit);
            bit += 1;
        }
        bits += 1;
    }
    table
};

fn fill_runs<const IS_RAW: bool>(
    mut words: StartWords<Portable<true>, IS_RAW>,
    heads: &[u8],
    count: usize,
    rows: &mut Vec<u8>,
) {
    let mut heads = heads.iter().copied();
    let mut symbol = 0;
    for first in (0..count).step_by(64) {
        // SAFETY: this kernel checks each access.
        let mut starts = unsafe { words.next() };
        while starts != 0 {
            let end = first + starts.trailing_zeros() as usize;
            rows.resize(end.min(count), symbol);
            symbol = heads.next().unwrap_or(0);
            starts &= starts - 1;
        }
        rows.resize((first + 64).min(count), symbol);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{EncodeOptions, RankSections, encode};
    use super::*;
    use crate::rank::RankIndex;
    use crate::section::Section;

    fn check(bwt: &[u8], group_bits: u32) {
        let encoded = encode(bwt, EncodeOptions { group_bits }, 1).unwrap();
        let index = RunHeadIndex::open(RankSections {
            header: Section::from_vec(encoded.header),
            records: Section::from_vec(encoded.records),
            entries: Section::from_vec(encoded.entries),
            groups: Section::from_vec(encoded.groups),
        })
        .unwrap();
        let (mut decoder, mut rows, mut decoded) = (GroupDecoder::default(), Vec::new(), Vec::new());
        for start in (0..index.len()).step_by(1 << group_bits) {
            let row = (start + (start >> 5) % 7).min(index.len() - 1);
            index.decode_group(row, &mut decoder, &mut rows);
            decoded.extend_from_slice(&rows);
        }
        assert!(decoded == bwt);
        index.decode_group(index.len(), &mut decoder, &mut rows);
        assert!(rows.is_empty());
    }

    #[test]
    fn every_kind_of_group_is_decoded() {
        let noise = |i: u32| (i.wrapping_mul(2_654_435_761) >> 13) as u8;
        for group_bits in 10..=12 {
            check(&[], group_bits);
            check(&[7], group_bits);
            check(&[9; 70_000], group_bits);
            check(&(0..9000).map(noise).collect::<Vec<_>>(), group_bits);
            check(&(0..9000).map(|i| noise(i / 100)).collect::<Vec<_>>(), group_bits);
            check(&(0..70_000).map(|i| b"aab"[i as usize % 3]).collect::<Vec<_>>(), group_bits);
            check(&(0..70_000).map(|i| noise(i / 3) & 15).collect::<Vec<_>>(), group_bits);
            check(&(0..70_000).map(|i| noise(i) & noise(i / 2) & noise(i / 5)).collect::<Vec<_>>(), group_bits);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn runs_come_back(
            runs in proptest::collection::vec((prop_oneof![0u8..4, any::<u8>()], 1usize..90), 0..400),
            group_bits in 10u32..=12,
        ) {
            let bwt: Vec<u8> = runs.iter().flat_map(|&(symbol, length)| vec![symbol; length]).collect();
            check(&bwt, group_bits);
        }
    }
}
