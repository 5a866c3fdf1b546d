//! How does the processor count bits?
//!
//! Each operation of the indexes over tokens is compiled twice: in plain Rust, and inside a function with AVX2 switched
//! on. The answers are the same.

/// The counter chosen for this processor.
#[derive(Debug, Clone, Copy)]
pub(super) enum Processor {
    #[cfg(target_arch = "x86_64")]
    Avx2(super::avx2::Avx2),
    Portable,
}

impl Processor {
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(counter) = super::avx2::Avx2::detect() {
            return Self::Avx2(counter);
        }
        Self::Portable
    }
}

/// The method `$name` of a `$type`, compiled for the processor that its field tells of.
macro_rules! choose_counter {
    ($type:ty: $self:ident.$name:ident($($argument:ident: $kind:ty),*) -> $result:ty) => {{
        #[cfg(target_arch = "x86_64")]
        if let $crate::rank::quad::dispatch::Processor::Avx2(counter) = $self.processor {
            #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
            fn with_features(
                index: &$type,
                counter: $crate::rank::quad::avx2::Avx2,
                $($argument: $kind),*
            ) -> $result {
                index.$name(counter, $($argument),*)
            }
            // SAFETY: `counter` proves that the processor has these features.
            return unsafe { with_features($self, counter, $($argument),*) };
        }
        $self.$name($crate::rank::quad::line::Words, $($argument),*)
    }};
}

pub(super) use choose_counter;
