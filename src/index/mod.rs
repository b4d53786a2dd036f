//! Index: records in, column blocks out; what queries read.
//!
//! A document is kept as its text and its record, in groups; that is the ledger. Blocks hold the same facts again, by
//! column, and can be made anew from the records. Postings stand beside
//! each block: which of its clauses hold which words.

mod bits;
mod block;
mod bytes;
mod cache;
mod catalog;
mod column;
mod group;
mod layout;
mod members;
mod plane;
pub mod posting;
mod reader;
mod same;
mod seat;
mod shape;
mod sketch;
mod spread;

pub use bits::Bits;
pub use block::{BlockBuilder, Directory, ENTRIES, Place, REVIEWED};
pub use catalog::{Block, Catalog, Gone};
pub use column::{Builder, Extents, Floats, Ints, Texts, Values};
pub use group::{group_size, pack_group, pack_texts, unpack_group, unpack_texts};
pub use layout::{Field, Fields, LIST, METADATA_FIELDS, Type, hex, level_name, level_of, path_text};
pub use members::Members;
pub use plane::Plane;
pub use reader::{Decoded, Reader, TextReader};
pub use same::{Like, Mark, Reason, Same};
pub use seat::{Seat, Seats, number_of_code};
pub use shape::{
    COLUMNS, CONTENTS, DIRECTORIES, Entry, GONE, GoneBits, HEADS, Head, IDS, Present, READING, READING_KEY, RECORDS,
    Reading, SKETCHES, TEXTS, pack_record, unpack_record,
};
pub use sketch::{Shingles, Sketch, number_key};
pub use spread::Spread;
