//! How are frames read and written by Facebook's zstd?

use zstd::zstd_safe::{DCtx, DDict, get_error_name};

use crate::error::{Error, Result};

/// What frames were written with, digested for reading.
pub(crate) struct Dictionary(DDict<'static>);

impl Dictionary {
    /// Nothing stands for no dictionary. `None` when memory is short. Costs more than reading a frame.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        DDict::try_create(bytes).map(Self)
    }
}

/// Reads frames one after another.
pub(crate) struct Decoder(DCtx<'static>);

impl Decoder {
    /// `None` when memory is short.
    pub fn new() -> Option<Self> {
        DCtx::try_create().map(Self)
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
        let written = self.0.decompress_using_ddict(decoded, frame, &dictionary.0);
        written.map(drop).map_err(|code| get_error_name(code).to_owned())
    }
}

#[cfg(feature = "build")]
mod encoding {
    use zstd::bulk::Compressor;
    use zstd::zstd_safe::CParameter;

    use super::{Error, Result};
    use crate::zstd_frame::FrameOptions;

    /// A dictionary, digested for writing.
    pub(crate) struct EncoderDictionary {
        prepared: zstd::dict::EncoderDictionary<'static>,
        options: FrameOptions,
    }

    impl EncoderDictionary {
        /// Nothing stands for no dictionary.
        pub fn new(dictionary: &[u8], options: FrameOptions) -> Self {
            Self { prepared: zstd::dict::EncoderDictionary::copy(dictionary, options.level), options }
        }
    }

    /// Writes frames one after another.
    pub(crate) struct Encoder<'a>(Compressor<'a>);

    impl Encoder<'static> {
        /// Nothing stands for no dictionary.
        ///
        /// # Errors
        /// [`Error::Input`] when memory is short.
        pub fn new(dictionary: &[u8], options: FrameOptions) -> Result<Self> {
            let compressor = Compressor::with_dictionary(options.level, dictionary).map_err(no_encoder)?;
            Self(compressor).with_options(options)
        }
    }

    impl<'a> Encoder<'a> {
        /// # Errors
        /// [`Error::Input`] when memory is short.
        pub fn prepared(dictionary: &'a EncoderDictionary) -> Result<Self> {
            let compressor = Compressor::with_prepared_dictionary(&dictionary.prepared).map_err(no_encoder)?;
            Self(compressor).with_options(dictionary.options)
        }

        fn with_options(mut self, options: FrameOptions) -> Result<Self> {
            if options.is_checked {
                for parameter in [CParameter::ChecksumFlag(true), CParameter::DictIdFlag(false)] {
                    self.0.set_parameter(parameter).map_err(no_encoder)?;
                }
            }
            Ok(self)
        }

        /// # Errors
        /// [`Error::Input`] when memory is short.
        pub fn encode(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
            self.0.compress(bytes).map_err(no_encoder)
        }
    }

    /// A dictionary of so many bytes from `samples`, of which `sizes` says how long each is; empty when they are too few
    /// or too unlike each other for one.
    pub(crate) fn train_dictionary(samples: &[u8], sizes: &[usize], bytes: usize) -> Vec<u8> {
        zstd::dict::from_continuous(samples, sizes, bytes).unwrap_or_default()
    }

    fn no_encoder(error: std::io::Error) -> Error {
        Error::Input(format!("zstd can't compress: {error}"))
    }
}

#[cfg(feature = "build")]
pub(crate) use encoding::{Encoder, EncoderDictionary, train_dictionary};
