//! Any bytes, decoded as a file of text would be.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taizhang::text;

fuzz_target!(|bytes: &[u8]| {
    if let Ok((text, _)) = text::decode(bytes) {
        taizhang_fuzz::parse(&text);
    }
});
