//! Where do the bytes of a shard live, and who keeps them alive?
//!
//! A [`Section`] is a part of a shard: cheap to clone, it keeps its backing (memory or a mapping) alive, so a structure
//! can own its sections without a lifetime. All integers in a shard are little-endian and read unaligned.
//!
//! With the feature `paged` a section may be one of a file that comes in blocks: then what is read is noted. Reading by
//! [`Deref`] notes all of it; those who read little of much use [`Section::touch`] and [`Section::unnoted`].

use std::borrow::Cow;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::error::{Error, Result};

/// Memory that holds a whole shard: a `Vec<u8>` or a mapping.
pub type Backing = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A checked part of a [`Backing`].
#[derive(Clone)]
pub struct Section {
    /// Keeps `start` valid.
    _backing: Backing,
    start: *const u8,
    len: usize,
    #[cfg(feature = "paged")]
    pages: Option<SectionPages>,
}

/// Which bytes of a section are there.
#[cfg(feature = "paged")]
struct SectionPages {
    pages: Arc<crate::paged::Pages>,
    /// Where the section begins in its file.
    offset: usize,
    /// Whether it was seen to be there as a whole. Nothing is ever taken away.
    is_whole: std::sync::atomic::AtomicBool,
}

#[cfg(feature = "paged")]
impl Clone for SectionPages {
    fn clone(&self) -> Self {
        Self { pages: Arc::clone(&self.pages), offset: self.offset, is_whole: false.into() }
    }
}

// SAFETY: a section is a shared, read-only view of memory whose owner is `Send + Sync` and lives as long as the section.
unsafe impl Send for Section {}
// SAFETY: as above; nothing is ever written through a section.
unsafe impl Sync for Section {}

impl Section {
    /// The bytes `range` of `backing`, or `None` when they are not inside.
    pub fn new(backing: &Backing, range: Range<usize>) -> Option<Self> {
        let bytes = (**backing).as_ref().get(range)?;
        Some(Self {
            start: bytes.as_ptr(),
            len: bytes.len(),
            _backing: Arc::clone(backing),
            #[cfg(feature = "paged")]
            pages: None,
        })
    }

    /// The section, which begins at `offset` of a file that comes in blocks.
    #[cfg(feature = "paged")]
    pub(crate) fn in_pages(mut self, pages: &Arc<crate::paged::Pages>, offset: usize) -> Self {
        self.pages = Some(SectionPages { pages: Arc::clone(pages), offset, is_whole: false.into() });
        self
    }

    /// A section that owns its bytes.
    pub fn from_vec(bytes: Vec<u8>) -> Self {
        let len = bytes.len();
        let backing: Backing = Arc::new(bytes);
        let start = (*backing).as_ref().as_ptr();
        Self {
            _backing: backing,
            start,
            len,
            #[cfg(feature = "paged")]
            pages: None,
        }
    }

    /// The part `range` of this section, or `None` when it is not inside.
    pub fn slice(&self, range: Range<usize>) -> Option<Self> {
        #[cfg(feature = "paged")]
        let offset = range.start;
        let bytes = self.unnoted().get(range)?;
        Some(Self {
            start: bytes.as_ptr(),
            len: bytes.len(),
            _backing: Arc::clone(&self._backing),
            #[cfg(feature = "paged")]
            pages: self.pages.clone().map(|pages| SectionPages { offset: pages.offset + offset, ..pages }),
        })
    }

    /// Bytes of it. O(1).
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Its bytes, of which those that may be missing were touched before.
    #[inline]
    pub fn unnoted(&self) -> &[u8] {
        // SAFETY: `start` and `len` come from a slice of the backing, which `_backing` keeps alive; nobody writes to it but
        // who fills in blocks, and promises that nobody reads then.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }

    /// Whether all of it is there. What is missing is noted.
    #[inline]
    pub fn is_whole(&self) -> bool {
        self.touch(0..self.len);
        #[cfg(feature = "paged")]
        return self.pages.as_ref().is_none_or(|pages| pages.is_whole.load(std::sync::atomic::Ordering::Relaxed));
        #[cfg(not(feature = "paged"))]
        true
    }

    /// Notes that the bytes `range` are about to be read; what lies outside counts for nothing.
    #[inline(always)]
    pub fn touch(&self, range: Range<usize>) {
        #[cfg(feature = "paged")]
        if let Some(pages) = &self.pages {
            pages.touch(range.start.min(self.len)..range.end.min(self.len), self.len);
        }
        #[cfg(not(feature = "paged"))]
        let _ = range;
    }

    /// The little-endian word at byte `offset`, or `None` past the end.
    #[inline]
    pub fn u64_at(&self, offset: usize) -> Option<u64> {
        let end = offset.checked_add(8)?;
        self.touch(offset..end);
        self.unnoted().get(offset..end)?.try_into().ok().map(u64::from_le_bytes)
    }
}

#[cfg(feature = "paged")]
impl SectionPages {
    #[inline]
    fn touch(&self, range: Range<usize>, len: usize) {
        use std::sync::atomic::Ordering::Relaxed;
        if self.is_whole.load(Relaxed) {
            return;
        }
        let is_all = range == (0..len);
        let range = self.offset + range.start..self.offset + range.end;
        match self.pages.holds(range.clone()) {
            true if is_all => self.is_whole.store(true, Relaxed),
            true => {}
            false => self.pages.touch(range),
        }
    }
}

impl Deref for Section {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.touch(0..self.len);
        self.unnoted()
    }
}

impl std::fmt::Debug for Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Section({} bytes)", self.len)
    }
}

/// A file that is read where it is, rather than mapped.
pub trait ReadAt: Send + Sync {
    /// Fills `into` with the bytes from `offset` on.
    ///
    /// # Errors
    /// [`Error::Io`], also when the file ends before.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<()>;
}

/// A section of which small pieces are read: in memory, or left in its file.
#[derive(Clone)]
pub enum PieceSection {
    InMemory(Section),
    InFile { file: Arc<dyn ReadAt>, offset: u64, len: usize },
}

impl PieceSection {
    pub fn len(&self) -> usize {
        match self {
            Self::InMemory(section) => section.len(),
            Self::InFile { len, .. } => *len,
        }
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes `range`, or `None` when they are not inside.
    ///
    /// # Errors
    /// [`Error::Io`] when the file can't be read.
    pub fn read(&self, range: Range<usize>) -> Result<Option<Cow<'_, [u8]>>> {
        match self {
            Self::InMemory(section) => {
                section.touch(range.clone());
                Ok(section.unnoted().get(range).map(Cow::Borrowed))
            }
            Self::InFile { len, .. } if range.start > range.end || range.end > *len => Ok(None),
            Self::InFile { file, offset, .. } => {
                let mut bytes = Vec::new();
                bytes.try_reserve_exact(range.len()).map_err(|_| Error::Input("no memory to read a section".into()))?;
                bytes.resize(range.len(), 0);
                file.read_at(offset.saturating_add(range.start as u64), &mut bytes)?;
                Ok(Some(Cow::Owned(bytes)))
            }
        }
    }
}

impl From<Section> for PieceSection {
    fn from(section: Section) -> Self {
        Self::InMemory(section)
    }
}

impl std::fmt::Debug for PieceSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PieceSection({} bytes)", self.len())
    }
}
