//! How are frames read and written where no C can be compiled? Read by `ruzstd`; written as they are: frames may hold
//! their bytes plain, and the module stays smaller without a compressor.
#![cfg_attr(feature = "c", allow(dead_code, reason = "beside the C code it is there to be tested"))]

use std::sync::{Mutex, PoisonError};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::error::{Error, Result};

/// Frames of ours have 16 KiB.
const MAX_WINDOW_BYTES: u64 = 1 << 20;

/// What frames were written with, digested for reading.
pub(crate) struct Dictionary {
    /// It owns the digested dictionary.
    decoder: Mutex<FrameDecoder>,
    /// The number of the dictionary; `None` without one.
    id: Option<u32>,
}

impl Dictionary {
    /// Nothing stands for no dictionary. `None` when the bytes are none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW_BYTES);
        let mut id = None;
        if !bytes.is_empty() {
            let dictionary = ruzstd::decoding::Dictionary::decode_dict(bytes).ok()?;
            id = Some(dictionary.id);
            decoder.add_dict(dictionary).ok()?;
        }
        Some(Self { decoder: Mutex::new(decoder), id })
    }
}

/// Reads frames one after another.
pub(crate) struct Decoder;

impl Decoder {
    /// Always there: the other implementation may lack memory.
    pub fn new() -> Option<Self> {
        Some(Self)
    }

    /// Fills the room of `decoded`, which is empty, with what `frame` holds.
    ///
    /// # Errors
    /// What is wrong with the frame; also when it holds more.
    pub fn decode(
        &mut self,
        frame: &[u8],
        dictionary: &Dictionary,
        decoded: &mut Vec<u8>,
    ) -> std::result::Result<(), String> {
        let mut decoder = dictionary.decoder.lock().unwrap_or_else(PoisonError::into_inner);
        let room = decoded.capacity();
        let mut rest = frame;
        let read = decoder
            .reset(&mut rest)
            .and_then(|()| dictionary.id.map_or(Ok(()), |id| decoder.force_dict(id)))
            .and_then(|()| decoder.decode_blocks(&mut rest, BlockDecodingStrategy::UptoBytes(room.saturating_add(1))));
        // The words for all that can be wrong in a frame would be a tenth of the browser module.
        if read.is_err() {
            return Err("it can't be decoded".into());
        }
        if !decoder.is_finished() || decoder.can_collect() > room || !rest.is_empty() {
            return Err("it holds more than there is room for".into());
        }
        decoded.append(&mut decoder.collect().unwrap_or_default());
        match decoder.get_checksum_from_data() {
            Some(checksum) if Some(checksum) != decoder.get_calculated_checksum() => {
                Err("its checksum is wrong".into())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(feature = "build")]
mod encoding {
    use std::marker::PhantomData;

    /// What a frame begins with.
    const MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();
    /// One segment, whose length follows in four bytes; no checksum, no number of a dictionary.
    const DESCRIPTOR: u8 = 0xA0;
    /// Bytes of a block at most.
    const BLOCK_BYTES: usize = 1 << 17;

    use super::{Error, Result};
    use crate::zstd_frame::FrameOptions;

    /// Nothing: this implementation writes without dictionaries.
    pub(crate) struct EncoderDictionary(Vec<u8>);

    impl EncoderDictionary {
        /// Frames carry no checksum and no dictionary's number.
        pub fn new(dictionary: &[u8], _options: FrameOptions) -> Self {
            Self(dictionary.to_vec())
        }
    }

    /// Writes frames one after another.
    pub(crate) struct Encoder<'a>(PhantomData<&'a EncoderDictionary>);

    impl Encoder<'_> {
        /// # Errors
        /// [`Error::Input`] for a dictionary.
        pub fn new(dictionary: &[u8], _options: FrameOptions) -> Result<Self> {
            match dictionary.is_empty() {
                true => Ok(Self(PhantomData)),
                false => Err(Error::Input("no frames can be written with a dictionary here".into())),
            }
        }
    }

    impl<'a> Encoder<'a> {
        /// # Errors
        /// As [`Encoder::new`].
        pub fn prepared(dictionary: &'a EncoderDictionary) -> Result<Self> {
            Encoder::new(&dictionary.0, FrameOptions { level: 0, is_checked: true })
        }

        /// # Errors
        /// [`Error::Input`] for 4 GiB and more.
        pub fn encode(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
            let length = u32::try_from(bytes.len()).map_err(|_| Error::Input("a frame of 4 GiB".into()))?;
            let mut frame = [&MAGIC[..], &[DESCRIPTOR], &length.to_le_bytes()].concat();
            let blocks = bytes.len().div_ceil(BLOCK_BYTES).max(1);
            for index in 0..blocks {
                let block = &bytes[index * BLOCK_BYTES..bytes.len().min((index + 1) * BLOCK_BYTES)];
                // The last block says so; type 0 holds its bytes plain.
                let header = (block.len() as u32) << 3 | u32::from(index + 1 == blocks);
                frame.extend_from_slice(&header.to_le_bytes()[..3]);
                frame.extend_from_slice(block);
            }
            Ok(frame)
        }
    }

    /// None: frames are then written without.
    pub(crate) fn train_dictionary(_samples: &[u8], _sizes: &[usize], _bytes: usize) -> Vec<u8> {
        Vec::new()
    }
}

#[cfg(feature = "build")]
#[cfg_attr(feature = "c", allow(unused_imports, reason = "beside the C code it is there to be tested"))]
pub(crate) use encoding::{Encoder, EncoderDictionary, train_dictionary};
