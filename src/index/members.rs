//! Members: which words of a column of lists have which member.

use super::column::Texts;
use super::layout::LIST;
use std::ops::Range;

/// The members of a column's words; a word that is no list is its own only member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    /// Where a member stands: its word, and the bytes in it. In the order of the members.
    names: Vec<(u32, u32, u32)>,
    /// Where the codes of each member end.
    ends: Vec<u32>,
    codes: Vec<u32>,
    /// Where the members of each code end; code 0 has none.
    of_ends: Vec<u32>,
    of: Vec<u32>,
}

impl Members {
    /// Takes the words apart.
    pub(super) fn of(texts: &Texts) -> Self {
        let mut places: Vec<(&str, (u32, u32, u32))> = Vec::with_capacity(texts.len());
        for (at, word) in texts.words().enumerate() {
            let mut from = 0;
            for member in word.split(LIST) {
                places.push((member, (at as u32, from, from + member.len() as u32)));
                from += (member.len() + LIST.len_utf8()) as u32;
            }
        }
        places.sort_unstable();
        let mut members = Self { of_ends: vec![0; texts.len() + 1], ..Self::default() };
        // Word, where the member stands in it, member: in a word members keep the order in which it has them.
        let mut of: Vec<(u32, u32, u32)> = Vec::with_capacity(places.len());
        for same in places.chunk_by(|a, b| a.0 == b.0) {
            let Some((_, first)) = same.first() else { continue };
            let member = members.names.len() as u32;
            members.names.push(*first);
            for twice in same.chunk_by(|a, b| a.1.0 == b.1.0) {
                let Some((_, (word, from, _))) = twice.first() else { continue };
                members.codes.push(word + 1);
                of.push((*word, *from, member));
            }
            members.ends.push(members.codes.len() as u32);
        }
        of.sort_unstable();
        for (word, _, member) in of {
            members.of.push(member);
            if let Some(end) = members.of_ends.get_mut(word as usize + 1) {
                *end = members.of.len() as u32;
            }
        }
        members
    }

    /// Number of different members.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True without members.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// A member's name; they are in the order of their names.
    pub fn name<'t>(&self, texts: &'t Texts, member: usize) -> &'t str {
        let named = |(word, from, to): &(u32, u32, u32)| {
            texts.word(*word as usize).and_then(|word| word.get(*from as usize..*to as usize))
        };
        self.names.get(member).and_then(named).unwrap_or_default()
    }

    /// The member of a name.
    pub fn find(&self, texts: &Texts, name: &str) -> Option<usize> {
        find(self.len(), name, |member| self.name(texts, member))
    }

    /// Codes of the words that have a member.
    pub fn codes(&self, member: usize) -> &[u32] {
        self.codes.get(slice(&self.ends, member)).unwrap_or_default()
    }

    /// Members of the word of a code, in its order.
    pub fn of_code(&self, code: usize) -> &[u32] {
        let Some(at) = code.checked_sub(1) else { return &[] };
        self.of.get(slice(self.of_ends.get(1..).unwrap_or_default(), at)).unwrap_or_default()
    }
}

/// Where a name is among so many in order.
pub(super) fn find<'n>(len: usize, name: &str, at: impl Fn(usize) -> &'n str) -> Option<usize> {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low.midpoint(high);
        if at(middle) < name { low = middle + 1 } else { high = middle }
    }
    (low < len && at(low) == name).then_some(low)
}

/// The part of a list of lists.
pub(super) fn slice(ends: &[u32], at: usize) -> Range<usize> {
    let start = at.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |end| *end as usize);
    start..ends.get(at).map_or(start, |end| *end as usize)
}

#[cfg(test)]
mod tests {
    use super::super::column::Builder;

    #[test]
    fn lists_are_found_by_their_members() {
        let mut builder = Builder::texts();
        for word in [Some("b、a"), None, Some("c"), Some("a"), Some("b、a、b")] {
            builder.text(word);
        }
        let values = builder.finish();
        let texts = values.texts().unwrap();
        let members = texts.members();
        let names: Vec<&str> = (0..members.len()).map(|m| members.name(texts, m)).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(
            (members.find(texts, "b"), members.find(texts, "b、a"), members.find(texts, "")),
            (Some(1), None, None)
        );
        assert_eq!([members.codes(0), members.codes(1), members.codes(2)], [&[1, 3, 4][..], &[1, 4], &[2]]);
        assert_eq!((members.of_code(0), members.of_code(1), members.of_code(4)), (&[][..], &[1, 0][..], &[1, 0][..]));
    }
}
