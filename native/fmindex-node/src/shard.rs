//! What can JavaScript ask of a shard?

use std::sync::Arc;

use fmindex::any_shard::AnyShard;
use fmindex::error;
use fmindex::search::{self, StepMeter};
use napi::bindgen_prelude::{Buffer, Either, Float64Array, Float64ArraySlice, Null};
use napi_derive::napi;

use crate::calls;
use crate::content_check;
use crate::guard::{Result, guard};
use crate::numbers::{to_number, to_numbers, to_size, to_whole};
use crate::opened_shards::{self, Residency};
use crate::ranges::{from_pairs, from_triples};
use crate::shard_types::{
    DocumentCount, DocumentList, DocumentRecord, FacetCounts, FoundRange, Matching, NextEntry, Rows, ShardInfo, Unit,
    UnitCounts, to_entries,
};
use crate::ticket_table;

#[napi(catch_unwind)]
pub fn open_shard(path: String, residency: String, hidden_path: Option<String>) -> Result<Shard> {
    guard(|| {
        let shard = opened_shards::open(&path, Residency::from_name(&residency)?, hidden_path.as_deref())?;
        Ok(Shard { shard, path })
    })
}

#[napi]
pub struct Shard {
    shard: Arc<AnyShard>,
    path: String,
}

/// The steps of a call that `ticket` can end.
fn meter(ticket: f64) -> error::Result<StepMeter<'static>> {
    Ok(StepMeter::new(ticket_table::interrupt(to_whole("ticket", ticket)?)?))
}

/// The same call on a shard of either kind.
macro_rules! on_either {
    ($self:ident, $shard:ident => $call:expr) => {
        match &*$self.shard {
            AnyShard::Bytes($shard) => $call,
            AnyShard::Tokens($shard) => $call,
        }
    };
}

impl Shard {
    /// The shard that all threads share.
    pub fn shared(&self) -> Arc<AnyShard> {
        Arc::clone(&self.shard)
    }

    /// The shard, when it is one of text.
    fn text(&self) -> error::Result<&fmindex::shard::Shard> {
        match &*self.shard {
            AnyShard::Bytes(shard) => Ok(shard),
            AnyShard::Tokens(_) => Err(self.wrong_kind("what is asked of characters")),
        }
    }

    fn wrong_kind(&self, what: &str) -> error::Error {
        error::Error::Argument(format!("{what} does not go with a shard of {}", self.shard.symbols().name()))
    }
}

#[napi]
impl Shard {
    #[napi(catch_unwind)]
    pub fn info(&self) -> Result<ShardInfo> {
        guard(|| Ok(ShardInfo::new(&self.path, self.shard.info())))
    }

    #[napi(catch_unwind)]
    pub fn verify(&self, deep: bool, ticket: f64) -> Result<()> {
        guard(|| self.shard.verify(deep, ticket_table::interrupt(to_whole("ticket", ticket)?)?))
    }

    #[napi(catch_unwind)]
    pub fn start_content_check(&self) -> Result<()> {
        guard(|| content_check::start(self.shard.container()))
    }

    #[napi(catch_unwind)]
    pub fn is_verified(&self) -> Result<bool> {
        guard(|| self.shard.container().is_verified())
    }

    #[napi(catch_unwind)]
    pub fn count(&self, patterns: Vec<&[u8]>, ticket: f64) -> Result<Float64Array> {
        guard(|| Ok(to_numbers(on_either!(self, shard => calls::count(shard, &patterns, &mut meter(ticket)?))?).into()))
    }

    #[napi(catch_unwind)]
    pub fn find(&self, pattern: &[u8], matching: Option<Matching>, ticket: f64) -> Result<Vec<FoundRange>> {
        guard(|| {
            let meter = &mut meter(ticket)?;
            let found = match matching {
                Some(matching) => search::find_matching(self.text()?, pattern, &matching.to_search()?, meter)?,
                None => on_either!(self, shard => calls::find(shard, pattern, meter))?,
            };
            Ok(found.into_iter().map(FoundRange::from).collect())
        })
    }

    #[napi(catch_unwind)]
    pub fn push(&self, lo: f64, hi: f64, symbols: &[u8]) -> Result<Rows> {
        guard(|| {
            let rows = to_whole("lo", lo)?..to_whole("hi", hi)?;
            let rows = on_either!(self, shard => calls::push(shard, rows, symbols))?;
            Ok(Rows { lo: to_number(rows.start), hi: to_number(rows.end) })
        })
    }

    #[napi(catch_unwind)]
    pub fn push_batch(&self, mut ranges: Float64ArraySlice, symbols: &[u8], ticket: f64) -> Result<()> {
        guard(|| {
            let rows: Vec<_> = from_pairs(&ranges)?.iter().map(search::FoundRange::rows).collect();
            let pushed = on_either!(self, shard => calls::push_batch(shard, &rows, symbols, &mut meter(ticket)?))?;
            // An array of its own would cost as much as ten pushes: so the answer goes where the question was.
            // SAFETY: JavaScript waits for this call, and nothing reads the arrays of the question from here on.
            let ranges = unsafe { ranges.as_mut() };
            for ([lo, hi], rows) in ranges.as_chunks_mut::<2>().0.iter_mut().zip(pushed) {
                (*lo, *hi) = (to_number(rows.start), to_number(rows.end));
            }
            Ok(())
        })
    }

    #[napi(catch_unwind)]
    pub fn next(&self, ranges: &[f64], unit: String, limit: Either<f64, Null>, ticket: f64) -> Result<Vec<NextEntry>> {
        guard(|| {
            let (ranges, meter) = (from_pairs(ranges)?, &mut meter(ticket)?);
            let limit = match limit {
                Either::A(limit) => Some(to_size("limit", limit)?),
                Either::B(_) => None,
            };
            Ok(match (Unit::from_name(&unit)?, &*self.shard) {
                (Unit::Byte, AnyShard::Bytes(shard)) => to_entries(search::next_symbols(shard, &ranges, limit, meter)?),
                (Unit::Character, AnyShard::Bytes(shard)) => {
                    to_entries(search::next_characters(shard, &ranges, limit, meter)?)
                }
                (Unit::Token, AnyShard::Tokens(shard)) => {
                    to_entries(search::next_symbols(shard, &ranges, limit, meter)?)
                }
                _ => return Err(self.wrong_kind(&format!("the unit {unit}"))),
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn locate(&self, rows: &[f64], ticket: f64) -> Result<Float64Array> {
        guard(|| {
            let rows = rows.iter().map(|&row| to_whole("row", row)).collect::<error::Result<Vec<u64>>>()?;
            let places = on_either!(self, shard => search::locate(shard, &rows, &mut meter(ticket)?))?;
            Ok(to_numbers(places.into_iter().flat_map(|place| [place.document, place.offset])).into())
        })
    }

    #[napi(catch_unwind)]
    pub fn extract(&self, document: f64, start: f64, end: f64, ticket: f64) -> Result<Buffer> {
        guard(|| {
            let offsets = to_whole("start", start)?..to_whole("end", end)?;
            let document = to_whole("document", document)?;
            let meter = &mut meter(ticket)?;
            Ok(on_either!(self, shard => calls::extract(shard, document, offsets, meter))?.into())
        })
    }

    #[napi(catch_unwind)]
    pub fn follow(&self, row: f64, max_symbols: f64, ticket: f64) -> Result<Buffer> {
        guard(|| {
            let (row, max_symbols) = (to_whole("row", row)?, to_size("maxSymbols", max_symbols)?);
            Ok(on_either!(self, shard => calls::follow(shard, row, max_symbols, &mut meter(ticket)?))?.into())
        })
    }

    #[napi(catch_unwind)]
    pub fn follow_batch(&self, rows: &[f64], max_symbols: f64, ticket: f64) -> Result<Vec<Buffer>> {
        guard(|| {
            let rows = rows.iter().map(|&row| to_whole("row", row)).collect::<error::Result<Vec<u64>>>()?;
            let (max_symbols, meter) = (to_size("maxSymbols", max_symbols)?, &mut meter(ticket)?);
            let texts = on_either!(self, shard => calls::follow_batch(shard, &rows, max_symbols, meter))?;
            Ok(texts.into_iter().map(Buffer::from).collect())
        })
    }

    #[napi(catch_unwind)]
    pub fn document(&self, document: f64) -> Result<DocumentRecord> {
        guard(|| Ok(self.shard.document(to_whole("document", document)?)?.into()))
    }

    #[napi(catch_unwind)]
    pub fn find_external_id(&self, external_id: String) -> Result<Either<f64, Null>> {
        guard(|| {
            let document = self.shard.find_external_id(&external_id)?;
            Ok(document.map_or(Either::B(Null), |document| Either::A(to_number(document))))
        })
    }

    #[napi(catch_unwind)]
    pub fn list_external_id(&self, external_id: String) -> Result<Float64Array> {
        guard(|| Ok(to_numbers(self.shard.list_external_id(&external_id)?).into()))
    }

    #[napi(catch_unwind)]
    pub fn count_units(&self, document: f64, offset: f64, ticket: f64) -> Result<UnitCounts> {
        guard(|| {
            let (document, offset) = (to_whole("document", document)?, to_whole("offset", offset)?);
            let units = search::count_units(self.text()?, document, offset, &mut meter(ticket)?)?;
            Ok(UnitCounts { code_points: to_number(units.code_points), utf16_units: to_number(units.utf16_units) })
        })
    }

    #[napi(catch_unwind)]
    pub fn count_documents(&self, ranges: &[f64], max_steps: f64, seed: f64, ticket: f64) -> Result<DocumentCount> {
        guard(|| {
            let (max_steps, seed) = (to_whole("maxSteps", max_steps)?, to_whole("seed", seed)?);
            let ranges = from_triples(ranges)?;
            let meter = &mut meter(ticket)?;
            Ok(on_either!(self, shard => search::count_documents(shard, &ranges, max_steps, seed, meter))?.into())
        })
    }

    #[napi(catch_unwind)]
    pub fn list_documents(&self, ranges: &[f64], max_steps: f64, ticket: f64) -> Result<DocumentList> {
        guard(|| {
            let (ranges, max_steps) = (from_triples(ranges)?, to_whole("maxSteps", max_steps)?);
            let meter = &mut meter(ticket)?;
            Ok(on_either!(self, shard => search::list_documents(shard, &ranges, max_steps, meter))?.into())
        })
    }

    #[napi(catch_unwind)]
    pub fn list_documents_from(
        &self,
        ranges: &[f64],
        first_document: f64,
        limit: f64,
        max_steps: f64,
        ticket: f64,
    ) -> Result<DocumentList> {
        guard(|| {
            let (ranges, max_steps) = (from_triples(ranges)?, to_whole("maxSteps", max_steps)?);
            let (first_document, limit) = (to_whole("firstDocument", first_document)?, to_size("limit", limit)?);
            let meter = &mut meter(ticket)?;
            let list = on_either!(self, shard => {
                search::list_documents_from(shard, &ranges, first_document, limit, max_steps, meter)
            });
            Ok(list?.into())
        })
    }

    #[napi(catch_unwind)]
    pub fn count_facets(&self, ranges: &[f64], field: String, max_steps: f64, ticket: f64) -> Result<FacetCounts> {
        guard(|| {
            let (ranges, max_steps) = (from_triples(ranges)?, to_whole("maxSteps", max_steps)?);
            Ok(self.shard.count_facets(&field, &ranges, max_steps, &mut meter(ticket)?)?.into())
        })
    }

    #[napi(catch_unwind)]
    pub fn longest_matches(&self, text: &[u8], ticket: f64) -> Result<Float64Array> {
        guard(|| {
            Ok(to_numbers(on_either!(self, shard => calls::longest_matches(shard, text, &mut meter(ticket)?))?).into())
        })
    }
}
