//! How does JavaScript have a shard built?

use std::path::Path;

use fmindex::builder::{self, BuildOptions};
use fmindex::error::{Error, Result as CoreResult};
use fmindex::format::Profile;
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::guard::{Result, guard, to_rejection};
use crate::numbers::{to_number, to_size, to_whole};
use crate::ticket_table::{self, Progress};
use node_guard::run_on_thread;

#[napi(object, object_to_js = false)]
pub struct BuildShardOptions {
    pub sa_rate: f64,
    pub isa_rate: f64,
    pub profile: String,
    pub text_store: bool,
    pub vocabulary: Option<f64>,
    pub threads: f64,
}

#[napi(object, object_from_js = false)]
pub struct BuiltShard {
    pub checksum: String,
    pub file_bytes: f64,
    pub documents: f64,
    pub text_bytes: f64,
    pub symbol_count: f64,
}

impl From<builder::BuiltShard> for BuiltShard {
    fn from(built: builder::BuiltShard) -> Self {
        Self {
            checksum: built.checksum,
            file_bytes: to_number(built.file_bytes),
            documents: to_number(built.documents),
            text_bytes: to_number(built.text_bytes),
            symbol_count: to_number(built.symbol_count),
        }
    }
}

#[napi(catch_unwind)]
pub fn estimate_build_bytes(text_bytes: f64, documents: f64) -> Result<f64> {
    guard(|| {
        let (text_bytes, documents) = (to_whole("textBytes", text_bytes)?, to_whole("documents", documents)?);
        Ok(to_number(builder::estimate_build_bytes(text_bytes, documents)))
    })
}

#[napi(catch_unwind)]
pub fn estimate_token_build_bytes(tokens: f64, documents: f64, vocabulary: f64) -> Result<f64> {
    guard(|| {
        let (tokens, documents) = (to_whole("tokens", tokens)?, to_whole("documents", documents)?);
        let vocabulary = to_u32("vocabulary", vocabulary)?;
        Ok(to_number(builder::estimate_token_build_bytes(tokens, documents, vocabulary)))
    })
}

#[napi(catch_unwind, ts_return_type = "Promise<BuiltShard>")]
pub fn build_shard<'env>(
    env: &'env Env,
    spool_path: String,
    out_path: String,
    options: BuildShardOptions,
    ticket: f64,
) -> napi::Result<Object<'env>> {
    let checked = guard(|| Ok((to_core_options(&options)?, to_whole("ticket", ticket)?)));
    let (options, ticket) = checked.map_err(|error| to_rejection(*env, error))?;
    let build = move || {
        let interrupt = ticket_table::interrupt(ticket)?;
        let report = |phase, share| ticket_table::report(ticket, Progress { phase, share });
        let built = builder::build_shard(Path::new(&spool_path), Path::new(&out_path), options, interrupt, &report)?;
        Ok(BuiltShard::from(built))
    };
    run_on_thread(env, move || guard(build))
}

fn to_core_options(options: &BuildShardOptions) -> CoreResult<BuildOptions> {
    let threads = to_size("threads", options.threads)?;
    if threads == 0 {
        return Err(Error::Argument("threads is 0: give at least one".into()));
    }
    Ok(BuildOptions {
        sa_rate: to_u32("saRate", options.sa_rate)?,
        isa_rate: to_u32("isaRate", options.isa_rate)?,
        profile: Profile::from_name(&options.profile)?,
        text_store: options.text_store,
        vocabulary: options.vocabulary.map(|vocabulary| to_u32("vocabulary", vocabulary)).transpose()?,
        threads,
    })
}

/// Whether it is a good one the core says.
fn to_u32(name: &str, value: f64) -> CoreResult<u32> {
    let whole = to_whole(name, value)?;
    u32::try_from(whole).map_err(|_| Error::Argument(format!("{name} is {whole}, which is too large")))
}
