//! Query: a typed question in, a table out.
//!
//! `resolve` turns names into ids (unknown or ambiguous names are errors with suggestions), `run` reads the columns that
//! the question names. Rows come by document id, then in text order, unless the question orders them.

mod answer;
mod candidates;
mod cross;
mod dimension;
mod explain;
mod network;
mod plan;
mod resolve;
mod run;
mod scan;
mod score;
mod search;
mod tally;
mod wording;

pub use cross::Counted;
pub use explain::EXPLAINED;
pub use run::Stream;
pub use search::{RANKED, Search};
pub use wording::highlights;

use crate::error::{Error, Result};
use std::collections::BTreeMap;

use crate::index::Reader;
use crate::record::Level;
use crate::table::{Table, TableName};

/// Names of the world, as a question may write them, to ids.
///
/// Each method gives the id, or an [`ErrorKind::Query`](crate::error::ErrorKind::Query) with what was probably meant.
pub trait Names: Send + Sync {
    /// A function (医保, 医疗保障局, `health-insurance`) to its id.
    fn function(&self, name: &str) -> Result<String>;
    /// All functions of a body, the main one first; none where it has none.
    fn functions(&self, body: &str) -> Vec<String> {
        self.function(body).ok().into_iter().collect()
    }
    /// A place (江门市, 江门, 440700) to the one in force.
    fn place(&self, name: &str) -> Result<Place>;
    /// A topic (支付方式改革, its slug) to its id.
    fn topic(&self, name: &str) -> Result<String>;
    /// The code in force of the place that a code, perhaps of old, stands for. All names that a ledger is asked with
    /// agree on it: it is remembered.
    fn in_force(&self, adcode: &str) -> String {
        adcode.to_owned()
    }
}

/// A place as a name resolves to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// GB/T 2260 code.
    pub adcode: String,
    /// Name.
    pub name: String,
    /// Level.
    pub level: Level,
    /// Id of the zone, where one was meant; the code is then that of the division it lies in.
    pub zone: Option<String>,
}

/// Names as they stand: functions and topics are their own ids, places are written as codes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Verbatim;

impl Names for Verbatim {
    fn function(&self, name: &str) -> Result<String> {
        Ok(name.to_owned())
    }

    fn place(&self, name: &str) -> Result<Place> {
        if name.len() != 6 || !name.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::query(format!("{name:?} is no code of a place"), Vec::new()));
        }
        let level = match name.trim_end_matches("00").len() {
            6 => Level::County,
            4 => Level::Prefecture,
            _ if name == "100000" => Level::Country,
            _ => Level::Province,
        };
        Ok(Place { adcode: name.to_owned(), name: name.to_owned(), level, zone: None })
    }

    fn topic(&self, name: &str) -> Result<String> {
        Ok(name.to_owned())
    }
}

/// A question: a table and what its rows must satisfy. Filters are and; several values of one filter are or.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Which table.
    pub table: TableName,
    /// Document ids.
    pub document: Vec<String>,
    /// These governments themselves: names or codes.
    pub place: Vec<String>,
    /// These places and all below.
    pub within: Vec<String>,
    /// Years of issue.
    pub years: Vec<i16>,
    /// First year of issue.
    pub year_from: Option<i16>,
    /// Last year of issue.
    pub year_to: Option<i16>,
    /// Levels: country, province, prefecture, county.
    pub level: Vec<String>,
    /// Functions, by name or id; a body with several matches any.
    pub function: Vec<String>,
    /// Bodies, by exact name.
    pub body: Vec<String>,
    /// Roles: lead, responsible, cooperating, supervising.
    pub role: Vec<String>,
    /// Topics, by name or id; a clause with several matches any. Facts have the topics of their clause.
    pub topic: Vec<String>,
    /// Kinds: of clauses task or preamble (facts have that of their clause), of notes their slug.
    pub kind: Vec<String>,
    /// Clause ids (`document#n`).
    pub clause: Vec<String>,
    /// Exact substrings of the row's wording, all of them. An assignment's wording is its clause's.
    pub text: Vec<String>,
    /// Exact substrings, at least one of them.
    pub any: Vec<String>,
    /// Exact substrings, none of them.
    pub without: Vec<String>,
    /// Only implied rows, or only explicit ones.
    pub implied: Option<bool>,
    /// Units of targets.
    pub unit: Vec<String>,
    /// Operators of targets.
    pub op: Vec<String>,
    /// Smallest value of a target.
    pub value_from: Option<f64>,
    /// Largest value of a target.
    pub value_to: Option<f64>,
    /// Deadline within this year.
    pub due: Option<i16>,
    /// Metadata columns of the user: name to the values allowed.
    pub metadata: BTreeMap<String, Vec<String>>,
    /// Copies of a document too, each with its own rows; else a document counts once, as the earliest of its copies.
    /// A copy that `document` or `clause` names is always shown.
    pub copies: bool,
    /// Columns wanted, in this order; empty for all.
    pub columns: Vec<String>,
    /// Order of the rows: column, and true for descending.
    pub order: Vec<(String, bool)>,
    /// At most so many rows.
    pub limit: Option<usize>,
}

impl Query {
    /// All rows of a table.
    pub fn new(table: TableName) -> Self {
        Self {
            table,
            document: Vec::new(),
            place: Vec::new(),
            within: Vec::new(),
            years: Vec::new(),
            year_from: None,
            year_to: None,
            level: Vec::new(),
            function: Vec::new(),
            body: Vec::new(),
            role: Vec::new(),
            topic: Vec::new(),
            kind: Vec::new(),
            clause: Vec::new(),
            text: Vec::new(),
            any: Vec::new(),
            without: Vec::new(),
            implied: None,
            unit: Vec::new(),
            op: Vec::new(),
            value_from: None,
            value_to: None,
            due: None,
            metadata: BTreeMap::new(),
            copies: false,
            columns: Vec::new(),
            order: Vec::new(),
            limit: None,
        }
    }
}

/// Answers a question.
pub fn run(reader: Reader<'_>, query: &Query, names: &dyn Names) -> Result<Table> {
    run::run(reader, &resolved(reader, query, names)?, names)
}

/// Counts the rows of an answer without building them.
pub fn count(reader: Reader<'_>, query: &Query, names: &dyn Names) -> Result<u64> {
    run::count(reader, &resolved(reader, query, names)?, names)
}

/// Answers a question piece by piece, in the order in which documents came into the ledger.
pub fn stream(reader: Reader<'_>, query: &Query, names: &dyn Names) -> Result<Stream> {
    if !query.order.is_empty() {
        return Err(Error::query("a stream has no order but that of the ledger", Vec::new()));
    }
    Ok(Stream::new(reader, resolved(reader, query, names)?))
}

/// Counts the rows that a question selects, or their documents, by one to four things at once.
///
/// What rows can be counted by: `place` (code in force and name), `level`, `zone`, `year`, `plan_year`, `document`, the
/// user's metadata columns; `function`, `role`, `body` (of facts other than assignments: those of their clause), `topic`,
/// `kind`; and the table's own columns of texts, flags and integers; `due`, the year of a deadline. The columns of the
/// answer are those, then `count`; rows come in their order, nothing last. Of a list each member counts.
pub fn cross(reader: Reader<'_>, query: &Query, by: &[String], counted: Counted, names: &dyn Names) -> Result<Table> {
    cross::cross(reader, &resolved(reader, query, names)?, by, counted, names)
}

/// The functions that stand in the same clauses: one row a pair, with the number of clauses and of documents.
///
/// The question is one of assignments; its `function` leaves the pairs that have one of these.
pub fn network(reader: Reader<'_>, query: &Query, names: &dyn Names) -> Result<Table> {
    let functions = query.function.iter().map(|name| names.function(name)).collect::<Result<_>>()?;
    let query = Query { table: TableName::Assignments, function: Vec::new(), ..query.clone() };
    network::network(reader, &resolved(reader, &query, names)?, &functions, names)
}

fn resolved(reader: Reader<'_>, query: &Query, names: &dyn Names) -> Result<resolve::Resolved> {
    let mut question = resolve::resolve(query, names, reader.catalog().metadata())?;
    run::narrow(reader, &mut question)?;
    Ok(question)
}

/// Tells how a question is answered, a row a step: what it leaves, how, and how many rows were expected and found.
pub fn explain(reader: Reader<'_>, query: &Query, names: &dyn Names) -> Result<Table> {
    explain::explain(reader, query, &resolved(reader, query, names)?, names)
}

/// The clauses that speak most of some words, the best first.
pub fn search(reader: Reader<'_>, search: &Search, names: &dyn Names) -> Result<Table> {
    search::search(reader, search, names)
}
