//! How is a BWT kept in a quarter of the text and still ranked in a fraction of a microsecond?
//!
//! *Run-head groups*: the BWT is cut in groups of 2^10 to 2^12 rows, and each group keeps its runs of equal symbols as
//! heads and starts. Near rows are alike, so a group has few symbols and long runs. `layout.rs` has the picture of the
//! sections, `group.rs` that of a group, `kernel.rs` the way a group is searched.

mod batch;
#[cfg(target_arch = "x86_64")]
mod bmi2;
mod bytes;
mod decode;
mod encoder;
mod group;
mod group_encoder;
mod heads;
mod index;
mod kernel;
mod layout;
mod mask;
mod planes;
mod portable;
mod reader;
mod rows;
#[cfg(target_arch = "x86_64")]
mod ssse3;
mod symbols;
#[cfg(test)]
mod tests;
mod verify;

pub use batch::RowQuery;
pub(crate) use batch::prefetch;
pub use decode::GroupDecoder;
pub use encoder::{EncodeOptions, EncodedRank, EncodedSuperblock, RankBuilder, SUPERBLOCK_ROWS, encode};
pub use layout::PADDING_BYTES;
pub use reader::{Instructions, RankSections, RunHeadIndex};
pub use verify::Sizes;
