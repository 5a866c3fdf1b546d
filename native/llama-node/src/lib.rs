//! How does Node ask a model? Convert, call, convert back: the binding holds no logic of its own. `index.d.ts` is the contract.

mod model;
mod session;
