//! How does an error of the core become one of JavaScript?

use fmindex::error::Error;
use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// A result whose error is a JavaScript `Error` with a `code`.
pub type JsResult<T> = Result<T, JsValue>;

/// Does `call`, and throws what it fails with.
pub fn throwing<T>(call: impl FnOnce() -> fmindex::error::Result<T>) -> JsResult<T> {
    call().map_err(|error| to_js(&error))
}

fn to_js(error: &Error) -> JsValue {
    let thrown = js_sys::Error::new(&error.to_string());
    // A plain new object takes any property.
    let _ = Reflect::set(&thrown, &"code".into(), &error.code().into());
    thrown.into()
}
