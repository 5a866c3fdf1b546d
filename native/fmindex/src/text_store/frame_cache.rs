//! Which frames has this thread decoded last?
//!
//! Reads come close together: the snippet of an occurrence, then the next page of its document. Each thread keeps its
//! decoder and a few frames, so that readers share nothing and wait for nobody.

use std::cell::RefCell;

use crate::error::{Error, Result};
use crate::zstd_frame::Decoder;

/// Frames a thread keeps: 128 KiB of text.
const KEPT_FRAMES: usize = 8;

/// A frame of a store that is open in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameKey {
    pub store: u64,
    pub frame: u64,
}

#[derive(Default)]
struct FrameCache {
    decoder: Option<Decoder>,
    /// The one used last stands last.
    frames: Vec<(FrameKey, Vec<u8>)>,
}

thread_local! {
    static CACHE: RefCell<FrameCache> = RefCell::default();
}

/// Frames of `store` with a number that `is_wanted`, which this thread has decoded.
pub(super) fn count_decoded(store: u64, is_wanted: impl Fn(u64) -> bool) -> u64 {
    CACHE.with_borrow(|cache| {
        cache.frames.iter().filter(|(key, _)| key.store == store && is_wanted(key.frame)).count() as u64
    })
}

/// What `read` makes of the frame, which `decode` writes into an empty buffer when this thread does not have it.
///
/// # Errors
/// What `decode` returns, and [`Error::Input`] without memory for a decoder.
pub(super) fn with_frame<R>(
    key: FrameKey,
    decode: impl FnOnce(&mut Decoder, &mut Vec<u8>) -> Result<()>,
    read: impl FnOnce(&[u8]) -> R,
) -> Result<R> {
    CACHE.with_borrow_mut(|cache| {
        let FrameCache { decoder, frames } = cache;
        match frames.iter().position(|(kept, _)| *kept == key) {
            Some(at) => frames[at..].rotate_left(1),
            None => {
                let decoder = match decoder {
                    Some(decoder) => decoder,
                    None => decoder.insert(Decoder::new().ok_or_else(no_memory)?),
                };
                let mut bytes = if frames.len() < KEPT_FRAMES { Vec::new() } else { frames.remove(0).1 };
                bytes.clear();
                decode(decoder, &mut bytes)?;
                frames.push((key, bytes));
            }
        }
        frames.last().map(|(_, bytes)| read(bytes)).ok_or_else(no_memory)
    })
}

fn no_memory() -> Error {
    Error::Input("no memory to decode text".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(frame: u64) -> (Vec<u8>, bool) {
        let mut is_decoded = false;
        let key = FrameKey { store: u64::MAX, frame };
        let decode = |_: &mut Decoder, bytes: &mut Vec<u8>| {
            is_decoded = true;
            assert!(bytes.is_empty());
            bytes.push(frame as u8);
            Ok(())
        };
        (with_frame(key, decode, <[u8]>::to_vec).unwrap(), is_decoded)
    }

    #[test]
    fn the_frames_used_last_are_kept() {
        for frame in 0..KEPT_FRAMES as u64 {
            assert_eq!(read(frame), (vec![frame as u8], true));
        }
        assert_eq!(read(0), (vec![0], false));
        // Frame 1 is now the one used least.
        assert_eq!(read(100), (vec![100], true));
        assert_eq!(read(0), (vec![0], false));
        assert_eq!(read(1), (vec![1], true));
        assert_eq!(count_decoded(u64::MAX, |frame| frame < 3), 2);
        assert_eq!(count_decoded(u64::MAX - 1, |_| true), 0);
    }

    #[test]
    fn a_frame_that_can_not_be_decoded_is_not_kept() {
        let key = FrameKey { store: u64::MAX, frame: 7 };
        let fail = |_: &mut Decoder, _: &mut Vec<u8>| Err(Error::damaged("test", "not there"));
        assert!(with_frame(key, fail, |_| ()).is_err());
        assert_eq!(read(7), (vec![7], true));
    }
}
