//! How does Node call the index? Convert, call, convert back: the binding holds no logic of its own.
