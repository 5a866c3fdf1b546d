//! How much of a shard file is brought into memory when it is opened?

use std::path::Path;
use std::sync::Arc;

use super::backing::{ShardOnDisk, advise, map_file, read_file};
use super::container::{Container, find_pieces};
use super::section_id::SectionId;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::section::Backing;

impl Container {
    /// Maps the file at `path`: microseconds, whatever its size. What each search needs is asked for, the rest comes page
    /// by page.
    ///
    /// # Errors
    /// As [`Container::open`], and [`Error::Io`](crate::error::Error::Io).
    pub fn open_mapped(path: &Path) -> Result<Self> {
        let map = map_file(path)?;
        let container = Self::open(Arc::clone(&map) as Backing)?;
        advise(&map, &container.places(SectionId::is_resident), &container.places(SectionId::is_scattered));
        Ok(container)
    }

    /// Reads the file at `path` into memory and compares it with its checksums. O(file).
    ///
    /// # Errors
    /// As [`Container::open_mapped`] and [`Container::verify`].
    pub fn open_ram(path: &Path) -> Result<Self> {
        let container = Self::open(read_file(path)?)?;
        container.verify(Interrupt::never())?;
        Ok(container)
    }

    /// Reads the file at `path` into memory and compares it with its checksums, but for the sections that are read in
    /// pieces: these stay in the file. Nothing is mapped, so a file that is cut short or out of reach is an error and never
    /// ends the process. O(what is read).
    ///
    /// # Errors
    /// As [`Container::open_mapped`] and [`Container::verify`].
    pub fn open_read(path: &Path) -> Result<Self> {
        let file = Arc::new(ShardOnDisk::open(path)?);
        let pieces = find_pieces(&*file, file.bytes)?;
        let backing = file.read_without(&pieces)?;
        Self::open_without_pieces(backing, file)
    }
}
