//! Reader: columns, texts and records of a store, decoded once and kept while there is room.

use super::block::Place;
use super::cache::Cache;
use super::catalog::{Block, Catalog};
use super::column::Values;
use super::group::{decompress, unpack_group};
use super::posting::Cached;
use super::shape::{COLUMNS, RECORDS, TEXTS, unpack_record};
use crate::error::Result;
use crate::record::Document;
use crate::store::{Chunk, Store};
use crate::table::TableName;
use crate::text::SourceText;
use rayon::prelude::*;
use std::sync::Arc;

/// What queries read through. Blocks and groups never change, so neither does what is cached of them.
#[derive(Debug)]
pub struct Decoded {
    columns: Cache<(u32, u8, String), Values>,
    texts: Cache<u32, Vec<SourceText>>,
    pub(super) postings: Cached,
}

impl Decoded {
    /// A cache of `bytes` for columns and texts together, and a quarter more for postings.
    pub fn new(bytes: usize) -> Self {
        Self { columns: Cache::new(bytes / 2), texts: Cache::new(bytes / 2), postings: Cached::new(bytes / 4) }
    }
}

/// One state of a ledger, to read.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    pub(super) store: &'a Store,
    catalog: &'a Catalog,
    pub(super) decoded: &'a Decoded,
}

impl<'a> Reader<'a> {
    /// Reads the state `catalog` of a store.
    pub fn new(store: &'a Store, catalog: &'a Catalog, decoded: &'a Decoded) -> Self {
        Self { store, catalog, decoded }
    }

    /// The blocks, and the documents gone.
    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// What `work` says of each block, in block order; blocks are worked side by side.
    pub fn each_block<T: Send>(&self, work: impl Fn(&Block) -> Result<T> + Sync) -> Result<Vec<T>> {
        self.catalog.blocks().par_iter().map(|block| work(block)).collect()
    }

    /// The same with something for each block.
    pub fn each_block_with<S: Sync, T: Send>(
        &self,
        with: &[S],
        work: impl Fn(&Block, &S) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        self.catalog.blocks().par_iter().zip(with).map(|(block, with)| work(block, with)).collect()
    }

    /// A column of a block; `None` where the block has none of that name.
    pub fn column(&self, block: &Block, table: TableName, name: &str) -> Result<Option<Arc<Values>>> {
        let Some(place) = block.directory.find(table, name) else { return Ok(None) };
        let key = (block.number, table as u8, name.to_owned());
        let make = || {
            let values = self.load(block.number, place)?;
            let rows = block.directory.rows_of(table) as usize;
            if values.len() != rows {
                let what = format!("the column {name} of {} has {} of {rows} rows", table.as_str(), values.len());
                return Err(self.store.damaged(&what));
            }
            let bytes = values.bytes();
            Ok((values, bytes))
        };
        self.decoded.columns.get(&key, make).map(Some)
    }

    fn load(&self, block: u32, place: &Place) -> Result<Values> {
        let (start, bytes) = (place.start as usize, place.bytes as usize);
        let first = start / Chunk::BYTES;
        let end = (start + bytes).div_ceil(Chunk::BYTES);
        let run = self.store.get_run(&COLUMNS, block, first as u16, end as u16)?;
        let from = start - first * Chunk::BYTES;
        let wrong = |what: &str| self.store.damaged(&format!("the column {} of block {block} {what}", place.name));
        let bytes = run.get(from..from + bytes).ok_or_else(|| wrong("is cut off"))?;
        let raw = decompress(bytes, place.raw as usize).map_err(|e| wrong(&e))?;
        Values::decode(&raw).map_err(wrong)
    }

    /// The id of a document.
    pub fn id(&self, number: u32) -> Result<String> {
        let blocks = self.catalog.blocks();
        let at = blocks.partition_point(|block| block.directory.numbers().end <= number);
        let missing = || self.store.damaged(&format!("document {number} is missing"));
        let block = blocks.get(at).ok_or_else(missing)?;
        let ids = self.column(block, TableName::Documents, "id")?.ok_or_else(missing)?;
        let row = number.checked_sub(block.directory.first).and_then(|row| ids.text(row as usize));
        row.map(str::to_owned).ok_or_else(missing)
    }

    /// The texts of a group.
    pub fn texts(&self, group: u32) -> Result<Arc<Vec<SourceText>>> {
        self.decoded.texts.get(&group, || {
            let wrong = |what: &str| self.store.damaged(&format!("the texts of group {group} {what}"));
            let parts = unpack_group(&self.store.get_whole_run(&TEXTS, group)?).map_err(|e| wrong(&e))?;
            let mut texts = Vec::with_capacity(parts.len());
            let mut bytes = 0;
            for part in parts {
                let text = SourceText::new(String::from_utf8(part).map_err(|_| wrong("are no text"))?);
                bytes += text.as_str().len() + 4 * text.len() as usize;
                texts.push(text);
            }
            Ok((texts, bytes))
        })
    }

    /// The record of a document.
    pub fn record(&self, group: u32, slot: u32) -> Result<Document> {
        let wrong = |what: &str| self.store.damaged(&format!("the record {slot} of group {group} {what}"));
        let parts = unpack_group(&self.store.get_whole_run(&RECORDS, group)?).map_err(|e| wrong(&e))?;
        let part = parts.get(slot as usize).ok_or_else(|| wrong("is missing"))?;
        unpack_record(part).map_err(|e| wrong(&e))
    }
}
