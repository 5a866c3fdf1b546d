//! Is this file a whole shard, and where are its sections?
//!
//! Opening reads the header, the table, the block checksums (8 bytes a MiB) and the footer: what can be known without
//! reading the file. [`Container::verify`] reads all of it.

use std::ops::Range;
use std::sync::Arc;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::condition::Condition;
use super::layout::{BLOCK_BYTES, ENTRY_BYTES, Entry, FOOTER_BYTES, Footer, HEADER_BYTES, Header, alignment};
use super::section_id::SectionId;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::section::{Backing, PieceSection, ReadAt, Section};

/// A file whose header and table have been checked. Clones share the bytes and what is known of them.
#[derive(Clone)]
pub struct Container {
    whole: Whole,
    /// Where the sections that are read in pieces are, when the memory lacks them.
    file: Option<Arc<dyn ReadAt>>,
    header: Header,
    entries: Vec<Entry>,
    /// xxh3-128 of header, table and block checksums.
    checksum: u128,
    condition: Condition,
}

/// The bytes of a file.
#[derive(Clone)]
struct Whole {
    backing: Backing,
    /// Which bytes are there, when they come in blocks.
    #[cfg(feature = "paged")]
    pages: Option<Arc<crate::paged::Pages>>,
}

impl Whole {
    fn new(backing: Backing) -> Self {
        Self {
            backing,
            #[cfg(feature = "paged")]
            pages: None,
        }
    }

    /// The bytes, of which those that may be missing were touched before.
    fn unnoted(&self) -> &[u8] {
        (*self.backing).as_ref()
    }

    fn touch(&self, range: Range<usize>) {
        #[cfg(feature = "paged")]
        if let Some(pages) = &self.pages {
            let len = self.unnoted().len();
            pages.touch(range.start.min(len)..range.end.min(len));
        }
        #[cfg(not(feature = "paged"))]
        let _ = range;
    }

    fn section(&self, range: Range<usize>) -> Option<Section> {
        #[cfg(feature = "paged")]
        let offset = range.start;
        let section = Section::new(&self.backing, range)?;
        #[cfg(feature = "paged")]
        if let Some(pages) = &self.pages {
            return Some(section.in_pages(pages, offset));
        }
        Some(section)
    }
}

impl Container {
    /// Checks the frame of the file. O(sections + file MiB).
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Version`].
    pub fn open(backing: Backing) -> Result<Self> {
        Self::open_frame(Whole::new(backing), None)
    }

    /// As [`Container::open`], of a file that comes in blocks. Until all of its frame is there it fails, and the blocks that
    /// it lacks are noted.
    ///
    /// # Errors
    /// As [`Container::open`].
    #[cfg(feature = "paged")]
    pub fn open_paged(file: &crate::paged::PagedFile) -> Result<Self> {
        Self::open_frame(Whole { backing: Arc::new(file.clone()), pages: Some(Arc::clone(&file.pages)) }, None)
    }

    /// As [`Container::open`], of a backing that has zeros for the sections that are read in pieces: those are in `file`.
    /// Compares the rest with the checksums. O(backing).
    ///
    /// # Errors
    /// As [`Container::open`] and [`Container::verify`].
    pub fn open_without_pieces(backing: Backing, file: Arc<dyn ReadAt>) -> Result<Self> {
        let container = Self::open_frame(Whole::new(backing), Some(file))?;
        container.compare(&mut || Ok(()), |id| !id.is_some_and(SectionId::is_read_in_pieces))?;
        Ok(container)
    }

    fn open_frame(whole: Whole, pieces_file: Option<Arc<dyn ReadAt>>) -> Result<Self> {
        let file = whole.unnoted();
        whole.touch(file.len().saturating_sub(FOOTER_BYTES)..file.len());
        whole.touch(0..HEADER_BYTES);
        let header = Header::decode(file, file.len())?;
        let footer = Footer::decode(file)?;
        if footer.file_bytes != header.file_bytes {
            return Err(Error::damaged("footer", "header and footer name different lengths"));
        }
        let table_end = HEADER_BYTES + header.section_count as usize * ENTRY_BYTES;
        whole.touch(HEADER_BYTES..table_end);
        let table = file.get(HEADER_BYTES..table_end).ok_or_else(|| Error::damaged("table", "cut short"))?;
        if xxh3_64(table) != footer.table_checksum {
            return Err(Error::damaged("table", "its checksum is wrong"));
        }
        let entries: Vec<Entry> = table.as_chunks::<ENTRY_BYTES>().0.iter().map(Entry::decode).collect();
        check_entries(&entries, table_end as u64, file.len() as u64)?;
        let place = block_checksums(&entries)?;
        whole.touch(place.clone());
        let block_checksums = &file[place];
        if xxh3_64(block_checksums) != footer.blocks_checksum {
            return Err(Error::damaged(SectionId::BlockChecksums.name(), "their checksum is wrong"));
        }
        let mut hasher = Xxh3::new();
        hasher.update(&file[..table_end]);
        hasher.update(block_checksums);
        let checksum = hasher.digest128();
        Ok(Self { whole, file: pieces_file, header, entries, checksum, condition: Condition::default() })
    }

    /// The checksum that names the shard: hex, 32 digits.
    pub fn checksum(&self) -> String {
        format!("{:032x}", self.checksum)
    }

    /// `major.minor` of the file.
    pub fn format(&self) -> String {
        format!("{}.{}", self.header.major, self.header.minor)
    }

    /// Bytes of the file.
    pub fn file_bytes(&self) -> u64 {
        self.header.file_bytes
    }

    /// Name and bytes of each section, in the order of the file. Those of a later version are called `unknown`.
    pub fn sections(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.entries
            .iter()
            .map(|entry| (SectionId::from_number(entry.id).map_or("unknown", SectionId::name), entry.bytes))
    }

    /// A section that must be there and is in memory whole.
    ///
    /// # Errors
    /// [`Error::Damaged`] when it is not.
    pub fn section(&self, id: SectionId) -> Result<Section> {
        self.optional_section(id).ok_or_else(|| Error::damaged(id.name(), "the section is missing"))
    }

    /// Whether any of these sections is there.
    pub fn holds_any(&self, ids: &[SectionId]) -> bool {
        ids.iter().any(|&id| self.optional_section(id).is_some())
    }

    /// A section that may be missing.
    pub fn optional_section(&self, id: SectionId) -> Option<Section> {
        let entry = self.entries.iter().find(|entry| entry.id == id as u32)?;
        let start = usize::try_from(entry.offset).ok()?;
        self.whole.section(start..start.checked_add(usize::try_from(entry.bytes).ok()?)?)
    }

    /// A section that must be there and is read in pieces.
    ///
    /// # Errors
    /// [`Error::Damaged`] when it is not there.
    pub fn piece_section(&self, id: SectionId) -> Result<PieceSection> {
        self.optional_piece_section(id).ok_or_else(|| Error::damaged(id.name(), "the section is missing"))
    }

    fn optional_piece_section(&self, id: SectionId) -> Option<PieceSection> {
        match &self.file {
            Some(file) if id.is_read_in_pieces() => {
                let entry = self.entries.iter().find(|entry| entry.id == id as u32)?;
                let len = usize::try_from(entry.bytes).ok()?;
                Some(PieceSection::InFile { file: Arc::clone(file), offset: entry.offset, len })
            }
            _ => self.optional_section(id).map(PieceSection::from),
        }
    }

    /// Where the sections are of which `choose` is true.
    #[cfg(any(feature = "mmap", feature = "paged"))]
    pub fn places(&self, choose: impl Fn(SectionId) -> bool) -> Vec<Range<usize>> {
        places(&self.entries, choose)
    }

    /// Compares every byte of the file with the checksums, and remembers the outcome. O(file).
    ///
    /// # Errors
    /// [`Error::Damaged`] with the section and the block; [`Error::Cancelled`]; [`Error::Io`] for what is not in memory.
    pub fn verify(&self, interrupt: Interrupt<'_>) -> Result<()> {
        self.verify_by(&mut || interrupt.check())
    }

    /// As [`Container::verify`]; `pause` is called before each block of up to 1 MiB and may take its time.
    ///
    /// # Errors
    /// As [`Container::verify`], and what `pause` says.
    pub fn verify_by(&self, pause: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        let outcome = self.compare(pause, |_| true);
        self.condition.record(&outcome);
        outcome
    }

    /// Whether every byte was compared with the checksums since the file was opened. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when that showed damage.
    pub fn is_verified(&self) -> Result<bool> {
        self.condition.is_verified()
    }

    /// Whether this is the last of all clones.
    pub fn is_last_clone(&self) -> bool {
        self.condition.is_forgotten()
    }

    /// Compares the sections of which `choose` is true, and what lies between sections.
    fn compare(&self, pause: &mut dyn FnMut() -> Result<()>, choose: fn(Option<SectionId>) -> bool) -> Result<()> {
        let file = self.whole.unnoted();
        self.whole.touch(0..file.len());
        let mut checksums = file[block_checksums(&self.entries)?].as_chunks::<8>().0.iter();
        let mut end = HEADER_BYTES + self.entries.len() * ENTRY_BYTES;
        for entry in &self.entries {
            let id = SectionId::from_number(entry.id);
            let name = id.map_or("unknown", SectionId::name);
            let start = entry.offset as usize;
            check_padding(file, end, start)?;
            end = start + entry.bytes as usize;
            if entry.id == SectionId::BlockChecksums as u32 {
                continue;
            }
            let section = match id.and_then(|id| self.optional_piece_section(id)) {
                Some(section) => section,
                None => self
                    .whole
                    .section(start..end)
                    .ok_or_else(|| Error::damaged(name, "the section lies outside the file"))?
                    .into(),
            };
            for (block, start) in (0..section.len()).step_by(BLOCK_BYTES).enumerate() {
                let checksum = checksums.next();
                if !choose(id) {
                    continue;
                }
                pause()?;
                let bytes = section.read(start..section.len().min(start + BLOCK_BYTES))?.unwrap_or_default();
                if checksum != Some(&xxh3_64(&bytes).to_le_bytes()) {
                    return Err(Error::damaged(name, format!("the checksum of its MiB {block} is wrong")));
                }
            }
        }
        check_padding(file, end, file.len() - FOOTER_BYTES)
    }
}

/// Where the parts of a file are that [`Container::open_without_pieces`] can do without, by its first bytes; none when
/// they are not those of a shard.
#[cfg(feature = "mmap")]
pub(super) fn find_pieces(file: &dyn ReadAt, file_bytes: usize) -> Result<Vec<Range<usize>>> {
    let mut header = [0; HEADER_BYTES];
    if file_bytes < HEADER_BYTES {
        return Ok(Vec::new());
    }
    file.read_at(0, &mut header)?;
    let Ok(header) = Header::decode(&header, file_bytes) else { return Ok(Vec::new()) };
    let mut table = vec![0; header.section_count as usize * ENTRY_BYTES];
    if file_bytes - HEADER_BYTES < table.len() {
        return Ok(Vec::new());
    }
    file.read_at(HEADER_BYTES as u64, &mut table)?;
    let entries: Vec<Entry> = table.as_chunks::<ENTRY_BYTES>().0.iter().map(Entry::decode).collect();
    match check_entries(&entries, (HEADER_BYTES + table.len()) as u64, file_bytes as u64) {
        Ok(()) => Ok(places(&entries, SectionId::is_read_in_pieces)),
        Err(_) => Ok(Vec::new()),
    }
}

#[cfg(any(feature = "mmap", feature = "paged"))]
fn places(entries: &[Entry], choose: impl Fn(SectionId) -> bool) -> Vec<Range<usize>> {
    let chosen = entries.iter().filter(|entry| SectionId::from_number(entry.id).is_some_and(&choose));
    chosen.map(|entry| entry.offset as usize..(entry.offset + entry.bytes) as usize).collect()
}

/// Rising, aligned, inside the file, one of each kind, and of no unknown kind that is needed.
fn check_entries(entries: &[Entry], table_end: u64, file_bytes: u64) -> Result<()> {
    let mut end = table_end;
    for (index, entry) in entries.iter().enumerate() {
        let known = SectionId::from_number(entry.id);
        let name = known.map_or("unknown", SectionId::name);
        if known.is_none() && !entry.is_optional {
            return Err(Error::damaged(
                "table",
                format!("section {} is of a later version: update omnigram", entry.id),
            ));
        }
        if known.is_some_and(|id| id.element_bytes() != entry.element_bytes) {
            return Err(Error::damaged(name, format!("its elements have {} bytes", entry.element_bytes)));
        }
        if entries[..index].iter().any(|other| other.id == entry.id) {
            return Err(Error::damaged(name, "the section is there twice"));
        }
        let entry_end = entry.offset.checked_add(entry.bytes).filter(|&end| end <= file_bytes - FOOTER_BYTES as u64);
        let is_placed = entry.offset >= end && entry.offset.is_multiple_of(alignment(entry.bytes));
        end = match entry_end {
            Some(entry_end) if is_placed => entry_end,
            _ => return Err(Error::damaged(name, "the section lies outside its place")),
        };
    }
    Ok(())
}

/// The bytes of the last section.
fn block_checksums(entries: &[Entry]) -> Result<Range<usize>> {
    let name = SectionId::BlockChecksums.name();
    let Some((last, others)) = entries.split_last().filter(|(last, _)| last.id == SectionId::BlockChecksums as u32)
    else {
        return Err(Error::damaged(name, "the section is missing"));
    };
    let block_count: u64 = others.iter().map(Entry::block_count).sum();
    if last.bytes != block_count * 8 {
        return Err(Error::damaged(name, format!("{} bytes for {block_count} blocks", last.bytes)));
    }
    Ok(last.offset as usize..(last.offset + last.bytes) as usize)
}

fn check_padding(file: &[u8], start: usize, end: usize) -> Result<()> {
    match file.get(start..end) {
        Some(padding) if padding.iter().all(|&byte| byte == 0) => Ok(()),
        _ => Err(Error::damaged("padding", format!("bytes {start}..{end} are not zero"))),
    }
}
