//! How does a binding keep Node alive? No error loses its code, no panic leaves Rust, no long call blocks JavaScript.

mod background;
mod guard;

pub use background::run_on_thread;
pub use guard::{Code, Result, guard, to_rejection};
