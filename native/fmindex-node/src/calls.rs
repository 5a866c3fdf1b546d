//! What does a shard answer, whatever its symbols are? Each call reads symbols from bytes and writes them back.

use std::ops::Range;

use fmindex::error::Result;
use fmindex::search::{self, FoundRange, ShardView, StepMeter};

use crate::wire::WireSymbol;

pub fn count<V: ShardView<Symbol: WireSymbol>>(
    view: &V,
    patterns: &[&[u8]],
    meter: &mut StepMeter,
) -> Result<Vec<u64>> {
    let patterns = patterns.iter().map(|pattern| V::Symbol::read(pattern)).collect::<Result<Vec<_>>>()?;
    let patterns: Vec<&[V::Symbol]> = patterns.iter().map(|pattern| &**pattern).collect();
    search::count_batch(view, &patterns, meter)
}

pub fn find<V: ShardView<Symbol: WireSymbol>>(
    view: &V,
    pattern: &[u8],
    meter: &mut StepMeter,
) -> Result<Vec<FoundRange>> {
    search::find(view, &V::Symbol::read(pattern)?, meter)
}

pub fn push<V: ShardView<Symbol: WireSymbol>>(view: &V, rows: Range<u64>, symbols: &[u8]) -> Result<Range<u64>> {
    search::push(view, rows, &V::Symbol::read(symbols)?)
}

pub fn push_batch<V: ShardView<Symbol: WireSymbol>>(
    view: &V,
    ranges: &[Range<u64>],
    symbols: &[u8],
    meter: &mut StepMeter,
) -> Result<Vec<Range<u64>>> {
    search::push_batch(view, ranges, &V::Symbol::read(symbols)?, meter)
}

pub fn extract<V: ShardView<Symbol: WireSymbol>>(
    view: &V,
    document: u64,
    offsets: Range<u64>,
    meter: &mut StepMeter,
) -> Result<Vec<u8>> {
    search::extract(view, document, offsets, meter).map(V::Symbol::write)
}

pub fn follow<V: ShardView<Symbol: WireSymbol>>(
    view: &V,
    row: u64,
    max_symbols: usize,
    meter: &mut StepMeter,
) -> Result<Vec<u8>> {
    search::follow(view, row, max_symbols, meter).map(V::Symbol::write)
}

pub fn follow_batch<V: ShardView<Symbol: WireSymbol>>(
    view: &V,
    rows: &[u64],
    max_symbols: usize,
    meter: &mut StepMeter,
) -> Result<Vec<Vec<u8>>> {
    let texts = search::follow_batch(view, rows, max_symbols, meter)?;
    Ok(texts.into_iter().map(V::Symbol::write).collect())
}

pub fn longest_matches<V: ShardView<Symbol: WireSymbol>>(
    view: &V,
    text: &[u8],
    meter: &mut StepMeter,
) -> Result<Vec<u64>> {
    search::longest_matches(view, &V::Symbol::read(text)?, meter)
}
