//! Does a shard with hidden documents answer as one without them, but for their numbers?

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::any_shard::AnyShard;
use crate::builder::{BuildOptions, SpoolDocument, SpoolWriter, TokenDocument, TokenSpoolWriter, build_shard};
use crate::documents::UnitCounts;
use crate::error::Error;
use crate::format::Container;
use crate::interrupt::Interrupt;
use crate::search::{Place, StepMeter, StoredText, extract};
use crate::shard::Shard;
use crate::testkit::{laws, text_laws};
use crate::token_shard::TokenShard;

/// A view whose documents are numbered as if those that are hidden had never been there, as the laws have it.
struct Renumbered<V> {
    view: V,
    visible: Vec<u64>,
}

impl<V: ShardView> Renumbered<V> {
    fn new(view: V) -> Self {
        let visible = (0..view.document_count()).filter(|&document| view.start_row(document).is_some()).collect();
        Self { view, visible }
    }

    fn inner(&self, place: Place) -> Option<Place> {
        Some(Place { document: *self.visible.get(place.document as usize)?, ..place })
    }
}

impl<V: ShardView> ShardView for Renumbered<V> {
    type Symbol = V::Symbol;
    type Rank = V::Rank;

    fn rank(&self) -> &V::Rank {
        self.view.rank()
    }

    fn first_row(&self, symbol: V::Symbol) -> u64 {
        self.view.first_row(symbol)
    }

    fn start_rows(&self, pattern: &[V::Symbol]) -> (usize, std::ops::Range<u64>) {
        self.view.start_rows(pattern)
    }

    fn document_count(&self) -> u64 {
        self.visible.len() as u64
    }

    fn document_symbols(&self, document: u64) -> Option<u64> {
        self.view.document_symbols(*self.visible.get(document as usize)?)
    }

    fn sampled_place(&self, row: u64) -> Option<Place> {
        let place = self.view.sampled_place(row)?;
        let document = self.visible.binary_search(&place.document).expect("a hidden document") as u64;
        Some(Place { document, ..place })
    }

    fn sampled_row(&self, place: Place) -> Option<(u64, u64)> {
        self.view.sampled_row(self.inner(place)?)
    }

    fn sa_rate(&self) -> u64 {
        self.view.sa_rate()
    }

    fn isa_rate(&self) -> u64 {
        self.view.isa_rate()
    }

    fn sampled_units(&self, place: Place) -> (UnitCounts, u64) {
        self.inner(place).map_or((UnitCounts::default(), 0), |place| self.view.sampled_units(place))
    }

    fn stored_text(&self) -> Option<&dyn StoredText<V::Symbol>> {
        None
    }
}

fn hide(path: &Path, mut shard: AnyShard, hidden: &[u64]) -> AnyShard {
    if !hidden.is_empty() {
        let hidden_path = path.with_extension("hidden");
        let written = hide_documents(&shard, hidden, &hidden_path, Interrupt::never()).unwrap();
        let documents = HiddenDocuments::open(Container::open_mapped(&hidden_path).unwrap()).unwrap();
        assert_eq!(documents.documents().collect::<Vec<_>>(), hidden);
        assert_eq!((documents.info().checksum, written.documents), (written.checksum, hidden.len() as u64));
        shard.hide(documents).unwrap();
        shard.verify(true, Interrupt::never()).unwrap();
    }
    shard
}

fn hide_texts(texts: &[String], hidden: &[u64], options: BuildOptions) -> Shard {
    let folder = tempfile::tempdir().unwrap();
    let (spool_path, shard_path) = (folder.path().join("spool"), folder.path().join("shard"));
    let mut writer = SpoolWriter::create(Some(&spool_path), &[]).unwrap();
    for (number, text) in texts.iter().enumerate() {
        let id = format!("id {}", number / 2);
        writer.append(SpoolDocument { text: text.as_bytes(), external_id: Some(&id), ..Default::default() }).unwrap();
    }
    writer.seal().unwrap();
    build_shard(&spool_path, &shard_path, options, Interrupt::never(), &|_, _| {}).unwrap();
    match hide(&shard_path, AnyShard::open_mapped(&shard_path).unwrap(), hidden) {
        AnyShard::Bytes(shard) => shard,
        AnyShard::Tokens(_) => panic!("a shard of tokens"),
    }
}

fn hide_tokens(documents: &[Vec<u32>], hidden: &[u64], vocabulary: u32) -> TokenShard {
    let folder = tempfile::tempdir().unwrap();
    let (spool_path, shard_path) = (folder.path().join("spool"), folder.path().join("shard"));
    let mut writer = TokenSpoolWriter::create(Some(&spool_path), &[]).unwrap();
    for tokens in documents {
        writer.append(TokenDocument { tokens, ..TokenDocument::default() }).unwrap();
    }
    writer.seal().unwrap();
    let options = BuildOptions { vocabulary: Some(vocabulary), sa_rate: 4, isa_rate: 8, ..BuildOptions::default() };
    build_shard(&spool_path, &shard_path, options, Interrupt::never(), &|_, _| {}).unwrap();
    match hide(&shard_path, AnyShard::open_mapped(&shard_path).unwrap(), hidden) {
        AnyShard::Tokens(shard) => shard,
        AnyShard::Bytes(_) => panic!("a shard of bytes"),
    }
}

/// Every so manieth document.
fn every(count: usize, stride: usize, first: usize) -> Vec<u64> {
    (first..count).step_by(stride).map(|document| document as u64).collect()
}

fn visible<T: Clone>(documents: &[T], hidden: &[u64]) -> Vec<T> {
    let is_visible = |number: usize| !hidden.contains(&(number as u64));
    documents.iter().enumerate().filter(|(number, _)| is_visible(*number)).map(|(_, text)| text.clone()).collect()
}

const RATES: BuildOptions = BuildOptions {
    sa_rate: 8,
    isa_rate: 16,
    profile: crate::format::Profile::Default,
    text_store: false,
    vocabulary: None,
    threads: 1,
};

#[test]
fn odd_texts_keep_the_laws_without_what_is_hidden() {
    for corpus in crate::testkit::corpora::small() {
        let texts: Vec<String> =
            corpus.documents.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
        for (stride, first) in [(2, 0), (3, 1), (5, 4), (1, 0)] {
            let hidden = every(texts.len(), stride, first);
            let view = Renumbered::new(hide_texts(&texts, &hidden, RATES));
            let left: Vec<Vec<u8>> = visible(&texts, &hidden).into_iter().map(String::into_bytes).collect();
            println!("{}, every {stride} from {first}", corpus.name);
            laws::all(&view, &left);
        }
    }
}

#[test]
fn odd_tokens_keep_the_laws_without_what_is_hidden() {
    for corpus in crate::testkit::token_corpora::small() {
        let hidden = every(corpus.documents.len(), 2, 1);
        let vocabulary = corpus.documents.iter().flatten().max().map_or(1, |&largest| largest + 1);
        let view = Renumbered::new(hide_tokens(&corpus.documents, &hidden, vocabulary));
        laws::all(&view, &visible(&corpus.documents, &hidden));
    }
}

#[test]
fn what_is_hidden_is_an_error_by_its_number_and_its_id() {
    let texts: Vec<String> = (0..9).map(|i| format!("text number {i}")).collect();
    for text_store in [false, true] {
        let shard = hide_texts(&texts, &[2, 4, 5], BuildOptions { text_store, ..RATES });
        let meter = || StepMeter::new(Interrupt::never());
        assert!(matches!(shard.document(4), Err(Error::HiddenDocument { document: 4 })));
        assert!(matches!(extract(&shard, 5, 0..1, &mut meter()), Err(Error::HiddenDocument { document: 5 })));
        assert!(matches!(shard.document(9), Err(Error::Argument(_))));
        assert_eq!(extract(&shard, 6, 0..13, &mut meter()).unwrap(), b"text number 6");
        assert_eq!(shard.find_external_id("id 1").unwrap(), Some(3));
        assert_eq!(shard.find_external_id("id 2").unwrap(), None);
        assert_eq!(shard.list_external_id("id 2").unwrap(), [4, 5]);
        let info = shard.info();
        assert_eq!((info.documents, info.symbol_count, info.rows), (9, 6 * 13, 6 * 14));
        assert_eq!(info.hidden.map(|hidden| (hidden.documents, hidden.symbols)), Some((3, 39)));
    }
}

#[test]
fn a_list_of_another_shard_or_of_no_documents_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<String> = (0..5).map(|i| format!("text {i}")).collect();
    let path = folder.path().join("hidden");
    let shard = AnyShard::Bytes(hide_texts(&texts, &[], RATES));
    for wrong in [&[][..], &[5], &[1, 1], &[3, 2]] {
        let error = hide_documents(&shard, wrong, &path, Interrupt::never()).unwrap_err();
        assert!(matches!(error, Error::Argument(_)), "{wrong:?}");
    }
    assert!(!path.exists());
    hide_documents(&shard, &[1], &path, Interrupt::never()).unwrap();
    let open = || HiddenDocuments::open(Container::open_mapped(&path).unwrap()).unwrap();
    let mut other = hide_texts(&texts[..4], &[], RATES);
    assert!(matches!(other.hide(open()), Err(Error::Damaged { .. })));
    let whole = std::fs::read(&path).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut changed = whole.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let opened = Container::open(std::sync::Arc::new(changed)).and_then(HiddenDocuments::open);
        assert!(opened.and_then(|hidden| hidden.verify(false, Interrupt::never())).is_err(), "bit {bit}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn random_texts_keep_the_laws_without_what_is_hidden(
        texts in proptest::collection::vec("[ab\u{0}é€]{0,30}", 1..12),
        pattern in "[ab\u{0}é€]{0,3}",
        (stride, first) in (1usize..5, 0usize..4),
        number in 1usize..60,
    ) {
        let hidden = every(texts.len(), stride, first);
        let view = Renumbered::new(hide_texts(&texts, &hidden, RATES));
        let left: Vec<Vec<u8>> = visible(&texts, &hidden).into_iter().map(String::into_bytes).collect();
        let pattern = pattern.as_bytes();
        laws::counts(&view, &left, pattern);
        laws::cursors(&view, &left, pattern);
        laws::locates(&view, &left, pattern);
        laws::follows(&view, &left, pattern, number % 20);
        laws::nexts(&view, &left, pattern);
        laws::document_lists(&view, &left, pattern, number as u64);
        laws::longest(&view, &left, &texts.concat().into_bytes());
        text_laws::next_character_counts(&view, &left, pattern);
    }
}
