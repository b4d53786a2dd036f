//! What people hand in beside documents: a metadata table (CSV in any encoding), and what they said of measures (JSON).
#![no_main]

use libfuzzer_sys::fuzz_target;
use taizhang::compare::Edits;
use taizhang::ledger::{Metadata, Source};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(edits) = serde_json::from_slice::<Edits>(bytes) {
        let again = serde_json::to_string(&edits).ok().and_then(|json| serde_json::from_str::<Edits>(&json).ok());
        assert_eq!(again, Some(edits));
    }
    // A header that tells documents, else hardly any input would be applied.
    for bytes in [bytes.to_vec(), [b"file,id,title,issued\n", bytes].concat()] {
        let Ok(table) = Metadata::from_csv(&bytes) else { continue };
        let sources = vec![Source::file("plans/a.txt", "plans/a.txt"), Source::file("b", "../b.txt")];
        let Ok(described) = table.describe(sources) else { continue };
        assert_eq!(described.count(), 2);
    }
});
