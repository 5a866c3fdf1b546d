//! How does JavaScript read zstd, which Node 20 does not?

use fmindex::zstd_stream;
use napi::bindgen_prelude::{Buffer, Either, Null};
use napi_derive::napi;

use crate::guard::{Result, guard};

#[napi]
pub struct ZstdDecoder {
    decoder: zstd_stream::ZstdDecoder,
}

#[napi]
impl ZstdDecoder {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Result<Self> {
        guard(|| Ok(Self { decoder: zstd_stream::ZstdDecoder::new()? }))
    }

    #[napi(catch_unwind)]
    pub fn push(&mut self, chunk: &[u8]) -> Result<()> {
        guard(|| {
            self.decoder.push(chunk.to_vec());
            Ok(())
        })
    }

    #[napi(catch_unwind)]
    pub fn read(&mut self) -> Result<Either<Buffer, Null>> {
        guard(|| Ok(self.decoder.read()?.map_or(Either::B(Null), |bytes| Either::A(bytes.into()))))
    }

    #[napi(catch_unwind)]
    pub fn finish(&self) -> Result<()> {
        guard(|| self.decoder.finish())
    }
}
