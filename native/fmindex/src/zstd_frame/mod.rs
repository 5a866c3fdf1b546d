//! How is a small piece of data compressed by itself, with a dictionary that all pieces share?
//!
//! As a zstd frame. Two implementations: [`c`] is the fast one, [`rust`] is for where no C can be compiled. What either
//! writes the other reads.

#[cfg(feature = "c")]
mod c;
#[cfg(feature = "rust")]
mod rust;

#[cfg(feature = "c")]
pub(crate) use c::{Decoder, Dictionary};
#[cfg(all(feature = "build", feature = "c"))]
pub(crate) use c::{Encoder, EncoderDictionary, train_dictionary};
#[cfg(not(feature = "c"))]
pub(crate) use rust::{Decoder, Dictionary};
#[cfg(all(feature = "build", not(feature = "c")))]
pub(crate) use rust::{Encoder, EncoderDictionary, train_dictionary};

/// How frames are written.
#[cfg(feature = "build")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameOptions {
    /// zstd's number.
    pub level: i32,
    /// Whether each frame carries a checksum of its own, and not the number of its dictionary.
    pub is_checked: bool,
}

#[cfg(test)]
#[cfg(all(feature = "c", feature = "rust", feature = "build"))]
mod tests {
    use super::*;

    fn texts() -> Vec<Vec<u8>> {
        let lines = (0..3000).map(|i| format!("document {i} of {}, ", i * i % 977).repeat(1 + i % 9).into_bytes());
        lines.chain([vec![], vec![0; 1 << 14], (0..1 << 14).map(|i| (i * i % 251) as u8).collect()]).collect()
    }

    const OPTIONS: [FrameOptions; 2] =
        [FrameOptions { level: 12, is_checked: false }, FrameOptions { level: 9, is_checked: true }];

    #[test]
    fn what_c_writes_rust_reads() {
        let texts = texts();
        let sizes: Vec<usize> = texts.iter().map(Vec::len).collect();
        for dictionary in [c::train_dictionary(&texts.concat(), &sizes, 4096), Vec::new()] {
            for options in OPTIONS {
                let prepared = c::EncoderDictionary::new(&dictionary, options);
                let mut encoder = c::Encoder::prepared(&prepared).unwrap();
                let read = rust::Dictionary::read(&dictionary).unwrap();
                let mut decoder = rust::Decoder::new().unwrap();
                for text in &texts {
                    let frame = encoder.encode(text).unwrap();
                    let mut decoded = Vec::with_capacity(text.len());
                    decoder.decode(&frame, &read, &mut decoded).unwrap();
                    assert_eq!(&decoded, text);
                    for len in 0..frame.len() {
                        assert!(decoder.decode(&frame[..len], &read, &mut Vec::with_capacity(text.len())).is_err());
                    }
                }
            }
        }
    }

    #[test]
    fn what_rust_writes_c_reads() {
        for options in OPTIONS {
            let prepared = rust::EncoderDictionary::new(&[], options);
            let mut encoder = rust::Encoder::prepared(&prepared).unwrap();
            let read = c::Dictionary::read(&[]).unwrap();
            for text in texts().into_iter().chain([vec![5; 1 << 17], vec![6; (1 << 17) + 1]]) {
                let frame = encoder.encode(&text).unwrap();
                let mut decoded = Vec::with_capacity(text.len());
                c::Decoder::new().unwrap().decode(&frame, &read, &mut decoded).unwrap();
                assert_eq!(decoded, text);
            }
        }
    }

    #[test]
    fn a_frame_of_more_than_there_is_room_for_is_an_error() {
        let prepared = c::EncoderDictionary::new(&[], OPTIONS[0]);
        let frame = c::Encoder::prepared(&prepared).unwrap().encode(&vec![7; 10 << 20]).unwrap();
        let (in_c, in_rust) = (c::Dictionary::read(&[]).unwrap(), rust::Dictionary::read(&[]).unwrap());
        assert!(c::Decoder::new().unwrap().decode(&frame, &in_c, &mut Vec::with_capacity(1 << 14)).is_err());
        assert!(rust::Decoder::new().unwrap().decode(&frame, &in_rust, &mut Vec::with_capacity(1 << 14)).is_err());
    }

    #[test]
    fn damage_is_an_error_or_goes_unseen() {
        let prepared = c::EncoderDictionary::new(&[], OPTIONS[1]);
        let text = b"some text that is compressed, and compressed, and compressed ".repeat(9);
        let frame = c::Encoder::prepared(&prepared).unwrap().encode(&text).unwrap();
        let read = rust::Dictionary::read(&[]).unwrap();
        for at in 0..frame.len() {
            for bit in 0..8 {
                let mut changed = frame.clone();
                changed[at] ^= 1 << bit;
                let mut decoded = Vec::with_capacity(text.len());
                if rust::Decoder::new().unwrap().decode(&changed, &read, &mut decoded).is_ok() && decoded != text {
                    // Whoever turns the bit that announces the checksum has switched it off.
                    assert_eq!((at, bit), (4, 2));
                }
            }
        }
        assert!(rust::Dictionary::read(b"no dictionary").is_none());
    }
}
