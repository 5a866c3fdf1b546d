//! What does JavaScript see when a call fails?

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::{Env, JsError};

/// The `code` of an error, from the error registry of the product.
#[derive(Debug, Clone, Copy)]
pub struct Code(pub &'static str);

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        self.0
    }
}

/// A result that JavaScript receives, or an error with a `code` that it catches.
pub type Result<T> = std::result::Result<T, napi::Error<Code>>;

/// Runs `call`; its errors keep the code that `code_of` names, a panic becomes an error of code `internal`.
pub fn guard<T, E: Display>(
    call: impl FnOnce() -> std::result::Result<T, E>,
    code_of: impl FnOnce(&E) -> &'static str,
) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(napi::Error::new(Code(code_of(&error)), error.to_string())),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            Err(napi::Error::new(
                Code("internal"),
                format!("the native core panicked: {}", text.unwrap_or("no message")),
            ))
        }
    }
}

/// The same error for a promise: these can be rejected only with errors that know their JavaScript object.
pub fn to_rejection(env: Env, error: napi::Error<Code>) -> napi::Error {
    napi::Error::from(JsError::from(error).into_unknown(env))
}
