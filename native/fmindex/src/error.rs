//! What can go wrong in the core, with the values a person needs to mend it.

use std::path::PathBuf;

/// An error of the core. Each has a stable [`Error::code`] that the bindings hand on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a shard of this format, or are cut short, or do not match their checksums.
    /// Fetch or build the shard again.
    #[error("{section}: {detail}")]
    Damaged { section: &'static str, detail: String },
    /// The shard was written by a newer version. Update omnigram.
    #[error("format {got_major} is newer than the {known_major} this version reads")]
    Version { got_major: u16, known_major: u16 },
    /// An argument is outside its range.
    #[error("{0}")]
    Argument(String),
    /// The shard has no facet field of that name.
    #[error("there is no facet field {field:?}; there are: {}", known.join(", "))]
    UnknownFacet { field: String, known: Vec<String> },
    /// The document was taken down.
    #[error("document {document} was taken down")]
    HiddenDocument { document: u64 },
    /// Input that cannot be indexed: not UTF-8, or too large for one shard.
    #[error("{0}")]
    Input(String),
    /// The query would take more than its budget.
    #[error("{needed} where the budget is {budget}")]
    TooExpensive { needed: String, budget: String },
    /// The caller no longer wants the answer.
    #[error("the query was cancelled")]
    Cancelled,
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
}

/// A result of the core.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The code in the error registry of the product.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => "damaged-index",
            Self::Version { .. } => "newer-format",
            Self::Argument(_) => "bad-argument",
            Self::UnknownFacet { .. } => "unknown-facet",
            Self::HiddenDocument { .. } => "hidden-document",
            Self::Input(_) => "bad-input",
            Self::TooExpensive { .. } => "too-expensive",
            Self::Cancelled => "cancelled",
            Self::Io { .. } => "io-failure",
        }
    }

    /// A damaged section.
    pub fn damaged(section: &'static str, detail: impl Into<String>) -> Self {
        Self::Damaged { section, detail: detail.into() }
    }

    /// An I/O error with the path it happened at.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }
}
