//! Does a shard in a file answer as plain scanning does, and a damaged one not at all or somehow?

#![cfg(feature = "build")]

use proptest::prelude::{ProptestConfig, any, prop, proptest};

use super::*;
use crate::builder::{BuildOptions, SpoolDocument, SpoolWriter, build_shard};
use crate::error::Error;
use crate::search::{DocumentCount, count_batch, count_documents, extract, find, follow, longest_matches};
use crate::testkit::{corpora, laws, text_laws};

fn build(documents: &[Vec<u8>], options: BuildOptions) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (spool, file) = (folder.path().join("spool"), folder.path().join("shard"));
    let mut writer = SpoolWriter::create(Some(&spool), &["source".to_owned()]).unwrap();
    for (number, text) in documents.iter().enumerate() {
        let id = format!("id {}", number % 3);
        let source = ["web", "books"].get(number % 3).copied();
        let metadata = number.is_multiple_of(2).then_some("{\"n\":1}");
        let document = SpoolDocument { text, external_id: Some(&id), metadata, facets: &[source] };
        writer.append(document).unwrap();
    }
    writer.seal().unwrap();
    build_shard(&spool, &file, options, Interrupt::never(), &|_, _| {}).unwrap();
    (folder, file)
}

fn in_ram(documents: &[Vec<u8>]) -> Shard {
    let (_folder, file) = build(documents, BuildOptions { sa_rate: 4, isa_rate: 8, ..BuildOptions::default() });
    Shard::open_ram(&file).unwrap()
}

/// The open file outlives its name.
fn left_in_file(documents: &[Vec<u8>]) -> Shard {
    let (_folder, file) = build(documents, BuildOptions::default());
    Container::open_read(&file).and_then(Shard::open).unwrap()
}

/// The mapping outlives the file's name.
fn mapped(documents: &[Vec<u8>]) -> Shard {
    let (_folder, file) = build(documents, BuildOptions::default());
    Shard::open_mapped(&file).unwrap()
}

/// With the text beside the index, of which this thread has decoded the beginning: so it is used for short reads too.
fn with_text(documents: &[Vec<u8>]) -> Shard {
    let options = BuildOptions { sa_rate: 4, isa_rate: 8, text_store: true, ..BuildOptions::default() };
    let (_folder, file) = build(documents, options);
    let shard = Shard::open_ram(&file).unwrap();
    let text = shard.file.text.as_ref().unwrap();
    (0..documents.len() as u64).try_for_each(|document| text.read(document, 0, |_| ())).unwrap();
    shard
}

crate::check_laws!(ram, in_ram);
crate::check_laws!(mmap, mapped);
crate::check_laws!(text, with_text);
crate::check_laws!(read, left_in_file);

#[test]
fn texts_at_the_borders_of_blocks_keep_the_laws() {
    for corpus in corpora::at_borders() {
        println!("{}", corpus.name);
        text_laws::all(&mapped(&corpus.documents), &corpus.documents);
        // Those of two documents alone, as looking at all of them twice takes long.
        if corpus.documents.len() > 1 {
            text_laws::all(&with_text(&corpus.documents), &corpus.documents);
        }
    }
}

/// Words that a generator chooses, with no long repeats, cut into documents of these sizes.
fn words(sizes: &[usize]) -> Vec<Vec<u8>> {
    let mut state = 1u32;
    let words = std::iter::from_fn(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(format!("{:x} ", state >> 12))
    });
    let mut text = words.flat_map(String::into_bytes);
    sizes.iter().map(|&size| text.by_ref().take(size).collect()).collect()
}

#[test]
fn the_stored_text_changes_no_answer() {
    const FRAME: usize = 1 << 14;
    let documents = words(&[0, 1, FRAME - 2, 0, 129, FRAME - 130, 1, 3 * FRAME + 1, 2000, 0, 5 * FRAME]);
    let plain = mapped(&documents);
    let (_folder, file) = build(&documents, BuildOptions { text_store: true, ..BuildOptions::default() });
    let stored = Shard::open_mapped(&file).unwrap();
    let meter = || StepMeter::new(Interrupt::never());
    let mut patterns: Vec<Vec<u8>> = Vec::new();
    for text in &documents {
        for length in [128, 129, 140, 160, 300, 1000, 3000, 2 * FRAME] {
            for start in [0, 1, text.len() / 3, FRAME.saturating_sub(150), text.len().saturating_sub(length)] {
                let Some(pattern) = text.get(start..start + length) else { continue };
                patterns.push(pattern.to_vec());
                for changed in [0, length / 2, length - 1] {
                    let mut pattern = pattern.to_vec();
                    pattern[changed] ^= 1;
                    patterns.push(pattern);
                }
                patterns.push([pattern, b" past the end"].concat());
            }
        }
    }
    // Over the border of two documents.
    patterns.push([&documents[7][documents[7].len() - 200..], &documents[8][..200]].concat());
    let patterns: Vec<&[u8]> = patterns.iter().map(Vec::as_slice).collect();
    let counts = count_batch(&plain, &patterns, &mut meter()).unwrap();
    assert!(counts.contains(&0) && counts.contains(&1));
    assert_eq!(count_batch(&stored, &patterns, &mut meter()).unwrap(), counts);
    for pattern in &patterns {
        let found = find(&plain, pattern, &mut meter()).unwrap();
        assert_eq!(find(&stored, pattern, &mut meter()).unwrap(), found);
    }
    for (document, text) in documents.iter().enumerate() {
        for (start, length) in [(0, text.len()), (1, 50), (FRAME - 3, 6), (FRAME, 1000), (100, 2 * FRAME)] {
            let (start, end) = (start.min(text.len()), (start + length).min(text.len()));
            let read = extract(&stored, document as u64, start as u64..end as u64, &mut meter()).unwrap();
            assert_eq!(read, text[start..end]);
        }
    }
    for row in (0..plain.row_count()).step_by(997) {
        for max_bytes in [0, 1, 200, 5000] {
            let followed = follow(&plain, row, max_bytes, &mut meter()).unwrap();
            assert_eq!(follow(&stored, row, max_bytes, &mut meter()).unwrap(), followed);
        }
    }
    // Verbatim, with a byte changed now and then, and pieces in another order.
    let verbatim = documents[10].clone();
    let mut changed = verbatim.clone();
    changed.iter_mut().step_by(777).for_each(|byte| *byte = b'#');
    let pieces: Vec<u8> = documents.concat().chunks(700).rev().flatten().copied().collect();
    for text in [verbatim, changed, pieces] {
        let lengths = longest_matches(&plain, &text, &mut meter()).unwrap();
        assert_eq!(longest_matches(&stored, &text, &mut meter()).unwrap(), lengths);
    }
}

#[test]
fn a_verbatim_text_is_compared_with_the_stored_one() {
    let documents = words(&[300_000]);
    let (_folder, file) = build(&documents, BuildOptions { text_store: true, ..BuildOptions::default() });
    let shard = Shard::open_mapped(&file).unwrap();
    let mut meter = StepMeter::new(Interrupt::never());
    assert_eq!(longest_matches(&shard, &documents[0], &mut meter).unwrap()[0], 300_000);
    assert!(meter.taken() < 300_000 / 50, "{} steps", meter.taken());
    let mut meter = StepMeter::new(Interrupt::never());
    assert_eq!(count_batch(&shard, &[&documents[0][10_000..11_000]], &mut meter).unwrap(), [1]);
    assert!(meter.taken() < 300, "{} steps", meter.taken());
}

#[test]
fn records_of_documents_come_back() {
    let shard = mapped(&[b"one".to_vec(), b"".to_vec(), b"three".to_vec(), b"four".to_vec()]);
    let record = shard.document(3).unwrap();
    assert_eq!(record.external_id.as_deref(), Some("id 0"));
    assert_eq!((record.symbols, record.metadata, record.facets), (4, None, vec![Some("web".to_owned())]));
    assert_eq!(shard.document(2).unwrap().facets, [None]);
    assert_eq!(shard.document(2).unwrap().metadata.as_deref(), Some("{\"n\":1}"));
    assert!(matches!(shard.document(4), Err(Error::Argument(_))));
    assert_eq!(shard.find_external_id("id 1").unwrap(), Some(1));
    assert_eq!(shard.find_external_id("id 3").unwrap(), None);
}

#[test]
fn a_file_cut_short_while_it_is_open_is_an_error_where_it_is_read() {
    let documents: Vec<Vec<u8>> = (0..50).map(|number| format!("text {number}").into_bytes()).collect();
    let (_folder, path) = build(&documents, BuildOptions::default());
    let shard = Container::open_read(&path).and_then(Shard::open).unwrap();
    shard.verify(true, Interrupt::never()).unwrap();
    assert_eq!(shard.document(48).unwrap().metadata.as_deref(), Some("{\"n\":1}"));
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(100).unwrap();
    laws::counts(&shard, &documents, b"text 4");
    assert!(matches!(shard.document(48), Err(Error::Io { .. })));
    assert!(matches!(shard.verify(false, Interrupt::never()), Err(Error::Io { .. })));
    assert!(matches!(Container::open_read(&path), Err(Error::Damaged { .. })));
}

#[test]
fn what_is_read_into_memory_is_compared_with_its_checksums() {
    let (_folder, path) = build(&varied(), BuildOptions::default());
    let whole = std::fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(37) {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        std::fs::write(&path, &bytes).unwrap();
        // What is left in the file is compared by verifying.
        let outcome = Container::open_read(&path).and_then(|file| file.verify(Interrupt::never()));
        assert!(outcome.is_err(), "byte {at}");
    }
}

#[test]
fn facets_count_occurrences_and_documents() {
    let shard = mapped(&[b"a a".to_vec(), b"b".to_vec(), b"a".to_vec(), b"a".to_vec()]);
    let meter = || StepMeter::new(Interrupt::never());
    let ranges = find(&shard, b"a", &mut meter()).unwrap();
    let counts = shard.count_facets("source", &ranges, u64::MAX, &mut meter()).unwrap();
    let rows: Vec<_> = counts.values.iter().map(|row| (row.value.as_deref(), row.occurrences, row.documents)).collect();
    assert_eq!(rows, [(Some("web"), 3, 2), (None, 1, 1)]);
    let unknown = shard.count_facets("langauge", &ranges, u64::MAX, &mut meter()).unwrap_err();
    assert_eq!(unknown.to_string(), "there is no facet field \"langauge\"; there are: source");
}

#[test]
fn the_numbers_are_those_of_the_documents() {
    let info = mapped(&[b"abab".to_vec(), b"".to_vec()]).info();
    assert_eq!((info.documents, info.text_bytes, info.rows), (2, 4, 6));
    assert_eq!((info.byte_counts[usize::from(b'a')], info.entropy_bits), (2, 1.0));
    assert_eq!(info.facet_fields, ["source"]);
    assert_eq!(mapped(&[]).info().entropy_bits, 0.0);
}

#[test]
fn a_raised_flag_ends_a_long_call() {
    let flag = std::sync::atomic::AtomicBool::new(true);
    let cancelled = Interrupt::new(&flag);
    let shard = mapped(&[b"ab".repeat(5000)]);
    let rows: Vec<u64> = (0..10_000).collect();
    assert!(matches!(crate::search::locate(&shard, &rows, &mut StepMeter::new(cancelled)), Err(Error::Cancelled)));
    let patterns = vec![b"abab".as_slice(); 3000];
    assert!(matches!(count_batch(&shard, &patterns, &mut StepMeter::new(cancelled)), Err(Error::Cancelled)));
    assert!(matches!(shard.verify(true, cancelled), Err(Error::Cancelled)));
}

#[test]
fn a_shard_of_some_size_has_a_table_of_prefixes() {
    let documents: Vec<Vec<u8>> = (0..600u32)
        .map(|number| (0..number).map(|at| b"abcd"[((at * at + number) % 7 % 4) as usize]).collect())
        .collect();
    let shard = mapped(&documents);
    let bytes = |name| shard.info().sections.iter().find(|section| section.0 == name).map(|section| section.1);
    let table_bytes = bytes("prefixes.keys").unwrap() + bytes("prefixes.starts").unwrap();
    assert!(table_bytes * 200 <= shard.info().text_bytes);
    assert_eq!(shard.start_rows(b"abcd").0, 3);
    shard.verify(true, Interrupt::never()).unwrap();
    for pattern in ["a", "cb", "abc", "dab", "xyz", "bcab"] {
        laws::counts(&shard, &documents, pattern.as_bytes());
    }
    assert!(mapped(&[b"short".to_vec()]).info().sections.iter().all(|section| !section.0.starts_with("prefixes")));
}

/// Estimates with a hundred seeds: how many intervals hold the truth, and how far the mean is from it.
fn estimate_often(documents: &[Vec<u8>], pattern: &[u8], max_steps: u64) -> (usize, f64) {
    let shard = mapped(documents);
    let meter = || StepMeter::new(Interrupt::never());
    let ranges = find(&shard, pattern, &mut meter()).unwrap();
    let exact = count_documents(&shard, &ranges, u64::MAX, 0, &mut meter()).unwrap().count;
    let estimates: Vec<_> =
        (0..100).map(|seed| count_documents(&shard, &ranges, max_steps, seed, &mut meter()).unwrap()).collect();
    assert!(estimates.iter().all(|estimate| !estimate.is_exact && estimate.lower_bound <= exact));
    let is_inside = |estimate: &&DocumentCount| (estimate.interval_low..=estimate.interval_high).contains(&exact);
    let mean = estimates.iter().map(|estimate| estimate.count as f64).sum::<f64>() / 100.0;
    (estimates.iter().filter(is_inside).count(), (mean / exact as f64 - 1.0).abs())
}

#[test]
fn estimates_keep_their_level() {
    // Every third document holds the pattern once or twice: fewer occurrences than documents.
    let rare: Vec<Vec<u8>> = (0..3000usize)
        .map(|number| {
            if number.is_multiple_of(3) {
                "lorem needle ipsum ".repeat(number % 4 / 2 + 1)
            } else {
                "lorem ipsum dolor".into()
            }
        })
        .map(String::into_bytes)
        .collect();
    let (inside, error) = estimate_often(&rare, b"needle", 8_000);
    assert!(inside >= 88 && error < 0.02, "{inside} of 100 intervals, mean off by {error}");
    // Three of four documents hold it many times.
    let frequent: Vec<Vec<u8>> = (0..2000usize)
        .map(|number| if number.is_multiple_of(4) { "lorem ".repeat(20) } else { "lorem needle ".repeat(10) })
        .map(String::into_bytes)
        .collect();
    let (inside, error) = estimate_often(&frequent, b"needle", 8_000);
    assert!(inside >= 88 && error < 0.02, "{inside} of 100 intervals, mean off by {error}");
}

#[test]
fn a_verbatim_text_takes_steps_in_its_length() {
    let text = words(&[50_000]).remove(0);
    let steps = |text: &[u8], shard: &Shard| {
        let mut meter = StepMeter::new(Interrupt::never());
        longest_matches(shard, text, &mut meter).unwrap();
        meter.taken() as usize
    };
    let shard = mapped(std::slice::from_ref(&text));
    assert!(steps(&text, &shard) < text.len() + 5_000);
    // Long pieces from all over the text: each is searched once, and what two of them share a few times.
    let pieces: Vec<u8> = text.chunks(500).rev().flatten().copied().collect();
    assert!(steps(&pieces, &shard) < pieces.len() * 6);
}

/// Documents of every kind, with everything that a shard can hold.
fn varied() -> Vec<Vec<u8>> {
    let texts =
        ["the cat sat on the mat", "", "naïve café 世界", "the mat sat on the cat the mat sat", "aaaaaaaaaaaaaaaa"];
    texts.iter().map(|text| text.repeat(3).into_bytes()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Opening does not read the sections, so a damaged one is met by the search.
    #[test]
    fn a_damaged_shard_never_panics(
        spoils in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        use std::sync::LazyLock;
        static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let options = BuildOptions { sa_rate: 4, isa_rate: 8, text_store: true, ..BuildOptions::default() };
            let (_folder, file) = build(&varied(), options);
            std::fs::read(file).unwrap()
        });
        let mut bytes = WHOLE.clone();
        for (at, value) in spoils {
            bytes[at.index(WHOLE.len())] = value;
        }
        if let Ok(shard) = Shard::open_bytes(bytes) {
            text_laws::answers_somehow(&shard);
            let mut meter = StepMeter::new(Interrupt::never());
            let all = [FoundRange { lo: 0, hi: shard.row_count(), length: 1 }];
            let _ = shard.count_facets("source", &all, 10_000, &mut meter);
            let _ = shard.find_external_id("id 1");
            for document in 0..6 {
                let _ = shard.document(document);
            }
        }
    }
}
