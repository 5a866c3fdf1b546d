//! How is one group written?

use super::bytes::write_u64;
use super::group::{GroupHeader, RunStarts};
use super::layout::Geometry;
use super::planes::{LevelPlan, low_bits, plan_levels, write_planes};

/// Bytes by what they hold, for `inspect`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct GroupBytes {
    /// Headers, symbols and ranks.
    pub counter_bytes: u64,
    pub head_bytes: u64,
    pub run_start_bytes: u64,
}

/// Writes groups, one after the other, with buffers that are kept.
pub(super) struct GroupEncoder {
    geometry: Geometry,
    heads: Vec<u8>,
    /// One bit a row: whether a run begins there.
    starts: Vec<u8>,
    places: Vec<u8>,
    /// How often each symbol stands in the group that was written last.
    pub row_counts: [u32; 256],
    pub bytes: GroupBytes,
}

/// The distinct symbols of a group by falling number of heads, and how those are coded.
struct Ranking {
    symbols: Vec<u8>,
    /// Heads of each symbol.
    counts: Vec<u32>,
    plan: LevelPlan,
    shares_code: bool,
}

impl GroupEncoder {
    pub fn new(geometry: Geometry) -> Self {
        let (heads, starts, places) = (Vec::new(), Vec::new(), Vec::new());
        Self { geometry, heads, starts, places, row_counts: [0; 256], bytes: GroupBytes::default() }
    }

    /// Appends the group of `rows`, at least one, whose symbols occur `ranks` times in the block before it.
    pub fn write(&mut self, rows: &[u8], ranks: &[u32; 256], out: &mut Vec<u8>) {
        self.split_runs(rows);
        let nonzero = self.starts.iter().filter(|&&byte| byte != 0).count();
        let map_bytes = self.geometry.group_rows() / 64;
        let sparse_bytes = map_bytes + nonzero;
        let mut by_runs = rank_symbols(&count_symbols(&self.heads));
        if self.geometry.shares_codes() {
            by_runs = by_runs.share_code(&self.heads);
        }
        let runs_bytes = by_runs.plan.plane_bytes + sparse_bytes.min(self.starts.len());
        self.row_counts = count_symbols(rows);
        let by_rows = rank_symbols(&self.row_counts);
        let (ranking, run_starts) = if by_rows.plan.plane_bytes <= runs_bytes {
            (by_rows, RunStarts::EveryRow)
        } else if sparse_bytes < self.starts.len() {
            (by_runs, RunStarts::NonzeroBytes)
        } else {
            (by_runs, RunStarts::Raw)
        };

        let before = out.len();
        write_counters(out, &ranking, run_starts, ranks);
        let counters_end = out.len();
        let mut place_of = [0; 256];
        for (place, &symbol) in ranking.symbols.iter().enumerate() {
            place_of[usize::from(symbol)] = place as u8;
        }
        let heads = if run_starts == RunStarts::EveryRow { rows } else { &self.heads };
        self.places.clear();
        self.places.extend(heads.iter().map(|&head| place_of[usize::from(head)]));
        if ranking.shares_code {
            // From the back, so that the place before is still the symbol's.
            for at in (1..self.places.len()).rev() {
                if self.places[at - 1..=at] == [0, 1] {
                    self.places[at] = 0;
                }
            }
        }
        write_planes(out, &ranking.plan, &mut self.places);
        let planes_end = out.len();
        match run_starts {
            RunStarts::Raw => out.extend(&self.starts),
            RunStarts::NonzeroBytes => {
                let map = self
                    .starts
                    .chunks(8)
                    .map(|eight| eight.iter().enumerate().map(|(at, &byte)| u8::from(byte != 0) << at).sum::<u8>());
                out.extend(map);
                out.resize(planes_end + map_bytes, 0);
                out.extend(self.starts.iter().filter(|&&byte| byte != 0));
            }
            RunStarts::EveryRow => {}
        }
        self.bytes.counter_bytes += (counters_end - before) as u64;
        self.bytes.head_bytes += (planes_end - counters_end) as u64;
        self.bytes.run_start_bytes += (out.len() - planes_end) as u64;
    }

    /// Every row's symbol is written to where the next head stands, and stays there when it is one.
    fn split_runs(&mut self, rows: &[u8]) {
        self.heads.resize(rows.len() + 8, 0);
        self.starts.clear();
        let mut head = 0;
        // Before the first row there is what it is not.
        let mut last = rows.first().map_or(0, |first| !first);
        let (eights, rest) = rows.as_chunks::<8>();
        for eight in eights {
            let word = u64::from_le_bytes(*eight);
            let differs = nonzero_bytes(word ^ (word << 8 | u64::from(last)));
            last = eight[7];
            self.starts.push(low_bits(differs));
            if let Some(heads) = self.heads.get_mut(head..).and_then(|heads| heads.first_chunk_mut::<8>()) {
                let mut here = 0;
                for (at, &symbol) in eight.iter().enumerate() {
                    heads[here & 7] = symbol;
                    here += (differs >> (8 * at) & 1) as usize;
                }
                head += here;
            }
        }
        if !rest.is_empty() {
            let mut byte = 0;
            for (at, &symbol) in rest.iter().enumerate() {
                let is_head = last != symbol;
                self.heads[head] = symbol;
                head += usize::from(is_head);
                byte |= u8::from(is_head) << at;
                last = symbol;
            }
            self.starts.push(byte);
        }
        self.heads.truncate(head);
    }
}

/// 1 in each byte that is not zero.
fn nonzero_bytes(word: u64) -> u64 {
    const LOW_SEVEN: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    (((word & LOW_SEVEN) + LOW_SEVEN) | word) >> 7 & 0x0101_0101_0101_0101
}

/// Two tables, so that equal neighbours don't wait for each other.
fn count_symbols(symbols: &[u8]) -> [u32; 256] {
    let (mut counts, mut others) = ([0; 256], [0; 256]);
    let (pairs, last) = symbols.as_chunks::<2>();
    for &[even, odd] in pairs {
        counts[usize::from(even)] += 1;
        others[usize::from(odd)] += 1;
    }
    last.iter().for_each(|&symbol| counts[usize::from(symbol)] += 1);
    std::array::from_fn(|symbol| counts[symbol] + others[symbol])
}

fn rank_symbols(counts: &[u32; 256]) -> Ranking {
    // The commonest first, and of equal ones the smaller symbol.
    let key = |(symbol, &count): (usize, &u32)| u64::from(!count) << 8 | symbol as u64;
    let mut keys: Vec<u64> = counts.iter().enumerate().filter(|(_, count)| **count > 0).map(key).collect();
    keys.sort_unstable();
    let symbols: Vec<u8> = keys.iter().map(|&key| key as u8).collect();
    let falling: Vec<u32> = keys.iter().map(|&key| !(key >> 8) as u32).collect();
    Ranking { plan: plan_levels(&falling), symbols, shares_code: false, counts: falling }
}

impl Ranking {
    /// Shares code 0 where that takes fewer bytes. `heads` differ each from the one before.
    fn share_code(mut self, heads: &[u8]) -> Self {
        if let [first, second, ..] = self.symbols[..] {
            let pairs = heads.windows(2).filter(|pair| *pair == [first, second]).count() as u32;
            self.counts[0] += pairs;
            self.counts[1] -= pairs;
            let plan = plan_levels(&self.counts);
            if plan.plane_bytes < self.plan.plane_bytes {
                (self.plan, self.shares_code) = (plan, true);
            }
        }
        self
    }
}

fn write_counters(out: &mut Vec<u8>, ranking: &Ranking, run_starts: RunStarts, ranks: &[u32; 256]) {
    let symbols = &ranking.symbols;
    let rank = |symbol: u8| ranks[usize::from(symbol)];
    let high_count = symbols.iter().rposition(|&symbol| rank(symbol) > 255).map_or(0, |last| last + 1);
    let header = GroupHeader {
        symbol_count: symbols.len(),
        high_count,
        widths: ranking.plan.widths,
        head_counts: ranking.plan.head_counts,
        run_starts,
        shares_code: ranking.shares_code,
    };
    let high_count = GroupHeader::unpack(header.pack()).high_count;
    write_u64(out, header.pack());
    out.extend(symbols);
    out.extend(symbols.iter().map(|&symbol| rank(symbol) as u8));
    out.extend(symbols[..high_count].iter().map(|&symbol| (rank(symbol) >> 8) as u8));
}
