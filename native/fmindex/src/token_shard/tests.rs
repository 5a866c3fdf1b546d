//! Does a shard of tokens in a file answer as plain scanning does, and a damaged one not at all or somehow?

use std::path::Path;

use super::*;
use crate::any_shard::AnyShard;
use crate::builder::{BuildOptions, TokenDocument, TokenSpoolWriter, build_shard};
use crate::error::Error;
use crate::format::{Profile, SectionId, ShardWriter};
use crate::search::{count_batch, find, next_symbols};
use crate::testkit::{laws, token_corpora};

const VOCABULARY: u32 = 1 << 20;

fn build_file(folder: &Path, documents: &[Vec<u32>], options: BuildOptions) -> Vec<u8> {
    let (spool, file) = (folder.join("spool"), folder.join("shard"));
    let mut writer = TokenSpoolWriter::create(Some(&spool), &["source".to_owned()]).unwrap();
    for (number, tokens) in documents.iter().enumerate() {
        let id = format!("id {}", number % 3);
        let facets = [["web", "books"].get(number % 3).copied()];
        let metadata = number.is_multiple_of(2).then_some("{\"n\":1}");
        writer.append(TokenDocument { tokens, external_id: Some(&id), metadata, facets: &facets }).unwrap();
    }
    let summary = writer.seal().unwrap();
    assert_eq!(summary.tokens, documents.iter().map(|document| document.len() as u64).sum::<u64>());
    let built = build_shard(&spool, &file, options, Interrupt::never(), &|_, _| {}).unwrap();
    assert_eq!((built.symbol_count, built.text_bytes), (summary.tokens, 0));
    std::fs::read(file).unwrap()
}

fn build(documents: &[Vec<u32>], options: BuildOptions) -> Vec<u8> {
    build_file(tempfile::tempdir().unwrap().path(), documents, options)
}

fn options(profile: Profile, sa_rate: u32, isa_rate: u32) -> BuildOptions {
    BuildOptions { profile, sa_rate, isa_rate, vocabulary: Some(VOCABULARY), ..BuildOptions::default() }
}

fn open(bytes: Vec<u8>) -> Result<TokenShard> {
    match AnyShard::open_bytes(bytes)? {
        AnyShard::Tokens(shard) => Ok(shard),
        AnyShard::Bytes(_) => Err(Error::damaged("kind", "bytes")),
    }
}

fn default_profile(documents: &[Vec<u32>]) -> TokenShard {
    open(build(documents, options(Profile::Default, 4, 8))).unwrap()
}

fn small_profile(documents: &[Vec<u32>]) -> TokenShard {
    open(build(documents, options(Profile::Small, 4, 8))).unwrap()
}

crate::check_token_laws!(quad, default_profile);
crate::check_token_laws!(runs, small_profile);

#[test]
fn rows_at_the_borders_of_lines_keep_the_laws() {
    for corpus in token_corpora::at_borders() {
        println!("{}", corpus.name);
        for profile in [Profile::Default, Profile::Small] {
            let shard = open(build(&corpus.documents, options(profile, 128, 512))).unwrap();
            shard.verify(true, Interrupt::never()).unwrap();
            laws::all(&shard, &corpus.documents);
        }
    }
}

#[test]
fn odd_corpora_pass_the_deep_check() {
    for corpus in token_corpora::small() {
        println!("{}", corpus.name);
        for (sa_rate, isa_rate) in [(1, 1), (4, 16), (16, 4), (128, 512)] {
            for profile in [Profile::Default, Profile::Small] {
                let shard = open(build(&corpus.documents, options(profile, sa_rate, isa_rate))).unwrap();
                shard.verify(true, Interrupt::never()).unwrap();
            }
        }
    }
}

/// Counts and continuations of a known example: three documents over the tokens 1 to 5.
#[test]
fn worked_examples_come_out() {
    let documents = [vec![1, 2, 3, 1, 2, 4], vec![2, 3, 1, 2, 3], vec![5, 1, 2, 3]];
    for shard in [default_profile(&documents), small_profile(&documents)] {
        let meter = || StepMeter::new(Interrupt::never());
        let next = |pattern: &[u32]| -> Vec<(Option<u32>, u64)> {
            let ranges = find(&shard, pattern, &mut meter()).unwrap();
            let entries = next_symbols(&shard, &ranges, None, &mut meter()).unwrap();
            entries.into_iter().map(|entry| (entry.unit, entry.count)).collect()
        };
        let counts = count_batch(&shard, &[&[], &[1, 2], &[1, 2, 3], &[3, 5], &[9, 1, 2]], &mut meter()).unwrap();
        assert_eq!(counts, [15, 4, 3, 0, 0]);
        assert_eq!(next(&[1, 2]), [(Some(3), 3), (Some(4), 1)]);
        // The end of a document follows twice: once it is that of all.
        assert_eq!(next(&[2, 3]), [(Some(1), 2), (None, 2)]);
        assert_eq!(next(&[3, 1]), [(Some(2), 2)]);
        assert_eq!(next(&[2, 3, 1, 2]), [(Some(3), 1), (Some(4), 1)]);
        assert_eq!(next(&[9]), []);
    }
}

#[test]
fn records_and_numbers_are_those_of_the_documents() {
    let shard = default_profile(&[vec![1, 2], vec![], vec![7; 5], vec![2]]);
    let record = shard.document(2).unwrap();
    assert_eq!((record.symbols, record.external_id.as_deref()), (5, Some("id 2")));
    assert_eq!((record.metadata.as_deref(), record.facets), (Some("{\"n\":1}"), vec![None]));
    assert_eq!(shard.find_external_id("id 1").unwrap(), Some(1));
    assert!(matches!(shard.document(4), Err(Error::Argument(_))));
    let info = shard.info();
    assert_eq!((info.symbols, info.vocabulary, info.documents), (SymbolKind::Tokens, VOCABULARY, 4));
    assert_eq!((info.symbol_count, info.rows, info.text_bytes), (8, 12, 0));
    assert!(info.byte_counts.is_empty() && info.entropy_bits > 1.0);
    let meter = &mut StepMeter::new(Interrupt::never());
    let ranges = find(&shard, &[2], meter).unwrap();
    let facets = shard.count_facets("source", &ranges, u64::MAX, meter).unwrap();
    assert_eq!(
        facets.values.iter().map(|row| (row.value.as_deref(), row.documents)).collect::<Vec<_>>(),
        [(Some("web"), 2)]
    );
    assert!(matches!(shard.count_facets("x", &ranges, 9, meter), Err(Error::UnknownFacet { .. })));
}

#[test]
fn what_can_not_be_indexed_is_refused() {
    let mut writer = TokenSpoolWriter::create(None, &[]).unwrap();
    let error = writer.append(TokenDocument { tokens: &[3, 1 << 20], ..Default::default() }).unwrap_err();
    assert_eq!(error.to_string(), "document 0: token 1 is 1048576, not below 1048576, which every id must be");
    writer.append(TokenDocument { tokens: &[3, 9], ..Default::default() }).unwrap();
    assert_eq!(writer.seal().unwrap().least_vocabulary, 10);

    let folder = tempfile::tempdir().unwrap();
    let (spool, file) = (folder.path().join("spool"), folder.path().join("shard"));
    let mut writer = TokenSpoolWriter::create(Some(&spool), &[]).unwrap();
    writer.append(TokenDocument { tokens: &[3, 9], ..Default::default() }).unwrap();
    writer.seal().unwrap();
    let refuse = |vocabulary, profile| {
        let options = BuildOptions { vocabulary, profile, ..BuildOptions::default() };
        build_shard(&spool, &file, options, Interrupt::never(), &|_, _| {}).unwrap_err()
    };
    let error = refuse(Some(9), Profile::Default);
    assert!(matches!(error, Error::Input(_)));
    assert_eq!(error.to_string(), "document 0: token 1 is 9, not below the vocabulary of 9");
    assert!(matches!(refuse(None, Profile::Default), Error::Argument(_)));
    assert!(matches!(refuse(Some((1 << 20) + 1), Profile::Default), Error::Argument(_)));
    assert!(matches!(refuse(Some(10), Profile::Fast), Error::Argument(_)));
    let whole = std::fs::read(&spool).unwrap();
    std::fs::write(&spool, &whole[..whole.len() - 1]).unwrap();
    assert!(matches!(refuse(Some(10), Profile::Default), Error::Damaged { .. }));
    assert!(!file.exists());
}

#[test]
fn the_bytes_do_not_depend_on_threads() {
    let documents: Vec<Vec<u32>> = (0..60).map(|seed| token_corpora::random(3000, 500, seed)).collect();
    let of = |threads| build(&documents, BuildOptions { threads, ..options(Profile::Default, 16, 64) });
    assert_eq!(of(1), of(4));
}

#[test]
fn every_flipped_bit_and_every_cut_is_found() {
    let documents: Vec<Vec<u32>> = (0..6).map(|seed| token_corpora::random(50, 30, seed)).collect();
    let shard = build(&documents, BuildOptions { vocabulary: Some(50), ..options(Profile::Default, 16, 32) });
    for bit in 0..shard.len() * 8 {
        let mut changed = shard.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let outcome = AnyShard::open_bytes(changed).and_then(|shard| shard.verify(false, Interrupt::never()));
        assert!(outcome.is_err(), "bit {bit} of {}", shard.len() * 8);
    }
    for len in 0..shard.len() {
        assert!(AnyShard::open_bytes(shard[..len].to_vec()).is_err(), "cut to {len}");
    }
}

/// The same shard with the bytes of one section changed and all checksums right.
fn forge(shard: &TokenShard, folder: &Path, target: SectionId, change: &dyn Fn(&mut Vec<u8>)) -> Vec<u8> {
    let path = folder.join("forged");
    let ids = (0..255).filter_map(SectionId::from_number);
    let sections: Vec<_> = ids.filter_map(|id| Some((id, shard.file.container.optional_section(id)?))).collect();
    let mut writer = ShardWriter::create(&path, sections.len()).unwrap();
    for (id, section) in sections {
        let mut bytes = section.to_vec();
        if id == target {
            change(&mut bytes);
        }
        writer.write(id, &bytes).unwrap();
    }
    writer.finish().unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn a_forged_section_is_an_error_or_a_wrong_answer() {
    let folder = tempfile::tempdir().unwrap();
    let documents: Vec<Vec<u32>> = (0..9).map(|seed| token_corpora::random(90, 400, seed)).collect();
    let options = BuildOptions { vocabulary: Some(90), ..options(Profile::Small, 16, 32) };
    let shard = open(build_file(folder.path(), &documents, options)).unwrap();
    let sections =
        (0..255).filter_map(SectionId::from_number).filter(|&id| shard.file.container.optional_section(id).is_some());
    for id in sections.collect::<Vec<_>>() {
        for step in 0..24usize {
            let change = |bytes: &mut Vec<u8>| match step {
                0 => bytes.clear(),
                1 => bytes.truncate(bytes.len() / 2),
                2 => bytes.fill(0xFF),
                3 => bytes.fill(0),
                4 => bytes.reverse(),
                _ => {
                    let room = if step % 2 == 0 { bytes.len().min(64) } else { bytes.len() };
                    if let Some(byte) = bytes.get_mut(step * 7919 % room.max(1)) {
                        *byte ^= 1 << (step % 8);
                    }
                }
            };
            if let Ok(forged) = open(forge(&shard, folder.path(), id, &change)) {
                let _ = forged.verify(true, Interrupt::never());
                laws::answers_somehow(&forged, &[&[], &[1], &[7, 8], &documents[3][..6]]);
                let _ = (forged.info(), forged.document(3), forged.find_external_id("id 1"));
            }
        }
    }
}
