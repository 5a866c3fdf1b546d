//! How does a backend run every law by a single line?

/// Runs every law on a backend: `check_laws!(ram, |documents: &[Vec<u8>]| …)` makes a test module. The caller needs
/// `proptest`.
#[macro_export]
macro_rules! check_laws {
    ($backend:ident, $make:expr) => {
        mod $backend {
            use super::*;
            use proptest::prelude::*;
            use $crate::testkit::{corpora, laws, text_laws, worked_examples};

            fn make(documents: &[Vec<u8>]) -> impl $crate::search::ShardView<Symbol = u8> + use<> {
                ($make)(documents)
            }

            /// Documents of few letters, so that patterns repeat, and of characters of every length.
            fn documents() -> impl Strategy<Value = Vec<Vec<u8>>> {
                let letters = prop_oneof![
                    "[ab]{0,40}",
                    "[a-d \n]{0,40}",
                    "[aAkK\u{212A}ſsßẞσςΣéÉ \t\u{A0}\u{3000}世𝄞\u{301}\u{0}\r\n]{0,30}",
                ];
                prop::collection::vec(letters.prop_map(String::into_bytes), 0..6)
            }

            /// Documents and a pattern: mostly a piece of them, cut at characters.
            fn documents_and_pattern() -> impl Strategy<Value = (Vec<Vec<u8>>, String)> {
                let random = prop_oneof!["[ab]{0,4}", "[aAkKé \t世]{0,4}"];
                (documents(), any::<prop::sample::Index>(), 0usize..40, 0usize..12, random, 0..5).prop_map(
                    |(documents, chosen, start, length, random, kind)| {
                        if documents.is_empty() || kind == 0 {
                            return (documents, random);
                        }
                        let text = String::from_utf8(chosen.get(&documents).clone()).unwrap();
                        let piece = text.chars().skip(start % (text.chars().count() + 1)).take(length).collect();
                        (documents, piece)
                    },
                )
            }

            #[test]
            fn odd_corpora_keep_the_laws() {
                for corpus in corpora::small() {
                    println!("{}", corpus.name);
                    text_laws::all(&make(&corpus.documents), &corpus.documents);
                }
            }

            #[test]
            fn worked_examples_come_out() {
                worked_examples::banana(make);
                worked_examples::bytes(make);
            }

            proptest! {
                #[test]
                fn counts((documents, pattern) in documents_and_pattern()) {
                    laws::counts(&make(&documents), &documents, pattern.as_bytes());
                }

                #[test]
                fn pieces_of_characters_count((documents, pattern) in documents_and_pattern(), cut in 0usize..8) {
                    let piece = &pattern.as_bytes()[cut.min(pattern.len())..];
                    laws::counts(&make(&documents), &documents, piece);
                    text_laws::next_character_counts(&make(&documents), &documents, piece);
                }

                #[test]
                fn cursors((documents, pattern) in documents_and_pattern()) {
                    laws::cursors(&make(&documents), &documents, pattern.as_bytes());
                }

                #[test]
                fn locates((documents, pattern) in documents_and_pattern()) {
                    laws::locates(&make(&documents), &documents, pattern.as_bytes());
                }

                #[test]
                fn documents_come_back(documents in documents(), cut in 0usize..30) {
                    laws::documents_come_back(&make(&documents), &documents, cut);
                }

                #[test]
                fn follows((documents, pattern) in documents_and_pattern(), max_bytes in 0usize..50) {
                    laws::follows(&make(&documents), &documents, pattern.as_bytes(), max_bytes);
                }

                #[test]
                fn nexts((documents, pattern) in documents_and_pattern()) {
                    let view = make(&documents);
                    laws::nexts(&view, &documents, pattern.as_bytes());
                    text_laws::next_character_counts(&view, &documents, pattern.as_bytes());
                }

                #[test]
                fn longest((documents, pattern) in documents_and_pattern(), repeats in 1usize..8) {
                    laws::longest(&make(&documents), &documents, documents.concat().repeat(repeats % 2).as_slice());
                    laws::longest(&make(&documents), &documents, pattern.repeat(repeats).as_bytes());
                }

                #[test]
                fn matchings((documents, pattern) in documents_and_pattern(), options in 0u8..4) {
                    text_laws::matchings(&make(&documents), &documents, &pattern, options & 1 == 1, options & 2 == 2);
                }

                #[test]
                fn document_lists((documents, pattern) in documents_and_pattern(), max_steps in 0u64..300) {
                    laws::document_lists(&make(&documents), &documents, pattern.as_bytes(), max_steps);
                }

                #[test]
                fn units(documents in documents(), offset in 0usize..80) {
                    text_laws::units(&make(&documents), &documents, offset);
                }

                #[test]
                fn borders(documents in documents()) {
                    laws::borders(&make(&documents), &documents);
                }
            }
        }
    };
}

/// Runs every law of all symbols on a backend over tokens, as [`check_laws!`](crate::check_laws) does on one over bytes.
#[macro_export]
macro_rules! check_token_laws {
    ($backend:ident, $make:expr) => {
        mod $backend {
            use super::*;
            use proptest::prelude::*;
            use $crate::testkit::{laws, token_corpora};

            fn make(documents: &[Vec<u32>]) -> impl $crate::search::ShardView<Symbol = u32> + use<> {
                ($make)(documents)
            }

            /// Documents of few tokens, so that patterns repeat, and of ids from the whole range.
            fn documents() -> impl Strategy<Value = Vec<Vec<u32>>> {
                let ids = prop_oneof![
                    prop::collection::vec(0u32..3, 0..40),
                    prop::collection::vec(0u32..40, 0..40),
                    prop::collection::vec(prop_oneof![0u32..5, 65_000u32..66_000, 1_000_000u32..(1 << 20)], 0..30),
                ];
                prop::collection::vec(ids, 0..6)
            }

            /// Documents and a pattern: mostly a piece of them.
            fn documents_and_pattern() -> impl Strategy<Value = (Vec<Vec<u32>>, Vec<u32>)> {
                let random = prop::collection::vec(0u32..3, 0..4);
                (documents(), any::<prop::sample::Index>(), 0usize..40, 0usize..8, random, 0..5).prop_map(
                    |(documents, chosen, start, length, random, kind)| {
                        if documents.is_empty() || kind == 0 {
                            return (documents, random);
                        }
                        let text = chosen.get(&documents);
                        let start = start % (text.len() + 1);
                        let piece = text[start..text.len().min(start + length)].to_vec();
                        (documents, piece)
                    },
                )
            }

            #[test]
            fn odd_corpora_keep_the_laws() {
                for corpus in token_corpora::small() {
                    println!("{}", corpus.name);
                    laws::all(&make(&corpus.documents), &corpus.documents);
                }
            }

            proptest! {
                #![proptest_config(ProptestConfig::with_cases(64))]
                #[test]
                fn patterns((documents, pattern) in documents_and_pattern(), number in 0usize..300) {
                    let view = make(&documents);
                    laws::counts(&view, &documents, &pattern);
                    laws::cursors(&view, &documents, &pattern);
                    laws::locates(&view, &documents, &pattern);
                    laws::follows(&view, &documents, &pattern, number % 50);
                    laws::nexts(&view, &documents, &pattern);
                    laws::document_lists(&view, &documents, &pattern, number as u64);
                }

                #[test]
                fn texts((documents, pattern) in documents_and_pattern(), number in 1usize..8) {
                    let view = make(&documents);
                    laws::documents_come_back(&view, &documents, number * 4);
                    laws::borders(&view, &documents);
                    laws::longest(&view, &documents, documents.concat().repeat(number % 2).as_slice());
                    laws::longest(&view, &documents, &pattern.repeat(number));
                }
            }
        }
    };
}
