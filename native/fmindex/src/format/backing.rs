//! How do the bytes of a shard file come into memory?

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memmap2::{Advice, Mmap, MmapMut};

use crate::error::{Error, Result};
use crate::section::{Backing, ReadAt};

/// Large pages, where the system gives them to memory that is not of a file.
const HUGE_PAGE_BYTES: usize = 2 << 20;

/// Maps the file at `path`. The length is that of the open file; a shard is never changed, only replaced by another file.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn map_file(path: &Path) -> Result<Arc<Mmap>> {
    let file = ShardOnDisk::open(path)?;
    // SAFETY: shard files are immutable by contract: they are published by rename and removed by unlink, and a mapping
    // outlives both. Whoever truncates one in place breaks that contract and gets SIGBUS.
    let map = unsafe { Mmap::map(&file.file) }.map_err(|error| Error::io(path, error))?;
    Ok(Arc::new(map))
}

/// Tells the system which parts of a mapping each search needs, and which ones it reads here and there. It may not
/// listen.
pub(super) fn advise(map: &Mmap, resident: &[Range<usize>], scattered: &[Range<usize>]) {
    for (parts, advice) in [(resident, Advice::WillNeed), (scattered, Advice::Random)] {
        for part in parts {
            let _ = map.advise_range(advice, part.start, part.len());
        }
    }
}

/// Reads the file at `path` into memory.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn read_file(path: &Path) -> Result<Backing> {
    let mut file = ShardOnDisk::open(path)?;
    let mut memory = Memory::new(file.bytes).map_err(|error| Error::io(path, error))?;
    file.file.read_exact(memory.bytes_mut()).map_err(|error| Error::io(path, error))?;
    Ok(Arc::new(memory))
}

/// A file of which parts are read.
pub(super) struct ShardOnDisk {
    path: PathBuf,
    file: File,
    pub bytes: usize,
}

impl ShardOnDisk {
    /// # Errors
    /// [`Error::Io`].
    pub fn open(path: &Path) -> Result<Self> {
        let open = || {
            let file = File::open(path)?;
            let bytes = file.metadata()?.len();
            Ok(Self { path: path.to_owned(), file, bytes: usize::try_from(bytes).unwrap_or(usize::MAX) })
        };
        open().map_err(|error| Error::io(path, error))
    }

    /// The file in memory, but for the parts `left_out`: those read as zeros and take no memory.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn read_without(&self, left_out: &[Range<usize>]) -> Result<Backing> {
        let mut memory = Memory::new(self.bytes).map_err(|error| Error::io(&self.path, error))?;
        let mut start = 0;
        for part in left_out.iter().chain([&(self.bytes..self.bytes)]) {
            self.read_at(start as u64, &mut memory.bytes_mut()[start..part.start])?;
            start = part.end;
        }
        Ok(Arc::new(memory))
    }
}

impl ReadAt for ShardOnDisk {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        self.file.read_exact_at(into, offset).map_err(|error| Error::io(&self.path, error))
    }
}

/// Memory in large pages, which spares a search a tenth of its time: each step goes to another page.
struct Memory {
    map: MmapMut,
    start: usize,
    len: usize,
}

impl Memory {
    /// `len` zeros; what is never written takes no memory.
    fn new(len: usize) -> std::io::Result<Self> {
        let map = MmapMut::map_anon(len.saturating_add(HUGE_PAGE_BYTES))?;
        let start = map.as_ptr().align_offset(HUGE_PAGE_BYTES).min(HUGE_PAGE_BYTES);
        // Best effort: small pages do as well.
        #[cfg(target_os = "linux")]
        let _ = map.advise(Advice::HugePage);
        Ok(Self { map, start, len })
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.map[self.start..self.start + self.len]
    }
}

impl AsRef<[u8]> for Memory {
    fn as_ref(&self) -> &[u8] {
        &self.map[self.start..self.start + self.len]
    }
}
