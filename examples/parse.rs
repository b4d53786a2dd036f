//! Parses files into a folder of exchange-format JSON: `parse OUT_DIR FILE…`.

use std::path::{Path, PathBuf};
use taizhang::{lexicon::Lexicon, record, text};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let out = PathBuf::from(args.next().ok_or("usage: parse OUT_DIR FILE…")?);
    for file in args {
        let source = text::read(&file, &std::fs::read(&file)?)?.text;
        let document = record::parse(&source, Lexicon::embedded());
        let name = Path::new(&file).with_extension("json");
        let json = serde_json::to_string_pretty(&record::exchange(&document, &source))?;
        std::fs::write(out.join(name.file_name().ok_or("a file has a name")?), json)?;
    }
    Ok(())
}
