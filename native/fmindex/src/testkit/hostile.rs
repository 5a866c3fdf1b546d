//! Does any file, however broken, end in an error or an answer?
//!
//! One function a target of the fuzzer. Each takes any bytes and comes back; a panic, a crash or a step that never ends
//! is a finding. Wrong answers are allowed: checksums are there to tell of those.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Naive, token_corpora};
use crate::any_shard::AnyShard;
use crate::builder::{
    BuildOptions, BuiltShard, SpoolDocument, SpoolWriter, TokenDocument, TokenSpoolWriter, build_shard,
};
use crate::error::Result;
use crate::format::reseal;
use crate::interrupt::Interrupt;
use crate::search::{
    FoundRange, Matching, ShardView, StepMeter, all_rows, count_batch, count_documents, count_units, extract, find,
    find_matching, follow_batch, list_documents, list_documents_from, locate, longest_matches, next_characters,
    next_symbols, push_batch,
};
use crate::shard::Shard;

/// LF steps of a list of documents.
const MAX_STEPS: u64 = 2_000;
/// Bytes of an extract, rows of a locate.
const MAX_ASKED: u64 = 200;

/// A file as it is, and with its checksums made right: opens it, compares all of it, and looks at a few documents.
pub fn open(bytes: &[u8]) {
    for bytes in [bytes.to_vec(), resealed(bytes)] {
        let Ok(shard) = AnyShard::open_bytes(bytes) else { continue };
        let _ = shard.verify(true, Interrupt::never());
        let info = shard.info();
        for document in [0, 1, info.documents / 2, info.documents.wrapping_sub(1), info.documents, u64::MAX] {
            let _ = shard.document(document);
        }
        let _ = shard.find_external_id("id 7");
        for field in &info.facet_fields {
            let range = FoundRange { lo: 0, hi: info.rows.min(MAX_ASKED), length: 0 };
            let _ = shard.count_facets(field, &[range], MAX_STEPS, &mut meter());
        }
    }
}

/// A pattern (its length, at most 64, and its bytes) and a file, whose checksums are made right: asks everything.
pub fn query(bytes: &[u8]) {
    let Some((&length, rest)) = bytes.split_first() else { return };
    let (pattern, file) = rest.split_at(usize::from(length % 64).min(rest.len()));
    match AnyShard::open_bytes(resealed(file)) {
        Ok(AnyShard::Bytes(shard)) => ask_text(&shard, pattern),
        Ok(AnyShard::Tokens(shard)) => {
            let ids: Vec<u32> = pattern.as_chunks().0.iter().map(|&id| u16::from_le_bytes(id).into()).collect();
            ask(&shard, &ids, Vec::new());
        }
        Err(_) => {}
    }
}

/// What only a text is asked.
fn ask_text(shard: &Shard, pattern: &[u8]) {
    let matching = Matching { ignore_case: true, flexible_space: true, max_ranges: 500 };
    let found = find_matching(shard, pattern, &matching, &mut meter()).unwrap_or_default();
    for ranges in [&found, &vec![every_row(shard)]] {
        let _ = next_characters(shard, ranges, None, &mut meter());
        for row in ranges.iter().flat_map(FoundRange::rows).take(MAX_ASKED as usize) {
            if let Ok([place]) = locate(shard, &[row], &mut meter()).as_deref() {
                let _ = count_units(shard, place.document, place.offset.min(MAX_ASKED), &mut meter());
            }
        }
    }
    ask(shard, pattern, found);
}

fn ask<V: ShardView>(shard: &V, pattern: &[V::Symbol], more: Vec<FoundRange>) {
    let patterns: Vec<&[V::Symbol]> = (0..=pattern.len()).map(|end| &pattern[..end]).collect();
    let _ = count_batch(shard, &patterns, &mut meter());
    let _ = longest_matches(shard, pattern, &mut meter());
    let found = find(shard, pattern, &mut meter()).unwrap_or_default();
    for ranges in [vec![every_row(shard)], found, more] {
        for limit in [None, Some(3)] {
            let _ = next_symbols(shard, &ranges, limit, &mut meter());
        }
        let pushed: Vec<_> = ranges.iter().map(FoundRange::rows).zip(pattern).map(|(rows, _)| rows).collect();
        let _ = push_batch(shard, &pushed, &pattern[..pushed.len()], &mut meter());
        let _ = count_documents(shard, &ranges, MAX_STEPS, 7, &mut meter());
        let _ = list_documents(shard, &ranges, MAX_STEPS, &mut meter());
        let _ = list_documents_from(shard, &ranges, 1, 5, MAX_STEPS, &mut meter());
        let rows: Vec<u64> = ranges.iter().flat_map(FoundRange::rows).take(MAX_ASKED as usize).collect();
        let _ = follow_batch(shard, &rows, 20, &mut meter());
        for place in locate(shard, &rows, &mut meter()).unwrap_or_default() {
            let end = shard.document_symbols(place.document).unwrap_or(0).min(place.offset.saturating_add(MAX_ASKED));
            let start = place.offset.min(end).saturating_sub(MAX_ASKED);
            let _ = extract(shard, place.document, start..end, &mut meter());
        }
    }
}

fn every_row<V: ShardView>(shard: &V) -> FoundRange {
    let rows = all_rows(shard);
    FoundRange { lo: rows.start, hi: rows.end, length: 0 }
}

/// Documents (cut at bytes 0xFF), which are built and must keep what was put in; then the same bytes as a spool.
pub fn build(bytes: &[u8]) {
    let folder = ScratchFolder::new();
    let (spool_path, shard_path) = (folder.path.join("spool"), folder.path.join("shard"));
    let documents: Vec<String> =
        bytes.split(|&byte| byte == 0xFF).map(|text| String::from_utf8_lossy(text).into_owned()).collect();
    let power = |at: usize| u32::from(bytes.get(at).copied().unwrap_or(0)) % 9;
    let rates = (1 << power(0), 1 << power(1));
    let options =
        BuildOptions { sa_rate: rates.0, isa_rate: rates.1, text_store: power(2) > 4, ..BuildOptions::default() };
    build_documents(&documents, options, &spool_path, &shard_path).unwrap();
    let shard = Shard::open_ram(&shard_path).unwrap();
    shard.verify(true, Interrupt::never()).unwrap();
    let texts: Vec<Vec<u8>> = documents.iter().map(|text| text.clone().into_bytes()).collect();
    for (document, text) in (0..).zip(&texts) {
        assert_eq!(&extract(&shard, document, 0..text.len() as u64, &mut meter()).unwrap(), text);
    }
    let longest = documents.iter().max_by_key(|text| text.len()).map_or("", String::as_str);
    let pattern: String = longest.chars().skip(longest.chars().count() / 2).take(5).collect();
    let count = Naive { documents: &texts }.count(pattern.as_bytes());
    assert_eq!(count_batch(&shard, &[pattern.as_bytes()], &mut meter()).unwrap(), [count]);

    std::fs::write(&spool_path, bytes).unwrap();
    for vocabulary in [None, Some(1 << 12)] {
        let options = BuildOptions { vocabulary, ..options };
        let _ = build_shard(&spool_path, &shard_path, options, Interrupt::never(), &|_, _| {});
    }
}

fn build_documents(documents: &[String], options: BuildOptions, spool: &Path, shard: &Path) -> Result<BuiltShard> {
    let mut writer = SpoolWriter::create(Some(spool), &["source".to_owned()])?;
    for (number, text) in documents.iter().enumerate() {
        let id = format!("id {number}");
        let facets = [number.is_multiple_of(3).then_some("web")];
        let metadata = number.is_multiple_of(2).then_some(r#"{"url":"https://example.org/"}"#);
        let external_id = (!number.is_multiple_of(4)).then_some(id.as_str());
        writer.append(SpoolDocument { text: text.as_bytes(), external_id, metadata, facets: &facets })?;
    }
    writer.seal()?;
    build_shard(spool, shard, options, Interrupt::never(), &|_, _| {})
}

/// What a fuzzer begins with: for each target, names and bytes.
pub fn seeds() -> Vec<(&'static str, String, Vec<u8>)> {
    let folder = ScratchFolder::new();
    let (spool, file) = (folder.path.join("spool"), folder.path.join("shard"));
    let mut seeds = Vec::new();
    for (number, corpus) in super::corpora::small().into_iter().enumerate() {
        let documents: Vec<String> =
            corpus.documents.into_iter().filter_map(|document| String::from_utf8(document).ok()).collect();
        let rates = [(1, 1), (4, 8), (128, 512)][number % 3];
        let text_store = number.is_multiple_of(2);
        let options = BuildOptions { sa_rate: rates.0, isa_rate: rates.1, text_store, ..BuildOptions::default() };
        build_documents(&documents, options, &spool, &file).unwrap();
        let shard = std::fs::read(&file).unwrap();
        let name = corpus.name.replace(' ', "-");
        seeds.push(("query", name.clone(), [&[3], b"ana".as_slice(), &shard].concat()));
        seeds.push(("open", name.clone(), shard));
        seeds.push(("build_shard", format!("{name}-spool"), std::fs::read(&spool).unwrap()));
        seeds.push(("build_shard", name, documents.join("\u{0}").into_bytes()));
    }
    for corpus in token_corpora::small() {
        build_token_documents(&corpus.documents, &spool, &file).unwrap();
        let shard = std::fs::read(&file).unwrap();
        let name = format!("tokens-{}", corpus.name.replace(' ', "-"));
        seeds.push(("query", name.clone(), [&[4, 1, 0, 2, 0], shard.as_slice()].concat()));
        seeds.push(("open", name.clone(), shard));
        seeds.push(("build_shard", name, std::fs::read(&spool).unwrap()));
    }
    seeds
}

fn build_token_documents(documents: &[Vec<u32>], spool: &Path, shard: &Path) -> Result<BuiltShard> {
    let mut writer = TokenSpoolWriter::create(Some(spool), &["source".to_owned()])?;
    for (number, tokens) in documents.iter().enumerate() {
        let id = format!("id {number}");
        let facets = [number.is_multiple_of(3).then_some("web")];
        writer.append(TokenDocument { tokens, external_id: Some(&id), metadata: None, facets: &facets })?;
    }
    let vocabulary = Some(writer.seal()?.least_vocabulary.max(1));
    let options = BuildOptions { sa_rate: 4, isa_rate: 8, vocabulary, ..BuildOptions::default() };
    build_shard(spool, shard, options, Interrupt::never(), &|_, _| {})
}

fn resealed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    reseal(&mut bytes);
    bytes
}

fn meter() -> StepMeter<'static> {
    StepMeter::new(Interrupt::never())
}

/// A folder that is gone when it is dropped.
struct ScratchFolder {
    path: PathBuf,
}

impl ScratchFolder {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("fmindex-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self { path }
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        // Best effort: it lies among temporary files.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Changes a few bytes, cuts, repeats or moves a piece, by a seed.
    fn mutate(seed: &[u8], number: u64) -> Vec<u8> {
        let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut draw = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as usize % below.max(1)
        };
        let mut bytes = seed.to_vec();
        for _ in 0..=draw(4) {
            let len = bytes.len();
            let (at, other) = (draw(len), draw(len));
            match draw(8) {
                0 => bytes.truncate(at),
                1 => bytes.extend_from_within(at.min(len)..),
                2 => (0..8).for_each(|byte| bytes.get_mut(at + byte).into_iter().for_each(|byte| *byte = 0xFF)),
                3 if at < len && other < len => bytes.swap(at, other),
                _ => bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << (other & 7)),
            }
        }
        bytes
    }

    fn drive(target: &str, run: fn(&[u8]), rounds: u64) {
        let seeds: Vec<_> = seeds().into_iter().filter(|seed| seed.0 == target).collect();
        for number in 0..rounds {
            let (_, name, seed) = &seeds[number as usize % seeds.len()];
            let bytes = mutate(seed, number);
            let outcome = std::panic::catch_unwind(|| run(&bytes));
            assert!(outcome.is_ok(), "{target}: {name}, mutation {number}");
        }
    }

    #[test]
    fn changed_files_open_or_do_not() {
        drive("open", open, 4_000);
    }

    #[test]
    fn changed_files_are_asked_anything() {
        drive("query", query, 3_000);
    }

    #[test]
    fn changed_documents_and_spools_are_built_or_refused() {
        drive("build_shard", build, 600);
    }
}
