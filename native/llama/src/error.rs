//! What can go wrong with a model file or a call?

use std::io;

/// An error with a code of the product's error registry.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The bytes are not what the format says.
    #[error("the model file is damaged: {0}")]
    Damaged(String),
    /// A sound file of a kind that is not read here.
    #[error("the model is not supported: {0}")]
    Unsupported(String),
    #[error("{0}")]
    Argument(String),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The code under which callers know it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Argument(_) => "bad-argument",
            Self::Io(_) | Self::Damaged(_) | Self::Unsupported(_) => "bad-model",
        }
    }
}
