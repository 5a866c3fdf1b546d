//! A model's weights, shared by its sessions.

use std::path::Path;
use std::sync::Arc;

use llama::cache::Cache;
use llama::error::{Error, Result as CoreResult};
use llama::model::Model;
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, Float32Array, Null, Object, Uint32Array};
use napi_derive::napi;
use node_guard::{Result, guard, run_on_thread};

use crate::session::{ModelSession, lock};

#[napi]
pub struct LanguageModel {
    model: Arc<Model>,
}

#[napi(object, object_from_js = false)]
pub struct ModelInfo {
    pub vocabulary: u32,
    pub context_length: u32,
    pub width: u32,
    pub begin_token: Either<u32, Null>,
    pub end_token: Either<u32, Null>,
}

#[napi(catch_unwind, ts_return_type = "Promise<LanguageModel>")]
pub fn open_model<'env>(env: &'env Env, path: String) -> napi::Result<Object<'env>> {
    let open = move || guard(|| Ok(LanguageModel { model: Arc::new(Model::open(Path::new(&path))?) }), Error::code);
    run_on_thread(env, open)
}

#[napi]
impl LanguageModel {
    #[napi(catch_unwind)]
    pub fn info(&self) -> Result<ModelInfo> {
        let config = &self.model.config;
        let or_null = |token: Option<u32>| token.map_or(Either::B(Null), Either::A);
        // Sizes of a model that was opened are below 2^20.
        Ok(ModelInfo {
            vocabulary: config.vocabulary as u32,
            context_length: config.context_length as u32,
            width: config.width as u32,
            begin_token: or_null(config.begin_token),
            end_token: or_null(config.end_token),
        })
    }

    #[napi(catch_unwind, ts_return_type = "Promise<Float32Array>")]
    pub fn read_together<'env>(
        &self,
        env: &'env Env,
        sessions: Vec<ClassInstance<ModelSession>>,
        tokens: Uint32Array,
    ) -> napi::Result<Object<'env>> {
        let (model, tokens) = (self.model.clone(), tokens.to_vec());
        let shared: CoreResult<Vec<_>> = sessions.iter().map(|session| session.share_cache(&model)).collect();
        let call = move || {
            let shared = shared?;
            let mut locked = shared.iter().map(|cache| lock(cache)).collect::<CoreResult<Vec<_>>>()?;
            let mut caches: Vec<&mut Cache> = locked.iter_mut().map(|cache| &mut **cache).collect();
            Ok(Float32Array::new(model.forward_together(&mut caches, model.embed(&tokens)?)?))
        };
        run_on_thread(env, move || guard(call, Error::code))
    }

    #[napi(catch_unwind)]
    pub fn new_session(&self) -> Result<ModelSession> {
        Ok(ModelSession::new(self.model.clone(), self.model.new_cache()))
    }
}
