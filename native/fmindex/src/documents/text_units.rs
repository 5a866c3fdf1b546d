//! How many characters stand before a place of a long document?
//!
//! For documents of 64 KiB and more, the code points and the UTF-16 units before every 64 KiB boundary: counting the
//! rest takes less than 64 KiB of text. A character belongs to the byte it begins at, so one that lies across a
//! boundary counts before it.
//!
//! ```text
//! long documents L u64 | L x document u64 | (L + 1) x first boundary u64 | boundaries x (code points u64, units u64)
//! ```

use crate::error::{Error, Result};
use crate::section::Section;

const SECTION: &str = "documents.units";
/// Bytes of text between two boundaries.
pub const UNITS_INTERVAL_BYTES: u64 = 1 << 16;

/// Characters before a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnitCounts {
    pub code_points: u64,
    pub utf16_units: u64,
}

impl UnitCounts {
    /// Adds the characters that begin in `text`, which may start or end inside one.
    pub fn add_text(&mut self, text: &[u8]) {
        let starts = text.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u64;
        let pairs = text.iter().filter(|&&byte| byte >= 0xF0).count() as u64;
        self.code_points += starts;
        self.utf16_units += starts + pairs;
    }
}

/// Character counts inside the long documents.
#[derive(Debug, Clone)]
pub struct TextUnits {
    section: Section,
    document_count: u64,
}

impl TextUnits {
    /// Opens the section. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when its length is not what it says.
    pub fn open(section: Section) -> Result<Self> {
        let count = section.u64_at(0);
        let boundaries = count.and_then(|count| {
            section.u64_at(usize::try_from(firsts_offset(count)?.checked_add(count.checked_mul(8)?)?).ok()?)
        });
        let bytes = count
            .zip(boundaries)
            .and_then(|(count, boundaries)| counts_offset(count)?.checked_add(boundaries.checked_mul(16)?));
        match (count, bytes) {
            (Some(document_count), Some(bytes)) if bytes == section.len() as u64 => {
                Ok(Self { section, document_count })
            }
            _ => Err(Error::damaged(SECTION, format!("{} bytes do not hold what they announce", section.len()))),
        }
    }

    /// Characters of `document` that begin before its byte `boundary_index` x 64 KiB. `None` when the document is
    /// shorter than that.
    pub fn before(&self, document: u64, boundary_index: u64) -> Option<UnitCounts> {
        let Some(index) = boundary_index.checked_sub(1) else { return Some(UnitCounts::default()) };
        let slot = self.find(document)?;
        let firsts = firsts_offset(self.document_count)?;
        let start = self.word(firsts.checked_add(slot * 8)?)?;
        let end = self.word(firsts.checked_add(slot * 8 + 8)?)?;
        let boundary = start.checked_add(index).filter(|&boundary| boundary < end)?;
        let at = counts_offset(self.document_count)?.checked_add(boundary.checked_mul(16)?)?;
        Some(UnitCounts { code_points: self.word(at)?, utf16_units: self.word(at.checked_add(8)?)? })
    }

    /// The long documents with their counts, in order.
    pub fn long_documents(&self) -> impl Iterator<Item = (u64, Vec<UnitCounts>)> {
        (0..self.document_count).map_while(|slot| {
            let document = self.word(8 + slot * 8)?;
            let counts = (1..).map_while(|boundary| self.before(document, boundary)).collect();
            Some((document, counts))
        })
    }

    /// The slot of a long document.
    fn find(&self, document: u64) -> Option<u64> {
        let (mut low, mut high) = (0, self.document_count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.word(8 + middle * 8)? < document { low = middle + 1 } else { high = middle }
        }
        (low < self.document_count && self.word(8 + low * 8)? == document).then_some(low)
    }

    fn word(&self, offset: u64) -> Option<u64> {
        self.section.u64_at(usize::try_from(offset).ok()?)
    }
}

fn firsts_offset(count: u64) -> Option<u64> {
    count.checked_mul(8)?.checked_add(8)
}

fn counts_offset(count: u64) -> Option<u64> {
    firsts_offset(count)?.checked_add(count.checked_mul(8)?)?.checked_add(8)
}

/// Counts the characters of the long documents as their texts go by.
#[derive(Debug, Default)]
pub struct TextUnitsBuilder {
    documents: Vec<u64>,
    firsts: Vec<u64>,
    counts: Vec<UnitCounts>,
}

impl TextUnitsBuilder {
    /// Takes the text of `document`; documents come in order. O(text).
    pub fn push(&mut self, document: u64, text: &[u8]) {
        let interval = UNITS_INTERVAL_BYTES as usize;
        if text.len() < interval {
            return;
        }
        self.documents.push(document);
        self.firsts.push(self.counts.len() as u64);
        let mut counts = UnitCounts::default();
        for piece in text.chunks_exact(interval) {
            counts.add_text(piece);
            self.counts.push(counts);
        }
    }

    /// Takes a long document whose counts are known.
    pub fn push_counted(&mut self, document: u64, counts: Vec<UnitCounts>) {
        self.documents.push(document);
        self.firsts.push(self.counts.len() as u64);
        self.counts.extend(counts);
    }

    /// The section.
    pub fn finish(mut self) -> Vec<u8> {
        self.firsts.push(self.counts.len() as u64);
        let counts = self.counts.iter().flat_map(|counts| [counts.code_points, counts.utf16_units]);
        let words = [self.documents.len() as u64].into_iter().chain(self.documents).chain(self.firsts).chain(counts);
        words.flat_map(u64::to_le_bytes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_before_each_boundary_are_those_of_the_text() {
        let long = "a€😀é".repeat(30_000);
        let exact = "x".repeat(UNITS_INTERVAL_BYTES as usize);
        let mut builder = TextUnitsBuilder::default();
        for (document, text) in (0..).zip(["short", &long, "", &exact]) {
            builder.push(document, text.as_bytes());
        }
        let units = TextUnits::open(Section::from_vec(builder.finish())).unwrap();
        for boundary in 1..=long.len() / 65536 {
            let starts = long.char_indices().filter(|(at, _)| *at < boundary * 65536);
            let expected = starts.fold(UnitCounts::default(), |counts, (_, c)| UnitCounts {
                code_points: counts.code_points + 1,
                utf16_units: counts.utf16_units + c.len_utf16() as u64,
            });
            assert_eq!(units.before(1, boundary as u64), Some(expected));
        }
        assert_eq!(units.before(1, 5), None);
        assert_eq!(units.before(0, 1), None);
        assert_eq!(units.before(0, 0), Some(UnitCounts::default()));
        assert_eq!(units.before(3, 1), Some(UnitCounts { code_points: 65536, utf16_units: 65536 }));
        assert_eq!(units.before(3, 2), None);
        assert_eq!(units.before(9, u64::MAX), None);
    }

    #[test]
    fn hostile_words_do_no_harm() {
        for words in [[u64::MAX; 4], [1, 0, 0, 1 << 60], [0, 0, 0, 0], [1, 0, u64::MAX, u64::MAX]] {
            let bytes = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            if let Ok(units) = TextUnits::open(Section::from_vec(bytes)) {
                assert_eq!(units.before(0, 1), None);
            }
        }
        assert!(TextUnits::open(Section::from_vec(vec![])).is_err());
    }
}
