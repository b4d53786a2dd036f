//! Memo: names that were resolved before. Bodies come back in clause after clause and document after document.
//!
//! What a name resolves to depends on the tables alone, so remembering changes no answer; it is bounded, since bodies'
//! names are few but what is held against the tables on the way to them is not.

use super::How;
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::{PoisonError, RwLock};

/// Names kept at most in each drawer; a country's bodies are fewer.
const MOST: usize = 4_000;

/// Drawers, so that threads seldom wait at the same one.
const DRAWERS: usize = 16;

type Answer = Option<(Vec<usize>, How)>;

/// Answers by name.
#[derive(Debug, Default)]
pub(super) struct Memo([RwLock<HashMap<Box<str>, Answer, FixedState>>; DRAWERS]);

impl Clone for Memo {
    /// A copy of the registry begins with nothing in mind.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Memo {
    /// What `take` makes of the answer for `name`, which `find` finds if it is not known yet.
    pub fn get<T>(&self, name: &str, find: impl FnOnce() -> Answer, take: impl Fn(&[usize], How) -> T) -> Option<T> {
        let take = |answer: &Answer| answer.as_ref().map(|(functions, how)| take(functions, *how));
        let drawer = (FixedState::default().hash_one(name) >> 7) as usize & (DRAWERS - 1);
        let Some(drawer) = self.0.get(drawer) else { return take(&find()) };
        if let Some(answer) = drawer.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return take(answer);
        }
        let answer = find();
        let taken = take(&answer);
        let mut known = drawer.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST {
            known.insert(name.into(), answer);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_once() {
        let memo = Memo::default();
        let ask = |name, find: &dyn Fn() -> Answer| memo.get(name, find, |functions, how| (functions.to_vec(), how));
        assert_eq!(ask("市教育局", &|| Some((vec![7], How::Stripped))), Some((vec![7], How::Stripped)));
        assert_eq!(ask("市教育局", &|| unreachable!("known")), Some((vec![7], How::Stripped)));
        assert_eq!(ask("无名氏", &|| None), None);
        assert_eq!(ask("无名氏", &|| unreachable!("known to be none")), None);
    }
}
