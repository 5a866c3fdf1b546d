//! How large and how fast is the core on a text? The counterpart of `bench/peers/anchor.cpp`, for `bench/run.mjs`.
//!
//! ```text
//! fmindex-bench build TEXT SHARD        one JSON line: seconds, CPU seconds, index bytes, symbols, peak resident bytes
//! fmindex-bench build-text-store TEXT SHARD         the same, and the shard keeps its text
//! fmindex-bench merge SHARD MEMORY THREADS INPUT...   shards to one: as build, with its checksum
//! fmindex-bench query SHARD WORKLOAD    one JSON line a group: kind, length, queries, median and p99 microseconds, sum
//! fmindex-bench query-ssse3 SHARD WORKLOAD          the same without the processor's BMI2 and AVX2
//! fmindex-bench query-plain SHARD WORKLOAD          the same with what every processor has
//! fmindex-bench pages SHARD WORKLOAD    one JSON line: pages that a count of 50 bytes touches
//! fmindex-bench build-tokens TOKENS SHARD PROFILE   as build, of token ids
//! fmindex-bench query-tokens SHARD      sizes, then as query, of contexts drawn from the shard
//! ```
//!
//! TEXT holds each document as byte 0xFF and its UTF-8; TOKENS as 4294967295 and its ids, u32 little-endian each. Times
//! are CPU time of the thread, the best of three passes for each query, warm; those of batches are of the slowest
//! thread, a query, the best of three.

mod build;
mod build_tokens;
mod clock;
mod merge;
mod pages;
mod query;
mod query_tokens;
mod random;
mod workload;

use std::process::ExitCode;

use fmindex::rank::run_head::Instructions;

const USAGE: &str = "usage: fmindex-bench build|build-text-store TEXT SHARD | \
                     fmindex-bench merge SHARD MEMORY THREADS INPUT... | \
                     fmindex-bench query|query-ssse3|query-plain|pages SHARD WORKLOAD | \
                     fmindex-bench build-tokens TOKENS SHARD PROFILE | fmindex-bench query-tokens SHARD";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["build", text, shard] => build::run(text.as_ref(), shard.as_ref(), false),
        ["build-text-store", text, shard] => build::run(text.as_ref(), shard.as_ref(), true),
        ["merge", shard, memory, threads, ref inputs @ ..] => merge::run(shard.as_ref(), memory, threads, inputs),
        ["query", shard, workload] => query::run(shard.as_ref(), workload.as_ref(), Instructions::Bmi2),
        ["query-ssse3", shard, workload] => query::run(shard.as_ref(), workload.as_ref(), Instructions::Ssse3),
        ["query-plain", shard, workload] => query::run(shard.as_ref(), workload.as_ref(), Instructions::Plain),
        ["pages", shard, workload] => pages::run(shard.as_ref(), workload.as_ref()),
        ["build-tokens", tokens, shard, profile] => build_tokens::run(tokens.as_ref(), shard.as_ref(), profile),
        ["query-tokens", shard] => query_tokens::run(shard.as_ref()),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fmindex-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
