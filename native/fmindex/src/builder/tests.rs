//! Is a built shard the one that sorting by hand gives, and does any damage show?

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::shard::build_shard_with;
use super::sort::NumberWidth;
use super::*;
use crate::build_file::{BuildFile, MemoryFile};
use crate::error::Error;
use crate::format::{Container, Profile, ShardFile};
use crate::interrupt::Interrupt;
use crate::rank::{RankIndex, SEPARATOR};

fn open_bytes(bytes: Vec<u8>) -> Result<ShardFile, Error> {
    Container::open(Arc::new(bytes)).and_then(ShardFile::open)
}

fn options(sa_rate: u32, isa_rate: u32) -> BuildOptions {
    BuildOptions { sa_rate, isa_rate, text_store: true, ..BuildOptions::default() }
}

fn spool(path: &Path, texts: &[String]) -> SpoolSummary {
    let mut writer = SpoolWriter::create(Some(path), &["source".into()]).unwrap();
    for (number, text) in texts.iter().enumerate() {
        let id = format!("id-{}", number / 2);
        let source = ["a", "b", "c"][number % 3];
        let has_all = number % 5 != 4;
        let facets = [has_all.then_some(source)];
        let external_id = has_all.then_some(id.as_str());
        let metadata = has_all.then_some("{\"lang\":\"en\"}");
        writer.append(SpoolDocument { text: text.as_bytes(), external_id, metadata, facets: &facets }).unwrap();
    }
    writer.seal().unwrap()
}

fn build(texts: &[String], options: BuildOptions) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (spool_path, shard_path) = (folder.path().join("spool"), folder.path().join("shard"));
    spool(&spool_path, texts);
    let built = build_shard(&spool_path, &shard_path, options, Interrupt::never(), &|_, _| {}).unwrap();
    let bytes = std::fs::read(&shard_path).unwrap();
    assert_eq!(built.file_bytes, bytes.len() as u64);
    assert_eq!(built.documents, texts.len() as u64);
    bytes
}

#[test]
fn a_shard_in_memory_has_the_bytes_of_one_on_disk() {
    let texts: Vec<String> = (0..300).map(|i| "déjà vu ".repeat(i % 7) + &i.to_string()).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool");
    spool(&path, &texts);
    let memory = MemoryFile::default();
    BuildFile::from(memory.clone()).create().unwrap().write_all(&std::fs::read(path).unwrap()).unwrap();
    let (built, bytes) = build_shard_in_memory(memory.clone(), options(8, 16), Interrupt::never(), &|_, _| {}).unwrap();
    assert_eq!(bytes, build(&texts, options(8, 16)));
    assert_eq!(built.checksum, Container::open(Arc::new(bytes)).unwrap().checksum());
    assert!(memory.take().is_empty());
}

/// The rows `(document, k)` in their order, by definition: prefixes read backwards, ended by the document's number.
fn sorted_rows(texts: &[String]) -> Vec<(u64, u64)> {
    let mut rows = Vec::new();
    for (document, text) in texts.iter().enumerate() {
        for k in 0..=text.len() {
            let backwards = text.as_bytes()[..k].iter().rev().map(|&byte| 1_000_000 + usize::from(byte));
            rows.push((backwards.chain([document]).collect::<Vec<_>>(), (document as u64, k as u64)));
        }
    }
    rows.sort();
    rows.into_iter().map(|(_, row)| row).collect()
}

fn check(texts: &[String], options: BuildOptions) {
    let shard = open_bytes(build(texts, options)).unwrap();
    shard.verify(true, Interrupt::never()).unwrap();
    let rows = sorted_rows(texts);
    assert_eq!(shard.rank.len(), rows.len() as u64);
    for (row, &(document, k)) in (0..).zip(&rows) {
        let text = texts[document as usize].as_bytes();
        let symbol = text.get(k as usize).copied().unwrap_or(SEPARATOR);
        assert_eq!(shard.rank.symbol_rank(row).map(|(symbol, _)| symbol), Some(symbol), "row {row}");
        let is_sampled = k % u64::from(options.sa_rate) == 0 || k == text.len() as u64;
        assert_eq!(shard.documents.sa.get(row), is_sampled.then_some((document, k)), "row {row}");
        if k % u64::from(options.isa_rate) == 0 && k < text.len() as u64 {
            assert_eq!(shard.documents.isa.at_or_before(document, k), Some((row, k)));
        }
    }
    for (document, text) in (0..).zip(texts) {
        assert_eq!(shard.documents.offsets.text_bytes(document), Some(text.len() as u64));
        let has_all = document % 5 != 4;
        let id = has_all.then(|| format!("id-{}", document / 2).into_bytes());
        assert_eq!(shard.documents.ids.as_ref().and_then(|ids| ids.get(document).unwrap()), id);
        let metadata = shard.documents.metadata.as_ref().and_then(|metadata| metadata.get(document).unwrap());
        assert_eq!(metadata, has_all.then(|| b"{\"lang\":\"en\"}".to_vec()));
        let source = has_all.then(|| ["a", "b", "c"][document as usize % 3]);
        assert_eq!(shard.documents.facets.as_ref().and_then(|facets| facets.value(0, document)), source);
        let stored = shard.text.as_ref().map(|stored| stored.read(document, 0, <[u8]>::to_vec).unwrap());
        assert_eq!(stored.as_deref(), Some(text.as_bytes()));
    }
}

#[test]
fn small_collections_are_sorted_as_defined() {
    let mut fibonacci = (String::from("b"), String::from("a"));
    for _ in 0..12 {
        fibonacci = (fibonacci.1.clone(), fibonacci.1 + &fibonacci.0);
    }
    let fibonacci = fibonacci.1;
    let every_character: String =
        (0..0x250).filter_map(char::from_u32).chain(['€', '\u{FFFF}', '\u{10FFFF}']).collect();
    let collections: [Vec<String>; 10] = [
        vec![],
        vec![String::new()],
        vec![String::new(); 9],
        vec!["x".into()],
        vec!["a".repeat(700)],
        vec!["a".repeat(64), "a".repeat(63), String::new(), "a".repeat(65), "a".repeat(64)],
        vec!["\0".repeat(40), "\0".into(), "a\0b".into(), String::new(), "\0a".into()],
        vec!["ab".repeat(300), "ba".repeat(299)],
        vec![fibonacci.clone(), fibonacci],
        vec![every_character, "naïve café\r\n\u{301}".into()],
    ];
    for texts in &collections {
        for (sa_rate, isa_rate) in [(1, 1), (4, 16), (16, 4), (128, 512)] {
            check(texts, options(sa_rate, isa_rate));
        }
    }
}

#[test]
fn a_shard_without_ids_metadata_and_facets_has_no_sections_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let (spool_path, shard_path) = (folder.path().join("spool"), folder.path().join("shard"));
    let mut writer = SpoolWriter::create(Some(&spool_path), &[]).unwrap();
    writer.append(SpoolDocument { text: b"plain", ..Default::default() }).unwrap();
    writer.seal().unwrap();
    build_shard(&spool_path, &shard_path, BuildOptions::default(), Interrupt::never(), &|_, _| {}).unwrap();
    let shard = ShardFile::open(Container::open_mapped(&shard_path).unwrap()).unwrap();
    shard.verify(true, Interrupt::never()).unwrap();
    assert!(shard.documents.ids.is_none() && shard.documents.metadata.is_none() && shard.documents.facets.is_none());
}

#[test]
fn the_bytes_do_not_depend_on_threads() {
    let texts: Vec<String> = (0..4000).map(|i| format!("document {i} of {}", i * i % 977).repeat(20)).collect();
    let one = build(&texts, BuildOptions::default());
    assert_eq!(build(&texts, BuildOptions { threads: 4, ..BuildOptions::default() }), one);
    let stored = |threads| build(&texts, BuildOptions { text_store: true, threads, ..BuildOptions::default() });
    assert_eq!(stored(1), stored(4));
    assert!(stored(1).len() > one.len());
    let small = build(&texts, BuildOptions { profile: Profile::Small, ..BuildOptions::default() });
    assert_ne!(small, one);
    open_bytes(small).unwrap().verify(true, Interrupt::never()).unwrap();
}

#[test]
fn the_bytes_do_not_depend_on_the_width_of_the_numbers() {
    let collections: [Vec<String>; 4] = [
        vec![],
        vec![String::new(), "a".into(), String::new()],
        (0..300).map(|i| format!("document {i} of {}", i * i % 97).repeat(i % 9)).collect(),
        vec!["abaab".repeat(5000), "\0".repeat(900), "naïve café".repeat(100)],
    ];
    for texts in &collections {
        let folder = tempfile::tempdir().unwrap();
        let spool_path = folder.path().join("spool");
        spool(&spool_path, texts);
        let build = |width, name| {
            let path = folder.path().join(name);
            build_shard_with(width, &spool_path, &path, options(8, 32), Interrupt::never(), &|_, _| {}).unwrap();
            std::fs::read(path).unwrap()
        };
        assert_eq!(build(NumberWidth::Eight, "wide"), build(NumberWidth::Four, "narrow"));
    }
}

#[test]
fn every_flipped_bit_and_every_cut_is_found() {
    let texts: Vec<String> = (0..12).map(|i| format!("some text {i}, ").repeat(3)).collect();
    let shard = build(&texts, options(16, 32));
    for bit in 0..shard.len() * 8 {
        let mut changed = shard.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let outcome = open_bytes(changed).and_then(|shard| shard.verify(false, Interrupt::never()));
        assert!(outcome.is_err(), "bit {bit} of {}", shard.len() * 8);
    }
    for len in 0..shard.len() {
        assert!(open_bytes(shard[..len].to_vec()).is_err(), "cut to {len}");
    }
}

#[test]
fn a_failed_build_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (spool_path, shard_path) = (folder.path().join("spool"), folder.path().join("shard"));
    spool(&spool_path, &["text".into()]);
    let run = |options, interrupt| build_shard(&spool_path, &shard_path, options, interrupt, &|_, _| {}).unwrap_err();
    assert!(matches!(run(options(100, 512), Interrupt::never()), Error::Argument(_)));
    let raised = std::sync::atomic::AtomicBool::new(true);
    assert!(matches!(run(BuildOptions::default(), Interrupt::new(&raised)), Error::Cancelled));
    let whole = std::fs::read(&spool_path).unwrap();
    std::fs::write(&spool_path, &whole[..whole.len() - 1]).unwrap();
    assert!(matches!(run(BuildOptions::default(), Interrupt::never()), Error::Damaged { section: "spool", .. }));
    assert!(!shard_path.exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn random_collections_are_sorted_as_defined(
        texts in proptest::collection::vec("[ab\u{0}é€]{0,40}", 0..14),
        sa_power in 0u32..6,
        isa_power in 0u32..6,
    ) {
        check(&texts, options(1 << sa_power, 1 << isa_power));
    }
}
