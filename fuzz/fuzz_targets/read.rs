//! Any bytes as any kind of file; the first byte chooses the kind.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taizhang::text;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let file = ["a.html", "a.docx", "a.txt", "a.md"][usize::from(*kind) % 4];
    if let Ok(read) = text::read(file, bytes) {
        taizhang_fuzz::parse(read.text.as_str());
    }
});
