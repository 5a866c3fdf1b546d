//! Where does a merge keep what does not fit in memory?

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memmap2::{Advice, Mmap};

use crate::error::{Error, Result};
use crate::section::{Backing, Section};

/// A file that is gone as soon as nobody uses it: it has no name.
pub(super) struct ScratchFile {
    /// For messages.
    path: PathBuf,
    file: File,
}

impl ScratchFile {
    /// An empty file in `folder`.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn create(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.join(name);
        let open = || {
            let file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
            std::fs::remove_file(&path)?;
            Ok(file)
        };
        let file = open().map_err(|error| Error::io(&path, error))?;
        Ok(Self { path, file })
    }

    /// # Errors
    /// [`Error::Io`].
    pub fn write_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        self.file.write_all_at(bytes, offset).map_err(|error| Error::io(&self.path, error))
    }

    /// Fills `bytes`.
    ///
    /// # Errors
    /// [`Error::Io`], also where the file ends before.
    pub fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<()> {
        self.file.read_exact_at(bytes, offset).map_err(|error| Error::io(&self.path, error))
    }

    /// All that was written, as memory.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn map(self) -> Result<Section> {
        let io = |error| Error::io(&self.path, error);
        let bytes = self.file.metadata().map_err(io)?.len() as usize;
        if bytes == 0 {
            return Ok(Section::from_vec(Vec::new()));
        }
        // SAFETY: the file has no name, and this process writes it no more, so nobody changes it.
        let map = unsafe { Mmap::map(&self.file) }.map_err(io)?;
        let _ = map.advise(Advice::Random);
        let backing: Backing = Arc::new(map);
        Section::new(&backing, 0..bytes).ok_or_else(|| Error::Input("a file changed its length".into()))
    }
}
