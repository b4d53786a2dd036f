//! Spread: how often each document has each member of a column, so that counts need no look at rows.
//!
//! What many documents have is a byte a document, what few have a list of them: counting a common member in the documents
//! of a year is a look at those documents, and a rare one costs as much as it is there.

use super::bits::Bits;
use super::column::Values;
use super::members::{find, slice};
use super::plane::Plane;

/// For each member of a column the documents that have it, and in how many rows. Behind the members come the rows without
/// a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spread {
    /// The members one behind the other, in their order, and where each ends.
    names: String,
    name_ends: Vec<u32>,
    /// Where the entries of each member end; those that are common have none.
    ends: Vec<u32>,
    documents: Plane,
    rows: Plane,
    /// Of each member where its bytes are among all, in steps of `size`; none of those that are rare.
    places: Vec<Option<u32>>,
    bytes: Vec<u8>,
    /// Number of documents.
    size: usize,
}

/// A document that has a member, and in how many rows, under the member.
type Entry = (u32, u32, u32);

impl Spread {
    /// Counts a column's members by document; `starts` are the first rows of the documents, and behind the last.
    pub(super) fn of(values: &Values, starts: &[u32]) -> Self {
        let Some(texts) = values.texts() else { return Self::default() };
        let members = texts.members();
        let mut found: Vec<Entry> = Vec::new();
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
        let mut spread = Self { size: starts.len().saturating_sub(1), ..Self::default() };
        for member in 0..members.len() {
            spread.names.push_str(members.name(texts, member));
            spread.name_ends.push(spread.names.len() as u32);
        }
        spread.fill(&found, members.len() + 1);
        spread
    }

    /// Takes the entries of so many members, in their order.
    fn fill(&mut self, found: &[Entry], members: usize) {
        let (mut documents, mut rows) = (Vec::new(), Vec::new());
        let mut rest = found;
        for member in 0..members as u32 {
            let (own, behind) = rest.split_at(rest.partition_point(|entry| entry.0 == member));
            rest = behind;
            // An entry of a list takes about three bytes.
            let common = 3 * own.len() >= self.size && !own.is_empty() && own.iter().all(|(.., rows)| *rows <= 255);
            self.places.push(common.then(|| (self.bytes.len() / self.size.max(1)) as u32));
            if common {
                let from = self.bytes.len();
                self.bytes.resize(from + self.size, 0);
                let bytes = self.bytes.get_mut(from..).unwrap_or_default();
                for (_, document, rows) in own {
                    if let Some(byte) = bytes.get_mut(*document as usize) {
                        *byte = *rows as u8;
                    }
                }
            } else {
                documents.extend(own.iter().map(|(_, document, _)| *document));
                rows.extend(own.iter().map(|(.., rows)| *rows));
            }
            self.ends.push(documents.len() as u32);
        }
        (self.documents, self.rows) = (Plane::of_u32(&documents), Plane::of_u32(&rows));
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

    /// The rows of each document that have a member, where it is common.
    fn bytes_of(&self, member: usize) -> Option<&[u8]> {
        let from = self.places.get(member).copied()?? as usize * self.size;
        self.bytes.get(from..from + self.size)
    }

    /// Calls `each` with every document that has the member (behind the last: rows without a value), ascending, and in
    /// how many rows.
    pub fn each(&self, member: usize, mut each: impl FnMut(u32, u32)) {
        if let Some(bytes) = self.bytes_of(member) {
            let there = (0..).zip(bytes).filter(|(_, rows)| **rows > 0);
            return there.for_each(|(document, rows)| each(document, u32::from(*rows)));
        }
        let range = slice(&self.ends, member);
        self.documents.each(range, |at, document| each(document as u32, self.rows.get(at).unwrap_or_default() as u32));
    }

    /// Rows of these documents that have the member.
    pub fn count(&self, member: usize, documents: &Bits) -> u64 {
        let mut sum = 0;
        match self.bytes_of(member) {
            Some(bytes) if documents.all() => sum = bytes.iter().map(|rows| u64::from(*rows)).sum(),
            Some(bytes) => documents.rows().for_each(|document| {
                sum += bytes.get(document as usize).copied().map_or(0, u64::from);
            }),
            None => self.each(member, |document, rows| {
                if documents.has(document as usize) {
                    sum += u64::from(rows);
                }
            }),
        }
        sum
    }

    /// Bytes in memory.
    pub fn memory(&self) -> usize {
        let members = self.names.len() + self.ends.len() * 16;
        128 + members + self.documents.bytes() + self.rows.bytes() + self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::Builder;
    use super::*;

    /// Documents of these rows: for each the lists of its rows.
    fn spread(documents: &[&[Option<&str>]]) -> Spread {
        let mut builder = Builder::texts();
        let mut starts = vec![0];
        for rows in documents {
            rows.iter().for_each(|row| builder.text(*row));
            starts.push(starts.last().unwrap() + rows.len() as u32);
        }
        Spread::of(&builder.finish(), &starts)
    }

    fn entries(spread: &Spread, member: usize) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        spread.each(member, |document, rows| found.push((document, rows)));
        found
    }

    #[test]
    fn members_are_counted_by_document() {
        let spread = spread(&[&[Some("b、a"), None, Some("c")], &[], &[Some("a"), Some("b、a、b")]]);
        let of = |name: &str| entries(&spread, spread.find(name).unwrap());
        assert_eq!((of("a"), of("b"), of("c")), (vec![(0, 1), (2, 2)], vec![(0, 1), (2, 1)], vec![(0, 1)]));
        assert_eq!(entries(&spread, 3), [(0, 1)], "rows without a value");
        assert_eq!((spread.find("d"), spread.len()), (None, 3));
    }

    #[test]
    fn common_and_rare_members_are_counted_alike() {
        let many: Vec<Option<&str>> = vec![Some("many"); 300];
        let documents: Vec<&[Option<&str>]> = (0..90)
            .map(|document| match document {
                70 => many.as_slice(),
                n if n % 10 == 0 => &[Some("common、rare"), Some("common"), Some("many")][..],
                n if n % 2 == 0 => &[Some("common"), None],
                _ => &[Some("many")],
            })
            .collect();
        let spread = spread(&documents);
        let common: Vec<bool> = (0..4).map(|member| spread.bytes_of(member).is_some()).collect();
        assert_eq!(common, [true, false, false, true], "common, many (once 300 times), rare, none");
        for (member, name) in [Some("common"), Some("many"), Some("rare"), None].into_iter().enumerate() {
            let has = |row: Option<&str>| row.map_or(name.is_none(), |list| name.is_some_and(|n| list.contains(n)));
            let rows: Vec<u64> =
                documents.iter().map(|rows| rows.iter().filter(|row| has(**row)).count() as u64).collect();
            let expected: Vec<(u32, u32)> =
                (0..).zip(&rows).filter(|(_, rows)| **rows > 0).map(|(at, rows)| (at, *rows as u32)).collect();
            assert_eq!(entries(&spread, member), expected, "{name:?}");
            for step in [1, 3, 7] {
                let mut some = Bits::new(documents.len());
                (0..documents.len()).step_by(step).for_each(|document| some.set(document));
                assert_eq!(spread.count(member, &some), rows.iter().step_by(step).sum::<u64>(), "{name:?}");
            }
        }
    }
}
