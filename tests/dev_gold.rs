//! Documents of other places and fields, beside the gold that people made of them: floors of every layer.
//!
//! They lie outside the project; where they are missing the test passes over them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::path::Path;
use std::process::Command;
use taizhang::lexicon::Lexicon;
use taizhang::{record, text};

/// Layers and the F1 that each must reach.
const FLOORS: [(&str, f64); 16] = [
    ("meta.title", 0.98),
    ("meta.number", 0.98),
    ("meta.issued", 0.98),
    ("meta.adcode", 0.98),
    ("meta.issuers", 0.98),
    ("cites", 0.95),
    ("sections", 0.98),
    ("clauses", 0.98),
    ("clauses.text", 0.98),
    ("clauses.kind", 0.98),
    ("assignments", 0.97),
    ("assignments.function", 0.95),
    ("targets", 0.92),
    ("targets.deadline", 0.90),
    ("targets.indicator", 0.85),
    ("milestones", 0.85),
];

#[test]
fn other_governments_documents_reach_their_floors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dev = root.join("../shared/dev");
    let Ok(gold) = std::fs::read_dir(dev.join("gold")) else {
        eprintln!("skipped: {} is not there", dev.display());
        return;
    };
    let out = tempfile::tempdir().unwrap();
    let mut read = 0;
    for entry in gold.map(Result::unwrap) {
        let name = entry.path().file_stem().unwrap().to_string_lossy().into_owned();
        let file = ["txt", "html", "md"].map(|end| dev.join(format!("docs/{name}.{end}")));
        let file = file.iter().find(|f| f.exists()).unwrap_or_else(|| panic!("no document for {name}"));
        let source = text::read(&file.to_string_lossy(), &std::fs::read(file).unwrap()).unwrap().text;
        let document = record::parse(&source, Lexicon::embedded());
        let json = record::exchange(&document, &source);
        std::fs::write(out.path().join(format!("{name}.json")), json.to_string()).unwrap();
        read += 1;
    }
    assert!(read > 0, "no gold");
    let score = Command::new("python3")
        .arg(root.join("tests/score.py"))
        .args([dev.join("gold").as_path(), out.path()])
        .arg("--json")
        .output()
        .unwrap();
    assert!(score.status.success(), "{}", String::from_utf8_lossy(&score.stderr));
    let score: serde_json::Value = serde_json::from_slice(&score.stdout).unwrap();
    let low: Vec<String> = FLOORS
        .iter()
        .filter_map(|(layer, floor)| {
            let f1 = score[layer][2].as_f64().unwrap_or_else(|| panic!("{layer} is not scored: {score}"));
            (f1 < *floor).then(|| format!("{layer}: {f1:.4} < {floor}"))
        })
        .collect();
    assert!(low.is_empty(), "{}", low.join("\n"));
}
