//! Do the laws of the core hold where this module runs? For the tests alone.

use std::sync::Arc;

use fmindex::build_file::MemoryFile;
use fmindex::builder::{BuildOptions, SpoolDocument, SpoolWriter, build_shard_in_memory};
use fmindex::format::Container;
use fmindex::format::Profile;
use fmindex::interrupt::Interrupt;
use fmindex::shard::Shard;
use fmindex::testkit::{corpora, laws, text_laws, worked_examples};
use wasm_bindgen::prelude::wasm_bindgen;

/// The parts of the check, by name: each is run by itself.
#[wasm_bindgen(js_name = listLaws)]
pub fn list_laws() -> Vec<String> {
    PARTS.iter().map(|part| part.0.to_owned()).collect()
}

/// Checks the part called `name`, on `cases` corpora made from `seed` where it is one of those. Throws what does not hold.
#[wasm_bindgen(js_name = checkLaws)]
pub fn check_laws(name: &str, seed: u32, cases: u32) {
    std::panic::set_hook(Box::new(|info| wasm_bindgen::throw_str(&info.to_string())));
    match PARTS.iter().find(|part| part.0 == name) {
        Some((_, check)) => check(seed, cases),
        None => wasm_bindgen::throw_str("there is no such part"),
    }
}

type Check = fn(u32, u32);

const PARTS: [(&str, Check); 5] = [
    ("odd corpora", |_, _| corpora::small().iter().for_each(|corpus| check_all(&corpus.documents))),
    ("sizes at borders", |_, _| corpora::at_borders().iter().for_each(|corpus| check_all(&corpus.documents))),
    ("worked examples", |_, _| {
        worked_examples::banana(make);
        worked_examples::bytes(make);
    }),
    ("random corpora", check_random),
    ("every profile", |_, _| {
        for profile in [Profile::Default, Profile::Small, Profile::Fast] {
            for text_store in [false, true] {
                let options = BuildOptions { profile, text_store, ..BuildOptions::default() };
                let documents = [corpora::fibonacci(5000), "déjà vu, 世界 ".repeat(400).into_bytes(), Vec::new()];
                text_laws::all(&build(&documents, options), &documents);
            }
        }
    }),
];

fn check_all(documents: &[Vec<u8>]) {
    text_laws::all(&make(documents), documents);
}

fn make(documents: &[Vec<u8>]) -> Shard {
    build(documents, BuildOptions { sa_rate: 4, isa_rate: 8, ..BuildOptions::default() })
}

#[expect(clippy::expect_used, reason = "a law fails by panicking")]
fn build(documents: &[Vec<u8>], options: BuildOptions) -> Shard {
    let spool = MemoryFile::default();
    let mut writer = SpoolWriter::create_in_memory(&spool, &[]).expect("a spool");
    for text in documents {
        writer.append(SpoolDocument { text, ..SpoolDocument::default() }).expect("a document of UTF-8");
    }
    writer.seal().expect("a sealed spool");
    let (_, bytes) = build_shard_in_memory(spool, options, Interrupt::never(), &|_, _| {}).expect("a shard");
    let shard = Shard::open(Container::open(Arc::new(bytes)).expect("a file")).expect("an opened shard");
    shard.verify(true, Interrupt::never()).expect("a whole shard");
    shard
}

/// Documents of few letters, so that patterns repeat, and of characters of every length.
fn check_random(seed: u32, cases: u32) {
    const ALPHABETS: [&str; 3] = ["ab", "abcd \n", "aAkK\u{212A}ſsßẞσςΣéÉ \t\u{A0}\u{3000}世𝄞\u{301}\u{0}\r\n"];
    let mut random = Random(u64::from(seed) << 1 | 1);
    for _ in 0..cases {
        let documents: Vec<String> = (0..random.below(6))
            .map(|_| {
                let letters: Vec<char> = ALPHABETS[random.below(3)].chars().collect();
                (0..random.below(40)).map(|_| letters[random.below(letters.len())]).collect()
            })
            .collect();
        let pattern: String = match documents.get(random.below(documents.len() + 1)) {
            None => "ab".repeat(random.below(3)),
            Some(text) => {
                let start = random.below(text.chars().count() + 1);
                text.chars().skip(start).take(random.below(12)).collect()
            }
        };
        let documents: Vec<Vec<u8>> = documents.into_iter().map(String::into_bytes).collect();
        let (view, bytes) = (make(&documents), pattern.as_bytes());
        laws::counts(&view, &documents, bytes);
        laws::cursors(&view, &documents, bytes);
        laws::locates(&view, &documents, bytes);
        laws::documents_come_back(&view, &documents, random.below(30));
        laws::follows(&view, &documents, bytes, random.below(50));
        laws::nexts(&view, &documents, bytes);
        laws::longest(&view, &documents, &documents.concat());
        laws::document_lists(&view, &documents, bytes, random.below(300) as u64);
        laws::borders(&view, &documents);
        text_laws::next_character_counts(&view, &documents, bytes);
        text_laws::matchings(&view, &documents, &pattern, random.below(2) == 1, random.below(2) == 1);
        text_laws::units(&view, &documents, random.below(80));
    }
}

/// Numbers that look random and are the same for the same seed: Steele and Vigna's SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ mixed >> 31) % limit.max(1) as u64) as usize
    }
}
