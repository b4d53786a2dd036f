//! The import rule: a module uses only modules above it in `src/lib.rs`, and a few crates have one home each.
//!
//! The test reads tokens, not text: comments and strings are gone before a path is looked for. It cannot see through
//! a re-export, so a path to a re-exported item (`crate::Error`) breaks the rule too: inner code names the module.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Crates that only the named modules may mention.
const HOMES: &[(&str, &[&str])] =
    &[("sled", &["store"]), ("bincode", &["store"]), ("pyo3", &["python"]), ("rayon", &["index", "compare", "ledger"])];

#[test]
fn modules_use_only_modules_above_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let order = modules(&tokens(&std::fs::read_to_string(root.join("lib.rs")).unwrap()));
    assert!(order.len() > 3, "src/lib.rs lists its modules");
    let mut report = String::new();
    for file in rust_files(&root) {
        let inside = file.strip_prefix(&root).unwrap();
        let home = module_path(inside);
        let Some(module) = home.first() else { continue };
        let code = tokens(&std::fs::read_to_string(&file).unwrap());
        for (line, what) in violations(&order, module, home.len(), &code) {
            writeln!(report, "src/{}:{line}: {what}", inside.display()).unwrap();
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

/// A word or sign of the source, and its line.
#[derive(Debug, Clone, PartialEq)]
struct Token {
    line: usize,
    text: String,
}

/// The tokens of a source, without comments, strings, characters and lifetimes. `::` is one token.
fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let (mut out, mut i, mut line) = (Vec::new(), 0, 1);
    while i < chars.len() {
        let from = i;
        match at(i) {
            '/' if at(i + 1) == '/' => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '/' if at(i + 1) == '*' => {
                let mut depth = 0;
                loop {
                    match (at(i), at(i + 1)) {
                        ('/', '*') => (depth, i) = (depth + 1, i + 2),
                        ('*', '/') => (depth, i) = (depth - 1, i + 2),
                        _ => i += 1,
                    }
                    if depth == 0 || i >= chars.len() {
                        break;
                    }
                }
            }
            '"' => i = after_string(&chars, i),
            '\'' if at(i + 1) == '\\' || at(i + 2) == '\'' => {
                i += if at(i + 1) == '\\' { 3 } else { 2 };
                while i < chars.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            }
            '\'' => i += 1,
            c if c.is_alphabetic() || c == '_' => {
                while at(i).is_alphanumeric() || at(i) == '_' {
                    i += 1;
                }
                let word: String = chars[from..i].iter().collect();
                let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
                let raw = matches!(word.as_str(), "r" | "br" | "cr");
                if raw && at(i + hashes) == '"' {
                    i = after_raw_string(&chars, i + hashes + 1, hashes);
                } else if matches!(word.as_str(), "b" | "c") && at(i) == '"' {
                    i = after_string(&chars, i);
                } else if at(from.wrapping_sub(1)) != '\'' {
                    out.push(Token { line, text: word });
                }
            }
            ':' if at(i + 1) == ':' => {
                out.push(Token { line, text: "::".into() });
                i += 2;
            }
            c => {
                if !c.is_whitespace() {
                    out.push(Token { line, text: c.into() });
                }
                i += 1;
            }
        }
        line += chars[from..i.min(chars.len())].iter().filter(|c| **c == '\n').count();
    }
    out
}

/// Position behind the string that opens at `i`.
fn after_string(chars: &[char], mut i: usize) -> usize {
    i += 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// Position behind a raw string whose content begins at `i`.
fn after_raw_string(chars: &[char], mut i: usize, hashes: usize) -> usize {
    while i < chars.len() {
        if chars[i] == '"' && chars[i + 1..].iter().take_while(|c| **c == '#').count() >= hashes {
            return i + 1 + hashes;
        }
        i += 1;
    }
    i
}

/// Names of the modules that a `lib.rs` declares, in order.
fn modules(code: &[Token]) -> Vec<String> {
    code.windows(3).filter(|w| w[0].text == "mod" && w[2].text == ";").map(|w| w[1].text.clone()).collect()
}

/// Every breach of the rule in the code of a file whose module path has `depth` names, `module` first.
fn violations(order: &[String], module: &str, depth: usize, code: &[Token]) -> Vec<(usize, String)> {
    let rank = |name: &str| order.iter().position(|m| m == name);
    let mut out = Vec::new();
    let Some(own) = rank(module) else { return vec![(1, format!("{module} is not declared in src/lib.rs"))] };
    for (name, line) in reached(depth, code) {
        match rank(&name) {
            Some(other) if other <= own => {}
            Some(_) => out.push((line, format!("{module} imports {name}"))),
            None => out.push((line, format!("{module} uses crate::{name}, which is no module: name its home"))),
        }
    }
    for token in code {
        for (krate, homes) in HOMES {
            if token.text == *krate && !homes.contains(&module) {
                out.push((token.line, format!("{module} names {krate}; only {} may", homes.join(", "))));
            }
        }
    }
    out
}

/// Top-level names that paths in the code reach, with their lines.
fn reached(depth: usize, code: &[Token]) -> Vec<(String, usize)> {
    let (mut out, mut braces, mut i) = (Vec::new(), Vec::new(), 0);
    let text = |i: usize| code.get(i).map_or("", |t| t.text.as_str());
    while i < code.len() {
        let inline = braces.iter().filter(|is_mod| **is_mod).count();
        let fresh = text(i.wrapping_sub(1)) != "::";
        match text(i) {
            "{" => braces.push(i >= 2 && text(i - 2) == "mod"),
            "}" => drop(braces.pop()),
            "crate" if text(i + 1) == "::" => {
                i = use_tree(code, i + 2, 0, &mut out);
                continue;
            }
            "super" if text(i + 1) == "::" && fresh => {
                i = use_tree(code, i, depth + inline, &mut out);
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    out
}

/// Follows a path or use tree from `i`, standing in a module `depth` names deep; gives the position behind it.
fn use_tree(code: &[Token], mut i: usize, mut depth: usize, out: &mut Vec<(String, usize)>) -> usize {
    let text = |i: usize| code.get(i).map_or("", |t| t.text.as_str());
    while text(i) == "super" && text(i + 1) == "::" {
        depth = depth.saturating_sub(1);
        i += 2;
    }
    if depth > 0 && text(i) != "{" {
        return i;
    }
    if text(i) != "{" {
        out.extend(code.get(i).map(|t| (t.text.clone(), t.line)));
        return i + 1;
    }
    let mut nesting = 1;
    let mut item = true;
    i += 1;
    while i < code.len() && nesting > 0 {
        match text(i) {
            "{" => nesting += 1,
            "}" => nesting -= 1,
            "," => item = nesting == 1,
            _ if item => {
                item = false;
                i = use_tree(code, i, depth, out);
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    i
}

/// `facts/group.rs` → facts, group; `facts/mod.rs` → facts; `lib.rs` → nothing.
fn module_path(inside: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        inside.with_extension("").components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    if matches!(names.last().map(String::as_str), Some("mod" | "lib")) {
        names.pop();
    }
    names
}

/// All Rust files below `folder`, in order.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    entries
        .into_iter()
        .flat_map(|path| match path.is_dir() {
            true => rust_files(&path),
            false if path.extension().is_some_and(|e| e == "rs") => vec![path],
            false => Vec::new(),
        })
        .collect()
}

/// What the rule says of a snippet that stands in `facts::group`, with the order error, text, facts, store, python.
#[track_caller]
fn check(snippet: &str, want: &[&str]) {
    let order: Vec<String> = ["error", "text", "facts", "store", "python"].map(String::from).into();
    let got: Vec<String> = violations(&order, "facts", 2, &tokens(snippet))
        .into_iter()
        .map(|(line, what)| format!("{line}: {what}"))
        .collect();
    assert_eq!(got, want, "{snippet}");
}

#[test]
fn upward_paths_pass() {
    check("use crate::text::Span;\nuse crate::{error::Error, text::{Span, Extent}};", &[]);
    check("use super::body::Body;\nfn f() { super::other() }", &[]);
    check("use super::super::text::Span;", &[]);
    check("mod tests { use super::*; use super::super::body::x; use super::super::super::text::y; }", &[]);
    check("pub(crate) fn f() {}", &[]);
}

#[test]
fn downward_paths_are_found() {
    check("use crate::store::Store;", &["1: facts imports store"]);
    check("\nuse crate::{\n    text::Span,\n    store::Store,\n};", &["4: facts imports store"]);
    check("use super::super::store::Store;", &["1: facts imports store"]);
    check("use super::super::{text::Span, store};", &["1: facts imports store"]);
    check("mod tests { fn f() { super::super::super::store::open() } }", &["1: facts imports store"]);
    check("fn f() -> crate::store::Id { crate::python::x() }", &["1: facts imports store", "1: facts imports python"]);
    check("f(crate::store::x())", &["1: facts imports store"]);
    check("use crate::Error;", &["1: facts uses crate::Error, which is no module: name its home"]);
}

#[test]
fn comments_and_strings_are_not_code() {
    check("// use crate::store;\n/* crate::store /* nested */ crate::store */", &[]);
    check(
        "let a = \"crate::store \\\" crate::store\"; let b = r#\"crate::store \" \"#; let c = b\"crate::store\";",
        &[],
    );
    check("let c = '\"'; use crate::store::x; let d = '\\'';", &["1: facts imports store"]);
    check("fn f<'a>(x: &'a str) { crate::store::g(x) }", &["1: facts imports store"]);
    check("//! sled and pyo3 are words here", &[]);
}

#[test]
fn crates_stay_in_their_homes() {
    check("use sled::Db;", &["1: facts names sled; only store may"]);
    check("\nuse rayon::prelude::*;", &["2: facts names rayon; only index, compare, ledger may"]);
    check("#[pyo3::pyclass] struct X;", &["1: facts names pyo3; only python may"]);
}
