//! Compact and rebuild: the ledger written again from its texts and records.
//!
//! In: a ledger as years of ingests have left it. Out of `compact`: live documents in the order that serves reading (place
//! in force, date, id), numbered anew, in large blocks; removed documents are gone, and older versions as asked. Out of
//! `rebuild`: the same documents under the same numbers, all that is derived made anew.

use super::fresh::{Carry, Fresh, How};
use super::options::Options;
use super::report::Steps;
use super::shared::Shared;
use crate::error::Result;
use crate::index::{Entry, HEADS, IDS};
use crate::query::{self, Query};
use crate::store::number_of;
use crate::table::TableName;
use std::collections::BTreeMap;

/// Bytes that a text is taken for where nothing says how many it has.
const USUAL_BYTES: usize = 24 << 10;
/// Bytes that a code point of Chinese text takes.
const POINT_BYTES: usize = 3;

/// Drops removed documents and all but `keep_versions` older versions of each document, and puts the rest in order.
pub(super) fn compact(shared: &Shared, options: &Options, keep_versions: Option<u32>, steps: &Steps<'_>) -> Result<()> {
    let writing = shared.to_write()?;
    let documents = ordered(&all(shared)?, &order(shared, options)?, keep_versions);
    let fresh = Fresh { shared, options, how: How::Copied, documents, reading: shared.reading(), resume: None, steps };
    let made = fresh.make().map(drop);
    drop(writing);
    made
}

/// Makes blocks, ids, contents and the marks of what is gone anew.
pub(super) fn rebuild(shared: &Shared, options: &Options, steps: &Steps<'_>) -> Result<()> {
    // A ledger whose blocks cannot be read has no catalog to compare; the lock alone counts.
    let writing = shared.lock_writing();
    shared.store.usable()?;
    let documents = all(shared)?;
    let fresh = Fresh { shared, options, how: How::Copied, documents, reading: shared.reading(), resume: None, steps };
    let made = fresh.make().map(drop);
    drop(writing);
    made
}

/// Every document that is kept, under its number.
pub(super) fn all(shared: &Shared) -> Result<Vec<Carry>> {
    let store = &shared.store;
    let mut documents: Vec<Carry> = Vec::new();
    store.scan(&HEADS, |key, head| {
        let number = documents.len() as u32;
        if number_of(key) != Some(number) {
            return Err(store.damaged(&format!("document {number} has no head")));
        }
        documents.push(Carry {
            from: number,
            id: head.id,
            sha256: head.sha256,
            previous: head.previous,
            version: head.version,
            newest: false,
            live: false,
            bytes: USUAL_BYTES,
        });
        Ok(true)
    })?;
    store.scan(&IDS, |key, Entry { number, live }| {
        match documents.get_mut(number as usize).filter(|document| document.id.as_bytes() == key) {
            Some(document) => {
                (document.newest, document.live) = (true, live);
                Ok(true)
            }
            None => Err(store.damaged(&format!("the id {:?} names another's document", String::from_utf8_lossy(key)))),
        }
    })?;
    Ok(documents)
}

/// What live documents are sorted by, and their size: id → code in force, date, bytes.
type Order = BTreeMap<String, (String, String, usize)>;

fn order(shared: &Shared, options: &Options) -> Result<Order> {
    let columns = ["id", "adcode", "issued", "length"].map(str::to_owned).to_vec();
    let view = shared.catalog();
    let question = Query { copies: true, columns, ..Query::new(TableName::Documents) };
    let table = query::run(shared.reader(&view), &question, &*options.names)?;
    let mut in_force: BTreeMap<String, String> = BTreeMap::new();
    let mut order = Order::new();
    let text = |name| table.values(name).map(|cell| cell.text().unwrap_or_default().to_owned());
    let lengths = table.values("length").map(|cell| cell.int().unwrap_or_default());
    for (((id, adcode), issued), length) in text("id").zip(text("adcode")).zip(text("issued")).zip(lengths) {
        let place = in_force.entry(adcode).or_insert_with_key(|code| options.names.in_force(code)).clone();
        order.insert(id, (place, issued, usize::try_from(length).unwrap_or_default() * POINT_BYTES));
    }
    Ok(order)
}

/// Number of the first version of a document.
fn since(all: &[Carry], document: &Carry) -> u32 {
    let before = |from: u32| all.get(from as usize)?.previous.filter(|previous| *previous < from);
    std::iter::successors(Some(document.from), |from| before(*from)).last().unwrap_or(document.from)
}

/// The documents that stay, in their new order: older versions by id, then what is live.
fn ordered(all: &[Carry], order: &Order, keep_versions: Option<u32>) -> Vec<Carry> {
    let keep = keep_versions.map_or(usize::MAX, |keep| keep as usize);
    // Of each live document its chain, newest first; other metadata for the same bytes made no version.
    let mut chains: Vec<Vec<&Carry>> = Vec::new();
    for live in all.iter().filter(|document| document.live) {
        let mut chain = vec![live];
        let mut next = live.previous;
        while let Some(older) = next.and_then(|number| all.get(number as usize)) {
            if chain.len() > keep {
                break;
            }
            if chain.last().is_some_and(|newer| newer.version != older.version) {
                chain.push(older);
            }
            // A chain only ever leads back.
            next = older.previous.filter(|previous| *previous < older.from);
        }
        chains.push(chain);
    }
    chains.sort_unstable_by_key(|chain| chain.first().map(|live| &live.id));
    let mut documents = Vec::new();
    let mut newest = Vec::new();
    for chain in &chains {
        let mut previous = None;
        for (rank, document) in chain.iter().enumerate().rev() {
            let carry = Carry { previous, ..(*document).clone() };
            if rank == 0 {
                newest.push(carry);
            } else {
                previous = Some(documents.len() as u32);
                documents.push(carry);
            }
        }
    }
    newest.sort_by(|a, b| {
        let key = |d: &Carry| order.get(&d.id).map(|(place, date, _)| (place.as_str(), date.as_str()));
        // Of two copies the one that came first stays the first.
        key(a).cmp(&key(b)).then(since(all, a).cmp(&since(all, b)))
    });
    for document in &mut newest {
        document.bytes = order.get(&document.id).map_or(USUAL_BYTES, |(_, _, bytes)| *bytes);
    }
    documents.append(&mut newest);
    documents
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carry(from: u32, id: &str, version: u32, previous: Option<u32>, newest: bool, live: bool) -> Carry {
        let id = id.to_owned();
        Carry { from, id, sha256: [0; 32], previous, version, newest, live, bytes: 1 }
    }

    #[test]
    fn live_documents_are_ordered_and_chains_kept_as_asked() {
        let all = [
            carry(0, "b", 1, None, false, false),
            carry(1, "a", 1, None, true, true),
            carry(2, "b", 2, Some(0), false, false),
            carry(3, "x", 1, None, true, false),
            carry(4, "b", 2, Some(2), false, false),
            carry(5, "b", 3, Some(4), true, true),
        ];
        let place = |code: &str, date: &str| (code.to_owned(), date.to_owned(), 7);
        let order = Order::from([("a".to_owned(), place("44", "2020")), ("b".to_owned(), place("14", "2021"))]);
        let said = |keep| -> Vec<(u32, Option<u32>)> {
            ordered(&all, &order, keep).iter().map(|d| (d.from, d.previous)).collect()
        };
        assert_eq!(said(Some(0)), [(5, None), (1, None)], "by place; removed ones and versions are gone");
        assert_eq!(said(Some(1)), [(4, None), (5, Some(0)), (1, None)], "the newest record of a version stands for it");
        assert_eq!(said(None), [(0, None), (4, Some(0)), (5, Some(1)), (1, None)]);
    }
}
