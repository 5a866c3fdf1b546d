//! How is the text of a shard compressed?

use std::ops::Range;

use super::layout::{FRAME_BITS, Layout};
use crate::bits::EliasFanoBuilder;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::threads::share_work;
use crate::zstd_frame::{Encoder, EncoderDictionary, FrameOptions, train_dictionary};

/// The checksum finds damage in files too large to be checked when they are opened.
const FRAMES: FrameOptions = FrameOptions { level: 9, is_checked: true };
/// Frames that are compressed by one thread at a time with a compressor of their own: 1 MiB of text. So what a
/// compressor has seen before depends on nothing but the text.
const BATCH_FRAMES: u64 = 64;
/// Text for which another thread is worth its memory.
const BYTES_A_THREAD: u64 = 4 << 20;
const MAX_DICTIONARY_BYTES: u64 = 110 << 10;
/// The dictionary takes at most this share of the text.
const DICTIONARY_SHARE: u64 = 128;
const MIN_DICTIONARY_BYTES: u64 = 1 << 10;
/// Sampling more than this makes no better dictionary.
const MAX_SAMPLE_BYTES: u64 = 8 << 20;
/// Size of a piece that the dictionary is trained on.
const SAMPLE_BYTES: u64 = 2048;

/// The text of all documents one after the other, without separators.
pub trait ReadingOrder: Sync {
    fn text_bytes(&self) -> u64;

    /// Appends the bytes at `positions` to `text`.
    fn copy(&self, positions: Range<u64>, text: &mut Vec<u8>);
}

/// The sections of the text.
#[derive(Debug)]
pub struct EncodedText {
    pub header: Vec<u8>,
    pub dictionary: Vec<u8>,
    pub frames: Vec<u8>,
    pub frame_ends: Vec<u8>,
}

/// Compresses `text` on up to `threads` threads; the bytes do not depend on their number. `progress` hears the share that
/// is done. O(n); memory for the result twice, and 2 MiB a thread.
///
/// # Errors
/// [`Error::Input`] without memory; [`Error::Cancelled`].
pub fn encode_text(
    text: &impl ReadingOrder,
    threads: usize,
    interrupt: Interrupt<'_>,
    progress: &dyn Fn(f64),
) -> Result<EncodedText> {
    let layout = Layout { text_bytes: text.text_bytes(), frame_bits: FRAME_BITS };
    let dictionary = train(text);
    let prepared = EncoderDictionary::new(&dictionary, FRAMES);
    let batches = layout.frame_count().div_ceil(BATCH_FRAMES);
    let threads = (threads as u64).min(layout.text_bytes / BYTES_A_THREAD).max(1);
    let compress = |lane: &mut Lane, batch: u64| {
        interrupt.check()?;
        lane.compress(text, layout, batch, &prepared)
    };
    let batches_of = |worker: u64| (worker..batches).step_by(threads as usize);
    // The thread that may tell of progress does its share too.
    let mine = || {
        let mut lane = Lane::default();
        let outcome = batches_of(0).try_for_each(|batch| {
            progress(batch as f64 / batches as f64);
            compress(&mut lane, batch)
        });
        outcome.map(|()| lane)
    };
    let other = |worker: usize| {
        let mut lane = Lane::default();
        batches_of(worker as u64).try_for_each(|batch| compress(&mut lane, batch)).map(|()| lane)
    };
    let lanes = share_work(threads as usize, mine, other).into_iter().collect::<Result<Vec<_>>>()?;
    join_lanes(lanes, batches, layout, dictionary)
}

/// Frames that one thread compressed.
#[derive(Default)]
struct Lane {
    frames: Vec<u8>,
    /// The end of each in `frames`.
    ends: Vec<usize>,
}

impl Lane {
    fn compress(
        &mut self,
        text: &impl ReadingOrder,
        layout: Layout,
        batch: u64,
        dictionary: &EncoderDictionary,
    ) -> Result<()> {
        let mut encoder = Encoder::prepared(dictionary)?;
        let mut frame_text = Vec::with_capacity(1 << layout.frame_bits);
        let first = batch * BATCH_FRAMES;
        for frame in first..(first + BATCH_FRAMES).min(layout.frame_count()) {
            let start = frame << layout.frame_bits;
            frame_text.clear();
            text.copy(start..start + layout.frame_bytes(frame) as u64, &mut frame_text);
            let compressed = encoder.encode(&frame_text)?;
            self.frames.try_reserve(compressed.len()).map_err(|_| no_memory(self.frames.len()))?;
            self.frames.extend_from_slice(&compressed);
            self.ends.push(self.frames.len());
        }
        Ok(())
    }
}

/// Puts the frames, of which each lane has every so manieth batch, in their order.
fn join_lanes(lanes: Vec<Lane>, batches: u64, layout: Layout, dictionary: Vec<u8>) -> Result<EncodedText> {
    let bytes = lanes.iter().map(|lane| lane.frames.len()).sum();
    let mut frames = Vec::new();
    frames.try_reserve_exact(bytes).map_err(|_| no_memory(bytes))?;
    let mut frame_ends = EliasFanoBuilder::new(layout.frame_count() + 1, bytes as u64)?;
    frame_ends.push(0)?;
    let mut used = vec![(0, 0); lanes.len()];
    for batch in 0..batches {
        let index = (batch % lanes.len() as u64) as usize;
        let (lane, (first, start)) = (&lanes[index], &mut used[index]);
        let ends = &lane.ends[*first..lane.ends.len().min(*first + BATCH_FRAMES as usize)];
        let moved = frames.len();
        for end in ends {
            frame_ends.push((moved + end - *start) as u64)?;
        }
        let end = ends.last().copied().unwrap_or(*start);
        frames.extend_from_slice(&lane.frames[*start..end]);
        (*first, *start) = (*first + ends.len(), end);
    }
    Ok(EncodedText { header: layout.encode(), dictionary, frames, frame_ends: frame_ends.finish()? })
}

/// A dictionary; empty when the text is too short or its pieces are too unlike each other for one.
fn train(text: &impl ReadingOrder) -> Vec<u8> {
    let text_bytes = text.text_bytes();
    let bytes = (text_bytes / DICTIONARY_SHARE).min(MAX_DICTIONARY_BYTES);
    if bytes < MIN_DICTIONARY_BYTES {
        return Vec::new();
    }
    let stride = text_bytes.div_ceil(MAX_SAMPLE_BYTES).max(1) * SAMPLE_BYTES;
    let mut samples = Vec::new();
    let mut sizes = Vec::new();
    for start in (0..text_bytes).step_by(stride as usize) {
        let before = samples.len();
        text.copy(start..(start + SAMPLE_BYTES).min(text_bytes), &mut samples);
        sizes.push(samples.len() - before);
    }
    train_dictionary(&samples, &sizes, bytes as usize)
}

fn no_memory(bytes: usize) -> Error {
    Error::Input(format!("no memory for {bytes} bytes of compressed text"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{TextSections, TextStore};
    use super::*;
    use crate::documents::{DocumentOffsets, DocumentOffsetsBuilder};
    use crate::section::Section;
    use crate::testkit::corpora::fibonacci;

    const FRAME_BYTES: usize = 1 << FRAME_BITS;

    struct Whole(Vec<u8>);

    impl ReadingOrder for Whole {
        fn text_bytes(&self) -> u64 {
            self.0.len() as u64
        }

        fn copy(&self, positions: Range<u64>, text: &mut Vec<u8>) {
            text.extend_from_slice(&self.0[positions.start as usize..positions.end as usize]);
        }
    }

    fn offsets(documents: &[Vec<u8>]) -> DocumentOffsets {
        let text_bytes = documents.iter().map(|document| document.len() as u64).sum();
        let mut builder = DocumentOffsetsBuilder::new(documents.len() as u64, text_bytes).unwrap();
        documents.iter().for_each(|document| builder.push(document.len() as u64).unwrap());
        DocumentOffsets::open(Section::from_vec(builder.finish().unwrap())).unwrap()
    }

    fn open(documents: &[Vec<u8>], encoded: EncodedText) -> Result<TextStore> {
        let sections = TextSections {
            header: Section::from_vec(encoded.header),
            dictionary: Section::from_vec(encoded.dictionary),
            frames: Section::from_vec(encoded.frames).into(),
            frame_ends: Section::from_vec(encoded.frame_ends),
        };
        TextStore::open(offsets(documents), sections)
    }

    fn encode(documents: &[Vec<u8>], threads: usize) -> EncodedText {
        encode_text(&Whole(documents.concat()), threads, Interrupt::never(), &|_| ()).unwrap()
    }

    fn byte_counts(documents: &[Vec<u8>]) -> [u64; 256] {
        let mut counts = [0; 256];
        documents.iter().flatten().for_each(|&byte| counts[usize::from(byte)] += 1);
        counts
    }

    /// Reads each document from each of `offsets`, piece by piece.
    fn check(documents: &[Vec<u8>]) {
        let store = open(documents, encode(documents, 1)).unwrap();
        store.verify(&byte_counts(documents), Interrupt::never()).unwrap();
        for (document, text) in documents.iter().enumerate() {
            for start in [0, 1, text.len() / 2, text.len().saturating_sub(1), text.len()] {
                let mut read = Vec::new();
                let start = start.min(text.len());
                while start + read.len() < text.len() {
                    let offset = (start + read.len()) as u64;
                    let before = read.len();
                    store.read(document as u64, offset, |bytes| read.extend_from_slice(bytes)).unwrap();
                    assert!(read.len() > before);
                }
                assert_eq!(read, text[start..]);
            }
            let past_end = |bytes: &[u8]| assert_eq!(bytes, b"");
            store.read(document as u64, text.len() as u64, past_end).unwrap();
            store.read(document as u64, u64::MAX, past_end).unwrap();
        }
        store.read(documents.len() as u64, 0, |bytes| assert_eq!(bytes, b"")).unwrap();
    }

    #[test]
    fn documents_at_the_borders_of_frames_come_back() {
        check(&[]);
        check(&[vec![]]);
        check(&[vec![], b"a".to_vec(), vec![], vec![]]);
        for size in [FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES, 5 * FRAME_BYTES + 7] {
            check(&[fibonacci(size)]);
            check(&[vec![], fibonacci(size), vec![], b"b".to_vec(), fibonacci(size - 1), vec![]]);
        }
    }

    #[test]
    fn frames_are_counted_that_have_to_be_decoded() {
        let documents = [vec![b'x'; 10], fibonacci(3 * FRAME_BYTES)];
        let store = open(&documents, encode(&documents, 1)).unwrap();
        let frame = FRAME_BYTES as u64;
        assert_eq!(store.count_undecoded(0, 0..10), 1);
        assert_eq!(store.count_undecoded(1, 0..0), 0);
        assert_eq!(store.count_undecoded(1, frame - 11..frame - 10), 1);
        assert_eq!(store.count_undecoded(1, frame - 11..frame - 9), 2);
        assert_eq!(store.count_undecoded(1, 0..3 * frame), 4);
        store.read(1, frame, |_| ()).unwrap();
        assert_eq!(store.count_undecoded(1, 0..3 * frame), 3);
        assert_eq!(store.count_undecoded(1, frame..frame + 1), 0);
        assert_eq!(store.count_undecoded(0, 0..10), 1);
    }

    fn texts() -> Vec<Vec<u8>> {
        (0..12_000).map(|i| format!("document {i} of {}, ", i * i % 977).repeat(20 + i % 40).into_bytes()).collect()
    }

    #[test]
    fn the_bytes_do_not_depend_on_threads_and_there_is_a_dictionary() {
        let texts = texts();
        assert!(texts.concat().len() as u64 > 2 * BYTES_A_THREAD);
        let one = encode(&texts, 1);
        assert!(!one.dictionary.is_empty() && one.dictionary.len() as u64 <= MAX_DICTIONARY_BYTES);
        for threads in [2, 3, 64] {
            let many = encode(&texts, threads);
            assert_eq!(
                (many.dictionary, many.frames, many.frame_ends),
                (one.dictionary.clone(), one.frames.clone(), one.frame_ends.clone())
            );
        }
        let store = open(&texts, one).unwrap();
        store.verify(&byte_counts(&texts), Interrupt::never()).unwrap();
    }

    #[test]
    fn a_damaged_store_is_an_error_that_names_the_section() {
        let documents = [fibonacci(3 * FRAME_BYTES), b"the end".repeat(40)];
        let read_all = |store: &TextStore| -> Result<Vec<u8>> {
            let mut text = Vec::new();
            for offset in (0..3 * FRAME_BYTES as u64).step_by(FRAME_BYTES) {
                store.read(0, offset, |bytes| text.extend_from_slice(bytes))?;
            }
            store.read(1, 0, |bytes| text.extend_from_slice(bytes))?;
            Ok(text)
        };
        for at in 0..encode(&documents, 1).frames.len() {
            let mut encoded = encode(&documents, 1);
            encoded.frames[at] ^= 0x10;
            match open(&documents, encoded).and_then(|store| read_all(&store)) {
                // A bit that zstd has no use for.
                Ok(text) => assert_eq!(text, documents.concat(), "{at}"),
                Err(error) => assert!(matches!(error, Error::Damaged { section: "text.frames", .. }), "{at}: {error}"),
            }
        }
        let spoils: [fn(&mut EncodedText); 7] = [
            |encoded| encoded.header.truncate(8),
            |encoded| encoded.header[0] ^= 1,
            |encoded| encoded.header[9] ^= 0x41,
            |encoded| encoded.header[8..].fill(0xFF),
            |encoded| encoded.frames.truncate(9),
            |encoded| encoded.frame_ends.clear(),
            |encoded| encoded.frame_ends[0] ^= 1,
        ];
        for spoil in spoils {
            let mut encoded = encode(&documents, 1);
            spoil(&mut encoded);
            assert!(matches!(open(&documents, encoded), Err(Error::Damaged { .. })));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn any_documents_come_back(
            lengths in proptest::collection::vec(prop_oneof![0usize..30, 0usize..40_000], 0..12),
        ) {
            let documents: Vec<Vec<u8>> =
                lengths.iter().enumerate().map(|(at, &length)| fibonacci(length + at)[at..].to_vec()).collect();
            check(&documents);
        }
    }
}
