//! How do the bytes of a shard file come into memory?

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::section::Backing;

/// Maps the file at `path`. The length is that of the open file; a shard is never changed, only replaced by another file.
///
/// # Errors
/// [`Error::Io`].
#[cfg(feature = "mmap")]
pub fn map_file(path: &Path) -> Result<Backing> {
    let file = File::open(path).map_err(|error| Error::io(path, error))?;
    let metadata = file.metadata().map_err(|error| Error::io(path, error))?;
    if metadata.len() == 0 {
        return Ok(Arc::new(Vec::<u8>::new()));
    }
    // SAFETY: shard files are immutable by contract: they are published by rename and removed by unlink, and a mapping
    // outlives both. Whoever truncates one in place breaks that contract and gets SIGBUS.
    let map = unsafe { memmap2::Mmap::map(&file) }.map_err(|error| Error::io(path, error))?;
    Ok(Arc::new(map))
}

/// Reads the file at `path` into memory.
///
/// # Errors
/// [`Error::Io`].
pub fn read_file(path: &Path) -> Result<Backing> {
    let read = || {
        let mut file = File::open(path)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX))?;
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    Ok(Arc::new(read().map_err(|error| Error::io(path, error))?))
}
