//! The laws of the structure, on texts chosen to break it.

use proptest::prelude::*;

use super::bytes::u64_at;
use super::group::GroupHeader;
use super::layout::{BLOCK_BITS, SUPERBLOCK_BITS};
use super::reader::{Instructions, Processor};
use super::{EncodeOptions, EncodedRank, RankSections, RunHeadIndex, encode};
use crate::rank::{RankIndex, RankQuery};
use crate::section::Section;

fn sections(encoded: &EncodedRank) -> RankSections {
    RankSections {
        header: Section::from_vec(encoded.header.clone()),
        records: Section::from_vec(encoded.records.clone()),
        entries: Section::from_vec(encoded.entries.clone()),
        groups: Section::from_vec(encoded.groups.clone()),
    }
}

fn encode_bits(bwt: &[u8], group_bits: u32) -> EncodedRank {
    encode(bwt, EncodeOptions { group_bits }, 1).unwrap()
}

/// This one, one without BMI2, and one without anything.
fn processors() -> [Processor; 3] {
    [Instructions::Bmi2, Instructions::Ssse3, Instructions::Plain].map(Processor::detect)
}

fn all_indexes(encoded: &EncodedRank) -> [RunHeadIndex; 3] {
    processors().map(|processor| RunHeadIndex::open_for(sections(encoded), processor).unwrap())
}

/// Small, quick, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }
}

/// Checks every method against counts of a byte scan, at rows spread over the BWT and at all borders.
fn check(bwt: &[u8], group_bits: u32) {
    let encoded = encode_bits(bwt, group_bits);
    let indexes = all_indexes(&encoded);
    let length = bwt.len() as u64;
    let mut random = Random(length + u64::from(group_bits));
    let mut rows: Vec<u64> = (0..120).map(|_| random.below(length + 1)).collect();
    for border in (0..=length + 4096).step_by(1 << group_bits).take(40) {
        rows.extend((border.saturating_sub(2)..border + 3).filter(|&row| row <= length));
    }
    rows.extend([0, length, length.saturating_sub(1)]);
    rows.sort_unstable();
    rows.dedup();

    // The symbols there are, and every tenth: most of those are absent.
    let symbols: Vec<u8> = (0..=255).filter(|symbol| symbol % 10 == 0 || bwt.contains(symbol)).collect();
    let mut counts = [0u64; 256];
    let mut at = 0;
    let ranks: Vec<[u64; 256]> = rows
        .iter()
        .map(|&row| {
            bwt[at..row as usize].iter().for_each(|&symbol| counts[usize::from(symbol)] += 1);
            at = row as usize;
            counts
        })
        .collect();

    for index in &indexes {
        index.verify().unwrap();
        assert_eq!(index.len(), length);
        let runs = bwt.chunk_by(|a, b| a == b).count() as u64;
        assert_eq!(index.runs(), runs);
        let mut queries = Vec::new();
        let mut expected = Vec::new();
        for (place, &row) in rows.iter().enumerate() {
            for &symbol in &symbols {
                assert_eq!(index.rank(symbol, row), ranks[place][usize::from(symbol)], "symbol {symbol} row {row}");
            }
            let other = if place % 3 == 0 { place } else { (place + random.below(9) as usize).min(rows.len() - 1) };
            let other = if place % 7 == 0 { place + random.below((rows.len() - place) as u64) as usize } else { other };
            let range = row..rows[other];
            let mut visited = Vec::new();
            index.visit_symbols(range.clone(), &mut |symbol, ranks| visited.push((symbol, ranks)));
            let all = (0..=255u8)
                .map(|symbol| (symbol, ranks[place][usize::from(symbol)]..ranks[other][usize::from(symbol)]));
            assert_eq!(visited, all.clone().filter(|(_, ranks)| ranks.start < ranks.end).collect::<Vec<_>>());
            for (symbol, answer) in all {
                assert_eq!(index.rank_range(symbol, range.clone()), answer, "symbol {symbol} range {range:?}");
                queries.push(RankQuery { symbol, range: range.clone() });
                expected.push(RankQuery { symbol, range: answer });
            }
        }
        index.rank_batch(&mut queries);
        assert_eq!(queries, expected);
        let mut answers = Vec::new();
        index.symbol_rank_batch(&rows, &mut answers);
        for ((&row, ranks), answer) in rows.iter().zip(&ranks).zip(answers) {
            let symbol = bwt.get(row as usize).map(|&symbol| (symbol, ranks[usize::from(symbol)]));
            assert_eq!(index.symbol_rank(row), symbol, "row {row}");
            assert_eq!(answer, symbol);
        }
        assert_eq!(index.rank(b'a', u64::MAX), index.rank(b'a', length));
        assert_eq!(index.symbol_rank(u64::MAX), None);
    }
}

fn random_text(length: usize, alphabet: u64, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    (0..length).map(|_| random.below(alphabet) as u8).collect()
}

/// Runs of about `run` equal symbols, frequent ones more often, as a BWT has.
fn run_text(length: usize, alphabet: u64, run: u64, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut text = Vec::with_capacity(length);
    while text.len() < length {
        let bound = 1 + random.below(alphabet);
        let symbol = random.below(bound) as u8;
        let repeats = 1 + random.below(2 * run) as usize;
        text.extend(std::iter::repeat_n(symbol, repeats.min(length - text.len())));
    }
    text
}

fn fibonacci(length: usize) -> Vec<u8> {
    let (mut before, mut text) = (b"a".to_vec(), b"ab".to_vec());
    while text.len() < length {
        let next = [text.as_slice(), &before].concat();
        before = std::mem::replace(&mut text, next);
    }
    text.truncate(length);
    text
}

#[test]
fn an_empty_bwt_has_no_symbols() {
    (10..=12).for_each(|bits| check(&[], bits));
}

#[test]
fn short_texts_and_borders() {
    for bits in 10..=12 {
        for length in [1, 2, 63, 64, 65, (1 << bits) - 1, 1 << bits, (1 << bits) + 1, 3 << bits] {
            check(&vec![7; length], bits);
            check(&random_text(length, 256, 1), bits);
            check(&b"ab".repeat(length)[..length], bits);
        }
    }
}

#[test]
fn block_borders() {
    for length in [(1 << BLOCK_BITS) - 1, 1 << BLOCK_BITS, (1 << BLOCK_BITS) + 1] {
        check(&run_text(length, 200, 3, 5), 11);
    }
}

#[test]
fn random_symbols() {
    for (alphabet, bits) in [(1, 10), (2, 11), (4, 12), (256, 10), (256, 11), (256, 12)] {
        check(&random_text(150_000, alphabet, alphabet), bits);
    }
}

#[test]
fn runs_as_in_a_bwt() {
    for bits in 10..=12 {
        check(&run_text(200_000, 90, 4, 3), bits);
        check(&run_text(200_000, 256, 60, 4), bits);
    }
}

#[test]
fn symbols_that_share_a_code() {
    // After symbol 0 often comes 1, sometimes another one; 1 also follows others. Rows of shared codes of all lengths.
    let mut random = Random(31);
    for others in [1, 3, 40, 250] {
        let mut text = Vec::new();
        while text.len() < 70_000 {
            for _ in 0..random.below(90) {
                text.extend([0, 1]);
            }
            text.push(2 + random.below(others) as u8);
            text.extend([1, 0].iter().take(random.below(3) as usize));
        }
        for bits in 10..=12 {
            check(&text, bits);
        }
    }
    let shares = |bits| {
        let encoded = encode_bits(&b"aaabbbaaaabbbbbaaaabbbbbbcccaaaabbbbd".repeat(200), bits);
        GroupHeader::unpack(u64_at(&encoded.groups, 0)).shares_code
    };
    assert_eq!([shares(10), shares(11), shares(12)], [false, true, true]);
}

#[test]
fn fibonacci_words() {
    check(&fibonacci(140_000), 11);
}

#[test]
fn symbols_that_come_and_go() {
    // Each block has symbols of its own, and some symbols stand once in a superblock.
    let mut text: Vec<u8> = (0..6 << BLOCK_BITS).map(|row: usize| (row >> 14) as u8).collect();
    text[100] = 200;
    text[5 << BLOCK_BITS] = 201;
    check(&text, 11);
}

#[test]
fn superblock_borders() {
    let length = (1 << SUPERBLOCK_BITS) + (1 << BLOCK_BITS) + 77;
    let mut text = run_text(length, 60, 40, 9);
    text[(1 << SUPERBLOCK_BITS) - 1] = 3;
    text[1 << SUPERBLOCK_BITS] = 3;
    text[12] = 255;
    check(&text, 12);
}

#[test]
fn the_bytes_do_not_depend_on_threads() {
    let text = run_text((2 << SUPERBLOCK_BITS) + 5, 60, 30, 2);
    let one = encode_bits(&text, 11);
    for threads in [0, 2, 3, 64] {
        assert!(encode(&text, EncodeOptions::default(), threads).unwrap() == one, "{threads} threads");
    }
}

#[test]
fn other_group_sizes_are_refused() {
    for group_bits in [0, 9, 13, u32::MAX] {
        let error = encode(b"abc", EncodeOptions { group_bits }, 1).unwrap_err();
        assert_eq!(error.code(), "bad-argument");
    }
}

#[test]
fn sizes_add_up() {
    let encoded = encode_bits(&run_text(100_000, 80, 4, 8), 11);
    let sizes = RunHeadIndex::open(sections(&encoded)).unwrap().sizes();
    let groups = sizes.counter_bytes + sizes.head_bytes + sizes.run_start_bytes;
    assert!(groups + 32 <= encoded.groups.len() as u64 && groups + 32 + 100 > encoded.groups.len() as u64);
    assert_eq!(sizes.header_bytes, encoded.header.len() as u64);
}

#[test]
fn sections_cut_short_do_not_open() {
    let encoded = encode_bits(&run_text(100_000, 80, 4, 8), 11);
    for cut in [0, 1, 79, 80, encoded.header.len() - 1] {
        let mut short = encoded.clone();
        short.header.truncate(cut);
        assert_eq!(RunHeadIndex::open(sections(&short)).unwrap_err().code(), "damaged-index");
    }
    let mut short = encoded.clone();
    short.records.pop();
    assert!(RunHeadIndex::open(sections(&short)).is_err());
    let mut swapped = encoded.clone();
    std::mem::swap(&mut swapped.records, &mut swapped.groups);
    assert!(RunHeadIndex::open(sections(&swapped)).is_err());
}

/// Calls every method; the answers may be wrong, but never above what the trait allows.
fn exercise(index: &RunHeadIndex, random: &mut Random) {
    let length = index.len();
    let rows: Vec<u64> = (0..40).map(|_| random.below(length + 2)).collect();
    let mut queries = Vec::new();
    for pair in rows.windows(2) {
        let symbol = random.below(256) as u8;
        let near = pair[0]..(pair[0] + random.below(600)).min(length);
        for range in [pair[0]..pair[1], near] {
            assert!(index.rank(symbol, range.start) <= length);
            let ranks = index.rank_range(symbol, range.clone());
            assert!(ranks.end <= length && (ranks.start <= ranks.end || range.start > range.end));
            let mut visits = 0;
            index.visit_symbols(range.clone(), &mut |_, _| visits += 1);
            assert!(visits <= 256);
            queries.push(RankQuery { symbol, range });
        }
    }
    index.rank_batch(&mut queries);
    let mut answers = Vec::new();
    index.symbol_rank_batch(&rows, &mut answers);
    assert!(answers.iter().flatten().all(|&(_, rank)| rank <= length));
}

#[test]
fn damaged_sections_give_errors_or_numbers() {
    let mut random = Random(77);
    for (length, bits) in [(300, 10), (9_000, 11), (150_000, 11), (70_000, 12), (140_000, 10)] {
        let encoded = encode_bits(&run_text(length, 120, 4, 6), bits);
        for round in 0..60 {
            let mut damaged = encoded.clone();
            let parts = [&mut damaged.header, &mut damaged.records, &mut damaged.entries, &mut damaged.groups];
            let part = parts.into_iter().nth(round % 4).unwrap();
            for _ in 0..1 + random.below(1 + part.len() as u64 / 8) {
                let at = random.below(part.len() as u64) as usize;
                part[at] ^= 1 + random.below(255) as u8;
            }
            for processor in processors() {
                if let Ok(index) = RunHeadIndex::open_for(sections(&damaged), processor) {
                    exercise(&index, &mut random);
                    let _ = index.verify();
                }
            }
        }
    }
}

#[test]
fn shortened_groups_and_entries_give_numbers() {
    let mut random = Random(78);
    let encoded = encode_bits(&run_text(150_000, 120, 4, 6), 11);
    for _ in 0..40 {
        let mut damaged = encoded.clone();
        damaged.groups.truncate(32 + random.below(encoded.groups.len() as u64) as usize);
        damaged.entries.truncate(32 + random.below(encoded.entries.len() as u64) as usize);
        for index in all_indexes(&damaged) {
            exercise(&index, &mut random);
            let _ = index.verify();
        }
    }
}

#[test]
fn one_flipped_bit_in_an_entry_is_found() {
    let encoded = encode_bits(&run_text(6_000, 40, 4, 6), 11);
    let mut random = Random(5);
    for _ in 0..200 {
        let mut damaged = encoded.clone();
        let at = random.below(encoded.entries.len() as u64 - 32) as usize;
        damaged.entries[at] ^= 1 << random.below(8);
        let index = RunHeadIndex::open(sections(&damaged)).unwrap();
        // Bits past the groups of a short block mean nothing.
        assert!(index.verify().is_err(), "byte {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_runs(
        runs in proptest::collection::vec((any::<u8>(), 1usize..200), 0..400),
        bits in 10u32..=12,
    ) {
        let text: Vec<u8> = runs.into_iter().flat_map(|(symbol, length)| std::iter::repeat_n(symbol, length)).collect();
        check(&text, bits);
    }
}
