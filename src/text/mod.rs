//! Text: bytes become a document's text, and stretches of it become clean passages with a way back.
//!
//! In: bytes. Out: [`SourceText`] (what spans count in) and [`Passage`] (what rules read).
//! Guarantee: every fact found in a passage maps back to code points of the source text.
//! Knows nothing of documents, headings or departments.

mod clean;
mod decode;
mod docx;
mod format;
mod html;
pub mod numeral;
mod passage;
mod read;
mod row;
mod signs;
mod source;
mod span;
mod words;
pub mod work;

pub use clean::{CHARACTERS, is_blank, tidy};
pub use decode::{Encoding, decode};
pub use passage::{Passage, PassageBuilder};
pub use read::{EXTENSIONS, MAX_BYTES, MAX_LINES, Read, accept, check_size, read, try_read};
pub use signs::signs;
pub use source::{Marks, SourceText, TextView};
pub use span::{Extent, Span};
pub use words::Words;
