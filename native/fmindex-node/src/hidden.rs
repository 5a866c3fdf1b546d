//! How does JavaScript have documents hidden?

use std::path::Path;

use fmindex::error::Result as CoreResult;
use fmindex::format::Container;
use fmindex::hidden::{self, HiddenDocuments};
use napi::Env;
use napi::bindgen_prelude::{Float64Array, Object};
use napi_derive::napi;
use node_guard::run_on_thread;

use crate::guard::{Result, guard, to_rejection};
use crate::numbers::{to_number, to_numbers, to_whole};
use crate::opened_shards::{self, Residency};
use crate::shard_types::HiddenInfo;
use crate::ticket_table;

#[napi(catch_unwind, ts_return_type = "Promise<HiddenInfo>")]
pub fn hide_documents<'env>(
    env: &'env Env,
    shard_path: String,
    documents: Vec<f64>,
    out_path: String,
    ticket: f64,
) -> napi::Result<Object<'env>> {
    let checked = guard(|| {
        let documents =
            documents.iter().map(|&document| to_whole("document", document)).collect::<CoreResult<Vec<_>>>()?;
        Ok((documents, to_whole("ticket", ticket)?))
    });
    let (documents, ticket) = checked.map_err(|error| to_rejection(*env, error))?;
    let hide = move || {
        let shard = opened_shards::open(&shard_path, Residency::Mmap, None)?;
        let interrupt = ticket_table::interrupt(ticket)?;
        let written = hidden::hide_documents(&shard, &documents, Path::new(&out_path), interrupt)?;
        Ok(HiddenInfo {
            checksum: written.checksum,
            file_bytes: to_number(written.file_bytes),
            documents: to_number(written.documents),
            symbol_count: to_number(written.symbols),
        })
    };
    run_on_thread(env, move || guard(hide))
}

#[napi(catch_unwind)]
pub fn read_hidden_documents(path: String) -> Result<Float64Array> {
    guard(|| {
        let hidden = HiddenDocuments::open(Container::open_ram(Path::new(&path))?)?;
        Ok(to_numbers(hidden.documents()).into())
    })
}
