//! How long do the operations take on an opened shard?

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use fmindex::error::Result;
use fmindex::interrupt::Interrupt;
use fmindex::rank::run_head::Instructions;
use fmindex::search::{ShardView, StepMeter, count_batch, extract, locate};
use fmindex::shard::Shard;

use crate::clock::thread_micros;
use crate::workload::{Group, Query, read_groups};

const PASSES: usize = 3;

pub fn run(shard_path: &Path, workload_path: &Path, instructions: Instructions) -> Result<()> {
    let shard = Shard::open_ram(shard_path)?.with_instructions(instructions);
    for group in read_groups(workload_path)? {
        measure_single(&shard, &group)?;
        if group.kind == "count" {
            for threads in [1, 2] {
                measure_batch(&shard, &group, threads)?;
            }
        }
    }
    Ok(())
}

/// The answer as a number that another engine can be compared by.
fn answer(shard: &Shard, query: &Query, length: u64) -> Result<u64> {
    let mut meter = StepMeter::new(Interrupt::never());
    match query {
        Query::Count(pattern) => Ok(count_batch(shard, &[pattern.as_slice()], &mut meter)?[0]),
        Query::Locate(row) => Ok(locate(shard, &[row % shard.row_count()], &mut meter)?.len() as u64),
        Query::Extract { document, offset } => {
            Ok(extract(shard, *document, *offset..offset + length, &mut meter)?.len() as u64)
        }
    }
}

fn measure_single(shard: &Shard, group: &Group) -> Result<()> {
    let mut best_us = vec![f64::MAX; group.queries.len()];
    let mut sum = 0;
    for _ in 0..PASSES {
        sum = 0;
        for (query, best) in group.queries.iter().zip(&mut best_us) {
            let start = thread_micros();
            sum += black_box(answer(shard, query, group.length)?);
            *best = best.min(thread_micros() - start);
        }
    }
    best_us.sort_by(f64::total_cmp);
    let (median, p99) = (best_us[best_us.len() / 2], best_us[best_us.len() * 99 / 100]);
    let (kind, length, queries) = (&group.kind, group.length, group.queries.len());
    println!(
        r#"{{"kind":"{kind}","length":{length},"queries":{queries},"medianUs":{median:.3},"p99Us":{p99:.3},"sum":{sum}}}"#
    );
    Ok(())
}

/// All patterns of the group in one call a thread: the CPU time of the thread that takes longest, which is the time on
/// the wall where nothing else runs.
fn measure_batch(shard: &Shard, group: &Group, threads: usize) -> Result<()> {
    let patterns: Vec<&[u8]> = group
        .queries
        .iter()
        .filter_map(|query| match query {
            Query::Count(pattern) => Some(pattern.as_slice()),
            _ => None,
        })
        .collect();
    let (mut best_us, mut best_wall_us) = (f64::MAX, f64::MAX);
    let mut sum = 0;
    for _ in 0..PASSES {
        let start = Instant::now();
        let (count, slowest_us) = count_on_threads(shard, &patterns, threads)?;
        sum = count;
        best_us = best_us.min(slowest_us / patterns.len() as f64);
        best_wall_us = best_wall_us.min(start.elapsed().as_secs_f64() * 1e6 / patterns.len() as f64);
    }
    let (length, queries) = (group.length, patterns.len());
    println!(
        r#"{{"kind":"batch","length":{length},"queries":{queries},"threads":{threads},"medianUs":{best_us:.3},"wallUs":{best_wall_us:.3},"sum":{sum}}}"#
    );
    Ok(())
}

/// The sum of the counts, and the CPU microseconds of the slowest thread.
fn count_on_threads(shard: &Shard, patterns: &[&[u8]], threads: usize) -> Result<(u64, f64)> {
    let count = |part: &[&[u8]]| -> Result<(u64, f64)> {
        let start = thread_micros();
        let counts = count_batch(shard, part, &mut StepMeter::new(Interrupt::never()))?;
        Ok((counts.iter().sum(), thread_micros() - start))
    };
    std::thread::scope(|scope| {
        let parts = patterns.chunks(patterns.len().div_ceil(threads));
        let workers: Vec<_> = parts.map(|part| scope.spawn(move || count(part))).collect();
        let mut outcome = (0, 0.0f64);
        for worker in workers {
            let (sum, micros) = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            outcome = (outcome.0 + sum, outcome.1.max(micros));
        }
        Ok(outcome)
    })
}
