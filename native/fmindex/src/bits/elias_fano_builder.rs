//! How is a rising sequence written as Elias–Fano code?

use super::elias_fano_layout::Layout;
use crate::error::{Error, Result};

/// Takes a sequence that never falls, value by value; its length and largest value are known before.
#[derive(Debug)]
pub struct EliasFanoBuilder {
    layout: Layout,
    bytes: Vec<u8>,
    pushed: u64,
    last: u64,
}

impl EliasFanoBuilder {
    /// Room for `len` values up to `max_value`.
    ///
    /// # Errors
    /// [`Error::Input`] when that is more than memory can hold.
    pub fn new(len: u64, max_value: u64) -> Result<Self> {
        let layout = Layout::new(len, max_value)
            .ok_or_else(|| Error::Input(format!("{len} values up to {max_value} are too many to encode")))?;
        let mut bytes = vec![0; layout.section_bytes];
        bytes[..8].copy_from_slice(&len.to_le_bytes());
        bytes[8..16].copy_from_slice(&max_value.to_le_bytes());
        Ok(Self { layout, bytes, pushed: 0, last: 0 })
    }

    /// Encodes `values`. O(n).
    ///
    /// # Errors
    /// [`Error::Argument`] when a value is below the one before it.
    pub fn encode(values: &[u64]) -> Result<Vec<u8>> {
        let mut builder = Self::new(values.len() as u64, values.last().copied().unwrap_or(0))?;
        for &value in values {
            builder.push(value)?;
        }
        builder.finish()
    }

    /// Adds the next value.
    ///
    /// # Errors
    /// [`Error::Argument`] when it is below the last one, above the largest, or one too many.
    #[inline]
    pub fn push(&mut self, value: u64) -> Result<()> {
        let layout = &self.layout;
        if value < self.last || value > layout.max_value || self.pushed >= layout.len {
            return Err(Error::Argument(format!("value {value} at {} does not continue the sequence", self.pushed)));
        }
        let high_bit = (value >> layout.low_width) + self.pushed;
        self.bytes[layout.high_offset + (high_bit / 8) as usize] |= 1 << (high_bit % 8);
        let low = value & ((1 << layout.low_width) - 1);
        let low_bit = self.pushed * u64::from(layout.low_width);
        let low_byte = layout.low_offset + (low_bit / 8) as usize;
        for (target, source) in self.bytes[low_byte..].iter_mut().zip((low << (low_bit % 8)).to_le_bytes()) {
            *target |= source;
        }
        self.last = value;
        self.pushed += 1;
        Ok(())
    }

    /// The section, with its directories.
    ///
    /// # Errors
    /// [`Error::Argument`] when values are missing.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        let Layout { len, .. } = self.layout;
        if self.pushed != len {
            return Err(Error::Argument(format!("{} of {len} values were given", self.pushed)));
        }
        self.layout.write_directories(&mut self.bytes);
        Ok(self.bytes)
    }
}
