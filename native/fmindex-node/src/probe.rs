//! Does a panic stay an error? Only tests ask.

use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::guard::{Result, guard};
use node_guard::run_on_thread;

#[napi(catch_unwind)]
pub fn raise_panic(message: String) -> Result<()> {
    guard(|| raise(&message))
}

#[napi(catch_unwind, ts_return_type = "Promise<void>")]
pub fn raise_panic_async<'env>(env: &'env Env, message: String) -> napi::Result<Object<'env>> {
    run_on_thread(env, move || guard(|| raise(&message)))
}

#[expect(clippy::panic, reason = "it is what this module is for")]
fn raise(message: &str) -> fmindex::error::Result<()> {
    panic!("{message}")
}
