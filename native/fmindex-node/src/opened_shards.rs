//! Is this shard open in the process already?
//!
//! All threads share one mapping, or one copy in memory, of each file. A file is the same when its device, inode,
//! length and time of change are, so a file that was replaced under its name is opened anew.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use fmindex::any_shard::AnyShard;
use fmindex::error::{Error, Result};
use fmindex::format::Container;
use fmindex::hidden::HiddenDocuments;

/// Where the bytes of a shard live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Residency {
    Mmap,
    Ram,
    Read,
}

impl Residency {
    /// # Errors
    /// [`Error::Argument`] for another name.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "mmap" => Ok(Self::Mmap),
            "ram" => Ok(Self::Ram),
            "read" => Ok(Self::Read),
            _ => Err(Error::Argument(format!("residency {name:?} is not mmap, ram or read"))),
        }
    }
}

#[derive(PartialEq, Eq, Hash)]
struct FileKey {
    device: u64,
    inode: u64,
    bytes: u64,
    changed_ns: (i64, i64),
}

impl FileKey {
    fn of(path: &Path) -> Result<Self> {
        let file = std::fs::metadata(path).map_err(|error| Error::io(path, error))?;
        let changed_ns = (file.ctime(), file.ctime_nsec());
        Ok(Self { device: file.dev(), inode: file.ino(), bytes: file.len(), changed_ns })
    }
}

/// A shard, how it is opened, and what of it is hidden.
type ShardKey = (FileKey, Residency, Option<FileKey>);

static OPENED: Mutex<Option<HashMap<ShardKey, Weak<AnyShard>>>> = Mutex::new(None);

/// Opens the shard at `path` without the documents that the file at `hidden_path` lists, or hands out the one that is open.
///
/// # Errors
/// What opening says.
pub fn open(path: &str, residency: Residency, hidden_path: Option<&str>) -> Result<Arc<AnyShard>> {
    let path = Path::new(path);
    let hidden_path = hidden_path.map(Path::new);
    let key = (FileKey::of(path)?, residency, hidden_path.map(FileKey::of).transpose()?);
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    let opened = opened.get_or_insert_with(HashMap::new);
    if let Some(shard) = opened.get(&key).and_then(Weak::upgrade) {
        return Ok(shard);
    }
    let mut shard = match residency {
        Residency::Mmap => AnyShard::open_mapped(path)?,
        Residency::Ram => AnyShard::open_ram(path)?,
        Residency::Read => AnyShard::open_read(path)?,
    };
    if let Some(hidden_path) = hidden_path {
        // Small beside the shard, so it is read and compared with its checksums whatever the residency.
        shard.hide(HiddenDocuments::open(Container::open_ram(hidden_path)?)?)?;
    }
    let shard = Arc::new(shard);
    opened.retain(|_, shard| shard.strong_count() > 0);
    opened.insert(key, Arc::downgrade(&shard));
    Ok(shard)
}
