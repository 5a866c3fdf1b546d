//! Do the marks, the spans and the strings agree with plain sorting, whatever the shards?

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::*;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::search::{ShardView, StepMeter};
use crate::testkit::{NaiveRepetition, SortedView, TestSymbol, corpora, maximal_strings, token_corpora};

fn options(length: u64) -> TraverseOptions {
    TraverseOptions { length, strings: 1000, threads: 2 }
}

/// The spans of every document that has any, and the totals.
fn read_spans<V: ShardView>(
    collection: &Collection<V>,
    repeats: &Repeats,
    copies: Copies,
) -> (BTreeMap<u64, Vec<Range<u64>>>, SourceTotals) {
    let mut walk = SpanWalk::new(repeats, copies, 1, None);
    let mut by_document = BTreeMap::new();
    while let Some(batch) = walk.next_round(collection, repeats, 2, &|_, _| 0, Interrupt::never()).unwrap() {
        let mut start = 0;
        for (&document, &end) in batch.documents.iter().zip(&batch.span_ends) {
            assert!(by_document.insert(document, batch.spans[start..end].to_vec()).is_none());
            start = end;
        }
    }
    (by_document, walk.totals()[0])
}

fn bucketed(distinct: &BTreeMap<u64, u64>) -> GramCounts {
    let mut counts = GramCounts::default();
    for (&count, &grams) in distinct {
        let bucket = BUCKET_STARTS.iter().rposition(|&start| start <= count).unwrap();
        counts.distinct[bucket] += grams;
        counts.occurrences[bucket] += grams * count;
        counts.largest = count;
    }
    counts
}

/// Compares all of it on documents that are cut into shards before those numbers.
fn check<V: ShardView<Symbol: TestSymbol>>(
    make: impl Fn(&[Vec<V::Symbol>]) -> V,
    documents: &[Vec<V::Symbol>],
    cuts: &[usize],
    length: u64,
) {
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([documents.len()]);
    let shards: Vec<V> = starts.zip(ends).map(|(start, end)| make(&documents[start..end])).collect();
    let collection = Collection::new(shards.iter().collect());
    let repeats = find_repeats(&collection, options(length), Interrupt::never(), &|_| {}).unwrap();
    let naive = NaiveRepetition::new(documents, length);
    assert_eq!(repeats.counts, bucketed(&naive.distinct));
    let (all, totals) = read_spans(&collection, &repeats, Copies::All);
    assert_eq!(all, naive.all);
    assert_eq!(read_spans(&collection, &repeats, Copies::Later).0, naive.later);
    let symbols =
        |spans: &BTreeMap<u64, Vec<Range<u64>>>| spans.values().flatten().map(|span| span.end - span.start).sum();
    let repeated: u64 =
        naive.distinct.iter().filter(|(count, _)| **count > 1).map(|(count, grams)| count * grams).sum();
    let expected = SourceTotals {
        documents: documents.len() as u64,
        symbols: documents.iter().map(|text| text.len() as u64).sum(),
        grams: naive.distinct.iter().map(|(count, grams)| count * grams).sum(),
        repeated_grams: repeated,
        repeated_symbols: symbols(&naive.all),
        removable_symbols: symbols(&naive.later),
    };
    assert_eq!(totals, expected);
    check_twins(&repeats.twins, documents);
}

fn check_twins<S: TestSymbol>(twins: &TwinDocuments, documents: &[Vec<S>]) {
    let mut by_text: BTreeMap<&Vec<S>, Vec<u64>> = BTreeMap::new();
    for (at, text) in documents.iter().enumerate() {
        by_text.entry(text).or_default().push(at as u64);
    }
    let mut expected: Vec<(Vec<u64>, u64)> = by_text
        .into_iter()
        .filter(|(_, group)| group.len() > 1)
        .map(|(text, group)| (group, text.len() as u64))
        .collect();
    expected.sort_unstable();
    let mut start = 0;
    let groups = twins.groups.iter().map(|&(end, symbols)| {
        let group = twins.documents[start..end].to_vec();
        start = end;
        (group, symbols)
    });
    assert_eq!(groups.collect::<Vec<_>>(), expected);
}

fn check_strings<S: TestSymbol>(documents: &[Vec<S>], cuts: usize, length: u64) {
    let (left, right) = documents.split_at(cuts);
    let shards = [SortedView::new(left), SortedView::new(right)];
    let collection = Collection::new(shards.iter().collect());
    let repeats = find_repeats(&collection, options(length), Interrupt::never(), &|_| {}).unwrap();
    let read = |string: &RepeatedString| {
        assert_eq!(string.places.len() as u64, string.count.min(5));
        let texts = string.places.iter().map(|&StringPlace { document, end }| {
            documents[document as usize][(end - string.length) as usize..end as usize].to_vec()
        });
        let texts: BTreeSet<Vec<S>> = texts.collect();
        assert_eq!(texts.len(), 1);
        (texts.into_iter().next().unwrap(), string.count)
    };
    let expected = maximal_strings(documents, length);
    assert_eq!(repeats.string_count, expected.len() as u64);
    assert_eq!(repeats.longest.iter().map(read).collect::<BTreeMap<_, _>>(), expected);
    assert_eq!(repeats.most_repeated.iter().map(read).collect::<BTreeMap<_, _>>(), expected);
    assert!(repeats.longest.is_sorted_by(|left, right| left.length >= right.length));
    assert!(repeats.most_repeated.is_sorted_by(|left, right| left.count >= right.count));
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn remove(text: &str, spans: &[(u64, u64)]) -> String {
    let mut left = text.to_owned();
    spans.iter().rev().for_each(|&(start, end)| left.replace_range(start as usize..end as usize, ""));
    left
}

#[test]
fn worked_example_of_exact_substrings() {
    let spans_of = |text: &str, length: u64, copies: Copies| {
        let view = SortedView::new(&texts(&[text]));
        let collection = Collection::new(vec![&view]);
        let repeats = find_repeats(&collection, options(length), Interrupt::never(), &|_| {}).unwrap();
        let (spans, totals) = read_spans(&collection, &repeats, copies);
        let spans = spans.get(&0).cloned().unwrap_or_default();
        (spans.into_iter().map(|span| (span.start, span.end)).collect::<Vec<_>>(), totals.repeated_grams)
    };
    let text = "eabcdfgh.efabcdgh";
    let (spans, positions) = spans_of(text, 4, Copies::All);
    assert_eq!((spans.as_slice(), positions), ([(1, 5), (11, 15)].as_slice(), 2));
    let left = remove(text, &spans);
    assert_eq!(left, "efgh.efgh");
    let (second, positions) = spans_of(&left, 4, Copies::All);
    assert_eq!((remove(&left, &second).as_str(), positions), (".", 2));
    assert_eq!(spans_of(text, 4, Copies::Later).0, [(11, 15)]);
    assert_eq!(spans_of("abcabcabc", 3, Copies::All), (vec![(0, 9)], 7));
}

#[test]
fn worked_example_of_the_report() {
    let view = SortedView::new(&texts(&["eabcdfgh.efabcdgh"]));
    let repeats = find_repeats(&Collection::new(vec![&view]), options(4), Interrupt::never(), &|_| {}).unwrap();
    let counts = GramCounts { distinct: [12, 1, 0, 0, 0, 0, 0], occurrences: [12, 2, 0, 0, 0, 0, 0], largest: 2 };
    assert_eq!(repeats.counts, counts);
}

#[test]
fn odd_corpora_agree_in_any_shards() {
    for corpus in corpora::small() {
        println!("{}", corpus.name);
        for length in [1, 2, 3, 5, 7, 64, 300] {
            check(SortedView::new, &corpus.documents, &[], length);
            check(SortedView::new, &corpus.documents, &[corpus.documents.len() / 2], length);
        }
    }
    for corpus in token_corpora::small() {
        println!("{}", corpus.name);
        for length in [1, 2, 5, 300] {
            check(SortedView::new, &corpus.documents, &[corpus.documents.len() / 2], length);
        }
    }
}

#[test]
fn no_shards_have_nothing() {
    let collection = Collection::<SortedView<u8>>::new(Vec::new());
    let repeats = find_repeats(&collection, options(5), Interrupt::never(), &|_| {}).unwrap();
    assert_eq!(repeats.counts, GramCounts::default());
    assert!(read_spans(&collection, &repeats, Copies::All).0.is_empty());
}

#[test]
fn no_gram_is_empty_or_endless() {
    let view = SortedView::new(&texts(&["abc"]));
    for length in [0, MAX_GRAM_SYMBOLS + 1, u64::MAX] {
        let refused = find_repeats(&Collection::new(vec![&view]), options(length), Interrupt::never(), &|_| {});
        assert!(matches!(refused, Err(Error::Argument(_))));
    }
}

#[test]
fn a_caller_who_gave_up_is_heard() {
    let view = SortedView::new(&texts(&["abcabc"]));
    let collection = Collection::new(vec![&view]);
    let flag = AtomicBool::new(true);
    let gone = Interrupt::new(&flag);
    assert!(matches!(find_repeats(&collection, options(2), gone, &|_| {}), Err(Error::Cancelled)));
    let repeats = find_repeats(&collection, options(2), Interrupt::never(), &|_| {}).unwrap();
    let mut walk = SpanWalk::new(&repeats, Copies::All, 1, None);
    assert!(matches!(walk.next_round(&collection, &repeats, 1, &|_, _| 0, gone), Err(Error::Cancelled)));
}

#[test]
fn epochs_multiply_what_is_seen() {
    // "ab" twice in the first source and once in the second, "xy" once in the second.
    let shards = [SortedView::new(&texts(&["ab", "ab"])), SortedView::new(&texts(&["ab", "xy"]))];
    let collection = Collection::new(shards.iter().collect());
    let repeats = find_repeats(&collection, options(2), Interrupt::never(), &|_| {}).unwrap();
    let mut walk = SpanWalk::new(&repeats, Copies::All, 2, Some(vec![3.0, 100.0]));
    while walk.next_round(&collection, &repeats, 1, &|shard, _| shard, Interrupt::never()).unwrap().is_some() {}
    let expected = ExposureTotals { exposures: 206.0, from_10: 206.0, from_100: 206.0 };
    assert_eq!(walk.exposure_totals(), Some(expected));
    let mut walk = SpanWalk::new(&repeats, Copies::All, 2, Some(vec![3.0, 4.0]));
    while walk.next_round(&collection, &repeats, 1, &|shard, _| shard, Interrupt::never()).unwrap().is_some() {}
    assert_eq!(walk.exposure_totals(), Some(ExposureTotals { exposures: 14.0, from_10: 10.0, from_100: 0.0 }));
}

#[test]
fn a_sample_of_everything_is_exact() {
    let documents = texts(&["abcabcab", "", "xabcy", "ab", "abcabcab"]);
    let shards = [SortedView::new(&documents[..2]), SortedView::new(&documents[2..])];
    let collection = Collection::new(shards.iter().collect());
    let meter = &mut StepMeter::new(Interrupt::never());
    let sample = sample_grams(&collection, 3, 1000, 7, meter, &|_| {}).unwrap();
    let mut distinct: BTreeMap<u64, u64> = BTreeMap::new();
    sample.iter().for_each(|gram| *distinct.entry(gram.count).or_default() += 1);
    let mut expected = NaiveRepetition::new(&documents, 3).distinct;
    expected.iter_mut().for_each(|(count, grams)| *grams *= count);
    assert_eq!(distinct, expected);
    let few = |seed| sample_grams(&collection, 3, 4, seed, &mut StepMeter::new(Interrupt::never()), &|_| {}).unwrap();
    assert_eq!((few(1).len(), few(1) == few(1), few(1) == few(2)), (4, true, false));
}

/// 2 MB of made-up words, in which whole documents and passages come again, some of them cut inside of characters.
#[cfg(feature = "build")]
fn copied_documents() -> Vec<Vec<u8>> {
    let mut numbers = token_corpora::random(1 << 12, 400_000, 11).into_iter().map(|number| number as usize).cycle();
    let mut next = move || numbers.next().unwrap();
    let syllables = ["ka", "mo", "ri", "té", "世", "lu", "𝄞", "ß", "en", "so", "ta", "vi", "o", "ű", "dja", "un"];
    let mut documents: Vec<Vec<u8>> = Vec::new();
    let mut bytes = 0;
    while bytes < 2_000_000 {
        let mut text = Vec::new();
        for _ in 0..next() % 200 {
            let copied = documents.get(next() % (documents.len() + 1)).filter(|_| next().is_multiple_of(12));
            if let Some(copied) = copied {
                let (start, end) = (next() % (copied.len() + 1), next() % (copied.len() + 1));
                let passage = String::from_utf8_lossy(&copied[start.min(end)..start.max(end)]);
                text.extend_from_slice(passage.trim_matches('\u{FFFD}').as_bytes());
            }
            for _ in 0..1 + next() % 4 {
                text.extend_from_slice(syllables[next() % syllables.len()].as_bytes());
            }
            text.push(b' ');
        }
        if next().is_multiple_of(30) {
            text = documents.get(next() % (documents.len() + 1)).cloned().unwrap_or_default();
        }
        bytes += text.len();
        documents.push(text);
    }
    documents
}

#[test]
#[cfg(feature = "build")]
fn two_megabytes_agree_with_a_suffix_array_in_one_shard_and_in_several() {
    use crate::builder::{BuildOptions, SpoolDocument, SpoolWriter, build_shard};
    let build = |documents: &[Vec<u8>]| {
        let folder = tempfile::tempdir().unwrap();
        let (spool, file) = (folder.path().join("spool"), folder.path().join("shard"));
        let mut writer = SpoolWriter::create(Some(&spool), &[]).unwrap();
        for text in documents {
            writer.append(SpoolDocument { text, external_id: None, metadata: None, facets: &[] }).unwrap();
        }
        writer.seal().unwrap();
        build_shard(&spool, &file, BuildOptions::default(), Interrupt::never(), &|_, _| {}).unwrap();
        crate::shard::Shard::open_mapped(&file).unwrap()
    };
    let documents = copied_documents();
    let third = documents.len() / 3;
    check(build, &documents, &[], 100);
    check(build, &documents, &[third, 2 * third], 100);
}

proptest! {
    #[test]
    fn random_texts_agree_in_any_shards(
        documents in prop::collection::vec("[ab]{0,30}|[a-c é世𝄞]{0,20}".prop_map(String::into_bytes), 0..7),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        length in 1u64..9,
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(documents.len() + 1)).collect();
        cuts.sort_unstable();
        check(SortedView::new, &documents, &cuts, length);
    }

    #[test]
    fn random_tokens_agree_in_any_shards(
        documents in prop::collection::vec(prop::collection::vec(0u32..4, 0..30), 0..7),
        cut in any::<prop::sample::Index>(),
        length in 1u64..9,
    ) {
        check(SortedView::new, &documents, &[cut.index(documents.len() + 1)], length);
    }

    #[test]
    fn maximal_strings_are_all_found(
        documents in prop::collection::vec("[ab]{0,20}|[a-c é]{0,12}".prop_map(String::into_bytes), 0..5),
        cut in any::<prop::sample::Index>(),
        length in 1u64..5,
    ) {
        check_strings(&documents, cut.index(documents.len() + 1), length);
    }
}
