//! Which documents does a shard hold, and what is known of them besides their text?

mod external_ids;
mod facets;
mod facets_builder;
mod offsets;
mod records;
mod records_builder;
mod text_units;

pub use external_ids::{ExternalIds, sort_ids};
pub use facets::Facets;
pub use facets_builder::FacetsBuilder;
pub use offsets::{DocumentOffsets, DocumentOffsetsBuilder};
pub use records::{RecordReader, RecordSections, Records};
pub use records_builder::{DictionarySampler, EncodedRecords, MAX_RECORD_BYTES, RecordsBuilder};
pub use text_units::{TextUnits, TextUnitsBuilder, UNITS_INTERVAL_BYTES, UnitCounts};
