//! Is a merged shard the file that a build of all its documents writes?

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::builder::{BuildOptions, BuiltShard, SpoolDocument, SpoolWriter, build_shard};
use crate::error::Error;
use crate::format::{Container, Profile, ShardFile};
use crate::interrupt::Interrupt;

/// A document by its number in the whole collection, which decides all but its text.
type Document = (usize, String);

fn build(folder: &Path, name: &str, documents: &[Document], options: BuildOptions) -> (PathBuf, BuiltShard) {
    let (spool_path, shard_path) = (folder.join(format!("{name}.spool")), folder.join(name));
    let mut writer = SpoolWriter::create(Some(&spool_path), &["source".into(), "language".into()]).unwrap();
    for (number, text) in documents {
        let id = format!("id-{}", number / 2);
        let source = ["a", "b", "c", "dd"][number % 4];
        let has_all = number % 5 != 4;
        let facets = [has_all.then_some(source), (number % 7 == 0).then_some("en")];
        let external_id = has_all.then_some(id.as_str());
        let metadata = has_all.then(|| format!("{{\"number\":{number}}}"));
        let metadata = metadata.as_deref();
        writer.append(SpoolDocument { text: text.as_bytes(), external_id, metadata, facets: &facets }).unwrap();
    }
    writer.seal().unwrap();
    let built = build_shard(&spool_path, &shard_path, options, Interrupt::never(), &|_, _| {}).unwrap();
    (shard_path, built)
}

/// Merges shards of these texts, without the documents that `drops` names by their number in all of them, and compares the
/// file with that of a build of the others.
fn check(shards: &[Vec<String>], drops: impl Fn(usize) -> bool, build_options: BuildOptions, options: (usize, u64)) {
    let folder = tempfile::tempdir().unwrap();
    let (mut number, mut inputs, mut kept) = (0, Vec::new(), Vec::new());
    for (shard, texts) in shards.iter().enumerate() {
        let documents: Vec<Document> = (number..).zip(texts.iter().cloned()).collect();
        let (path, _) = build(folder.path(), &format!("shard-{shard}"), &documents, build_options);
        let dropped = (0..).zip(&documents).filter(|(_, (number, _))| drops(*number)).map(|(document, _)| document);
        inputs.push(MergeInput { path, dropped: dropped.collect() });
        kept.extend(documents.into_iter().filter(|(number, _)| !drops(*number)));
        number += texts.len();
    }
    let (expected_path, expected) = build(folder.path(), "expected", &kept, build_options);
    let scratch = folder.path().join("scratch");
    std::fs::create_dir(&scratch).unwrap();
    let (threads, memory_bytes) = options;
    let options = MergeOptions { threads, memory_bytes, scratch: scratch.clone() };
    let path = folder.path().join("merged");
    let merged = merge_shards(&inputs, &path, &options, Interrupt::never(), &|_, _| {}).unwrap();
    let shard = ShardFile::open(Container::open_mapped(&path).unwrap()).unwrap();
    let expected_shard = ShardFile::open(Container::open_mapped(&expected_path).unwrap()).unwrap();
    for ((name, bytes), (expected_name, expected_bytes)) in
        shard.container.sections().zip(expected_shard.container.sections())
    {
        assert_eq!((name, bytes), (expected_name, expected_bytes));
    }
    shard.verify(true, Interrupt::never()).unwrap();
    assert_eq!(merged, expected);
    assert!(std::fs::read(path).unwrap() == std::fs::read(expected_path).unwrap());
    assert_eq!(std::fs::read_dir(scratch).unwrap().count(), 0);
}

fn options(sa_rate: u32, isa_rate: u32, text_store: bool) -> BuildOptions {
    BuildOptions { sa_rate, isa_rate, text_store, ..BuildOptions::default() }
}

/// With a table and without, one thread and three.
const MEANS: [(usize, u64); 2] = [(1, 0), (3, 1 << 30)];

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn odd_shards_are_merged_as_they_would_be_built() {
    let mut fibonacci = (String::from("b"), String::from("a"));
    for _ in 0..13 {
        fibonacci = (fibonacci.1.clone(), fibonacci.1 + &fibonacci.0);
    }
    let fibonacci = fibonacci.1;
    let same = texts(&["the same", "", "the same", "and more of the same"]);
    let collections: [Vec<Vec<String>>; 9] = [
        vec![vec![]],
        vec![vec![], vec![], vec![]],
        vec![vec![String::new(); 5], vec![], vec![String::new(); 3]],
        vec![same.clone(), same.clone(), same],
        vec![vec!["a".repeat(700)], vec!["a".repeat(699), String::new()], vec!["a".repeat(701); 3]],
        vec![vec![fibonacci.clone(), fibonacci.clone()], vec![fibonacci.clone()], vec![], vec![fibonacci]],
        vec![texts(&["\0\0\0", "\0", "a\0b"]), texts(&["", "\0\0", "é€😀", "\u{10FFFF}"]), texts(&["x"])],
        vec![vec!["x".repeat(5000)], texts(&["y"]), texts(&["z", "x", "xy"]), vec!["xyz".repeat(900)]],
        (0..40).map(|i| vec![format!("shard {i}"), "of many".into(), String::new()]).collect(),
    ];
    for collection in &collections {
        for ((sa_rate, isa_rate, text_store), means) in
            [(1, 1, false), (4, 16, true), (16, 4, false), (128, 512, true)].into_iter().zip(MEANS.into_iter().cycle())
        {
            check(collection, |_| false, options(sa_rate, isa_rate, text_store), means);
            check(collection, |number| number % 3 == 1, options(sa_rate, isa_rate, text_store), means);
        }
        check(collection, |_| true, options(8, 8, true), MEANS[0]);
    }
}

#[test]
fn long_documents_are_cut_and_copies_of_them_are_not() {
    let noise = |seed: u64, bytes: usize| -> String {
        let mut state = seed;
        let mut letter = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b'a' + (state >> 59) as u8 % 26)
        };
        (0..bytes).map(|_| letter()).collect()
    };
    let long = noise(1, 700_000);
    let half_copied = format!("{}{}", noise(2, 200_000), &long[..300_000]);
    let shards = [vec![noise(3, 900), long.clone()], vec![half_copied, "€".repeat(100_000)], vec![long]];
    check(&shards, |_| false, options(128, 512, false), MEANS[1]);
    check(&shards, |number| number == 1, options(128, 512, false), MEANS[1]);
}

#[test]
fn superblocks_are_encoded_as_in_one_go() {
    let text = |i: usize| format!("line {} of a text, {} times\n", i % 977, i * i % 31).repeat(1 + i % 5);
    let shard = |from: usize| (from..from + 18_000).map(text).collect::<Vec<_>>();
    let shards = [shard(0), shard(5000), shard(40_000), shard(0)];
    for profile in [Profile::Small, Profile::Fast] {
        let options = BuildOptions { profile, ..BuildOptions::default() };
        check(&shards, |number| profile == Profile::Fast && number % 11 == 3, options, MEANS[1]);
    }
}

#[test]
fn what_can_not_be_merged_is_refused_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let build = |name: &str, options| build(folder.path(), name, &[(0, "text".into())], options).0;
    let (one, other) = (build("one", options(4, 4, false)), build("other", options(8, 4, false)));
    let with_text = build("with-text", options(4, 4, true));
    let path = folder.path().join("merged");
    let run = |paths: &[&PathBuf], dropped: &[u64], interrupt| {
        let input = |path: &&PathBuf| MergeInput { path: (*path).clone(), dropped: dropped.to_vec() };
        let inputs: Vec<_> = paths.iter().map(input).collect();
        let options = MergeOptions { threads: 1, memory_bytes: 1 << 20, scratch: folder.path().to_owned() };
        merge_shards(&inputs, &path, &options, interrupt, &|_, _| {}).unwrap_err()
    };
    let never = Interrupt::never();
    assert!(matches!(run(&[], &[], never), Error::Argument(_)));
    assert!(matches!(run(&[&one; 256], &[], never), Error::Argument(_)));
    assert!(matches!(run(&[&one, &other], &[], never), Error::Argument(_)));
    assert!(matches!(run(&[&one, &with_text], &[], never), Error::Argument(_)));
    assert!(matches!(run(&[&one], &[1], never), Error::Argument(_)));
    assert!(matches!(run(&[&one], &[0, 0], never), Error::Argument(_)));
    let raised = std::sync::atomic::AtomicBool::new(true);
    assert!(matches!(run(&[&one], &[], Interrupt::new(&raised)), Error::Cancelled));
    let mut bytes = std::fs::read(&one).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&one, bytes).unwrap();
    assert!(matches!(run(&[&one], &[], never), Error::Damaged { .. }));
    assert!(!path.exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn random_shards_are_merged_as_they_would_be_built(
        shards in proptest::collection::vec(proptest::collection::vec("[ab\u{0}é€]{0,40}", 0..9), 1..6),
        (sa_power, isa_power) in (0u32..6, 0u32..6),
        (text_store, stride) in (any::<bool>(), 1usize..6),
        means in 0usize..2,
    ) {
        let options = options(1 << sa_power, 1 << isa_power, text_store);
        // A stride of 1 drops nothing here.
        check(&shards, |number| stride > 1 && number % stride == 0, options, MEANS[means]);
    }
}
