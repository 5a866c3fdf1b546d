//! How does JavaScript have shards merged?

use std::path::Path;

use fmindex::error::{Error, Result as CoreResult};
use fmindex::merge::{self, MergeSizes};
use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;
use node_guard::run_on_thread;

use crate::build::BuiltShard;
use crate::guard::{Result, guard, to_rejection};
use crate::numbers::{to_number, to_size, to_whole};
use crate::ticket_table::{self, Progress};

#[napi(object, object_to_js = false)]
pub struct MergeInput {
    pub path: String,
    pub dropped: Vec<f64>,
}

#[napi(object, object_to_js = false)]
pub struct MergeOptions {
    pub threads: f64,
    pub memory_bytes: f64,
    pub scratch_dir: String,
}

#[napi(catch_unwind)]
pub fn estimate_merge_bytes(rows: f64, documents: f64, file_bytes: f64, threads: f64) -> Result<f64> {
    guard(|| {
        let sizes = MergeSizes {
            rows: to_whole("rows", rows)?,
            documents: to_whole("documents", documents)?,
            file_bytes: to_whole("fileBytes", file_bytes)?,
        };
        Ok(to_number(merge::estimate_merge_bytes(sizes, to_size("threads", threads)?)))
    })
}

#[napi(catch_unwind, ts_return_type = "Promise<BuiltShard>")]
pub fn merge_shards<'env>(
    env: &'env Env,
    inputs: Vec<MergeInput>,
    out_path: String,
    options: MergeOptions,
    ticket: f64,
) -> napi::Result<Object<'env>> {
    let checked = guard(|| {
        let inputs = inputs.iter().map(to_core_input).collect::<CoreResult<Vec<_>>>()?;
        Ok((inputs, to_core_options(&options)?, to_whole("ticket", ticket)?))
    });
    let (inputs, options, ticket) = checked.map_err(|error| to_rejection(*env, error))?;
    let merge = move || {
        let interrupt = ticket_table::interrupt(ticket)?;
        let report = |phase, share| ticket_table::report(ticket, Progress { phase, share });
        Ok(BuiltShard::from(merge::merge_shards(&inputs, Path::new(&out_path), &options, interrupt, &report)?))
    };
    run_on_thread(env, move || guard(merge))
}

fn to_core_input(input: &MergeInput) -> CoreResult<merge::MergeInput> {
    let dropped =
        input.dropped.iter().map(|&document| to_whole("dropped", document)).collect::<CoreResult<Vec<_>>>()?;
    Ok(merge::MergeInput { path: input.path.clone().into(), dropped })
}

fn to_core_options(options: &MergeOptions) -> CoreResult<merge::MergeOptions> {
    let threads = to_size("threads", options.threads)?;
    if threads == 0 {
        return Err(Error::Argument("threads is 0: give at least one".into()));
    }
    Ok(merge::MergeOptions {
        threads,
        memory_bytes: to_whole("memoryBytes", options.memory_bytes)?,
        scratch: options.scratch_dir.clone().into(),
    })
}
