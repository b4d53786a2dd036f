//! taizhang 台账: what Chinese governments have set out to do, as a ledger of tasks.
//!
//! The order of the modules below is the flow of data and the import rule: a module uses only modules above it
//! (`tests/layers.rs` holds everybody to it).
//!
//! ```text
//! bytes → text → outline → facts → record → store → table → review → index → query → ledger → python
//! ```

pub mod error;

pub mod text;

pub mod lexicon;

pub mod outline;

pub mod facts;

pub mod record;

pub mod store;

pub mod table;

pub mod review;

pub mod index;

pub mod query;

pub mod compare;

#[cfg(feature = "sample")]
pub mod sample;

pub mod ledger;

#[cfg(feature = "python")]
mod python;

pub use error::{Error, Result};
