//! How long does it take to say what follows a context of tokens?
//!
//! Contexts are drawn from the indexed documents by a seed. Times are CPU time of the thread, warm, the best of three
//! passes for each query, the walk to the context included.

use std::hint::black_box;
use std::ops::Range;
use std::path::Path;

use fmindex::any_shard::AnyShard;
use fmindex::error::{Error, Result};
use fmindex::interrupt::Interrupt;
use fmindex::rank::{RankIndex, Symbol};
use fmindex::search::{
    FoundRange, ShardView, StepMeter, all_rows, extract, follow_batch, locate, next_symbols, push, push_batch,
};
use fmindex::token_shard::TokenShard;

use crate::clock::thread_micros;
use crate::random::Random;

const PASSES: usize = 3;
const QUERIES: usize = 1000;
const SEED: u64 = 12_345;

pub fn run(shard_path: &Path) -> Result<()> {
    let AnyShard::Tokens(shard) = AnyShard::open_mapped(shard_path)? else {
        return Err(Error::Argument(format!("{} is no shard of tokens", shard_path.display())));
    };
    let info = shard.info();
    println!(
        r#"{{"kind":"size","profile":"{}","tokens":{},"documents":{},"bytesPerToken":{:.4},"runs":{},"entropyBits":{:.3}}}"#,
        info.profile,
        info.symbol_count,
        info.documents,
        info.file_bytes as f64 / info.symbol_count as f64,
        info.runs,
        info.entropy_bits
    );
    for (name, bytes) in info.sections.iter().filter(|(_, bytes)| *bytes > 0) {
        println!(
            r#"{{"kind":"section","name":"{name}","bytesPerToken":{:.4}}}"#,
            *bytes as f64 / info.symbol_count as f64
        );
    }
    let mut bench = Bench { shard: &shard, random: Random::new(SEED) };
    bench.measure_pushes()?;
    for length in [1, 2, 3, 4, 8] {
        bench.measure_next("next", length, None)?;
        bench.measure_next("top10", length, Some(10))?;
    }
    bench.measure_filter()?;
    bench.measure_growing()?;
    bench.measure_follow()
}

struct Bench<'a> {
    shard: &'a TokenShard,
    random: Random,
}

fn meter() -> StepMeter<'static> {
    StepMeter::new(Interrupt::never())
}

/// Prints the median and the 99th percentile of `micros`, each divided by `per`.
fn report(kind: &str, length: usize, mut micros: Vec<f64>, per: f64, sum: u64) {
    micros.sort_by(f64::total_cmp);
    let (median, p99) = (micros[micros.len() / 2] / per, micros[micros.len() * 99 / 100] / per);
    let queries = micros.len();
    println!(
        r#"{{"kind":"{kind}","length":{length},"queries":{queries},"medianUs":{median:.3},"p99Us":{p99:.3},"sum":{sum}}}"#
    );
}

/// The best time of each of `queries`, and the sum of the answers.
fn best_of<Q>(queries: &[Q], mut answer: impl FnMut(&Q) -> Result<u64>) -> Result<(Vec<f64>, u64)> {
    let mut best = vec![f64::MAX; queries.len()];
    let mut sum = 0;
    for _ in 0..PASSES {
        sum = 0;
        for (query, best) in queries.iter().zip(&mut best) {
            let start = thread_micros();
            sum += black_box(answer(query)?);
            *best = best.min(thread_micros() - start);
        }
    }
    Ok((best, sum))
}

impl Bench<'_> {
    /// `length` tokens that stand together somewhere.
    fn draw_context(&mut self, length: usize) -> Result<Vec<u32>> {
        loop {
            let row = self.random.below(self.shard.row_count());
            let place = locate(self.shard, &[row], &mut meter())?[0];
            if let Some(start) = place.offset.checked_sub(length as u64) {
                return extract(self.shard, place.document, start..place.offset, &mut meter());
            }
        }
    }

    fn draw_contexts(&mut self, length: usize, count: usize) -> Result<Vec<Vec<u32>>> {
        (0..count).map(|_| self.draw_context(length)).collect()
    }

    fn rows_of(&self, context: &[u32]) -> Result<Range<u64>> {
        push(self.shard, all_rows(self.shard), context)
    }

    /// One token more, alone and in batches of 16: nanoseconds would be a thousandth of what is printed.
    fn measure_pushes(&mut self) -> Result<()> {
        let contexts = self.draw_contexts(8, QUERIES)?;
        let (best, sum) = best_of(&contexts, |context| {
            let rows = self.rows_of(context)?;
            Ok(rows.end - rows.start)
        })?;
        report("push", 8, best, 8.0, sum);
        let batches: Vec<&[Vec<u32>]> = contexts.chunks_exact(16).collect();
        let (best, sum) = best_of(&batches, |batch| {
            let mut ranges = vec![all_rows(self.shard); batch.len()];
            for at in 0..8 {
                let symbols: Vec<u32> = batch.iter().map(|context| context[at]).collect();
                ranges = push_batch(self.shard, &ranges, &symbols, &mut meter())?;
            }
            Ok(ranges.iter().map(|rows| rows.end - rows.start).sum())
        })?;
        report("pushBatch", 8, best, 8.0 * 16.0, sum);
        Ok(())
    }

    fn measure_next(&mut self, kind: &str, length: usize, limit: Option<usize>) -> Result<()> {
        let contexts = self.draw_contexts(length, QUERIES)?;
        let (best, sum) = best_of(&contexts, |context| {
            let rows = self.rows_of(context)?;
            let range = FoundRange { lo: rows.start, hi: rows.end, length: length as u64 };
            Ok(next_symbols(self.shard, &[range], limit, &mut meter())?.len() as u64)
        })?;
        report(kind, length, best, 1.0, sum);
        Ok(())
    }

    /// A step of a filter of n-grams: three drafts with a shared history of five tokens, nine candidates each, of which
    /// every suffix of one to five tokens is asked.
    fn measure_filter(&mut self) -> Result<()> {
        let mut steps = Vec::new();
        for _ in 0..QUERIES {
            let context = self.draw_context(9)?;
            let mut candidates = Vec::new();
            for draft in 0..3 {
                let rows = self.rows_of(&context[4 + draft..5 + draft])?;
                let mut of_draft = vec![context[5 + draft]];
                while of_draft.len() < 9 {
                    let likely = rows.start + self.random.below(rows.end - rows.start);
                    let row = if of_draft.len() < 6 { likely } else { self.random.below(self.shard.row_count()) };
                    let symbol = self.shard.rank().symbol_rank(row).map_or(0, |(symbol, _)| symbol);
                    of_draft.push(if symbol == u32::SEPARATOR { 0 } else { symbol });
                }
                candidates.push(of_draft);
            }
            steps.push((context, candidates));
        }
        let (best, sum) = best_of(&steps, |(context, candidates)| {
            let mut cursors: Vec<Range<u64>> = Vec::new();
            let mut counted = 0;
            for (at, &token) in context[..7].iter().enumerate() {
                cursors.truncate(4);
                cursors.insert(0, all_rows(self.shard));
                cursors = push_batch(self.shard, &cursors, &vec![token; cursors.len()], &mut meter())?;
                let Some(of_draft) = at.checked_sub(4).and_then(|draft| candidates.get(draft)) else { continue };
                let live = cursors.iter().filter(|rows| !rows.is_empty());
                let asked = live.flat_map(|rows| of_draft.iter().map(|&symbol| (rows.clone(), symbol)));
                let (ranges, symbols): (Vec<_>, Vec<_>) = asked.unzip();
                let found = push_batch(self.shard, &ranges, &symbols, &mut meter())?;
                counted += found.iter().map(|rows| rows.end - rows.start).sum::<u64>();
            }
            Ok(counted)
        })?;
        report("filter", 5, best, 1.0, sum);
        Ok(())
    }

    /// A cursor for each distinct range of a suffix of a growing context, pushed by each new token.
    fn measure_growing(&mut self) -> Result<()> {
        let contexts = self.draw_contexts(100, 60)?;
        let mut micros = Vec::new();
        let mut live = 0;
        for context in &contexts {
            let mut cursors: Vec<Range<u64>> = Vec::new();
            for (at, &token) in context.iter().enumerate() {
                // Now and then a token that is not the text's.
                let token = if at % 7 == 6 { context[(at * 31) % context.len()] } else { token };
                let start = thread_micros();
                cursors.push(all_rows(self.shard));
                cursors = push_batch(self.shard, &cursors, &vec![token; cursors.len()], &mut meter())?;
                cursors.retain(|rows| !rows.is_empty());
                cursors.dedup();
                micros.push(thread_micros() - start);
                live += cursors.len() as u64;
            }
        }
        report("growing", 100, micros, 1.0, live);
        Ok(())
    }

    /// What follows 16 rows, 32 tokens each: time a token.
    fn measure_follow(&mut self) -> Result<()> {
        let rows = self.shard.row_count();
        let batches: Vec<Vec<u64>> = (0..60).map(|_| (0..16).map(|_| self.random.below(rows)).collect()).collect();
        let (best, sum) = best_of(&batches, |rows| {
            Ok(follow_batch(self.shard, rows, 32, &mut meter())?.iter().map(|text| text.len() as u64).sum())
        })?;
        report("followBatch", 32, best, sum as f64 / batches.len() as f64, sum);
        Ok(())
    }
}
