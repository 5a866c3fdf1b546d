//! How is the text of a document read without walking through the index?
//!
//! A shard may hold its text a second time: all documents in reading order, without separators, cut every 16 KiB
//! whatever the borders of the documents, each piece a zstd frame with a common dictionary. To read from there decodes a
//! frame or two; an LF walk takes a step a byte. The index answers the same with and without.
//!
//! Frames of 16 KiB and not longer ones, since reading one is what an extract waits for; level 9, since the higher ones
//! take two to five times as long for 1.5 % of the text at most. Measured on 135 MB of prose and 42 MB of code: store /
//! text, CPU seconds to compress the prose, µs to decode a frame.
//!
//! | frame, level | prose | code | s | µs |
//! | --- | --- | --- | --- | --- |
//! | 16 KiB, 9 | 0.304 | 0.212 | 5.0 | 32 |
//! | 16 KiB, 12 | 0.299 | 0.209 | 10 | 32 |
//! | 16 KiB, 15 | 0.289 | 0.202 | 22 | 32 |
//! | 16 KiB, 19 | 0.288 | 0.201 | 29 | 32 |
//! | 32 KiB, 9 | 0.296 | – | 5.1 | 61 |
//! | 64 KiB, 9 | 0.290 | 0.164 | 5.1 | 102 |
//! | 64 KiB, 19 | 0.273 | 0.154 | 28 | 101 |

#[cfg(feature = "build")]
mod encoder;
mod frame_cache;
mod layout;
mod store;

#[cfg(feature = "build")]
pub use encoder::{EncodedText, ReadingOrder, encode_text};
pub use store::{TextSections, TextStore};
