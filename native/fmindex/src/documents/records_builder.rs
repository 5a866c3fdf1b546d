//! How are the records of the documents compressed?

use super::records::BLOCK_BYTES;
use crate::bits::EliasFanoBuilder;
use crate::error::Result;
use crate::zstd_frame::{Encoder, FrameOptions, train_dictionary};

/// Sampling more than this makes no better dictionary.
const MAX_SAMPLE_BYTES: u64 = 4 << 20;
/// Size of a piece that the dictionary is trained on.
const SAMPLE_BYTES: usize = 2048;
/// The dictionary takes at most this share of the records, and at most [`MAX_DICTIONARY_BYTES`].
const DICTIONARY_SHARE: u64 = 128;
const MIN_DICTIONARY_BYTES: u64 = 1 << 10;
const MAX_DICTIONARY_BYTES: u64 = 64 << 10;
const FRAMES: FrameOptions = FrameOptions { level: 12, is_checked: false };

/// Picks samples for the dictionary, evenly from all records: the same for the same records.
#[derive(Debug)]
pub struct DictionarySampler {
    stream_bytes: u64,
    /// One piece in so many is taken.
    stride: u64,
    seen: u64,
    samples: Vec<u8>,
}

impl DictionarySampler {
    /// For records of so many bytes together, their terminators included.
    pub fn new(stream_bytes: u64) -> Self {
        Self { stream_bytes, stride: stream_bytes.div_ceil(MAX_SAMPLE_BYTES).max(1), seen: 0, samples: Vec::new() }
    }

    /// Looks at the next record.
    pub fn push(&mut self, record: Option<&[u8]>) {
        let Some(record) = record else { return };
        let mut rest = record;
        while !rest.is_empty() {
            let to_border = SAMPLE_BYTES - (self.seen % SAMPLE_BYTES as u64) as usize;
            let (piece, tail) = rest.split_at(to_border.min(rest.len()));
            if (self.seen / SAMPLE_BYTES as u64).is_multiple_of(self.stride) {
                self.samples.extend_from_slice(piece);
            }
            self.seen += piece.len() as u64;
            rest = tail;
        }
    }

    /// A dictionary; empty when the records are too few or too unlike each other for one.
    pub fn train(self) -> Vec<u8> {
        let bytes = (self.stream_bytes / DICTIONARY_SHARE).min(MAX_DICTIONARY_BYTES);
        if bytes < MIN_DICTIONARY_BYTES {
            return Vec::new();
        }
        let sizes: Vec<usize> = self.samples.chunks(SAMPLE_BYTES).map(<[u8]>::len).collect();
        train_dictionary(&self.samples, &sizes, bytes as usize)
    }
}

/// The sections of one kind of record.
#[derive(Debug)]
pub struct EncodedRecords {
    pub dictionary: Vec<u8>,
    pub blocks: Vec<u8>,
    pub block_ends: Vec<u8>,
    pub record_ends: Vec<u8>,
}

/// Compresses records as they come.
pub struct RecordsBuilder {
    encoder: Encoder<'static>,
    dictionary: Vec<u8>,
    pending: Vec<u8>,
    blocks: Vec<u8>,
    block_ends: Vec<u64>,
    record_ends: EliasFanoBuilder,
    stream_bytes: u64,
}

impl RecordsBuilder {
    /// For `documents` records of so many bytes together, their terminators included.
    ///
    /// # Errors
    /// [`Error::Input`](crate::error::Error::Input) when there is no room for so many.
    pub fn new(documents: u64, stream_bytes: u64, dictionary: Vec<u8>) -> Result<Self> {
        let mut record_ends = EliasFanoBuilder::new(documents + 1, stream_bytes)?;
        record_ends.push(0)?;
        let encoder = Encoder::new(&dictionary, FRAMES)?;
        let (pending, blocks, block_ends) = (Vec::new(), Vec::new(), vec![0]);
        Ok(Self { encoder, dictionary, pending, blocks, block_ends, record_ends, stream_bytes: 0 })
    }

    /// Adds the record of the next document.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::error::Error::Argument) when it is more than was announced.
    pub fn push(&mut self, record: Option<&[u8]>) -> Result<()> {
        if let Some(record) = record {
            self.stream_bytes += record.len() as u64 + 1;
            self.pending.extend_from_slice(record);
            self.pending.push(0);
            self.compress_full_blocks()?;
        }
        self.record_ends.push(self.stream_bytes)
    }

    fn compress_full_blocks(&mut self) -> Result<()> {
        let full = self.pending.len() - self.pending.len() % BLOCK_BYTES as usize;
        for start in (0..full).step_by(BLOCK_BYTES as usize) {
            self.compress(start, start + BLOCK_BYTES as usize)?;
        }
        self.pending.drain(..full);
        Ok(())
    }

    fn compress(&mut self, start: usize, end: usize) -> Result<()> {
        let frame = self.encoder.encode(&self.pending[start..end])?;
        self.blocks.extend_from_slice(&frame);
        self.block_ends.push(self.blocks.len() as u64);
        Ok(())
    }

    /// The sections.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::error::Error::Argument) when records are missing.
    pub fn finish(mut self) -> Result<EncodedRecords> {
        if !self.pending.is_empty() {
            self.compress(0, self.pending.len())?;
        }
        Ok(EncodedRecords {
            dictionary: self.dictionary,
            blocks: self.blocks,
            block_ends: EliasFanoBuilder::encode(&self.block_ends)?,
            record_ends: self.record_ends.finish()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::records::{RecordSections, Records};
    use super::*;
    use crate::section::Section;

    fn encode(records: &[Option<Vec<u8>>]) -> EncodedRecords {
        let stream_bytes = records.iter().flatten().map(|record| record.len() as u64 + 1).sum();
        let mut sampler = DictionarySampler::new(stream_bytes);
        records.iter().for_each(|record| sampler.push(record.as_deref()));
        let mut builder = RecordsBuilder::new(records.len() as u64, stream_bytes, sampler.train()).unwrap();
        records.iter().for_each(|record| builder.push(record.as_deref()).unwrap());
        builder.finish().unwrap()
    }

    fn open(encoded: EncodedRecords, documents: usize) -> Result<Records> {
        let sections = RecordSections {
            dictionary: Section::from_vec(encoded.dictionary),
            blocks: Section::from_vec(encoded.blocks).into(),
            block_ends: Section::from_vec(encoded.block_ends),
            record_ends: Section::from_vec(encoded.record_ends),
        };
        Records::open("test", documents as u64, sections)
    }

    fn check(records: &[Option<Vec<u8>>]) {
        let opened = open(encode(records), records.len()).unwrap();
        opened.verify().unwrap();
        for (document, record) in (0..).zip(records) {
            assert_eq!(&opened.get(document).unwrap(), record, "record {document}");
        }
        assert_eq!(opened.get(records.len() as u64).unwrap(), None);
        assert_eq!(opened.get(u64::MAX).unwrap(), None);
    }

    #[test]
    fn many_records_alike_come_back_through_a_dictionary() {
        let records: Vec<_> =
            (0..20_000).map(|i| Some(format!(r#"{{"url":"https://example.org/{i}"}}"#).into_bytes())).collect();
        let encoded = encode(&records);
        assert!(!encoded.dictionary.is_empty());
        assert!(encoded.blocks.len() < 200_000);
        check(&records);
    }

    #[test]
    fn records_longer_than_a_block_come_back() {
        check(&[None, Some(vec![7; 100_000]), Some(vec![]), Some(vec![0; 16_384]), Some(vec![1; 16_383]), None]);
        check(&[]);
        check(&[None, None]);
    }

    #[test]
    fn damaged_blocks_are_errors() {
        let records: Vec<_> = (0..3000).map(|i| Some(format!("record {i}").into_bytes())).collect();
        for at in (0..encode(&records).blocks.len()).step_by(37) {
            let mut encoded = encode(&records);
            encoded.blocks[at] ^= 0x55;
            let opened = open(encoded, records.len()).unwrap();
            let _ = opened.verify();
        }
        let mut cut = encode(&records);
        cut.blocks.pop();
        assert!(open(cut, records.len()).is_err());
        assert!(open(encode(&records), records.len() + 1).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_record_comes_back(
            records in proptest::collection::vec(proptest::option::of(proptest::collection::vec(any::<u8>(), 0..600)), 0..120),
        ) {
            check(&records);
        }
    }
}
