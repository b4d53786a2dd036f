//! The library's own way of reading: the embedded lexicon parses documents and resolves the names in questions.

use super::Options;
use crate::error::{Error, Result};
use crate::index::Reading;
use crate::lexicon::{Found, Lexicon, Resolution};
use crate::query::{Names, Place};
use crate::record::{self, Document};
use crate::text::SourceText;
use std::sync::Arc;

/// Version of the rules; raised with any change of facts.
const RULES: u32 = 1;

impl Options {
    /// Reads with the embedded lexicon, creating the ledger where there is none.
    pub fn embedded() -> Self {
        let fingerprint = Lexicon::embedded().fingerprint();
        let lexicon = fingerprint.get(..16).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or_default();
        Self::new(parse, Reading { rules: RULES, lexicon }, Arc::new(EmbeddedNames))
    }
}

/// Reads a text with the embedded lexicon.
pub fn parse(text: &SourceText) -> Document {
    record::parse(text, Lexicon::embedded())
}

/// Names of the embedded lexicon.
struct EmbeddedNames;

impl Names for EmbeddedNames {
    fn function(&self, name: &str) -> Result<String> {
        let departments = Lexicon::embedded().departments();
        let near = match departments.by_name(name) {
            Ok(function) => return Ok(function.id.to_string()),
            Err(near) => near,
        };
        // A field stands for its department: 医保 for 医保局, 卫健 for 卫健委.
        let bodies = ["局", "委", "厅", "部"].iter().map(|ending| format!("{}{ending}", name.trim()));
        match bodies.into_iter().find_map(|body| departments.by_name(&body).ok()) {
            Some(function) => Ok(function.id.to_string()),
            None => Err(Error::query(format!("no department or function is called {name:?}"), near)),
        }
    }

    fn functions(&self, body: &str) -> Vec<String> {
        let found = Lexicon::embedded().departments().resolve(body);
        found.map(|found| found.functions.iter().map(|id| (*id).to_string()).collect()).unwrap_or_default()
    }

    fn place(&self, name: &str) -> Result<Place> {
        match Lexicon::embedded().places().resolve(name, None) {
            Resolution::One(Found { place, zone, .. }) => Ok(Place {
                adcode: place.adcode.to_string(),
                name: place.name.to_string(),
                level: place.level,
                zone: zone.map(|zone| zone.id.to_string()),
            }),
            Resolution::Ambiguous(found) => {
                let options = found.iter().map(|f| format!("{} ({})", f.place.name, f.place.adcode)).collect();
                Err(Error::query(format!("several places are called {name:?}; give the code"), options))
            }
            Resolution::Unknown(near) => Err(Error::query(format!("no place is called {name:?}"), near)),
        }
    }

    fn topic(&self, name: &str) -> Result<String> {
        match Lexicon::embedded().topics().by_name(name) {
            Ok(topic) => Ok(topic.id.to_string()),
            Err(near) => Err(Error::query(format!("no topic is called {name:?}"), near)),
        }
    }

    fn in_force(&self, adcode: &str) -> String {
        match Lexicon::embedded().places().resolve(adcode, None) {
            Resolution::One(found) => found.place.adcode.to_string(),
            // A division that was parted is its parts' no more than itself.
            Resolution::Ambiguous(_) | Resolution::Unknown(_) => adcode.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn names_resolve_or_say_what_was_meant() {
        assert_eq!(EmbeddedNames.place("江门").unwrap().adcode, "440700");
        assert_eq!(EmbeddedNames.place("440700").unwrap().name, "江门市");
        let near = EmbeddedNames.place("江门城").unwrap_err().to_string();
        assert!(near.contains("江门"), "{near}");
        let several = EmbeddedNames.place("鼓楼区").unwrap_err().to_string();
        assert!(several.contains("320106") && several.contains("350102"), "{several}");
        assert_eq!(EmbeddedNames.function("医保").unwrap(), "health-insurance");
        assert_eq!(EmbeddedNames.function("卫健").unwrap(), "health");
        assert_eq!(EmbeddedNames.function("市医疗保障局").unwrap(), "health-insurance");
        assert_eq!(EmbeddedNames.function("health-insurance").unwrap(), "health-insurance");
        assert!(EmbeddedNames.function("没有这个部门").is_err());
        assert_eq!(EmbeddedNames.topic("数字健康").unwrap(), "digital-health");
        assert!(EmbeddedNames.topic("没有这个主题").is_err());
        assert_eq!(EmbeddedNames.in_force("500222"), "500110", "綦江县 is 綦江区 now");
        assert_eq!(EmbeddedNames.in_force("440700"), "440700");
        assert_eq!(EmbeddedNames.in_force("x"), "x");
    }

    /// What the rules of this version read out of the five seeds.
    const FACTS: (u32, &str) = (1, "efeb4350df1a96461424f1b838fa91a43990d08d1f8cd51d564b58cb8586cba8");

    #[test]
    fn changed_facts_raise_the_rules_version() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/documents");
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|ending| ending == "txt"));
        files.sort();
        let mut hash = Sha256::new();
        for file in files {
            let text = SourceText::new(std::fs::read_to_string(file).unwrap());
            hash.update(record::exchange(&parse(&text), &text).to_string());
        }
        let facts = format!("{:x}", hash.finalize());
        assert_eq!(
            (RULES, facts.as_str()),
            FACTS,
            "facts have changed: raise RULES once a release, say so in CHANGELOG.md, and put the new fingerprint here"
        );
    }
}
