//! How is a zstd stream decoded piece by piece, with bounded memory, whoever made it?

use std::collections::VecDeque;

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use crate::error::{Error, Result};

/// Most bytes that one read returns.
pub const MAX_READ_BYTES: usize = 1 << 20;
/// Largest window that is accepted, as a power of two: 128 MiB, what `zstd --long` makes.
const MAX_WINDOW_LOG: u32 = 27;

/// Decodes any number of zstd frames. Memory: the window, at most 128 MiB, and what was pushed and not yet read.
pub struct ZstdDecoder {
    decoder: Decoder<'static>,
    chunks: VecDeque<Vec<u8>>,
    /// Bytes of the first chunk that are decoded.
    consumed: usize,
    is_inside_frame: bool,
    /// The decoder holds bytes that no more input is needed for.
    has_more: bool,
}

impl ZstdDecoder {
    /// A decoder at the start of a stream.
    ///
    /// # Errors
    /// [`Error::Input`] when there is no memory for it.
    pub fn new() -> Result<Self> {
        let mut decoder = Decoder::new().map_err(undecodable)?;
        decoder.set_parameter(DParameter::WindowLogMax(MAX_WINDOW_LOG)).map_err(undecodable)?;
        Ok(Self { decoder, chunks: VecDeque::new(), consumed: 0, is_inside_frame: false, has_more: false })
    }

    /// Gives compressed bytes; then read until there are no more.
    pub fn push(&mut self, chunk: Vec<u8>) {
        if !chunk.is_empty() {
            self.chunks.push_back(chunk);
        }
    }

    /// At most [`MAX_READ_BYTES`] decoded bytes, or `None` when more input is needed.
    ///
    /// # Errors
    /// [`Error::Input`] when the bytes are no zstd, are damaged, or need a window above 128 MiB.
    pub fn read(&mut self) -> Result<Option<Vec<u8>>> {
        let mut decoded = Vec::with_capacity(MAX_READ_BYTES);
        let mut output = OutBuffer::around(&mut decoded);
        while output.pos() < output.capacity() {
            let chunk = self.chunks.front().map_or(&[][..], Vec::as_slice);
            if chunk.is_empty() && !self.has_more {
                break;
            }
            let mut input = InBuffer { src: chunk, pos: self.consumed };
            let hint = self.decoder.run(&mut input, &mut output).map_err(undecodable)?;
            self.consumed = input.pos;
            self.is_inside_frame = hint != 0;
            // A full output may hide bytes that are decoded already.
            self.has_more = self.is_inside_frame && output.pos() == output.capacity();
            if self.consumed == chunk.len() {
                self.chunks.pop_front();
                self.consumed = 0;
            }
        }
        Ok(if decoded.is_empty() { None } else { Some(decoded) })
    }

    /// Says that no more input comes. Call it when [`ZstdDecoder::read`] answers `None`.
    ///
    /// # Errors
    /// [`Error::Input`] when the input ended inside a frame.
    pub fn finish(&self) -> Result<()> {
        if self.is_inside_frame || !self.chunks.is_empty() {
            return Err(Error::Input("the zstd stream ends inside a frame: cut short?".into()));
        }
        Ok(())
    }
}

fn undecodable(error: std::io::Error) -> Error {
    Error::Input(format!("the zstd stream can't be decoded: {error}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    fn decode(stream: &[u8], chunk_bytes: usize) -> Result<Vec<u8>> {
        let mut decoder = ZstdDecoder::new()?;
        let mut decoded = Vec::new();
        for chunk in stream.chunks(chunk_bytes) {
            decoder.push(chunk.to_vec());
            while let Some(piece) = decoder.read()? {
                assert!(piece.len() <= MAX_READ_BYTES);
                decoded.extend_from_slice(&piece);
            }
        }
        decoder.finish()?;
        Ok(decoded)
    }

    fn compress(text: &[u8]) -> Vec<u8> {
        zstd::encode_all(text, 3).unwrap()
    }

    #[test]
    fn frames_one_after_another_are_one_stream() {
        let long: Vec<u8> = (0..3_000_000u32).map(|i| (i / 7 % 251) as u8).collect();
        // A skippable frame, and an empty one.
        let skippable = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
        let stream = [compress(&long), skippable.to_vec(), compress(b""), compress(b"end")].concat();
        let expected = [&long[..], b"end"].concat();
        for chunk_bytes in [1 + stream.len() / 3, 7, stream.len()] {
            assert_eq!(decode(&stream, chunk_bytes).unwrap(), expected);
        }
        assert_eq!(decode(&[], 1).unwrap(), b"");
    }

    #[test]
    fn every_cut_and_every_alien_byte_is_an_error() {
        let stream = compress(&b"some text that is compressed ".repeat(40));
        for len in 1..stream.len() {
            assert!(decode(&stream[..len], 16).is_err(), "{len}");
        }
        assert!(decode(b"no zstd at all", 4).is_err());
        assert!(decode(&[&stream[..], b"garbage"].concat(), 64).is_err());
    }

    #[test]
    fn a_bomb_comes_out_in_pieces() {
        let stream = compress(&vec![0; 40 << 20]);
        assert_eq!(decode(&stream, stream.len()).unwrap().len(), 40 << 20);
    }

    #[test]
    fn long_distances_are_accepted_up_to_128_mib() {
        let with_window = |log: u32| {
            let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
            encoder.window_log(log).unwrap();
            encoder.long_distance_matching(true).unwrap();
            encoder.write_all(b"text").unwrap();
            encoder.flush().unwrap();
            encoder.write_all(b" and more").unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(decode(&with_window(27), 5).unwrap(), b"text and more");
        assert!(decode(&with_window(28), 5).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_split_decodes_alike(text in proptest::collection::vec(any::<u8>(), 0..5000), chunk_bytes in 1usize..600) {
            prop_assert_eq!(decode(&compress(&text), chunk_bytes).unwrap(), text);
        }
    }
}
