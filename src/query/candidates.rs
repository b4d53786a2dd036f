//! Candidates: where a question's words may stand in a block, by its postings, and where they surely do.
//!
//! Words of one or two characters are decided by postings alone. Of a longer one they tell where all its pairs stand;
//! whether in a row, the text must say. So each answer has two bounds: what is *possible* and what is *certain*.

use super::wording::TextFilter;
use crate::error::Result;
use crate::index::Bits;
use crate::index::posting::{List, Postings, Term};

/// What may satisfy a question and what surely does; the second lies in the first.
pub(super) struct Judged {
    pub possible: Bits,
    pub certain: Bits,
}

/// A word looked up: the lists of its terms, the shortest first.
#[derive(Debug)]
pub(super) struct Word<'q> {
    /// As it is asked, tidied.
    pub text: &'q str,
    /// For each term its list; of a single character all lists that it begins, as one.
    terms: Vec<Vec<List>>,
    /// True where the postings alone decide.
    pub exact: bool,
    /// No more units have the word.
    pub estimate: u64,
    /// Postings in all lists.
    pub postings: u64,
}

impl<'q> Word<'q> {
    /// Looks a word up.
    pub fn find(postings: &Postings<'_>, word: &'q str) -> Result<Self> {
        let mut chars = word.chars();
        let (first, second) = (chars.next(), chars.next());
        let mut terms: Vec<Vec<List>> = Vec::new();
        match (first, second) {
            (Some(only), None) => terms.push(postings.find_all(&Term::of(only))?),
            _ => {
                for term in Term::in_word(word) {
                    let list = postings.find(term)?;
                    let missing = list.is_none();
                    terms.push(list.into_iter().collect());
                    if missing {
                        break;
                    }
                }
            }
        }
        let length = |lists: &[List]| lists.iter().map(|list| u64::from(list.len())).sum::<u64>();
        terms.sort_by_key(|lists| length(lists));
        let estimate = terms.first().map_or(0, |lists| length(lists));
        let postings = terms.iter().map(|lists| length(lists)).sum();
        Ok(Self { text: word, terms, exact: second.is_none() || chars.next().is_none(), estimate, postings })
    }

    /// The units that have all its terms.
    pub fn units(&self, postings: &Postings<'_>) -> Result<Bits> {
        self.each_term(postings.directory().universe(), |lists| {
            let mut bits = Bits::new(postings.directory().universe() as usize);
            for list in lists {
                postings.each_unit(list, |unit| bits.set(unit as usize))?;
            }
            Ok(bits)
        })
    }

    /// The documents that have all its terms, in any unit; with `text` only in what the text itself holds. `starts` are
    /// the documents' first clauses.
    pub fn documents(&self, postings: &Postings<'_>, starts: &[u32], text: bool) -> Result<Bits> {
        let directory = postings.directory();
        let (clauses, documents) = (directory.clauses, directory.documents);
        self.each_term(documents, |lists| {
            let mut bits = Bits::new(documents as usize);
            for list in lists {
                let mut document = 0u32;
                postings.each_unit(list, |unit| match unit.checked_sub(clauses) {
                    None => {
                        while starts.get(document as usize + 1).is_some_and(|end| *end <= unit) {
                            document += 1;
                        }
                        bits.set(document as usize);
                    }
                    Some(at) if at < documents => bits.set(at as usize),
                    Some(at) if !text => bits.set((at - documents) as usize),
                    Some(_) => {}
                })?;
            }
            Ok(bits)
        })
    }

    /// The documents in which a heading's or target's own gaps bring some of its terms together.
    pub fn across(&self, postings: &Postings<'_>) -> Result<Bits> {
        let directory = postings.directory();
        let first = directory.clauses + directory.documents;
        let mut bits = Bits::new(directory.documents as usize);
        for list in self.terms.iter().flatten() {
            postings.each_unit(list, |unit| {
                if let Some(at) = unit.checked_sub(first) {
                    bits.set(at as usize);
                }
            })?;
        }
        Ok(bits)
    }

    /// What all terms have in common.
    fn each_term(&self, bound: u32, mut of: impl FnMut(&[List]) -> Result<Bits>) -> Result<Bits> {
        let mut found: Option<Bits> = None;
        for lists in &self.terms {
            let bits = of(lists)?;
            match &mut found {
                Some(found) => found.and(&bits),
                None => found = Some(bits),
            }
            if found.as_ref().is_some_and(Bits::none) {
                break;
            }
        }
        Ok(found.unwrap_or_else(|| Bits::new(bound as usize)))
    }
}

/// The words of a question, looked up in a block.
#[derive(Debug)]
pub(super) struct Words<'q> {
    /// The rarest first.
    pub all: Vec<Word<'q>>,
    pub any: Vec<Word<'q>>,
    pub none: Vec<Word<'q>>,
}

impl<'q> Words<'q> {
    /// Looks words up; `None` where a word is nowhere that must be somewhere.
    pub fn find(postings: &Postings<'_>, filter: &'q TextFilter) -> Result<Option<Self>> {
        let mut all = Vec::with_capacity(filter.all.len());
        for word in &filter.all {
            let word = Word::find(postings, word)?;
            if word.estimate == 0 {
                return Ok(None);
            }
            all.push(word);
        }
        all.sort_by_key(|word| word.estimate);
        let find =
            |words: &'q [String]| words.iter().map(|word| Word::find(postings, word)).collect::<Result<Vec<_>>>();
        let any = find(&filter.any)?;
        if !any.is_empty() && any.iter().all(|word| word.estimate == 0) {
            return Ok(None);
        }
        Ok(Some(Self { all, any, none: find(&filter.none)? }))
    }

    /// All of them.
    pub fn each(&self) -> impl Iterator<Item = &Word<'q>> {
        self.all.iter().chain(&self.any).chain(&self.none)
    }

    /// No more units satisfy the question; `None` where only words to be missing are asked.
    pub fn estimate(&self) -> Option<u64> {
        let all = self.all.first().map(|word| word.estimate);
        let any = (!self.any.is_empty()).then(|| self.any.iter().map(|word| word.estimate).sum());
        match (all, any) {
            (Some(all), Some(any)) => Some(all.min(any)),
            (one, other) => one.or(other),
        }
    }

    /// Puts together what `of` says of each word about things below `bound`.
    pub fn judge(&self, bound: u32, mut of: impl FnMut(&Word<'q>) -> Result<Judged>) -> Result<Judged> {
        let mut judged = Judged { possible: Bits::full(bound as usize), certain: Bits::full(bound as usize) };
        for word in &self.all {
            let Judged { possible, certain } = of(word)?;
            judged.possible.and(&possible);
            judged.certain.and(&certain);
            if judged.possible.none() {
                return Ok(judged);
            }
        }
        if !self.any.is_empty() {
            let mut some = Judged { possible: Bits::new(bound as usize), certain: Bits::new(bound as usize) };
            for word in &self.any {
                let Judged { possible, certain } = of(word)?;
                some.possible.or(&possible);
                some.certain.or(&certain);
            }
            judged.possible.and(&some.possible);
            judged.certain.and(&some.certain);
        }
        for word in &self.none {
            let Judged { possible, certain } = of(word)?;
            judged.possible.minus(&certain);
            judged.certain.minus(&possible);
        }
        Ok(judged)
    }
}
