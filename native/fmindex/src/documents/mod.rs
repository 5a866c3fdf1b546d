//! Which documents does a shard hold, and what is known of them besides their text?

mod external_ids;
mod facets;
mod facets_builder;
mod offsets;
mod records;
#[cfg(feature = "build")]
mod records_builder;
mod text_units;

pub use external_ids::{ExternalIds, sort_ids};
pub use facets::Facets;
pub use facets_builder::FacetsBuilder;
pub use offsets::{DocumentOffsets, DocumentOffsetsBuilder};
pub use records::{MAX_RECORD_BYTES, RecordReader, RecordSections, Records};
#[cfg(feature = "build")]
pub use records_builder::{DictionarySampler, EncodedRecords, RecordsBuilder};
pub use text_units::{TextUnits, TextUnitsBuilder, UNITS_INTERVAL_BYTES, UnitCounts};
