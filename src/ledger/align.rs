//! Alignment, measures and coverage of a ledger. The clauses are made ready to be compared once a state of the ledger.

use super::{Ledger, Shared};
use crate::compare::{self, AlignOptions, By, Edit, Edits, Space};
use crate::error::{Error, ErrorKind, Result};
use crate::lexicon::Lexicon;
use crate::query::{self, Query};
use crate::table::{Table, TableName};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// The file of a ledger's folder that keeps a user's edits of measures.
pub(super) const EDITS: &str = "measures.json";

/// The space of a state of the ledger, once somebody has asked for it.
#[derive(Debug, Default)]
pub(super) struct Spaces(Mutex<Option<(u64, Arc<Space>)>>);

impl Ledger {
    /// The counterparts of some clauses among others (or among all), as [`compare::align`] gives them. The questions are about
    /// clauses; their columns, order and limit are the library's own.
    pub fn align(&self, a: &Query, b: Option<&Query>, options: &AlignOptions) -> Result<Table> {
        let shared = self.shared()?;
        let (a, b) = (self.clauses_of(&shared, a)?, b.map(|b| self.clauses_of(&shared, b)).transpose()?);
        let space = space(&shared)?;
        let catalog = shared.catalog();
        compare::align(shared.reader(&catalog), &space, Lexicon::embedded().terms(), &a, b.as_deref(), options)
    }

    /// The clauses of `a` that have no counterpart in `b` (or nowhere), each with the nearest text.
    pub fn unmatched(&self, a: &Query, b: Option<&Query>, options: &AlignOptions) -> Result<Table> {
        let shared = self.shared()?;
        let (a, b) = (self.clauses_of(&shared, a)?, b.map(|b| self.clauses_of(&shared, b)).transpose()?);
        let space = space(&shared)?;
        let catalog = shared.catalog();
        compare::unmatched(shared.reader(&catalog), &space, &a, b.as_deref(), options)
    }

    /// What each clause of `a` shares with each of `b`, both by id.
    pub fn evidence(&self, a: &[String], b: &[String]) -> Result<Vec<Vec<Option<compare::Evidence>>>> {
        let shared = self.shared()?;
        Ok(compare::evidence(&*space(&shared)?, a, b))
    }

    /// Measures: clauses that hand out the same work, among some or all.
    pub fn measures(&self, clauses: Option<&Query>) -> Result<Table> {
        let shared = self.shared()?;
        let clauses = clauses.map(|query| self.clauses_of(&shared, query)).transpose()?;
        let space = space(&shared)?;
        let catalog = shared.catalog();
        compare::measures(shared.reader(&catalog), &space, clauses.as_deref(), &self.measure_edits()?)
    }

    /// Which place has which measure or topic, among some clauses or all.
    pub fn coverage(&self, by: By, clauses: Option<&Query>) -> Result<Table> {
        let shared = self.shared()?;
        let clauses = clauses.map(|query| self.clauses_of(&shared, query)).transpose()?;
        let space = space(&shared)?;
        let catalog = shared.catalog();
        let (reader, edits) = (shared.reader(&catalog), self.measure_edits()?);
        compare::coverage(reader, &space, by, clauses.as_deref(), &edits, &*self.options.names)
    }

    /// What a user has said of measures, oldest first.
    pub fn measure_edits(&self) -> Result<Edits> {
        let path = self.edits_path();
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| failed("read the edits of measures", &e)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Edits::default()),
            Err(e) => Err(failed("read the edits of measures", &e)),
        }
    }

    /// Adds an edit of measures, or takes all back (`None`). Kept beside the store, replaced as a whole.
    pub fn edit_measures(&self, edit: Option<Edit>) -> Result<()> {
        let shared = self.shared()?;
        let writing = shared.to_write()?;
        let mut edits = Edits::default();
        if let Some(edit) = edit {
            edits = self.measure_edits()?;
            edits.0.push(edit);
        }
        let doing = "keep the edits of measures";
        let bytes = serde_json::to_vec_pretty(&edits).map_err(|e| failed(doing, &e))?;
        let path = self.edits_path();
        let new = path.with_extension("json.new");
        std::fs::write(&new, bytes).and_then(|()| std::fs::rename(&new, &path)).map_err(|e| failed(doing, &e))?;
        drop(writing);
        Ok(())
    }

    fn edits_path(&self) -> PathBuf {
        self.path.join(EDITS)
    }

    /// Ids of the clauses that a question selects.
    fn clauses_of(&self, shared: &Shared, query: &Query) -> Result<Vec<String>> {
        let query = Query {
            table: TableName::Clauses,
            columns: vec!["clause".to_owned()],
            order: Vec::new(),
            limit: query.limit.filter(|limit| *limit == 0),
            ..query.clone()
        };
        let table = query::run(shared.reader(&shared.catalog()), &query, &*self.options.names)?;
        Ok(table.values("clause").filter_map(|cell| cell.text().map(str::to_owned)).collect())
    }
}

/// The space of the ledger as it is now.
fn space(shared: &Shared) -> Result<Arc<Space>> {
    let catalog = shared.catalog();
    let mut kept = shared.spaces.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((generation, space)) = &*kept
        && *generation == catalog.generation()
    {
        return Ok(Arc::clone(space));
    }
    // The old one goes first: two at a time would need twice the memory.
    *kept = None;
    let space = Arc::new(Space::of(shared.reader(&catalog), Lexicon::embedded().terms())?);
    *kept = Some((catalog.generation(), Arc::clone(&space)));
    Ok(space)
}

fn failed(doing: &str, error: &dyn std::error::Error) -> Error {
    Error::new(ErrorKind::Store { doing: doing.to_owned(), reason: error.to_string() })
}
