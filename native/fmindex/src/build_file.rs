//! Where do the files of a build lie: on disk, or in memory where there is no disk?

use std::fs::File;
use std::io::{Error as IoError, ErrorKind, Read, Result as IoResult, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};

/// A file that is written once and then read.
#[derive(Debug, Clone)]
pub enum BuildFile {
    OnDisk(PathBuf),
    InMemory(MemoryFile),
}

impl BuildFile {
    /// Creates or empties it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn create(&self) -> Result<OpenFile> {
        match self {
            Self::OnDisk(path) => File::create(path).map(OpenFile::OnDisk).map_err(|error| Error::io(path, error)),
            Self::InMemory(file) => {
                file.lock().clear();
                Ok(OpenFile::InMemory { file: file.clone(), offset: 0 })
            }
        }
    }

    /// Opens it for reading.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn open(&self) -> Result<OpenFile> {
        match self {
            Self::OnDisk(path) => File::open(path).map(OpenFile::OnDisk).map_err(|error| Error::io(path, error)),
            Self::InMemory(file) => Ok(OpenFile::InMemory { file: file.clone(), offset: 0 }),
        }
    }

    /// Gives the memory back that it takes; what is on disk stays.
    pub(crate) fn give_up(&self) {
        if let Self::InMemory(file) = self {
            drop(file.take());
        }
    }

    /// Its name in errors.
    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::OnDisk(path) => path.clone(),
            Self::InMemory(_) => PathBuf::from("memory"),
        }
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for BuildFile {
    fn from(path: &P) -> Self {
        Self::OnDisk(path.as_ref().to_owned())
    }
}

impl From<MemoryFile> for BuildFile {
    fn from(file: MemoryFile) -> Self {
        Self::InMemory(file)
    }
}

/// The bytes of a file in memory. Clones are the same file.
#[derive(Debug, Clone, Default)]
pub struct MemoryFile(Arc<Mutex<Vec<u8>>>);

impl MemoryFile {
    /// Takes the bytes out and leaves it empty.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that is read or written at an offset of its own.
#[derive(Debug)]
pub(crate) enum OpenFile {
    OnDisk(File),
    InMemory { file: MemoryFile, offset: usize },
}

impl OpenFile {
    /// Bytes in it.
    pub fn len(&self) -> IoResult<u64> {
        match self {
            Self::OnDisk(file) => Ok(file.metadata()?.len()),
            Self::InMemory { file, .. } => Ok(file.lock().len() as u64),
        }
    }

    /// Waits until what was written is safe.
    pub fn sync(&self) -> IoResult<()> {
        match self {
            Self::OnDisk(file) => file.sync_all(),
            Self::InMemory { .. } => Ok(()),
        }
    }
}

impl Read for OpenFile {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        match self {
            Self::OnDisk(file) => file.read(into),
            Self::InMemory { file, offset } => {
                let bytes = file.lock();
                let rest = bytes.get(*offset..).unwrap_or_default();
                let count = rest.len().min(into.len());
                into[..count].copy_from_slice(&rest[..count]);
                *offset += count;
                Ok(count)
            }
        }
    }
}

impl Write for OpenFile {
    fn write(&mut self, from: &[u8]) -> IoResult<usize> {
        match self {
            Self::OnDisk(file) => file.write(from),
            Self::InMemory { file, offset } => {
                let mut bytes = file.lock();
                let end = *offset + from.len();
                let missing = end.saturating_sub(bytes.len());
                bytes.try_reserve(missing).map_err(|_| IoError::from(ErrorKind::OutOfMemory))?;
                let len = bytes.len().max(end);
                bytes.resize(len, 0);
                bytes[*offset..end].copy_from_slice(from);
                *offset = end;
                Ok(from.len())
            }
        }
    }

    fn flush(&mut self) -> IoResult<()> {
        match self {
            Self::OnDisk(file) => file.flush(),
            Self::InMemory { .. } => Ok(()),
        }
    }
}

impl Seek for OpenFile {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        match self {
            Self::OnDisk(file) => file.seek(to),
            Self::InMemory { file, offset } => {
                let target = match to {
                    SeekFrom::Start(start) => Some(start),
                    SeekFrom::End(distance) => (file.lock().len() as u64).checked_add_signed(distance),
                    SeekFrom::Current(distance) => (*offset as u64).checked_add_signed(distance),
                };
                let target = target.ok_or_else(|| IoError::from(ErrorKind::InvalidInput))?;
                *offset = usize::try_from(target).map_err(|_| IoError::from(ErrorKind::InvalidInput))?;
                Ok(target)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does the same to both kinds of file, and compares what comes back.
    #[test]
    fn a_file_in_memory_is_like_one_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let files = [BuildFile::from(&folder.path().join("file")), BuildFile::from(MemoryFile::default())];
        let contents = files.map(|file| {
            file.create().unwrap().write_all(b"before").unwrap();
            let mut output = file.create().unwrap();
            output.write_all(b"0123456789").unwrap();
            output.seek(SeekFrom::Start(2)).unwrap();
            output.write_all(b"ab").unwrap();
            output.seek(SeekFrom::End(2)).unwrap();
            output.write_all(b"z").unwrap();
            output.flush().unwrap();
            output.sync().unwrap();
            let mut input = file.open().unwrap();
            let mut bytes = [0; 4];
            assert_eq!(input.seek(SeekFrom::Current(3)).unwrap(), 3);
            assert!(input.seek(SeekFrom::Current(-4)).is_err());
            input.read_exact(&mut bytes).unwrap();
            let mut rest = Vec::new();
            input.read_to_end(&mut rest).unwrap();
            assert!(input.read_exact(&mut bytes).is_err());
            (bytes, rest, input.len().unwrap())
        });
        assert_eq!(contents[0], contents[1]);
        assert_eq!(contents[0], (*b"b456", b"789\0\0z".to_vec(), 13));
    }
}
