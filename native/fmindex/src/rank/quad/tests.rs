//! Does the matrix rank as counting does, on sequences at its borders, whatever the processor and the damage?

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::line::{Counter, LINE_DIGITS, Words, digit_at, make_line};
use super::*;
use crate::rank::{RankIndex, RankQuery, Symbol};
use crate::section::Section;

/// Symbols inside: 0 for the separator, else the id and one.
fn counts_of(sequence: &[u32], alphabet: usize) -> Vec<u64> {
    let mut counts = vec![0; alphabet];
    sequence.iter().for_each(|&symbol| counts[symbol as usize] += 1);
    counts
}

fn encode_both(sequence: &[u32], alphabet: usize) -> (QuadSections, RunSections) {
    let counts = counts_of(sequence, alphabet);
    let runs = sequence.chunk_by(|left, right| left == right).count() as u64;
    (encode(sequence.to_vec(), &counts, runs).unwrap(), encode_runs(sequence, &counts).unwrap())
}

/// Both indexes of a sequence rank as counting does, with the processor's extras and without.
fn check(sequence: &[u32], alphabet: usize) {
    let (quad, runs) = encode_both(sequence, alphabet);
    for is_portable in [false, true] {
        let quad = QuadIndex::open(quad.clone()).unwrap();
        let runs = RunQuadIndex::open(runs.clone()).unwrap();
        quad.verify().unwrap();
        runs.verify().unwrap();
        check_index(&if is_portable { quad.portable() } else { quad }, sequence);
        check_index(&if is_portable { runs.portable() } else { runs }, sequence);
    }
}

fn outer(symbol: u32) -> u32 {
    if symbol == 0 { u32::SEPARATOR } else { symbol - 1 }
}

/// Rows to ask at: all of a short sequence, else some and those at borders.
fn probes(len: u64) -> Vec<u64> {
    let stride = len / 60 + 1;
    let borders = (0..=len / LINE_DIGITS).step_by((len / LINE_DIGITS / 20 + 1) as usize).flat_map(|line| {
        let at = line * LINE_DIGITS;
        [at.saturating_sub(1), at, at + 1]
    });
    (0..=len).step_by(stride as usize).chain(borders).chain([len]).filter(|&row| row <= len).collect()
}

fn check_index<I: RankIndex<Symbol = u32>>(index: &I, sequence: &[u32]) {
    let len = sequence.len() as u64;
    assert_eq!(index.len(), len);
    assert_eq!(index.runs(), sequence.chunk_by(|left, right| left == right).count() as u64);
    let rows = probes(len);
    let count =
        |symbol: u32, row: u64| sequence[..row as usize].iter().filter(|&&other| other == symbol).count() as u64;
    let mut symbols: Vec<u32> = rows.iter().filter_map(|&row| sequence.get(row as usize).copied()).collect();
    symbols.extend([0, 1, 5]);
    let mut queries = Vec::new();
    let mut expected = Vec::new();
    for (at, &row) in rows.iter().enumerate() {
        let symbol = symbols[at % symbols.len()];
        assert_eq!(index.rank(outer(symbol), row), count(symbol, row), "{symbol} before {row}");
        let found = sequence.get(row as usize).map(|&symbol| (outer(symbol), count(symbol, row)));
        assert_eq!(index.symbol_rank(row), found);
        let range = row..rows[(at * 7 + 3) % rows.len()].max(row);
        queries.push(RankQuery { symbol: outer(symbol), range: range.clone() });
        expected.push((count(symbol, range.start), count(symbol, range.end)));
    }
    for (query, &(low, high)) in queries.iter().zip(&expected) {
        let ranks = index.rank_range(query.symbol, query.range.clone());
        assert!(ranks == (low..high) || (low == high && ranks.is_empty()));
    }
    index.rank_batch(&mut queries);
    for (query, &(low, high)) in queries.iter().zip(&expected) {
        assert!(query.range == (low..high) || (low == high && query.range.is_empty()));
    }
    let mut answers = Vec::new();
    index.symbol_rank_batch(&rows, &mut answers);
    assert_eq!(answers, rows.iter().map(|&row| index.symbol_rank(row)).collect::<Vec<_>>());
    for pair in rows.windows(2).step_by(rows.len() / 12 + 1) {
        check_visits(index, sequence, pair[0].min(pair[1])..pair[1].max(pair[0]));
    }
    check_visits(index, sequence, 0..len);
}

fn check_visits<I: RankIndex<Symbol = u32>>(index: &I, sequence: &[u32], range: std::ops::Range<u64>) {
    let mut expected: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for (row, &symbol) in (0..range.end).zip(sequence) {
        let ranks = expected.entry(outer(symbol)).or_default();
        ranks.0 += u64::from(row < range.start);
        ranks.1 += 1;
    }
    expected.retain(|_, ranks| ranks.0 < ranks.1);
    let mut visited = BTreeMap::new();
    index.visit_symbols(range.clone(), &mut |symbol, ranks| {
        assert!(visited.insert(symbol, (ranks.start, ranks.end)).is_none());
    });
    assert_eq!(visited, expected);
    let mut counts = Vec::new();
    index.visit_likeliest(range.clone(), &mut |symbol, ranks| {
        assert_eq!(expected[&symbol], (ranks.start, ranks.end));
        counts.push(ranks.end - ranks.start);
        true
    });
    assert!(counts.is_sorted_by(|left, right| left >= right));
    assert_eq!(counts.len(), expected.len());
    let mut taken = 0;
    index.visit_likeliest(range, &mut |_, _| {
        taken += 1;
        taken < 3
    });
    assert_eq!(taken, expected.len().min(3));
}

/// Pseudo-random numbers below `limit`, skewed when asked for.
fn random(len: usize, limit: u32, is_skewed: bool) -> Vec<u32> {
    let mut state = 88_172_645_463_325_252u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as u32
    };
    (0..len)
        .map(|_| match is_skewed {
            true => (next() % limit) >> (next() % (u32::BITS - limit.leading_zeros())),
            false => next() % limit,
        })
        .collect()
}

#[test]
fn lines_count_their_digits() {
    let digits = random(LINE_DIGITS as usize, 4, false);
    let line = make_line([1, 2, 3, 4], digits.iter().map(|&digit| digit as usize));
    for count in 0..=LINE_DIGITS as u32 {
        let expected: [u32; 4] = std::array::from_fn(|digit| {
            digits[..count as usize].iter().filter(|&&other| other == digit as u32).count() as u32
        });
        for (digit, &expected) in expected.iter().enumerate() {
            assert_eq!(Words.count_digit(&line, digit, count), expected);
        }
        let [low, high, both] = Words.count_planes(&line, count);
        assert_eq!([low, high, both], [expected[1] + expected[3], expected[2] + expected[3], expected[3]]);
    }
    assert!((0..digits.len()).all(|place| digit_at(&line, place) == digits[place] as usize));
}

#[test]
fn alphabets_of_every_size() {
    for (alphabet, len) in
        [(1, 500), (2, 700), (3, 700), (4, 5000), (5, 5000), (256, 9000), (65_537, 30_000), ((1 << 20) + 1, 30_000)]
    {
        for is_skewed in [false, true] {
            let sequence = random(len, alphabet, is_skewed);
            check(&sequence, alphabet as usize);
        }
    }
}

#[test]
fn sizes_at_the_borders_of_lines_and_blocks() {
    for size in [0, 1, 2, 223, 224, 225, 447, 448, 449] {
        for sequence in [vec![3; size], random(size, 9, false), (0..size as u32).collect()] {
            check(&sequence, 500);
        }
    }
    for size in [57_343, 57_344, 57_345] {
        let sequence = random(size, 40, true);
        check(&sequence, 40);
        let sequence = vec![7; size];
        check(&sequence, 9);
    }
}

#[test]
fn runs_of_every_length() {
    let lengths = random(3000, 700, true);
    let runs = lengths.iter().zip(random(3000, 60, true));
    let sequence: Vec<u32> = runs.flat_map(|(&len, symbol)| vec![symbol; len as usize]).collect();
    check(&sequence, 60);
}

#[test]
fn a_symbol_outside_the_alphabet_is_refused() {
    assert!(encode(vec![1, 2, 9], &[0, 1, 1], 3).is_err());
}

type Change = fn(&mut RunSections, &dyn Fn(&Section) -> Section);

const CHANGES: [Change; 9] = [
    |sections, change| sections.heads.tree.header = change(&sections.heads.tree.header),
    |sections, change| sections.heads.tree.symbols = change(&sections.heads.tree.symbols),
    |sections, change| sections.heads.tree.first_rows = change(&sections.heads.tree.first_rows),
    |sections, change| sections.heads.tree.codes = change(&sections.heads.tree.codes),
    |sections, change| sections.heads.tree.leaves = change(&sections.heads.tree.leaves),
    |sections, change| sections.heads.tree.leaf_starts = change(&sections.heads.tree.leaf_starts),
    |sections, change| sections.heads.lines = change(&sections.heads.lines),
    |sections, change| sections.heads.blocks = change(&sections.heads.blocks),
    |sections, change| sections.runs = change(&sections.runs),
];

/// Answers may be wrong; that they come is what counts.
fn use_somehow<I: RankIndex<Symbol = u32>>(index: &I) {
    let mut answers = Vec::new();
    for row in (0..index.len().min(3000)).step_by(197).chain([u64::MAX]) {
        for symbol in [0, 7, 299, u32::MAX] {
            let _ = (index.rank(symbol, row), index.rank_range(symbol, 3..row), index.symbol_rank(row));
            index.rank_batch(&mut [RankQuery { symbol, range: 0..row }]);
        }
        index.symbol_rank_batch(&[row, row / 2], &mut answers);
        let mut visits = 0;
        index.visit_symbols(row / 2..row, &mut |_, _| visits += 1);
        index.visit_likeliest(row / 2..row, &mut |_, _| {
            visits += 1;
            true
        });
        assert!(visits < 5000, "{visits} visits");
    }
}

#[test]
fn every_damaged_section_does_no_harm() {
    let (quad, runs) = encode_both(&random(3000, 300, true), 300);
    let whole = RunSections { heads: quad, runs: runs.runs.clone() };
    for (whole, has_runs) in [(runs, true), (whole, false)] {
        for change in CHANGES {
            let try_change = |edit: &dyn Fn(&Section) -> Section| {
                let mut changed = whole.clone();
                change(&mut changed, edit);
                if has_runs {
                    if let Ok(index) = RunQuadIndex::open(changed) {
                        let _ = index.verify();
                        use_somehow(&index);
                    }
                } else if let Ok(index) = QuadIndex::open(changed.heads) {
                    let _ = index.verify();
                    use_somehow(&index);
                }
            };
            for place in 0..120usize {
                try_change(&|section| {
                    let mut bytes = section.to_vec();
                    let len = bytes.len().max(1);
                    if let Some(byte) = bytes.get_mut((place * 37) % len) {
                        *byte ^= [0xFF, 0x80, 1][place % 3];
                    }
                    Section::from_vec(bytes)
                });
            }
            for cut in [0, 1, 7, 8, 64, 100] {
                try_change(&|section| Section::from_vec(section[..cut.min(section.len())].to_vec()));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn random_sequences(sequence in proptest::collection::vec(0u32..30, 0..900)) {
        check(&sequence, 30);
    }
}
