//! How do texts in a page become a shard?

use fmindex::build_file::MemoryFile;
use fmindex::builder::{BuildOptions, SpoolDocument, SpoolWriter, build_shard_in_memory};
use fmindex::error::Error;
use fmindex::format::Profile;
use fmindex::interrupt::Interrupt;
use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{JsResult, throwing};

/// Takes documents one by one, then builds their shard.
#[wasm_bindgen]
pub struct ShardBuilder {
    spool: MemoryFile,
    /// `None` once it is built.
    writer: Option<SpoolWriter>,
}

#[wasm_bindgen]
impl ShardBuilder {
    /// A builder of documents with these facet fields.
    #[wasm_bindgen(constructor)]
    pub fn new(facet_fields: Vec<String>) -> JsResult<Self> {
        throwing(|| {
            let spool = MemoryFile::default();
            let writer = Some(SpoolWriter::create_in_memory(&spool, &facet_fields)?);
            Ok(Self { spool, writer })
        })
    }

    /// Adds a document. `text` must be UTF-8.
    pub fn add(
        &mut self,
        text: &[u8],
        external_id: Option<String>,
        metadata: Option<String>,
        facets: Vec<JsValue>,
    ) -> JsResult<()> {
        let facets: Vec<Option<String>> = facets.iter().map(JsValue::as_string).collect();
        let facets: Vec<Option<&str>> = facets.iter().map(Option::as_deref).collect();
        let (external_id, metadata) = (external_id.as_deref(), metadata.as_deref());
        throwing(|| {
            let writer = self.writer.as_mut().ok_or_else(already_built)?;
            writer.append(SpoolDocument { text, external_id, metadata, facets: &facets })
        })
    }

    /// Builds the shard and returns its file. `progress` is called with the name of a phase and the share of it that is
    /// done. The shard is one that every omnigram opens; its metadata are not compressed.
    pub fn build(
        &mut self,
        sa_rate: u32,
        isa_rate: u32,
        profile: &str,
        text_store: bool,
        progress: &Function,
    ) -> JsResult<Vec<u8>> {
        throwing(|| {
            self.writer.take().ok_or_else(already_built)?.seal()?;
            let profile = [Profile::Default, Profile::Small, Profile::Fast].into_iter().find(|p| p.name() == profile);
            let profile = profile.ok_or_else(|| Error::Argument("the profile is not default, small or fast".into()))?;
            let options = BuildOptions { sa_rate, isa_rate, profile, text_store, vocabulary: None, threads: 1 };
            let tell = |phase: &'static str, share: f64| {
                // Nobody is told when the listener throws.
                let _ = progress.call2(&JsValue::NULL, &phase.into(), &share.into());
            };
            let spool = std::mem::take(&mut self.spool);
            Ok(build_shard_in_memory(spool, options, Interrupt::never(), &tell)?.1)
        })
    }
}

fn already_built() -> Error {
    Error::Argument("the shard was built already".into())
}
