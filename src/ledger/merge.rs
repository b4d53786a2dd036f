//! Merge: small blocks at the end of a ledger become one, so that a thousand small ingests do not leave a thousand blocks.
//!
//! Blocks are of a tier by their size, each eight times the one below. Where eight of one tier stand at the end, with none
//! but smaller ones between them, all of these are made one anew from their records. So a document is made anew once a
//! tier, and no more blocks are left than eight a tier and the large ones. Blocks keep their order, and a merged one has a
//! new number: what is cached of a number never changes.

use super::shared::{Shared, View};
use crate::error::{Error, ErrorKind, Result};
use crate::index::posting::{self, PAIRS, RUNS, Run};
use crate::index::{Block, BlockBuilder, COLUMNS, Catalog, DIRECTORIES, Directory, ENTRIES, SKETCHES};
use crate::review::Reviewed;
use crate::store::{Chunk, Commit, Tree};
use crate::table::TableName;
use crate::text::SourceText;
use std::sync::Arc;

/// Blocks of fewer documents are small.
const SMALL: u32 = 256;
/// So many small ones at the end are made one.
const MANY: usize = 8;

/// Merges small blocks at the end while there are many. Where somebody reads a state that has them, that waits for the next
/// time.
pub(super) fn merge(shared: &Shared) -> Result<()> {
    loop {
        let catalog = shared.catalog();
        let sizes: Vec<u32> = catalog.blocks().iter().map(|block| block.directory.documents).collect();
        let Some(count) = due(&sizes) else {
            drop(catalog);
            return thin(shared);
        };
        let old = catalog.blocks().iter().skip(catalog.blocks().len() - count).cloned().collect::<Vec<_>>();
        let (directory, columns, run) = build(shared, &catalog, &old)?;
        let number = catalog.next_block();
        drop(catalog);
        let mut commit = Commit::default();
        let mut sketches = Vec::new();
        for block in &old {
            sketches.extend(shared.store.get_whole_run(&SKETCHES, block.number)?);
            commit.delete(&DIRECTORIES, &block.number);
            commit.delete(&RUNS, &block.number);
            for tree in [&SKETCHES, &COLUMNS, &PAIRS] {
                delete_run(shared, &mut commit, tree, block.number)?;
            }
        }
        commit.put_run(&SKETCHES, number, &sketches)?;
        commit.put(&DIRECTORIES, &number, &directory)?;
        commit.put_run(&COLUMNS, number, &columns)?;
        run.put(&mut commit, number)?;
        let merged = shared.show_alone(|catalog| {
            let generation = shared.store.commit(commit)?;
            let mut catalog = catalog.clone();
            catalog.merge_last(count, number, directory);
            catalog.set_generation(generation.number);
            Ok(catalog)
        })?;
        if !merged {
            return Ok(());
        }
    }
}

/// Lets packs go that hold little but blocks that were merged away.
fn thin(shared: &Shared) -> Result<()> {
    if let Some(generation) = shared.store.thin()? {
        let mut catalog = Catalog::clone(&shared.catalog());
        catalog.set_generation(generation.number);
        shared.show(catalog);
    }
    Ok(())
}

/// How many blocks at the end are to be made one, given the documents of each.
fn due(sizes: &[u32]) -> Option<usize> {
    let tier = |documents: u32| documents.max(1).ilog(MANY as u32);
    (0..=tier(SMALL)).find_map(|highest| {
        let small = |documents: &&u32| **documents < SMALL && tier(**documents) <= highest;
        let neighbours: Vec<u32> = sizes.iter().rev().take_while(small).copied().collect();
        let of_tier = neighbours.iter().filter(|documents| tier(**documents) == highest).count();
        (of_tier >= MANY).then_some(neighbours.len())
    })
}

/// One block in place of these neighbours, made anew from the records of its documents.
fn build(shared: &Shared, view: &View<'_>, old: &[Arc<Block>]) -> Result<(Directory, Vec<u8>, Run)> {
    let reader = shared.reader(view);
    let first = old.first().map_or((0, 0), |block| (block.directory.first, block.directory.groups.0));
    let mut columns = BlockBuilder::new(first.0);
    let mut read: Vec<(Arc<SourceText>, Reviewed)> = Vec::new();
    for block in old {
        let entries = reader.column(block, TableName::Documents, ENTRIES)?;
        for (at, number) in block.directory.numbers().enumerate() {
            let head = shared.head(number)?;
            let (text, document) = (reader.text(head.group, head.slot)?, reader.record(head.group, head.slot)?);
            let entries = entries.as_ref().and_then(|entries| entries.int(at)).unwrap_or_default();
            let document = shared.reviewed_as_of(&head, &text, document, entries as u32)?;
            columns.push(&head, &document, text.len());
            read.push((text, document));
        }
    }
    let groups = old.iter().map(|block| block.directory.groups.1).sum();
    let marks = old.iter().flat_map(|block| block.directory.copies.iter().cloned()).collect();
    let (directory, bytes) = columns.finish((first.1, groups), marks).map_err(cannot)?;
    let documents: Vec<_> = read.iter().map(|(text, document)| (&**text, &**document)).collect();
    Ok((directory, bytes, posting::build(documents).map_err(cannot)?))
}

fn delete_run(shared: &Shared, commit: &mut Commit, tree: &Tree<(u32, u16), Chunk>, number: u32) -> Result<()> {
    for at in 0..=u16::MAX {
        if shared.store.get(tree, &(number, at))?.is_none() {
            break;
        }
        commit.delete(tree, &(number, at));
    }
    Ok(())
}

fn cannot(reason: String) -> Error {
    Error::new(ErrorKind::Store { doing: "merge small blocks".to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_ingests_leave_few_blocks_for_little_work() {
        for (ingests, documents) in [(1000, 5u32), (3000, 1), (100, 200), (50, 400)] {
            let (mut sizes, mut work) = (Vec::new(), 0);
            for _ in 0..ingests {
                sizes.push(documents);
                while let Some(count) = due(&sizes) {
                    assert!(count >= MANY);
                    let merged = sizes.split_off(sizes.len() - count).iter().sum();
                    work += merged;
                    sizes.push(merged);
                }
            }
            let all = ingests * documents;
            assert_eq!(sizes.iter().sum::<u32>(), all, "none is lost");
            let small = sizes.iter().filter(|size| **size < SMALL).count();
            assert!(small <= 3 * MANY, "{small} small blocks of {}", sizes.len());
            assert!(work <= 3 * all, "{work} documents made anew for {all}");
            assert!(sizes.iter().all(|size| *size < SMALL * MANY as u32), "none grows without bound");
        }
        assert_eq!(due(&[300; 20]), None, "large ones stay");
        assert_eq!(due(&[5, 5, 5, 5, 300, 5, 5, 5, 5]), None, "only neighbours are merged");
    }
}
