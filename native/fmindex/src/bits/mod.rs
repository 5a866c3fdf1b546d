//! How are many integers kept in few bits and still read at random?

mod elias_fano;
mod elias_fano_builder;
mod elias_fano_layout;
mod packed_ints;

pub use elias_fano::EliasFano;
pub use elias_fano_builder::EliasFanoBuilder;
pub use packed_ints::{PackedInts, PackedIntsBuilder, width_of};
