//! Which shards are read as one, and how many grams do they hold?

use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::search::{ShardView, StepMeter};

/// Symbols of a gram, at most.
pub const MAX_GRAM_SYMBOLS: u64 = 65_536;

/// # Errors
/// [`Error::Argument`] when grams cannot be so long.
pub fn check_length(length: u64) -> Result<()> {
    match length {
        1..=MAX_GRAM_SYMBOLS => Ok(()),
        _ => Err(Error::Argument(format!("the length is {length}, not 1 to {MAX_GRAM_SYMBOLS} symbols"))),
    }
}

/// Shards in the order of their documents.
pub struct Collection<'a, V> {
    views: Vec<&'a V>,
    /// Number of each shard's first document, and of all documents.
    first_documents: Vec<u64>,
}

impl<V> Clone for Collection<'_, V> {
    fn clone(&self) -> Self {
        Self { views: self.views.clone(), first_documents: self.first_documents.clone() }
    }
}

impl<'a, V: ShardView> Collection<'a, V> {
    pub fn new(views: Vec<&'a V>) -> Self {
        let mut first_documents = vec![0];
        let mut documents = 0;
        for view in &views {
            documents += view.document_count();
            first_documents.push(documents);
        }
        Self { views, first_documents }
    }

    pub(crate) fn views(&self) -> &[&'a V] {
        &self.views
    }

    /// Number in the collection of a shard's first document.
    pub fn first_document(&self, shard: usize) -> u64 {
        self.first_documents.get(shard).copied().unwrap_or(0)
    }

    /// Documents of all shards.
    pub fn document_count(&self) -> u64 {
        self.first_documents.last().copied().unwrap_or(0)
    }

    /// Symbols and separators of all shards.
    pub fn row_count(&self) -> u64 {
        self.views.iter().map(|view| view.row_count()).sum()
    }

    /// Symbols of all documents.
    pub fn symbol_count(&self) -> u64 {
        self.views.iter().map(|view| view.symbol_count()).sum()
    }

    /// How many grams of `length` symbols there are, equal ones counted each. O(documents).
    ///
    /// # Errors
    /// [`Error::Argument`] for the length, and when the caller gave up.
    pub fn gram_count(&self, length: u64, interrupt: Interrupt<'_>) -> Result<u64> {
        check_length(length)?;
        let mut meter = StepMeter::new(interrupt);
        let mut grams = 0;
        for view in &self.views {
            for document in 0..view.document_count() {
                meter.take(1)?;
                grams += (view.document_symbols(document).unwrap_or(0) + 1).saturating_sub(length);
            }
        }
        Ok(grams)
    }
}
