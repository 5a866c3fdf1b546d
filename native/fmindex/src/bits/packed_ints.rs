//! How are many small integers kept in few bits and still read at random?
//!
//! ```text
//! len u64 | width u64 | values back to back, `width` bits each | 8 bytes of zero
//! ```
//!
//! A value is read by one unaligned load of eight bytes: hence the padding, and the largest width.

use crate::error::{Error, Result};
use crate::section::Section;

/// Widest value: it still fits one unaligned word with a shift of seven bits. Rows and counts end at 2^53.
const MAX_WIDTH: u32 = 56;
const HEADER_BYTES: usize = 16;
const PADDING_BYTES: usize = 8;

/// Bits that `value` takes; none for 0.
pub fn width_of(value: u64) -> u32 {
    u64::BITS - value.leading_zeros()
}

/// `len` integers of `width` bits each, read in place.
#[derive(Debug, Clone)]
pub struct PackedInts {
    section: Section,
    len: u64,
    /// Bits a value, `0..=56`.
    width: u32,
}

impl PackedInts {
    /// Opens what [`PackedIntsBuilder::finish`] made. O(1): only the header and the length are looked at.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the header and the length of the section disagree.
    pub fn open(section: Section, name: &'static str) -> Result<Self> {
        let header = (section.u64_at(0), section.u64_at(8));
        let (Some(len), Some(width)) = header else {
            return Err(Error::damaged(name, format!("{} bytes hold no header", section.len())));
        };
        let width = u32::try_from(width).ok().filter(|&width| width <= MAX_WIDTH);
        let Some(width) = width else {
            return Err(Error::damaged(name, format!("values are wider than {MAX_WIDTH} bits")));
        };
        if section_bytes(len, width) != Some(section.len()) {
            return Err(Error::damaged(name, format!("{len} values of {width} bits are not {} bytes", section.len())));
        }
        Ok(Self { section, len, width })
    }

    /// Number of values.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The value at `index`, or `None` past the end. O(1), one load.
    #[inline]
    pub fn get(&self, index: u64) -> Option<u64> {
        if index >= self.len {
            return None;
        }
        let (byte, shift) = place(index, self.width);
        Some((self.section.u64_at(byte)? >> shift) & mask(self.width))
    }
}

/// Fills packed integers in any order.
#[derive(Debug)]
pub struct PackedIntsBuilder {
    bytes: Vec<u8>,
    len: u64,
    width: u32,
}

impl PackedIntsBuilder {
    /// Room for `len` values up to `max_value`, all 0 so far.
    ///
    /// # Errors
    /// [`Error::Input`] when `max_value` is above 2^56 or the values do not fit into memory.
    pub fn new(len: u64, max_value: u64) -> Result<Self> {
        let width = width_of(max_value);
        let bytes = if width <= MAX_WIDTH { section_bytes(len, width) } else { None };
        let bytes = bytes.ok_or_else(|| Error::Input(format!("{len} values of {width} bits are too many to pack")))?;
        let mut bytes = vec![0; bytes];
        bytes[..8].copy_from_slice(&len.to_le_bytes());
        bytes[8..HEADER_BYTES].copy_from_slice(&u64::from(width).to_le_bytes());
        Ok(Self { bytes, len, width })
    }

    /// Packs `values`. O(n).
    ///
    /// # Errors
    /// As [`PackedIntsBuilder::new`].
    pub fn pack(values: &[u64]) -> Result<Vec<u8>> {
        let mut packed = Self::new(values.len() as u64, values.iter().copied().max().unwrap_or(0))?;
        for (index, &value) in values.iter().enumerate() {
            packed.set(index as u64, value)?;
        }
        Ok(packed.finish())
    }

    /// Sets a value that was not set before.
    ///
    /// # Errors
    /// [`Error::Argument`] when the index or the value is outside what [`PackedIntsBuilder::new`] made room for.
    #[inline]
    pub fn set(&mut self, index: u64, value: u64) -> Result<()> {
        if index >= self.len || value > mask(self.width) {
            return Err(Error::Argument(format!(
                "no room for {value} at {index}: {} values of {} bits",
                self.len, self.width
            )));
        }
        let (byte, shift) = place(index, self.width);
        for (target, source) in self.bytes[byte..].iter_mut().zip((value << shift).to_le_bytes()) {
            *target |= source;
        }
        Ok(())
    }

    /// The section.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Bytes of a section, or `None` when that is more than there can be.
fn section_bytes(len: u64, width: u32) -> Option<usize> {
    let value_bytes = len.checked_mul(u64::from(width))?.div_ceil(8);
    usize::try_from(value_bytes).ok()?.checked_add(HEADER_BYTES + PADDING_BYTES)
}

/// The byte of the section in which the value at `index` begins, and its first bit there.
#[inline]
fn place(index: u64, width: u32) -> (usize, u32) {
    let bit = index * u64::from(width);
    (HEADER_BYTES + (bit / 8) as usize, (bit % 8) as u32)
}

#[inline]
fn mask(width: u32) -> u64 {
    (1 << width) - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn open(bytes: Vec<u8>) -> Result<PackedInts> {
        PackedInts::open(Section::from_vec(bytes), "test")
    }

    #[test]
    fn a_value_that_does_not_fit_is_refused() {
        let mut packed = PackedIntsBuilder::new(2, 7).unwrap();
        assert!(packed.set(0, 8).is_err());
        assert!(packed.set(2, 1).is_err());
        assert!(PackedIntsBuilder::new(1, 1 << 56).is_err());
    }

    #[test]
    fn an_absurd_length_does_not_open() {
        let mut bytes = PackedIntsBuilder::pack(&[1, 2, 3]).unwrap();
        for len in [5, 1 << 40, u64::MAX] {
            bytes[..8].copy_from_slice(&len.to_le_bytes());
            assert!(open(bytes.clone()).is_err(), "{len}");
        }
    }

    #[test]
    fn a_section_cut_short_does_not_open() {
        let bytes = PackedIntsBuilder::pack(&[9; 20]).unwrap();
        for len in 0..bytes.len() {
            assert!(open(bytes[..len].to_vec()).is_err(), "{len}");
        }
    }

    #[test]
    fn zeros_take_no_bits() {
        let packed = open(PackedIntsBuilder::pack(&[0; 1000]).unwrap()).unwrap();
        assert_eq!((packed.get(999), packed.get(1000), packed.section.len()), (Some(0), None, 24));
    }

    proptest! {
        #[test]
        fn every_value_comes_back(width in 0u32..=56, raw in proptest::collection::vec(any::<u64>(), 0..300)) {
            let values: Vec<u64> = raw.iter().map(|v| v & mask(width)).collect();
            let packed = open(PackedIntsBuilder::pack(&values).unwrap()).unwrap();
            let back: Vec<u64> = (0..packed.len()).map(|i| packed.get(i).unwrap()).collect();
            prop_assert_eq!(&back, &values);
            prop_assert_eq!(packed.get(values.len() as u64), None);
        }
    }
}
