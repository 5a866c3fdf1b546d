//! A sequence that a model reads.

use std::sync::{Arc, Mutex, MutexGuard};

use llama::cache::Cache;
use llama::error::{Error, Result as CoreResult};
use llama::model::{Model, Wanted};
use napi::Env;
use napi::bindgen_prelude::{Either, Float32Array, Int32Array, Null, Object, ToNapiValue, Uint32Array};
use napi_derive::napi;
use node_guard::{Result, guard, run_on_thread};

#[napi]
pub struct ModelSession {
    model: Arc<Model>,
    cache: Arc<Mutex<Cache>>,
}

impl ModelSession {
    pub fn new(model: Arc<Model>, cache: Cache) -> Self {
        Self { model, cache: Arc::new(Mutex::new(cache)) }
    }
}

#[napi]
impl ModelSession {
    #[napi(catch_unwind)]
    pub fn length(&self) -> Result<u32> {
        guard(|| Ok(lock(&self.cache)?.len() as u32), Error::code)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<Float32Array>")]
    pub fn read<'env>(
        &self,
        env: &'env Env,
        tokens: Uint32Array,
        parents: Either<Int32Array, Null>,
        wanted: String,
    ) -> napi::Result<Object<'env>> {
        let (tokens, parents) = (tokens.to_vec(), parents_of(parents));
        self.run(env, move |model, cache| {
            let wanted = match wanted.as_str() {
                "all" => Wanted::All,
                "last" => Wanted::Last,
                other => return Err(Error::Argument(format!("wanted is '{other}', not 'all' or 'last'"))),
            };
            Ok(Float32Array::new(model.forward(cache, model.embed(&tokens)?, parents.as_deref(), wanted)?))
        })
    }

    #[napi(catch_unwind, ts_return_type = "Promise<Uint32Array>")]
    pub fn read_largest<'env>(
        &self,
        env: &'env Env,
        tokens: Uint32Array,
        parents: Either<Int32Array, Null>,
        limit: u32,
    ) -> napi::Result<Object<'env>> {
        let (tokens, parents) = (tokens.to_vec(), parents_of(parents));
        self.run(env, move |model, cache| {
            let largest = model.forward_largest(cache, model.embed(&tokens)?, parents.as_deref(), limit as usize)?;
            Ok(Uint32Array::new(largest))
        })
    }

    #[napi(catch_unwind, ts_return_type = "Promise<Float32Array>")]
    pub fn read_mixture<'env>(
        &self,
        env: &'env Env,
        tokens: Uint32Array,
        weights: Float32Array,
    ) -> napi::Result<Object<'env>> {
        let (tokens, weights) = (tokens.to_vec(), weights.to_vec());
        self.run(env, move |model, cache| {
            Ok(Float32Array::new(model.forward(cache, model.superpose(&tokens, &weights)?, None, Wanted::Last)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn keep(&self, start: u32, rows: Uint32Array) -> Result<()> {
        let rows: Vec<usize> = rows.iter().map(|&row| row as usize).collect();
        guard(|| lock(&self.cache)?.keep(start as usize, &rows), Error::code)
    }

    #[napi(catch_unwind)]
    pub fn truncate(&self, length: u32) -> Result<()> {
        guard(
            || {
                lock(&self.cache)?.truncate(length as usize);
                Ok(())
            },
            Error::code,
        )
    }

    #[napi(catch_unwind)]
    pub fn fork(&self) -> Result<ModelSession> {
        guard(|| Ok(Self::new(self.model.clone(), lock(&self.cache)?.clone())), Error::code)
    }

    /// What each session remembers, for a pass of all. Not busy ones, nor one that comes twice: [`lock`] refuses these.
    pub fn share_cache(&self, model: &Arc<Model>) -> CoreResult<Arc<Mutex<Cache>>> {
        if Arc::ptr_eq(&self.model, model) {
            return Ok(self.cache.clone());
        }
        Err(Error::Argument("the session is another model's".into()))
    }

    fn run<'env, T: ToNapiValue + Send + 'static>(
        &self,
        env: &'env Env,
        pass: impl FnOnce(&Model, &mut Cache) -> CoreResult<T> + Send + 'static,
    ) -> napi::Result<Object<'env>> {
        let (model, cache) = (self.model.clone(), self.cache.clone());
        let call = move || {
            let mut cache = lock(&cache)?;
            pass(&model, &mut cache)
        };
        run_on_thread(env, move || guard(call, Error::code))
    }
}

pub fn lock(cache: &Mutex<Cache>) -> CoreResult<MutexGuard<'_, Cache>> {
    cache.try_lock().map_err(|_| Error::Argument("the session is busy with another call".into()))
}

fn parents_of(parents: Either<Int32Array, Null>) -> Option<Vec<i32>> {
    match parents {
        Either::A(parents) => Some(parents.to_vec()),
        Either::B(Null) => None,
    }
}
