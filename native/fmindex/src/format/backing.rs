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
    let mut memory = take_memory(file.bytes).map_err(|error| Error::io(path, error))?;
    file.file.read_exact(&mut memory[..file.bytes]).map_err(|error| Error::io(path, error))?;
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
        let mut memory = take_memory(self.bytes).map_err(|error| Error::io(&self.path, error))?;
        let mut start = 0;
        for part in left_out.iter().chain([&(self.bytes..self.bytes)]) {
            self.read_at(start as u64, &mut memory[start..part.start])?;
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

/// `len` zeros, in large pages where the system has them, as each step of a search goes to another page. What is never
/// written takes no memory.
fn take_memory(len: usize) -> std::io::Result<MmapMut> {
    // A mapping can't be empty.
    let map = MmapMut::map_anon(len.max(1))?;
    // Without large pages it is slower, not wrong.
    #[cfg(target_os = "linux")]
    let _ = map.advise(Advice::HugePage);
    Ok(map)
}
