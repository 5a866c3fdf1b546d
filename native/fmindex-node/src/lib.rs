//! How does Node call the index? Convert, call, convert back: the binding holds no logic of its own.
//!
//! Every export is guarded twice: `catch_unwind` of napi around the conversions, and [`guard`] around the call, so
//! that neither a wrong argument nor a bug of ours can take the process down. `index.d.ts` is the contract.

mod build;
mod calls;
mod content_check;
mod guard;
mod hidden;
mod merge;
mod numbers;
mod opened_shards;
mod probe;
mod ranges;
mod repetition;
mod repetition_types;
mod shard;
mod shard_types;
mod spool;
mod ticket_table;
mod tickets;
mod token_spool;
mod wire;
mod zstd_decoder;
