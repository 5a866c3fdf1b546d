//! What does JavaScript see when a call of the index fails?

pub use node_guard::{Code, Result, to_rejection};

/// Runs `call`; its errors keep their code, a panic becomes an error of code `internal`.
pub fn guard<T>(call: impl FnOnce() -> fmindex::error::Result<T>) -> Result<T> {
    node_guard::guard(call, fmindex::error::Error::code)
}
