//! Check: everything that is stored, read again from disk and compared; the first fault is an error that names it, and the
//! documents that it touches, and says whether a rebuild mends it.

use super::copies;
use super::shared::{Shared, View, derived};
use crate::error::{Error, Result};
use crate::index::posting::{self, PAIRS, RUNS};
use crate::index::{
    Block, BlockBuilder, CONTENTS, Catalog, Decoded, ENTRIES, HEADS, Head, IDS, Mark, RECORDS, Reader, Shingles,
    Sketch, TEXTS, unpack_group, unpack_record, unpack_texts,
};
use crate::record::Document;
use crate::review::Reviewed;
use crate::store::number_of;
use crate::table::TableName;
use crate::text::SourceText;

/// Bytes of decoded columns that are held while they are compared.
const CACHE: usize = 32 << 20;

/// Checks a ledger.
pub(super) fn check(shared: &Shared) -> Result<()> {
    // What is remembered from before could hide what stands on disk now.
    shared.store.reopen()?;
    let view = shared.catalog();
    let heads = check_documents(shared, &view)?;
    check_derived(shared, &view, heads).map_err(|error| derived(error, shared.store.path()))?;
    let decoded = Decoded::new(CACHE);
    let reader = Reader::new(&shared.store, &view, &decoded);
    reader.each_block(|block| check_block(shared, reader, block)).map(drop)
}

/// Heads and ids; the number of heads.
fn check_documents(shared: &Shared, view: &View<'_>) -> Result<u32> {
    let store = &shared.store;
    let mut heads = 0;
    store.scan(&HEADS, |key, _| {
        heads += 1;
        if number_of(key) == Some(heads - 1) {
            Ok(true)
        } else {
            Err(store.damaged(&format!("document {} has no head", heads - 1)))
        }
    })?;
    let mut live = 0;
    let mut entries = Vec::new();
    store.scan(&IDS, |key, entry| {
        live += u64::from(entry.live);
        entries.push((String::from_utf8_lossy(key).into_owned(), entry));
        Ok(true)
    })?;
    for (id, entry) in entries {
        if shared.head(entry.number)?.id != id {
            return Err(store.damaged(&format!("the id {id:?} names a document that is another's")));
        }
        if view.gone().has(entry.number) == entry.live {
            let error = store.damaged(&format!("the document {id:?} is marked as gone, or not, against its id"));
            return Err(derived(error, store.path()));
        }
    }
    let documents = store.generation().documents;
    if live != documents {
        return Err(store.damaged(&format!("it says {documents} documents and has {live}")));
    }
    Ok(heads)
}

/// Blocks, contents and what is gone, as far as they are told without texts.
fn check_derived(shared: &Shared, view: &View<'_>, heads: u32) -> Result<()> {
    let store = &shared.store;
    if Catalog::load(store)? != **view {
        return Err(store.damaged("its blocks on disk are not those it was opened with"));
    }
    if heads != view.next_document() {
        return Err(store.damaged(&format!("it has {heads} heads for {} documents", view.next_document())));
    }
    if u64::from(heads).checked_sub(view.gone().len()) != Some(store.generation().documents) {
        return Err(store.damaged(&format!("{} of its {heads} documents are marked as gone", view.gone().len())));
    }
    let mut contents = 0;
    store.scan(&CONTENTS, |key, _| {
        contents += 1;
        match number_of(key) {
            Some(number) if number < heads => Ok(true),
            _ => Err(store.damaged("a content names a document that is not there")),
        }
    })?;
    if contents == heads {
        Ok(())
    } else {
        Err(store.damaged(&format!("it has {contents} contents for {heads} documents")))
    }
}

/// Makes a block's columns anew from its texts and records and compares them.
fn check_block(shared: &Shared, reader: Reader<'_>, block: &Block) -> Result<()> {
    let mut made = BlockBuilder::new(block.directory.first);
    let (mut read, mut sketches) = (Vec::new(), Vec::new());
    let heads = block.directory.numbers().map(|number| shared.head(number)).collect::<Result<Vec<_>>>()?;
    let entries = reader.column(block, TableName::Documents, ENTRIES)?;
    let mut entries =
        (0..heads.len()).map(|at| entries.as_ref().and_then(|entries| entries.int(at)).unwrap_or(0) as u32);
    let mut numbers = block.directory.numbers();
    // Documents of a group follow each other.
    for group in heads.chunk_by(|a, b| a.group == b.group) {
        let documents = unpacked(shared, group).map_err(|error| naming(shared, group, &error))?;
        for (head, (text, document)) in group.iter().zip(documents) {
            let (entries, number) = (entries.next().unwrap_or_default(), numbers.next().unwrap_or_default());
            let document = shared.reviewed_as_of(head, &text, document, entries)?;
            if !reader.catalog().gone().has(number) && shared.log(&head.id)?.len() as u32 != entries {
                let error = format!("the rows of {:?} do not show what was said of them", head.id);
                return Err(derived(shared.store.damaged(&error), shared.store.path()));
            }
            sketches.push(Sketch::of(&document, &Shingles::of(&text, &document)));
            made.push(head, &document, text.len());
            read.push((text, document));
        }
    }
    let marked = check_copies(shared, block, &sketches).and_then(|()| check_run(shared, block, &read));
    marked.and_then(|()| compare(shared, reader, block, made)).map_err(|error| derived(error, shared.store.path()))
}

/// The texts and records of the documents of a group.
fn unpacked(shared: &Shared, heads: &[Head]) -> Result<Vec<(SourceText, Document)>> {
    let Some(group) = heads.first().map(|head| head.group) else { return Ok(Vec::new()) };
    let wrong = |what: &str, reason: &str| shared.store.damaged(&format!("the {what} of group {group} {reason}"));
    let texts = unpack_texts(&shared.store.get_whole_run(&TEXTS, group)?).map_err(|e| wrong("texts", &e))?;
    let records = unpack_group(&shared.store.get_whole_run(&RECORDS, group)?).map_err(|e| wrong("records", &e))?;
    let mut out = Vec::with_capacity(heads.len());
    for head in heads {
        let (Some(text), Some(record)) = (texts.get(head.slot as usize), records.get(head.slot as usize)) else {
            return Err(wrong("documents", &format!("lack {:?}", head.id)));
        };
        let text = std::str::from_utf8(text).map_err(|_| wrong("texts", "are no text"))?;
        out.push((SourceText::new(text), unpack_record(record).map_err(|e| wrong("records", &e))?));
    }
    Ok(out)
}

/// An error of a group, with the ids of its documents.
fn naming(shared: &Shared, heads: &[Head], error: &Error) -> Error {
    let ids: Vec<String> = heads.iter().map(|head| format!("{:?}", head.id)).collect();
    shared.store.concerning(&format!("text or facts of {}", ids.join(", ")), error)
}

fn check_copies(shared: &Shared, block: &Block, made: &[Sketch]) -> Result<()> {
    if copies::sketches(&shared.store, block.number)? != made {
        return Err(shared.store.damaged(&format!("the sketches of block {} are not its records'", block.number)));
    }
    let marks = &block.directory.copies;
    let earlier = |mark: &Mark| mark.like.iter().all(|like| like.document < mark.document);
    if marks.iter().all(|mark| block.directory.numbers().contains(&mark.document) && earlier(mark)) {
        Ok(())
    } else {
        Err(shared.store.damaged(&format!("block {} marks copies of documents that came later", block.number)))
    }
}

/// Compares the columns of a block with those made of its records.
fn compare(shared: &Shared, reader: Reader<'_>, block: &Block, made: BlockBuilder) -> Result<()> {
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
fn check_run(shared: &Shared, block: &Block, read: &[(SourceText, Reviewed)]) -> Result<()> {
    let store = &shared.store;
    let wrong = |what: &str| store.damaged(&format!("the run of block {} {what}", block.number));
    let documents: Vec<_> = read.iter().map(|(text, document)| (text, &**document)).collect();
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
