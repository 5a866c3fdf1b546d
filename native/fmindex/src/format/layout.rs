//! How do the bytes of a shard file lie?
//!
//! ```text
//! header 64      magic 8 | major u16 | minor u16 | byte order u32 | sections u32 | 0 u32 | file bytes u64 | 0 x 24 | xxh3-64
//! table          a section, 32 bytes: id u32 | element bytes u32 | offset u64 | bytes u64 | flags u64 (1: optional)
//! sections       each at a multiple of 64, or of 4096 when it is 1 MiB or longer; zeros between
//!   the last     xxh3-64 of each 1 MiB block of each section before, in the order of the table
//! footer 32      file bytes u64 | xxh3-64 of the table | xxh3-64 of the block checksums | magic 8
//! ```
//!
//! Everything is little-endian. The checksum of a shard is the xxh3-128 of header, table and block checksums: it names
//! all bytes but needs few of them. A reader refuses a later major version, and ignores sections it does not know when
//! they are flagged optional.

use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, Result};

pub(super) const MAGIC: [u8; 8] = *b"\x89omniFM\n";
/// Version that this code writes.
pub const FORMAT_MAJOR: u16 = 1;
/// Minor version that this code writes: more optional sections.
pub const FORMAT_MINOR: u16 = 1;
const BYTE_ORDER: u32 = 0x0A0B_0C0D;
pub(super) const HEADER_BYTES: usize = 64;
pub(super) const ENTRY_BYTES: usize = 32;
pub(super) const FOOTER_BYTES: usize = 32;
pub(super) const BLOCK_BYTES: usize = 1 << 20;
/// More sections than any version will have.
const MAX_SECTIONS: u32 = 4096;
const FLAG_OPTIONAL: u64 = 1;

/// The first 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub major: u16,
    pub minor: u16,
    pub section_count: u32,
    pub file_bytes: u64,
}

/// A row of the section table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub id: u32,
    pub element_bytes: u32,
    pub offset: u64,
    pub bytes: u64,
    pub is_optional: bool,
}

/// The last 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Footer {
    pub file_bytes: u64,
    pub table_checksum: u64,
    pub blocks_checksum: u64,
}

/// Where a section of so many bytes may begin at or after `offset`.
pub(super) fn align(offset: u64, bytes: u64) -> Option<u64> {
    offset.checked_next_multiple_of(alignment(bytes))
}

/// What the offset of a section of so many bytes is a multiple of.
pub(super) fn alignment(bytes: u64) -> u64 {
    if bytes < BLOCK_BYTES as u64 { 64 } else { 4096 }
}

impl Header {
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..10].copy_from_slice(&self.major.to_le_bytes());
        bytes[10..12].copy_from_slice(&self.minor.to_le_bytes());
        bytes[12..16].copy_from_slice(&BYTE_ORDER.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.section_count.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.file_bytes.to_le_bytes());
        let checksum = xxh3_64(&bytes[..56]);
        bytes[56..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// # Errors
    /// [`Error::Damaged`] or [`Error::Version`]; the version is looked at only when the checksum is right.
    pub fn decode(file: &[u8], file_bytes: usize) -> Result<Self> {
        let damaged = |detail: &str| Err(Error::damaged("header", detail));
        let Some(bytes) = file.first_chunk::<HEADER_BYTES>() else {
            return damaged("the file is shorter than a header: cut short, or not a shard");
        };
        if bytes[..8] != MAGIC {
            return damaged("not a shard file");
        }
        if xxh3_64(&bytes[..56]) != u64_of(bytes, 56) {
            return damaged("the checksum of the header is wrong");
        }
        let header = Self {
            major: u32_of(bytes, 8) as u16,
            minor: (u32_of(bytes, 8) >> 16) as u16,
            section_count: u32_of(bytes, 16),
            file_bytes: u64_of(bytes, 24),
        };
        if u32_of(bytes, 12) != BYTE_ORDER {
            return damaged("written with another byte order");
        }
        if header.major > FORMAT_MAJOR {
            return Err(Error::Version { got_major: header.major, known_major: FORMAT_MAJOR });
        }
        if header.major != FORMAT_MAJOR || header.section_count > MAX_SECTIONS {
            return damaged("no such format has been");
        }
        if header.file_bytes != file_bytes as u64 {
            return damaged(&format!("{file_bytes} bytes where {} were written: cut short?", header.file_bytes));
        }
        Ok(header)
    }
}

impl Entry {
    pub fn encode(&self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        bytes[..4].copy_from_slice(&self.id.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.element_bytes.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.offset.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.bytes.to_le_bytes());
        bytes[24..].copy_from_slice(&(u64::from(self.is_optional) * FLAG_OPTIONAL).to_le_bytes());
        bytes
    }

    pub fn decode(bytes: &[u8; ENTRY_BYTES]) -> Self {
        Self {
            id: u32_of(bytes, 0),
            element_bytes: u32_of(bytes, 4),
            offset: u64_of(bytes, 8),
            bytes: u64_of(bytes, 16),
            is_optional: u64_of(bytes, 24) & FLAG_OPTIONAL != 0,
        }
    }

    /// Number of its blocks.
    pub fn block_count(&self) -> u64 {
        self.bytes.div_ceil(BLOCK_BYTES as u64)
    }
}

impl Footer {
    pub fn encode(&self) -> [u8; FOOTER_BYTES] {
        let mut bytes = [0; FOOTER_BYTES];
        bytes[..8].copy_from_slice(&self.file_bytes.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.table_checksum.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.blocks_checksum.to_le_bytes());
        bytes[24..].copy_from_slice(&MAGIC);
        bytes
    }

    /// # Errors
    /// [`Error::Damaged`] when the file does not end with one.
    pub fn decode(file: &[u8]) -> Result<Self> {
        match file.last_chunk::<FOOTER_BYTES>() {
            Some(bytes) if bytes[24..] == MAGIC => Ok(Self {
                file_bytes: u64_of(bytes, 0),
                table_checksum: u64_of(bytes, 8),
                blocks_checksum: u64_of(bytes, 16),
            }),
            _ => Err(Error::damaged("footer", "the file does not end as a shard does: cut short?")),
        }
    }
}

fn u64_of(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

fn u32_of(bytes: &[u8], at: usize) -> u32 {
    bytes[at..].first_chunk().map_or(0, |chunk| u32::from_le_bytes(*chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_entry_and_footer_come_back() {
        let header = Header { major: FORMAT_MAJOR, minor: 3, section_count: 9, file_bytes: 64 };
        assert_eq!(Header::decode(&header.encode(), 64).unwrap(), header);
        let entry = Entry { id: 7, element_bytes: 8, offset: 4096, bytes: 1 << 40, is_optional: true };
        assert_eq!(Entry::decode(&entry.encode()), entry);
        let footer = Footer { file_bytes: 5, table_checksum: 6, blocks_checksum: 7 };
        assert_eq!(Footer::decode(&footer.encode()).unwrap(), footer);
    }

    #[test]
    fn a_later_major_version_is_named() {
        let header = Header { major: FORMAT_MAJOR + 1, minor: 0, section_count: 0, file_bytes: 64 };
        let error = Header::decode(&header.encode(), 64).unwrap_err();
        assert!(matches!(error, Error::Version { got_major, .. } if got_major == FORMAT_MAJOR + 1));
    }

    #[test]
    fn a_flipped_bit_of_the_header_is_an_error() {
        let bytes = Header { major: FORMAT_MAJOR, minor: 0, section_count: 0, file_bytes: 64 }.encode();
        for bit in 0..512 {
            let mut flipped = bytes;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Header::decode(&flipped, 64).unwrap_err().code(), "damaged-index", "{bit}");
        }
    }
}
