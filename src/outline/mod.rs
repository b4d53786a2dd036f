//! Outline: a text becomes head, sections and clauses.
//!
//! In: source text. Out: where the plan starts and ends on its page, its numbered outline, and what stands around it.
//! Guarantee: every character of the plan belongs to at most one node; nodes are in text order.
//! Knows nothing of departments' functions or of numbers to reach.

mod clause;
mod date;
pub mod head;
mod heading;
mod issuer;
mod line;
mod number;
mod plan;
mod tasktable;
mod title;
mod unfold;

pub use clause::{Node, Outline};
pub use heading::{Marker, Shape, ordinal};
pub use line::{Line, Lines};
pub use number::DocNumber;
pub use tasktable::{Cell, Column};
