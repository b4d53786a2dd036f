//! Parses text files into a folder of exchange-format JSON: `parse OUT_DIR FILE…`.
use taizhang::{lexicon::Lexicon, record, text};

fn main() {
    let mut args = std::env::args().skip(1);
    let out = std::path::PathBuf::from(args.next().expect("OUT_DIR"));
    for file in args {
        let path = std::path::Path::new(&file);
        let source = text::read(&file, &std::fs::read(path).expect("readable")).expect("text").text;
        let document = record::parse(&source, Lexicon::embedded());
        let json = record::exchange(&document, &source);
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        std::fs::write(out.join(name + ".json"), serde_json::to_string_pretty(&json).expect("JSON")).expect("writable");
    }
}
