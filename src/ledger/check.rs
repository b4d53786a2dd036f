//! Check: everything that is stored, read again and compared; the first fault is an error that names it.

use super::copies;
use super::shared::Shared;
use crate::error::Result;
use crate::index::posting::{self, PAIRS, RUNS};
use crate::index::{Block, BlockBuilder, CONTENTS, Catalog, HEADS, IDS, Mark, Reader, Shingles, Sketch};
use crate::record::Document;
use crate::store::number_of;
use crate::table::TableName;
use crate::text::SourceText;

/// Checks a ledger.
pub(super) fn check(shared: &Shared) -> Result<()> {
    let store = &shared.store;
    let catalog = shared.catalog();
    if Catalog::load(store)? != *catalog {
        return Err(store.damaged("its blocks on disk are not those it was opened with"));
    }
    let mut heads = 0;
    store.scan(&HEADS, |key, _| {
        heads += 1;
        if number_of(key) == Some(heads - 1) {
            Ok(true)
        } else {
            Err(store.damaged(&format!("document {} has no head", heads - 1)))
        }
    })?;
    if heads != catalog.next_document() {
        return Err(store.damaged(&format!("it has {heads} heads for {} documents", catalog.next_document())));
    }
    let mut live = 0;
    let mut entries = Vec::new();
    store.scan(&IDS, |key, entry| {
        live += u64::from(entry.live);
        entries.push((String::from_utf8_lossy(key).into_owned(), entry));
        Ok(true)
    })?;
    for (id, entry) in entries {
        if shared.head(entry.number)?.id != id || catalog.gone().has(entry.number) == entry.live {
            return Err(store.damaged(&format!("the id {id:?} names a document that is another's or gone")));
        }
    }
    let documents = store.generation().documents;
    if live != documents || u64::from(heads) - catalog.gone().len() != live {
        return Err(store.damaged(&format!("it says {documents} documents and has {live}")));
    }
    let mut contents = 0;
    store.scan(&CONTENTS, |key, _| {
        contents += 1;
        match number_of(key) {
            Some(number) if number < heads => Ok(true),
            _ => Err(store.damaged("a content names a document that is not there")),
        }
    })?;
    if contents != heads {
        return Err(store.damaged(&format!("it has {contents} contents for {heads} documents")));
    }
    let reader = shared.reader(&catalog);
    reader.each_block(|block| check_block(shared, reader, block)).map(drop)
}

/// Makes a block's columns anew from its records and compares them.
fn check_block(shared: &Shared, reader: Reader<'_>, block: &Block) -> Result<()> {
    let mut made = BlockBuilder::new(block.directory.first);
    let mut read = Vec::new();
    let mut sketches = Vec::new();
    for number in block.directory.numbers() {
        let head = shared.head(number)?;
        let texts = reader.texts(head.group)?;
        let text = texts.get(head.slot as usize);
        let text = text.ok_or_else(|| shared.store.damaged(&format!("the text of document {number} is missing")))?;
        let document = reader.record(head.group, head.slot)?;
        sketches.push(Sketch::of(&document, &Shingles::of(text, &document)));
        made.push(&head, &document, text.len());
        read.push((text.clone(), document));
    }
    if copies::sketches(shared, block.number)? != sketches {
        return Err(shared.store.damaged(&format!("the sketches of block {} are not its records'", block.number)));
    }
    let marks = &block.directory.copies;
    let earlier = |mark: &Mark| mark.like.iter().all(|like| like.document < mark.document);
    if !marks.iter().all(|mark| block.directory.numbers().contains(&mark.document) && earlier(mark)) {
        return Err(shared.store.damaged(&format!("block {} marks copies of documents that came later", block.number)));
    }
    check_run(shared, block, &read)?;
    let (_, rows, columns) = made.columns();
    if rows != block.directory.rows || columns.len() != block.directory.columns.len() {
        return Err(shared.store.damaged(&format!("block {} has other rows than its records", block.number)));
    }
    for (table, name, values) in columns {
        if reader.column(block, table, &name)?.as_deref() != Some(&values) {
            let what = format!(
                "the column {name} of {} in block {} is not its records'",
                TableName::as_str(table),
                block.number
            );
            return Err(shared.store.damaged(&what));
        }
    }
    Ok(())
}

/// Makes a block's postings anew from its texts and compares them.
fn check_run(shared: &Shared, block: &Block, read: &[(SourceText, Document)]) -> Result<()> {
    let store = &shared.store;
    let wrong = |what: &str| store.damaged(&format!("the run of block {} {what}", block.number));
    let documents: Vec<_> = read.iter().map(|(text, document)| (text, document)).collect();
    let made = posting::build(documents).map_err(|e| wrong(&e))?;
    if store.get(&RUNS, &block.number)?.as_ref() != Some(&made.directory) {
        return Err(wrong("is not that of its texts"));
    }
    for (at, chunk) in (0..).zip(&made.chunks) {
        if store.get(&PAIRS, &(block.number, at))?.as_ref().map(|chunk| &chunk.0) != Some(chunk) {
            return Err(wrong(&format!("differs in chunk {at} from its texts")));
        }
    }
    Ok(())
}
