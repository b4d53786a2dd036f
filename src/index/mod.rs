//! Index: records in, column blocks out; what queries read.
//!
//! A document is kept as its text and its record, in groups; that is the ledger. Blocks hold the same facts again, by
//! column, and can be made anew from the records. Postings stand beside
//! each block: which of its clauses hold which words.

mod block;
mod bytes;
mod cache;
mod catalog;
mod column;
mod group;
mod layout;
pub mod posting;
mod reader;
mod same;
mod shape;
mod sketch;

pub use block::{BlockBuilder, Directory, Place};
pub use catalog::{Block, Catalog, Gone};
pub use column::{Builder, Texts, Values};
pub use group::{GROUP_BYTES, pack_group, unpack_group};
pub use layout::{Field, Fields, LIST, METADATA_FIELDS, Type, hex, level_name, level_of, path_text};
pub use reader::{Decoded, Reader};
pub use same::{Like, Mark, Reason, Same};
pub use shape::{
    COLUMNS, CONTENTS, DIRECTORIES, Entry, GONE, GoneBits, HEADS, Head, IDS, Present, READING, READING_KEY, RECORDS,
    Reading, SKETCHES, TEXTS, pack_record, unpack_record,
};
pub use sketch::{Shingles, Sketch, number_key};
