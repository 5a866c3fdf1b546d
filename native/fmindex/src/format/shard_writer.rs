//! How is a shard file written, section by section, without holding it in memory?

use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::PathBuf;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::layout::{
    BLOCK_BYTES, ENTRY_BYTES, Entry, FOOTER_BYTES, FORMAT_MAJOR, FORMAT_MINOR, Footer, HEADER_BYTES, Header, align,
};
use super::section_id::SectionId;
use crate::build_file::{BuildFile, OpenFile};
use crate::error::{Error, Result};

/// A file in the making. Dropped before [`ShardWriter::finish`], it leaves a file that does not open.
pub struct ShardWriter {
    path: PathBuf,
    file: BufWriter<OpenFile>,
    /// Bytes written so far.
    offset: u64,
    /// Sections that the table has room for.
    section_count: usize,
    entries: Vec<Entry>,
    /// xxh3-64 of each block, little-endian.
    block_checksums: Vec<u8>,
}

/// The file that [`ShardWriter::finish`] made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenShard {
    /// Hex, 32 digits.
    pub checksum: String,
    pub file_bytes: u64,
}

impl ShardWriter {
    /// Creates or empties `file`, with room for `section_count` sections.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn create(file: impl Into<BuildFile>, section_count: usize) -> Result<Self> {
        let file = file.into();
        let mut writer = Self {
            path: file.path(),
            file: BufWriter::with_capacity(BLOCK_BYTES, file.create()?),
            offset: 0,
            section_count: section_count + 1,
            entries: Vec::new(),
            block_checksums: Vec::new(),
        };
        // The table is filled in at the end; until then the file has no magic and does not open.
        let table_end = HEADER_BYTES + writer.section_count * ENTRY_BYTES;
        writer.pad_to(table_end as u64)?;
        Ok(writer)
    }

    /// Writes a section.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Argument`] for one section too many.
    pub fn write(&mut self, id: SectionId, bytes: &[u8]) -> Result<()> {
        self.write_entry(id, bytes)?;
        for block in bytes.chunks(BLOCK_BYTES) {
            self.block_checksums.extend_from_slice(&xxh3_64(block).to_le_bytes());
        }
        Ok(())
    }

    fn write_entry(&mut self, id: SectionId, bytes: &[u8]) -> Result<()> {
        if self.entries.len() >= self.section_count {
            return Err(Error::Argument(format!("no room in the table for section {}", id.name())));
        }
        let length = bytes.len() as u64;
        let offset = align(self.offset, length).ok_or_else(|| Error::Argument("the file is too long".into()))?;
        self.pad_to(offset)?;
        self.put(bytes)?;
        let (element_bytes, is_optional) = (id.element_bytes(), id.is_optional());
        self.entries.push(Entry { id: id as u32, element_bytes, offset, bytes: length, is_optional });
        Ok(())
    }

    /// Writes checksums, footer, table and header, and syncs the file. It keeps its name.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn finish(mut self) -> Result<WrittenShard> {
        let block_checksums = std::mem::take(&mut self.block_checksums);
        self.write_entry(SectionId::BlockChecksums, &block_checksums)?;
        let table: Vec<u8> = self.entries.iter().flat_map(Entry::encode).collect();
        self.pad_to(self.offset.next_multiple_of(64))?;
        let (table_checksum, blocks_checksum) = (xxh3_64(&table), xxh3_64(&block_checksums));
        let file_bytes = self.offset + FOOTER_BYTES as u64;
        self.put(&Footer { file_bytes, table_checksum, blocks_checksum }.encode())?;
        let section_count = self.entries.len() as u32;
        let header = Header { major: FORMAT_MAJOR, minor: FORMAT_MINOR, section_count, file_bytes }.encode();
        let mut hasher = Xxh3::new();
        hasher.update(&header);
        hasher.update(&table);
        hasher.update(&block_checksums);
        self.seal(&header, &table).map_err(|error| Error::io(&self.path, error))?;
        Ok(WrittenShard { checksum: format!("{:032x}", hasher.digest128()), file_bytes })
    }

    fn seal(&mut self, header: &[u8], table: &[u8]) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(header)?;
        self.file.write_all(table)?;
        self.file.flush()?;
        self.file.get_ref().sync()
    }

    fn pad_to(&mut self, offset: u64) -> Result<()> {
        const ZEROS: [u8; 4096] = [0; 4096];
        while self.offset < offset {
            let bytes = (offset - self.offset).min(ZEROS.len() as u64) as usize;
            self.put(&ZEROS[..bytes])?;
        }
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.offset += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|error| Error::io(&self.path, error))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::super::container::Container;
    use super::*;
    use crate::interrupt::Interrupt;
    use crate::section::Backing;

    fn open(bytes: Vec<u8>) -> Result<Container> {
        let backing: Backing = Arc::new(bytes);
        Container::open(backing)
    }

    fn sample(folder: &Path) -> (Vec<u8>, WrittenShard) {
        let path = folder.join("sample.fm");
        let mut writer = ShardWriter::create(&path, 3).unwrap();
        writer.write(SectionId::Counts, &[1; 100]).unwrap();
        writer.write(SectionId::RankGroups, &vec![7; (2 << 20) + 5]).unwrap();
        writer.write(SectionId::Facets, &[]).unwrap();
        let written = writer.finish().unwrap();
        (std::fs::read(path).unwrap(), written)
    }

    #[test]
    fn sections_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let (bytes, written) = sample(folder.path());
        let container = open(bytes).unwrap();
        container.verify(Interrupt::never()).unwrap();
        assert_eq!(container.checksum(), written.checksum);
        assert_eq!(container.file_bytes(), written.file_bytes);
        assert_eq!(&container.section(SectionId::Counts).unwrap()[..], &[1; 100]);
        assert_eq!(container.section(SectionId::RankGroups).unwrap().len(), (2 << 20) + 5);
        assert!(container.section(SectionId::SaMarks).is_err());
        assert!(container.optional_section(SectionId::Facets).is_some());
    }

    #[test]
    fn a_changed_byte_anywhere_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let (bytes, _) = sample(folder.path());
        let probes = (0..300).chain((300..bytes.len()).step_by(9973)).chain(bytes.len() - 200..bytes.len());
        for at in probes {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            let outcome = open(changed).and_then(|container| container.verify(Interrupt::never()));
            assert!(outcome.is_err(), "byte {at}");
        }
    }

    #[test]
    fn damage_that_was_found_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let (mut bytes, _) = sample(folder.path());
        let whole = open(bytes.clone()).unwrap();
        assert!(!whole.is_verified().unwrap());
        let mut blocks = 0;
        let stopped = whole.verify_by(&mut || {
            blocks += 1;
            if blocks > 2 { Err(Error::Cancelled) } else { Ok(()) }
        });
        assert!(matches!(stopped, Err(Error::Cancelled)));
        assert!(!whole.is_verified().unwrap());
        let clone = whole.clone();
        clone.verify(Interrupt::never()).unwrap();
        assert!(whole.is_verified().unwrap() && !clone.is_last_clone());
        drop(whole);
        assert!(clone.is_last_clone());

        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let damaged = open(bytes).unwrap();
        assert!(!damaged.is_verified().unwrap());
        let found = damaged.verify(Interrupt::never()).unwrap_err().to_string();
        assert_eq!(damaged.is_verified().unwrap_err().to_string(), found);
    }

    #[test]
    fn an_unknown_section_is_ignored_only_when_it_is_optional() {
        let folder = tempfile::tempdir().unwrap();
        let (bytes, _) = sample(folder.path());
        let rename = |entry: usize| {
            let mut renamed = bytes.clone();
            renamed[HEADER_BYTES + entry * ENTRY_BYTES] = 200;
            let checksum = xxh3_64(&renamed[HEADER_BYTES..HEADER_BYTES + 4 * ENTRY_BYTES]).to_le_bytes();
            let footer = renamed.len() - FOOTER_BYTES;
            renamed[footer + 8..footer + 16].copy_from_slice(&checksum);
            open(renamed)
        };
        let facets = rename(2).unwrap();
        assert_eq!(facets.sections().nth(2), Some(("unknown", 0)));
        facets.verify(Interrupt::never()).unwrap();
        assert!(rename(0).is_err());
    }

    #[test]
    fn room_for_a_section_may_stay_empty_but_not_be_passed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.fm");
        let written = ShardWriter::create(&path, 1).unwrap().finish().unwrap();
        let container = open(std::fs::read(&path).unwrap()).unwrap();
        container.verify(Interrupt::never()).unwrap();
        assert_eq!(container.checksum(), written.checksum);
        let mut writer = ShardWriter::create(&path, 0).unwrap();
        writer.write(SectionId::Counts, &[]).unwrap();
        assert!(writer.finish().is_err());
    }
}
