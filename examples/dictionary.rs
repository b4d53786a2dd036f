//! Makes the dictionary that texts are compressed with: `cargo run --example dictionary -- OUT`.
//!
//! Trained once from the paragraphs of the seeds and the names of the lexicon. A ledger's texts can only be read with
//! the very bytes they were written with, so what comes out of here again is a new dictionary with a new letter
//! (`src/index/group.rs`).

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Larger ones cost more to load than they save.
const BYTES: usize = 48 << 10;

fn main() -> io::Result<()> {
    let out = env::args_os().nth(1).ok_or_else(|| io::Error::other("the file to write is missing"))?;
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let mut samples: Vec<String> = Vec::new();
    // Names first: what stands last in a dictionary is the cheapest to point at.
    for table in ["topics.csv", "departments_combined.csv", "departments.csv"] {
        let text = fs::read_to_string(seeds.join("lexicon").join(table))?;
        let names = |line: &str| line.split([',', ';']).filter(|name| !name.is_ascii()).collect::<Vec<_>>().join("、");
        samples.extend(text.lines().skip(1).map(names));
    }
    let mut documents: Vec<PathBuf> =
        fs::read_dir(seeds.join("documents"))?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    documents.retain(|file| file.extension().is_some_and(|ending| ending == "txt"));
    documents.sort();
    for file in documents {
        samples.extend(fs::read_to_string(file)?.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
    }
    let dictionary = zstd::dict::from_samples(&samples, BYTES)?;
    println!("{} samples, {} bytes", samples.len(), dictionary.len());
    fs::write(out, dictionary)
}
