//! Records: the documents of a ledger as rows of the table `records`, piece by piece.
//!
//! In: a state of a ledger. Out: batches of some hundred documents in the order in which their ids came, so that whoever
//! loads them settles copies as this ledger does, or in the order that is asked for. Texts and records are opened group by
//! group.

use super::exported::{Exported, RECORDS};
use super::shared::{Shared, Shown};
use crate::error::Result;
use crate::index::{Head, Reader, hex};
use crate::record::Document;
use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// Documents of a batch, at most.
const BATCH: usize = 256;
/// Bytes of text of a batch; the last document may go beyond.
const BATCH_BYTES: usize = 8 << 20;

/// The schema of the table `records`.
pub fn records_schema() -> SchemaRef {
    let kind = |kind| if kind == "bytes" { DataType::Binary } else { DataType::Utf8 };
    Arc::new(Schema::new(RECORDS.map(|(name, of, _)| Field::new(name, kind(of), true)).to_vec()))
}

/// The documents of a ledger, to be taken in by another.
pub struct Records {
    shared: Arc<Shared>,
    shown: Shown,
    _stream: Arc<()>,
    numbers: std::vec::IntoIter<u32>,
    group: Option<(u32, Vec<Document>)>,
}

impl Records {
    /// Those of these ids, in their order, or all.
    pub(super) fn new(shared: Arc<Shared>, ids: Option<&[String]>) -> Result<Self> {
        let held = shared.stream();
        let view = shared.catalog();
        let numbers = match ids {
            Some(ids) => {
                let reader = shared.reader(&view);
                let number = |id: &String| reader.number_of(id)?.ok_or_else(|| super::unknown(id));
                let mut once = BTreeSet::new();
                ids.iter().filter(|id| once.insert(*id)).map(number).collect::<Result<Vec<u32>>>()?
            }
            None => arrived(&shared, (0..view.next_document()).filter(|number| !view.gone().has(*number)))?,
        };
        let numbers = numbers.into_iter();
        let shown = view.shown();
        drop(view);
        Ok(Self { shared, shown, _stream: held, numbers, group: None })
    }

    fn piece(&mut self) -> Result<Option<RecordBatch>> {
        self.shared.store.usable()?;
        let shared = Arc::clone(&self.shared);
        let view = shared.again(&self.shown)?;
        let reader = shared.reader(&view);
        let mut rows = RecordRows::default();
        while rows.len() < BATCH && rows.bytes < BATCH_BYTES {
            let Some(number) = self.numbers.next() else { break };
            let head = shared.head(number)?;
            let text = reader.text(head.group, head.slot)?;
            let wrong = |e: String| shared.store.damaged(&format!("the record of {:?} {e}", head.id));
            let document = self.record(reader, &head)?.ok_or_else(|| wrong("is missing".to_owned()))?;
            let record = Exported::seal(&head, text.as_str(), document).map_err(wrong)?;
            rows.push(&head, text.as_str(), &record);
        }
        Ok(if rows.len() == 0 { None } else { Some(rows.finish()?) })
    }

    /// The record of a document; groups are unpacked once, since their documents follow each other.
    fn record(&mut self, reader: Reader<'_>, head: &Head) -> Result<Option<Document>> {
        if self.group.as_ref().is_none_or(|(group, _)| *group != head.group) {
            self.group = Some((head.group, reader.records(head.group)?));
        }
        // Each is asked for once.
        Ok(self.group.as_mut().and_then(|(_, documents)| documents.get_mut(head.slot as usize)).map(std::mem::take))
    }
}

/// Documents in the order in which their ids came: a new version keeps its id's place.
fn arrived(shared: &Shared, numbers: impl Iterator<Item = u32>) -> Result<Vec<u32>> {
    let mut arrived = Vec::new();
    for number in numbers {
        let (mut since, mut previous) = (number, shared.head(number)?.previous);
        while let Some(before) = previous.filter(|before| *before < since) {
            (since, previous) = (before, shared.head(before)?.previous);
        }
        arrived.push((since, number));
    }
    arrived.sort_unstable();
    Ok(arrived.into_iter().map(|(_, number)| number).collect())
}

impl Iterator for Records {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.piece().transpose()
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("left", &self.numbers.len()).finish_non_exhaustive()
    }
}

/// Rows of the table `records` in the making.
#[derive(Default)]
pub(super) struct RecordRows {
    texts: [StringBuilder; 8],
    record: BinaryBuilder,
    rows: usize,
    bytes: usize,
}

impl RecordRows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Adds a document.
    pub fn push(&mut self, head: &Head, text: &str, record: &[u8]) {
        let metadata = serde_json::to_string(&head.metadata).unwrap_or_default();
        let (sha256, reading) = (hex(&head.sha256), head.reading.to_string());
        let values = [
            Some(head.id.as_str()),
            head.file.as_deref(),
            Some(text),
            Some(&sha256),
            Some(&head.encoding),
            Some(&metadata),
            Some(&reading),
            None,
        ];
        self.add(values);
        self.record.append_value(record);
        self.bytes += text.len();
    }

    /// Adds a source that could not be read.
    pub fn push_failed(&mut self, id: &str, file: Option<&str>, error: &str) {
        self.add([Some(id), file, None, None, None, None, None, Some(error)]);
        self.record.append_null();
    }

    fn add(&mut self, values: [Option<&str>; 8]) {
        self.texts.iter_mut().zip(values).for_each(|(builder, value)| builder.append_option(value));
        self.rows += 1;
    }

    /// The batch.
    pub fn finish(mut self) -> Result<RecordBatch> {
        let mut columns: Vec<ArrayRef> =
            self.texts.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let error = columns.pop();
        columns.push(Arc::new(self.record.finish()));
        columns.extend(error);
        RecordBatch::try_new(records_schema(), columns)
            .map_err(|e| crate::error::Error::query(e.to_string(), Vec::new()))
    }
}
