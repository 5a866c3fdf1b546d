//! How does the trait choose the processor's kernel?
//!
//! Each operation is compiled once for each: in plain Rust, and inside functions with the features of a kernel switched
//! on.

use std::ops::Range;

use super::batch::RowQuery;
use super::portable::Portable;
#[cfg(target_arch = "x86_64")]
use super::reader::Processor;
use super::reader::RunHeadIndex;
use crate::rank::{RankIndex, RankQuery};

/// `$name` with the kernel that fits the processor.
macro_rules! choose_kernel {
    ($self:ident.$name:ident($($argument:ident: $type:ty),*) -> $result:ty) => {{
        #[cfg(target_arch = "x86_64")]
        if let Processor::Bmi2(kernel) = $self.processor {
            #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
            fn with_features(index: &RunHeadIndex, kernel: super::bmi2::Bmi2, $($argument: $type),*) -> $result {
                index.$name(kernel, $($argument),*)
            }
            // SAFETY: `kernel` proves that the processor has these features.
            return unsafe { with_features($self, kernel, $($argument),*) };
        }
        #[cfg(target_arch = "x86_64")]
        if let Processor::Ssse3(kernel) = $self.processor {
            #[target_feature(enable = "ssse3,popcnt")]
            fn with_features(index: &RunHeadIndex, kernel: super::ssse3::Ssse3, $($argument: $type),*) -> $result {
                index.$name(kernel, $($argument),*)
            }
            // SAFETY: as above.
            return unsafe { with_features($self, kernel, $($argument),*) };
        }
        $self.$name(Portable::<false>, $($argument),*)
    }};
}

impl RunHeadIndex {
    /// Replaces each row by the rank of its symbol there, overlapping their cache misses.
    pub fn rank_rows(&self, queries: &mut [RowQuery]) {
        choose_kernel!(self.rank_rows_with(queries: &mut [RowQuery]) -> ())
    }
}

impl RankIndex for RunHeadIndex {
    type Symbol = u8;

    fn len(&self) -> u64 {
        self.length
    }

    fn rank(&self, symbol: u8, row: u64) -> u64 {
        choose_kernel!(self.rank_with(symbol: u8, row: u64) -> u64)
    }

    fn rank_range(&self, symbol: u8, range: Range<u64>) -> Range<u64> {
        choose_kernel!(self.rank_range_cold_with(symbol: u8, range: Range<u64>) -> Range<u64>)
    }

    fn symbol_rank(&self, row: u64) -> Option<(u8, u64)> {
        choose_kernel!(self.symbol_rank_cold_with(row: u64) -> Option<(u8, u64)>)
    }

    fn visit_symbols(&self, range: Range<u64>, visit: &mut dyn FnMut(u8, Range<u64>)) {
        choose_kernel!(self.visit_symbols_with(range: Range<u64>, visit: &mut dyn FnMut(u8, Range<u64>)) -> ())
    }

    fn rank_batch(&self, queries: &mut [RankQuery<u8>]) {
        choose_kernel!(self.rank_batch_with(queries: &mut [RankQuery<u8>]) -> ())
    }

    fn symbol_rank_batch(&self, rows: &[u64], answers: &mut Vec<Option<(u8, u64)>>) {
        choose_kernel!(self.symbol_rank_batch_with(rows: &[u64], answers: &mut Vec<Option<(u8, u64)>>) -> ())
    }

    fn runs(&self) -> u64 {
        self.runs
    }
}
