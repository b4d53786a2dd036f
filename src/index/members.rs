//! Members: which words of a column of lists have which member, and how often each document has it.

use super::column::{Texts, Values};
use super::layout::LIST;
use super::plane::Plane;
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
fn find<'n>(len: usize, name: &str, at: impl Fn(usize) -> &'n str) -> Option<usize> {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low.midpoint(high);
        if at(middle) < name { low = middle + 1 } else { high = middle }
    }
    (low < len && at(low) == name).then_some(low)
}

/// The part of a list of lists.
fn slice(ends: &[u32], at: usize) -> Range<usize> {
    let start = at.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |end| *end as usize);
    start..ends.get(at).map_or(start, |end| *end as usize)
}

/// For each member of a column the documents that have it, and in how many rows: counts need no look at rows. Behind the
/// members come the rows without a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spread {
    /// The members one behind the other, in their order, and where each ends.
    names: String,
    name_ends: Vec<u32>,
    ends: Vec<u32>,
    documents: Plane,
    rows: Plane,
}

impl Spread {
    /// Counts a column's members by document; `starts` are the first rows of the documents, and behind the last.
    pub(super) fn of(values: &Values, starts: &[u32]) -> Self {
        let Some(texts) = values.texts() else { return Self::default() };
        let members = texts.members();
        let mut found: Vec<(u32, u32, u32)> = Vec::new();
        let mut rows = vec![0u32; members.len() + 1];
        let none = [members.len() as u32];
        let mut touched: Vec<u32> = Vec::new();
        for (document, span) in starts.windows(2).enumerate() {
            let &[start, end] = span else { continue };
            texts.codes().each(start as usize..end as usize, |_, code| {
                let members = if code == 0 { &none } else { members.of_code(code as usize) };
                for member in members {
                    if let Some(rows) = rows.get_mut(*member as usize) {
                        if *rows == 0 {
                            touched.push(*member);
                        }
                        *rows += 1;
                    }
                }
            });
            for member in touched.drain(..) {
                let rows = rows.get_mut(member as usize).map(std::mem::take).unwrap_or_default();
                found.push((member, document as u32, rows));
            }
        }
        found.sort_unstable();
        let mut ends = vec![0; members.len() + 1];
        for (at, (member, ..)) in found.iter().enumerate() {
            if let Some(end) = ends.get_mut(*member as usize) {
                *end = at as u32 + 1;
            }
        }
        let mut before = 0;
        for end in &mut ends {
            before = before.max(*end);
            *end = before;
        }
        let (mut names, mut name_ends) = (String::new(), Vec::with_capacity(members.len()));
        for member in 0..members.len() {
            names.push_str(members.name(texts, member));
            name_ends.push(names.len() as u32);
        }
        let documents: Vec<u32> = found.iter().map(|(_, document, _)| *document).collect();
        let rows: Vec<u32> = found.iter().map(|(.., rows)| *rows).collect();
        Self { names, name_ends, ends, documents: Plane::of_u32(&documents), rows: Plane::of_u32(&rows) }
    }

    /// Number of different members.
    pub fn len(&self) -> usize {
        self.name_ends.len()
    }

    /// True without members.
    pub fn is_empty(&self) -> bool {
        self.name_ends.is_empty()
    }

    /// A member's name; they are in the order of their names.
    pub fn name(&self, member: usize) -> &str {
        self.names.get(slice(&self.name_ends, member)).unwrap_or_default()
    }

    /// The member of a name.
    pub fn find(&self, name: &str) -> Option<usize> {
        find(self.len(), name, |member| self.name(member))
    }

    /// Calls `each` with every document that has the member (behind the last: rows without a value), ascending, and in
    /// how many rows.
    pub fn each(&self, member: usize, mut each: impl FnMut(u32, u32)) {
        let range = slice(&self.ends, member);
        self.documents.each(range, |at, document| each(document as u32, self.rows.get(at).unwrap_or_default() as u32));
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        96 + self.names.len() + self.ends.len() * 8 + self.documents.bytes() + self.rows.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::Builder;
    use super::*;

    #[test]
    fn lists_are_found_by_their_members() {
        let mut builder = Builder::texts();
        // Two documents: three rows and two, and one without rows between them.
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
        let spread = Spread::of(&values, &[0, 3, 3, 5]);
        let of = |name: &str| {
            let mut found = Vec::new();
            spread.each(spread.find(name).unwrap(), |document, rows| found.push((document, rows)));
            found
        };
        let mut without = Vec::new();
        spread.each(3, |document, rows| without.push((document, rows)));
        assert_eq!(without, [(0, 1)]);
        assert_eq!((of("a"), of("b"), of("c")), (vec![(0, 1), (2, 2)], vec![(0, 1), (2, 1)], vec![(0, 1)]));
    }
}
