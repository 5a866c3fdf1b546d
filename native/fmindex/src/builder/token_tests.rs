//! Do the rows of a shard of tokens stand as sorting by hand puts them?

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::any_shard::AnyShard;
use crate::format::Profile;
use crate::interrupt::Interrupt;
use crate::rank::{RankIndex, Symbol};
use crate::search::{Place, ShardView};
use crate::token_shard::TokenShard;

fn build(folder: &Path, documents: &[Vec<u32>], options: BuildOptions) -> TokenShard {
    let (spool, file) = (folder.join("spool"), folder.join("shard"));
    let mut writer = TokenSpoolWriter::create(Some(&spool), &[]).unwrap();
    documents.iter().for_each(|tokens| writer.append(TokenDocument { tokens, ..Default::default() }).unwrap());
    writer.seal().unwrap();
    build_shard(&spool, &file, options, Interrupt::never(), &|_, _| {}).unwrap();
    match AnyShard::open_ram(&file).unwrap() {
        AnyShard::Tokens(shard) => shard,
        AnyShard::Bytes(_) => panic!("a shard of bytes"),
    }
}

/// The rows `(document, k)` in their order, by definition: prefixes read backwards, ended by the document's number.
fn sorted_rows(documents: &[Vec<u32>]) -> Vec<(u64, u64)> {
    let mut rows = Vec::new();
    for (document, tokens) in documents.iter().enumerate() {
        for k in 0..=tokens.len() {
            let backwards = tokens[..k].iter().rev().map(|&id| 1_000_000 + id as usize);
            rows.push((backwards.chain([document]).collect::<Vec<_>>(), (document as u64, k as u64)));
        }
    }
    rows.sort();
    rows.into_iter().map(|(_, row)| row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn random_collections_are_sorted_as_defined(
        documents in prop::collection::vec(prop::collection::vec(0u32..4, 0..30), 0..12),
        sa_power in 0u32..6,
        isa_power in 0u32..6,
        profile in prop_oneof![Just(Profile::Default), Just(Profile::Small)],
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (sa_rate, isa_rate) = (1u64 << sa_power, 1u64 << isa_power);
        let vocabulary = Some(5);
        let options =
            BuildOptions { sa_rate: 1 << sa_power, isa_rate: 1 << isa_power, profile, vocabulary, ..BuildOptions::default() };
        let shard = build(folder.path(), &documents, options);
        shard.verify(true, Interrupt::never()).unwrap();
        for (row, (document, k)) in (0..).zip(sorted_rows(&documents)) {
            let tokens = &documents[document as usize];
            let symbol = tokens.get(k as usize).copied().unwrap_or(u32::SEPARATOR);
            prop_assert_eq!(shard.rank().symbol_rank(row).map(|(symbol, _)| symbol), Some(symbol));
            let place = Place { document, offset: k };
            let is_sampled = k % sa_rate == 0 || k == tokens.len() as u64;
            prop_assert_eq!(shard.sampled_place(row), is_sampled.then_some(place));
            if k % isa_rate == 0 && k < tokens.len() as u64 {
                prop_assert_eq!(shard.sampled_row(place), Some((row, k)));
            }
        }
    }
}
