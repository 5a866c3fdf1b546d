//! Does the processor count bits?
//!
//! Each operation of the indexes over tokens is compiled twice: in plain Rust, and inside a function where counting the
//! bits of a word is one instruction. The answers are the same.

/// Whether the processor has what the second way needs.
#[cfg(target_arch = "x86_64")]
pub(super) fn has_popcnt() -> bool {
    is_x86_feature_detected!("popcnt") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2")
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) fn has_popcnt() -> bool {
    false
}

/// The method `$name` of a `$type`, compiled for the processor that its field `has_popcnt` tells of.
macro_rules! choose_counter {
    ($type:ty: $self:ident.$name:ident($($argument:ident: $kind:ty),*) -> $result:ty) => {{
        #[cfg(target_arch = "x86_64")]
        if $self.has_popcnt {
            #[target_feature(enable = "popcnt,bmi1,bmi2")]
            fn with_popcnt(index: &$type, $($argument: $kind),*) -> $result {
                index.$name($crate::rank::quad::line::Words, $($argument),*)
            }
            // SAFETY: the field says that the processor has these features.
            return unsafe { with_popcnt($self, $($argument),*) };
        }
        $self.$name($crate::rank::quad::line::Words, $($argument),*)
    }};
}

pub(super) use choose_counter;
