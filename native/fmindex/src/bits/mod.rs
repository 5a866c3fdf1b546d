//! How are many integers kept in few bits and still read at random?

mod elias_fano;
mod elias_fano_builder;
mod elias_fano_layout;
mod packed_ints;
mod ranked_bits;

pub use elias_fano::EliasFano;
pub use elias_fano_builder::EliasFanoBuilder;
pub use packed_ints::{PackedInts, PackedIntsBuilder, width_of};
pub use ranked_bits::RankedBits;
pub(crate) use ranked_bits::low_mask;
