//! How does work that takes minutes run beside JavaScript?
//!
//! On a thread of its own: libuv's pool has four, and Node's file system needs them.

use napi::Env;
use napi::bindgen_prelude::{Object, ToNapiValue};

use crate::guard::{Result, to_rejection};

type Settle<T> = Box<dyn FnOnce(Env) -> napi::Result<T> + Send>;

/// A promise of what `work` returns.
///
/// # Errors
/// When there is no thread to be had.
pub fn run_on_thread<T: ToNapiValue + Send + 'static>(
    env: &Env,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> napi::Result<Object<'_>> {
    let (deferred, promise) = env.create_deferred::<T, Settle<T>>()?;
    let run = move || {
        let outcome = work();
        deferred.resolve(Box::new(move |env| outcome.map_err(|error| to_rejection(env, error))));
    };
    std::thread::Builder::new().name("native".into()).spawn(run)?;
    Ok(promise)
}
