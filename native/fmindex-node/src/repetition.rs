//! How does JavaScript learn what stands in several shards more than once?

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fmindex::any_shard::AnyShard;
use fmindex::documents::Facets;
use fmindex::error::{Error, Result as CoreResult};
use fmindex::interrupt::Interrupt;
use fmindex::repetition::{
    Collection, Copies, Repeats, SourceTable, SpanWalk, TraverseOptions, check_length, find_repeats, sample_grams,
};
use fmindex::search::{ShardView, StepMeter};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, Float64Array, Null, Object};
use napi_derive::napi;
use node_guard::run_on_thread;

use crate::guard::{Result, guard, to_rejection};
use crate::numbers::{to_number, to_size, to_whole};
use crate::repetition_types::{RepeatedGrams, SampledGrams, SourceTotals, SpanBatch};
use crate::shard::Shard;
use crate::ticket_table::{self, Progress};

#[napi(catch_unwind)]
pub fn estimate_repetition_bytes(rows: f64) -> Result<f64> {
    guard(|| Ok(to_number(Repeats::estimate_bytes(to_whole("rows", rows)?))))
}

#[napi]
pub struct RepetitionScan {
    scan: Arc<Scan>,
}

/// The shards that are read as one, and how far the reading is.
struct Scan {
    shards: Vec<Arc<AnyShard>>,
    /// Symbols of a gram.
    length: u64,
    field: Option<String>,
    sources: SourceTable,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    repeats: Option<Repeats>,
    walk: Option<SpanWalk>,
}

/// The same call on collections of either kind of shard.
macro_rules! on_collection {
    ($scan:expr, $collection:ident => $call:expr) => {
        match $scan.views()? {
            Views::Bytes(views) => {
                let $collection = Collection::new(views);
                $call
            }
            Views::Tokens(views) => {
                let $collection = Collection::new(views);
                $call
            }
        }
    };
}

enum Views<'a> {
    Bytes(Vec<&'a fmindex::shard::Shard>),
    Tokens(Vec<&'a fmindex::token_shard::TokenShard>),
}

impl Scan {
    fn views(&self) -> CoreResult<Views<'_>> {
        let (mut bytes, mut tokens) = (Vec::new(), Vec::new());
        for shard in &self.shards {
            match &**shard {
                AnyShard::Bytes(shard) => bytes.push(shard),
                AnyShard::Tokens(shard) => tokens.push(shard),
            }
        }
        match (bytes.is_empty(), tokens.is_empty()) {
            (false, false) => Err(Error::Argument("shards of bytes and of tokens are not read as one".into())),
            (_, true) => Ok(Views::Bytes(bytes)),
            _ => Ok(Views::Tokens(tokens)),
        }
    }

    /// By shard; none without a field.
    fn facets(&self) -> CoreResult<Vec<&Facets>> {
        let Some(field) = &self.field else { return Ok(Vec::new()) };
        self.shards.iter().map(|shard| shard.facets_with(field)).collect()
    }

    fn traverse(&self, threads: usize, strings: usize, ticket: u64) -> CoreResult<RepeatedGrams> {
        let interrupt = ticket_table::interrupt(ticket)?;
        let options = TraverseOptions { length: self.length, strings, threads };
        let report = |share| ticket_table::report(ticket, Progress { phase: "grams", share });
        let (repeats, first_documents) = on_collection!(self, collection => {
            (find_repeats(&collection, options, interrupt, &report)?, first_documents(&collection, self.shards.len()))
        });
        let facets = self.facets()?;
        let source_of = |document: u64| {
            let shard = first_documents.partition_point(|&first| first <= document).saturating_sub(1);
            let source = |facets: &&Facets| self.sources.source(facets, shard, document - first_documents[shard]);
            facets.get(shard).map_or(0, source)
        };
        let found = RepeatedGrams::new(&repeats, source_of);
        *self.lock() = State { repeats: Some(repeats), walk: None };
        Ok(found)
    }

    fn start_spans(&self, copies: Copies, epochs: Option<Vec<f64>>) -> CoreResult<()> {
        let sources = self.sources.names().count();
        if let Some(epochs) = &epochs
            && (epochs.len() != sources || epochs.iter().any(|&epochs| !(epochs >= 0.0 && epochs.is_finite())))
        {
            return Err(Error::Argument(format!("the epochs are not {sources} numbers from 0 on, one a source")));
        }
        let mut state = self.lock();
        let repeats = state.repeats.as_ref().ok_or_else(not_traversed)?;
        state.walk = Some(SpanWalk::new(repeats, copies, sources, epochs));
        Ok(())
    }

    fn next_spans(&self, threads: usize, ticket: u64) -> CoreResult<Option<SpanBatch>> {
        let interrupt = ticket_table::interrupt(ticket)?;
        let mut state = self.lock();
        let State { repeats, walk } = &mut *state;
        let repeats = repeats.as_ref().ok_or_else(not_traversed)?;
        let walk = walk.as_mut().ok_or_else(|| Error::Argument("startSpans comes before nextSpans".into()))?;
        let facets = self.facets()?;
        let source_of = |shard: usize, document: u64| {
            facets.get(shard).map_or(0, |facets: &&Facets| self.sources.source(facets, shard, document))
        };
        let (batch, first_documents) = on_collection!(self, collection => (
            walk.next_round(&collection, repeats, threads, &source_of, interrupt)?,
            first_documents(&collection, self.shards.len()),
        ));
        let external_id = |document: u64| {
            let shard = first_documents.partition_point(|&first| first <= document).saturating_sub(1);
            let record = self.shards[shard].document(document - first_documents[shard])?;
            Ok(record.external_id)
        };
        batch.map(|batch| SpanBatch::new(batch, external_id)).transpose()
    }

    fn sample(&self, grams: usize, seed: u64, ticket: u64) -> CoreResult<SampledGrams> {
        let meter = &mut StepMeter::new(ticket_table::interrupt(ticket)?);
        let report = |share| ticket_table::report(ticket, Progress { phase: "sample", share });
        let facets = self.facets()?;
        on_collection!(self, collection => {
            let sample = sample_grams(&collection, self.length, grams, seed, meter, &report)?;
            let source = |shard: usize, document: u64| {
                facets.get(shard).map_or(0, |facets: &&Facets| self.sources.source(facets, shard, document))
            };
            let first = |shard: usize| collection.first_document(shard);
            Ok(SampledGrams::new(&sample, first, source))
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic may have left the walk between two documents: what a scan holds is then of no use.
        self.state.lock().unwrap_or_else(|poison| {
            let mut state = PoisonError::into_inner(poison);
            *state = State::default();
            state
        })
    }
}

fn first_documents<V: ShardView>(collection: &Collection<V>, shards: usize) -> Vec<u64> {
    (0..shards).map(|shard| collection.first_document(shard)).collect()
}

fn not_traversed() -> Error {
    Error::Argument("traverse comes before spans".into())
}

#[napi]
impl RepetitionScan {
    #[napi(constructor, catch_unwind)]
    pub fn new(shards: Vec<ClassInstance<Shard>>, length: f64, field: Either<String, Null>) -> Result<Self> {
        let shards: Vec<Arc<AnyShard>> = shards.iter().map(|shard| shard.shared()).collect();
        guard(|| {
            let length = to_whole("length", length)?;
            check_length(length)?;
            let field = match field {
                Either::A(field) => Some(field),
                Either::B(_) => None,
            };
            let mut scan = Scan { shards, length, field, sources: SourceTable::default(), state: Mutex::default() };
            scan.views()?;
            if let Some(field) = &scan.field {
                scan.sources = SourceTable::new(&scan.facets()?, field)?;
            }
            Ok(Self { scan: Arc::new(scan) })
        })
    }

    #[napi(catch_unwind)]
    pub fn sources(&self) -> Result<Vec<Either<String, Null>>> {
        let name = |name: Option<&str>| name.map_or(Either::B(Null), |name| Either::A(name.to_owned()));
        guard(|| Ok(self.scan.sources.names().map(name).collect()))
    }

    #[napi(catch_unwind)]
    pub fn count_grams(&self) -> Result<f64> {
        guard(|| {
            on_collection!(self.scan, collection => {
                Ok(to_number(collection.gram_count(self.scan.length, Interrupt::never())?))
            })
        })
    }

    #[napi(catch_unwind, ts_return_type = "Promise<RepeatedGrams>")]
    pub fn traverse<'env>(
        &self,
        env: &'env Env,
        threads: f64,
        strings: f64,
        ticket: f64,
    ) -> napi::Result<Object<'env>> {
        let checked =
            guard(|| Ok((to_size("threads", threads)?, to_size("strings", strings)?, to_whole("ticket", ticket)?)));
        let (threads, strings, ticket) = checked.map_err(|error| to_rejection(*env, error))?;
        let scan = Arc::clone(&self.scan);
        run_on_thread(env, move || guard(|| scan.traverse(threads, strings, ticket)))
    }

    #[napi(catch_unwind)]
    pub fn start_spans(&self, copies: String, epochs: Either<Float64Array, Null>) -> Result<()> {
        guard(|| {
            let copies = match copies.as_str() {
                "all" => Copies::All,
                "later" => Copies::Later,
                _ => return Err(Error::Argument(format!("copies are {copies:?}, not all or later"))),
            };
            let epochs = match epochs {
                Either::A(epochs) => Some(epochs.to_vec()),
                Either::B(_) => None,
            };
            self.scan.start_spans(copies, epochs)
        })
    }

    #[napi(catch_unwind, ts_return_type = "Promise<SpanBatch | null>")]
    pub fn next_spans<'env>(&self, env: &'env Env, threads: f64, ticket: f64) -> napi::Result<Object<'env>> {
        let checked = guard(|| Ok((to_size("threads", threads)?, to_whole("ticket", ticket)?)));
        let (threads, ticket) = checked.map_err(|error| to_rejection(*env, error))?;
        let scan = Arc::clone(&self.scan);
        run_on_thread(env, move || guard(|| scan.next_spans(threads, ticket)))
    }

    #[napi(catch_unwind)]
    pub fn source_totals(&self) -> Result<Vec<SourceTotals>> {
        guard(|| {
            let state = self.scan.lock();
            Ok(state.walk.iter().flat_map(SpanWalk::totals).map(|&totals| totals.into()).collect())
        })
    }

    #[napi(catch_unwind)]
    pub fn exposures(&self) -> Result<Either<Float64Array, Null>> {
        guard(|| {
            let totals = self.scan.lock().walk.as_ref().and_then(SpanWalk::exposure_totals);
            Ok(totals.map_or(Either::B(Null), |totals| {
                Either::A(vec![totals.exposures, totals.from_10, totals.from_100].into())
            }))
        })
    }

    #[napi(catch_unwind, ts_return_type = "Promise<SampledGrams>")]
    pub fn sample<'env>(&self, env: &'env Env, grams: f64, seed: f64, ticket: f64) -> napi::Result<Object<'env>> {
        let checked = guard(|| Ok((to_size("grams", grams)?, to_whole("seed", seed)?, to_whole("ticket", ticket)?)));
        let (grams, seed, ticket) = checked.map_err(|error| to_rejection(*env, error))?;
        let scan = Arc::clone(&self.scan);
        run_on_thread(env, move || guard(|| scan.sample(grams, seed, ticket)))
    }
}
