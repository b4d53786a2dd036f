//! Memo: names that were resolved before. Bodies come back in clause after clause and document after document.
//!
//! What a name resolves to depends on the tables alone, so remembering changes no answer; it is bounded, since bodies'
//! names are few but what is held against the tables on the way to them is not.

use super::How;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Names kept at most; a country's bodies are fewer.
const MOST: usize = 50_000;

type Answer = Option<(Vec<usize>, How)>;

/// Answers by name.
#[derive(Debug, Default)]
pub(super) struct Memo(RwLock<HashMap<Box<str>, Answer>>);

impl Clone for Memo {
    /// A copy of the registry begins with nothing in mind.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Memo {
    /// The answer for `name`, found by `find` if it is not known yet.
    pub fn get(&self, name: &str, find: impl FnOnce() -> Answer) -> Answer {
        if let Some(answer) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return answer.clone();
        }
        let answer = find();
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST {
            known.insert(name.into(), answer.clone());
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_once() {
        let memo = Memo::default();
        assert_eq!(memo.get("市教育局", || Some((vec![7], How::Stripped))), Some((vec![7], How::Stripped)));
        assert_eq!(memo.get("市教育局", || unreachable!("known")), Some((vec![7], How::Stripped)));
        assert_eq!(memo.get("无名氏", || None), None);
        assert_eq!(memo.get("无名氏", || unreachable!("known to be none")), None);
    }
}
