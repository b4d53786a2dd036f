//! Questions: what a scholar asks of a ledger, each one call into `compare`.

use super::{Ledger, Shared, View, stored, unknown};
use crate::compare::{self, Codebook, Coded, Cooperation, Descent, Due, Ladder, Lineage, Shelf, Wording};
use crate::error::{Error, Result};
use crate::query::Query;
use crate::record::Document;
use crate::table::Table;
use crate::text::{Extent, SourceText, Span};

/// A ledger's documents, to be read whole.
struct Stored<'a> {
    shared: &'a Shared,
    view: &'a View<'a>,
}

impl Shelf for Stored<'_> {
    fn open(&self, id: &str) -> Result<(SourceText, Document)> {
        let entry = self.shared.entry(id)?.ok_or_else(|| unknown(id))?;
        let stored = stored(self.shared, self.view, self.shared.head(entry.number)?)?;
        Ok((stored.text, stored.document))
    }
}

impl Ledger {
    /// One indicator over places, levels and years: the targets that `question` selects.
    pub fn ladder(&self, question: &Query, asked: &Ladder) -> Result<Table> {
        let shared = self.shared()?;
        compare::ladder(shared.reader(&shared.catalog()), question, asked, &*self.options.names)
    }

    /// How much work bodies carry, by function, body, place, level, year.
    pub fn who(&self, question: &Query, by: &[String]) -> Result<Table> {
        let shared = self.shared()?;
        compare::who(shared.reader(&shared.catalog()), question, by, &*self.options.names)
    }

    /// What bodies of a function are called, by level and year.
    pub fn body_names(&self, question: &Query) -> Result<Table> {
        let shared = self.shared()?;
        compare::names_of(shared.reader(&shared.catalog()), question, &*self.options.names)
    }

    /// Which functions stand together in parts.
    pub fn cooperation(&self, question: &Query) -> Result<Cooperation> {
        let shared = self.shared()?;
        compare::cooperation(shared.reader(&shared.catalog()), question, &*self.options.names)
    }

    /// Clauses part by part, with their words and bodies: those with an assignment that `question` selects.
    pub fn parts(&self, question: &Query) -> Result<Table> {
        let shared = self.shared()?;
        let (shared, view) = (&*shared, &shared.catalog());
        compare::parts(shared.reader(view), &Stored { shared, view }, question, &*self.options.names)
    }

    /// Place by topic; `leads` selects the assignments that say who leads.
    pub fn topics(&self, clauses: &Query, leads: Option<&Query>) -> Result<Table> {
        let shared = self.shared()?;
        compare::topics(shared.reader(&shared.catalog()), clauses, leads, &*self.options.names)
    }

    /// Which document stands upon which, and what is cited but missing.
    pub fn lineage(&self, question: &Query) -> Result<Lineage> {
        let shared = self.shared()?;
        let (shared, view) = (&*shared, &shared.catalog());
        compare::lineage(shared.reader(view), &Stored { shared, view }, question, &*self.options.names)
    }

    /// Which clauses were taken from where; without `from` the plans of the places above are looked at.
    pub fn descent(&self, of: &Query, from: Option<&Query>) -> Result<Descent> {
        let shared = self.shared()?;
        compare::descent(shared.reader(&shared.catalog()), of, from, &*self.options.names)
    }

    /// What falls due when.
    pub fn calendar(&self, targets: Option<&Query>, milestones: Option<&Query>, due: &Due) -> Result<Table> {
        let shared = self.shared()?;
        compare::calendar(shared.reader(&shared.catalog()), targets, milestones, due, &*self.options.names)
    }

    /// Deadlines that moved between documents.
    pub fn moved(&self, targets: &Query, milestones: &Query) -> Result<Table> {
        let shared = self.shared()?;
        compare::moved(shared.reader(&shared.catalog()), targets, milestones, &*self.options.names)
    }

    /// Deadlines that moved between two versions of a document.
    pub fn moved_versions(&self, id: &str, old: u32, new: u32) -> Result<Table> {
        let (before, after) = (self.document_version(id, old)?, self.document_version(id, new)?);
        let side = |version: u32| i64::from(version);
        compare::moved_versions(
            id,
            (side(old), &before.text, &before.document),
            (side(new), &after.text, &after.document),
        )
    }

    /// A codebook's terms in the clauses that `question` selects; without one that of commitment.
    pub fn code(&self, question: &Query, book: Option<&Codebook>) -> Result<Coded> {
        let shared = self.shared()?;
        let (shared, view) = (&*shared, &shared.catalog());
        let (reader, shelf) = (shared.reader(view), Stored { shared, view });
        match book {
            Some(book) => compare::code(reader, &shelf, question, book, &*self.options.names),
            None => compare::code(reader, &shelf, question, &Codebook::commitment()?, &*self.options.names),
        }
    }

    /// The difference of two wordings: each a clause (`document#n`), or a document and, if said, its version.
    pub fn diff(&self, a: (&str, Option<u32>), b: (&str, Option<u32>)) -> Result<Table> {
        compare::diff(&self.wording(a)?, &self.wording(b)?)
    }

    fn wording(&self, (id, version): (&str, Option<u32>)) -> Result<Wording> {
        if let (None, Some((document, n))) = (version, id.rsplit_once('#'))
            && let Ok(n) = n.parse::<usize>()
            && let Ok(stored) = self.document(document)
        {
            let clause = n.checked_sub(1).and_then(|n| stored.document.clauses.get(n));
            let missing = || Error::query(format!("{document} has no clause {n}"), Vec::new());
            return Ok(Wording::of(&stored.text, &clause.ok_or_else(missing)?.text));
        }
        let stored = match version {
            Some(version) => self.document_version(id, version)?,
            None => self.document(id)?,
        };
        let span = Span::new(0, stored.text.len());
        Ok(Wording::of(&stored.text, &Extent { span, removed: Vec::new() }))
    }
}
