//! Resolve: a question's names become ids, and what cannot be asked of a table is said.

use super::wording::{TextFilter, tidied};
use super::{Names, Place, Query};
use crate::error::{Error, Result};
use crate::index::{Seat, level_of, number_of_code};
use crate::table::{ColumnType, TableName};
use foldhash::fast::FixedState;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A question with its names resolved.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Resolved {
    pub table: TableName,
    pub documents: DocumentFilter,
    pub rows: Vec<RowFilter>,
    pub text: TextFilter,
    /// Columns to build: those wanted, then those that only the order needs.
    pub columns: Vec<Wanted>,
    /// How many of them the answer shows.
    pub shown: usize,
    pub order: Vec<(String, bool)>,
    pub limit: Option<usize>,
}

impl Resolved {
    /// A question about rows alone.
    pub fn of_rows(table: TableName, rows: Vec<RowFilter>) -> Self {
        let (documents, text) = (DocumentFilter::default(), TextFilter::default());
        Self { table, documents, rows, text, columns: Vec::new(), shown: 0, order: Vec::new(), limit: None }
    }
}

/// A column of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// One of the schema.
    Schema(&'static crate::table::Column),
    /// One of the user's metadata.
    Metadata(String),
}

impl Wanted {
    pub fn name(&self) -> &str {
        match self {
            Self::Schema(column) => column.name,
            Self::Metadata(name) => name,
        }
    }

    pub fn kind(&self) -> ColumnType {
        match self {
            Self::Schema(column) => column.kind,
            Self::Metadata(_) => ColumnType::Text,
        }
    }
}

/// What a row's document must satisfy; an empty set asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DocumentFilter {
    /// Ids.
    pub ids: BTreeSet<String>,
    /// Copies too.
    pub copies: bool,
    /// Numbers of the documents that alone can have rows, ascending: of ids asked for, and of clauses asked for.
    pub numbers: Option<Vec<u32>>,
    pub places: Places,
    pub years: BTreeSet<i64>,
    pub from: Option<i64>,
    pub to: Option<i64>,
    pub levels: BTreeSet<String>,
    pub metadata: BTreeMap<String, BTreeSet<String>>,
}

impl DocumentFilter {
    /// True where years are asked for.
    pub fn asks_year(&self) -> bool {
        !self.years.is_empty() || self.from.is_some() || self.to.is_some()
    }

    /// True for a year that may be.
    pub fn accepts_year(&self, year: i64) -> bool {
        (self.years.is_empty() || self.years.contains(&year))
            && self.from.is_none_or(|from| from <= year)
            && self.to.is_none_or(|to| year <= to)
    }

    /// False where no year from `low` to `high` may be.
    pub fn accepts_a_year_of(&self, low: i64, high: i64) -> bool {
        (self.years.is_empty() || self.years.range(low..=high).next().is_some())
            && self.from.is_none_or(|from| from <= high)
            && self.to.is_none_or(|to| low <= to)
    }
}

/// Governments that documents may come from; hundreds are asked for at the price of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// Governments of divisions, by code.
    plain: HashSet<u32, FixedState>,
    /// All others: code and zone.
    others: BTreeSet<(String, Option<String>)>,
    /// Governments of these areas.
    within: Vec<Area>,
}

impl Places {
    /// True where nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.others.is_empty() && self.within.is_empty()
    }

    fn insert(&mut self, adcode: String, zone: Option<String>) {
        match number_of_code(&adcode) {
            code if code > 0 && zone.is_none() => self.plain.insert(code),
            _ => self.others.insert((adcode, zone)),
        };
    }

    /// True for a government that may be.
    pub fn accept(&self, seat: &Seat) -> bool {
        let named = || {
            seat.code > 0 && seat.zone.is_none() && self.plain.contains(&seat.code)
                || !self.others.is_empty()
                    && self.others.contains(&(seat.adcode.to_string(), seat.zone.as_deref().map(str::to_owned)))
        };
        (self.plain.is_empty() && self.others.is_empty() || named())
            && (self.within.is_empty() || self.within.iter().any(|area| area.holds(&seat.adcode, seat.zone.as_deref())))
    }
}

/// A place and all below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Area {
    /// Codes that begin so.
    Begins(String),
    /// The zone of this id.
    Zone(String),
}

impl Area {
    pub fn holds(&self, adcode: &str, zone: Option<&str>) -> bool {
        match self {
            Self::Begins(begin) => adcode.starts_with(begin.as_str()),
            Self::Zone(id) => zone == Some(id.as_str()),
        }
    }
}

/// What one assignment of a clause must satisfy as a whole; an empty set asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct BodyFilter {
    pub functions: BTreeSet<String>,
    pub bodies: BTreeSet<String>,
    pub roles: BTreeSet<String>,
    pub implied: Option<bool>,
}

/// What a row must satisfy. Columns are kept ones.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RowFilter {
    /// The text, or a member of the list in it, is one of these.
    OneOf { column: &'static str, values: BTreeSet<String> },
    /// The same of the row's clause.
    ClauseOneOf { column: &'static str, values: BTreeSet<String> },
    /// The text begins so.
    Begins { column: &'static str, with: String },
    /// The flag is so.
    Flag { column: &'static str, value: bool },
    /// The number lies so.
    Between { column: &'static str, from: Option<f64>, to: Option<f64> },
    /// The row's clause is one of these: document id and positions in it.
    ClauseIs(BTreeMap<String, BTreeSet<u32>>),
    /// The row's clause has an assignment like this.
    ClauseHas(BodyFilter),
}

/// Resolves a question against the names of the world and the ledger's metadata columns.
pub(super) fn resolve(query: &Query, names: &dyn Names, metadata: &[String]) -> Result<Resolved> {
    let table = query.table;
    let (columns, shown) = columns(query, metadata)?;
    Ok(Resolved {
        table,
        documents: documents(query, names, metadata)?,
        rows: rows(query, names)?,
        text: text(query)?,
        columns,
        shown,
        order: query.order.clone(),
        limit: query.limit,
    })
}

fn documents(query: &Query, names: &dyn Names, metadata: &[String]) -> Result<DocumentFilter> {
    let mut places = Places::default();
    for name in &query.place {
        let Place { adcode, zone, .. } = names.place(name)?;
        places.insert(adcode, zone);
    }
    for name in &query.within {
        let place = names.place(name)?;
        places.within.push(place.zone.map_or_else(|| Area::Begins(below(&place.adcode).to_owned()), Area::Zone));
    }
    for name in &query.level {
        if level_of(name).is_none() {
            return Err(unknown("level", name, &["country", "province", "prefecture", "county"]));
        }
    }
    for name in query.metadata.keys() {
        if !metadata.contains(name) {
            let message = format!("no document has a metadata column {name:?}");
            return Err(Error::query(message, metadata.to_vec()));
        }
    }
    Ok(DocumentFilter {
        ids: query.document.iter().cloned().collect(),
        // Who names a document or a clause means that one.
        copies: query.copies || !query.document.is_empty() || !query.clause.is_empty(),
        numbers: None,
        places,
        years: query.years.iter().map(|year| i64::from(*year)).collect(),
        from: query.year_from.map(i64::from),
        to: query.year_to.map(i64::from),
        levels: query.level.iter().cloned().collect(),
        metadata: query.metadata.iter().map(|(k, v)| (k.clone(), v.iter().cloned().collect())).collect(),
    })
}

/// What the codes of a place and of all below it begin with.
fn below(adcode: &str) -> &str {
    match adcode {
        "100000" => "",
        _ => adcode.strip_suffix("0000").or_else(|| adcode.strip_suffix("00")).unwrap_or(adcode),
    }
}

fn rows(query: &Query, names: &dyn Names) -> Result<Vec<RowFilter>> {
    let table = query.table;
    let of_clauses = table.has("clause");
    let mut filters = Vec::new();
    let mut own = |asked: bool, column: &'static str, filter: &str, made: RowFilter| {
        if !asked {
            return Ok(());
        }
        if !table.has(column) {
            return Err(no_such_filter(table, filter));
        }
        filters.push(made);
        Ok(())
    };
    let one_of = |column, values: &[String]| RowFilter::OneOf { column, values: values.iter().cloned().collect() };

    // The first filter looks at every row, the others at what it leaves: a year leaves few.
    let due = RowFilter::Begins { column: "deadline", with: format!("{:04}", query.due.unwrap_or_default()) };
    own(query.due.is_some(), "deadline", "due", due)?;
    let functions = query.function.iter().map(|f| names.function(f)).collect::<Result<Vec<_>>>()?;
    check("role", &query.role, &["lead", "responsible", "cooperating", "supervising"])?;
    let asks_body = !functions.is_empty() || !query.body.is_empty() || !query.role.is_empty();
    // Facts of a clause that somebody has a part in; whether that is implied is asked of the fact where it can be.
    let through_clause = asks_body && of_clauses && table != TableName::Assignments;
    let implied_there = through_clause && !table.has("implied");
    if !through_clause {
        own(!functions.is_empty(), "functions", "function", one_of("functions", &functions))?;
        own(!query.body.is_empty(), "body", "body", one_of("body", &query.body))?;
        own(!query.role.is_empty(), "role", "role", one_of("role", &query.role))?;
    }
    own(!query.unit.is_empty(), "unit", "unit", one_of("unit", &query.unit))?;
    check("op", &query.op, &["=", ">=", "<=", ">", "<", "~", "range"])?;
    own(!query.op.is_empty(), "op", "op", one_of("op", &query.op))?;
    let flag = RowFilter::Flag { column: "implied", value: query.implied == Some(true) };
    own(query.implied.is_some() && !implied_there, "implied", "implied", flag)?;
    let between = RowFilter::Between { column: "value", from: query.value_from, to: query.value_to };
    own(query.value_from.is_some() || query.value_to.is_some(), "value", "value", between)?;

    if through_clause {
        filters.push(RowFilter::ClauseHas(BodyFilter {
            functions: functions.into_iter().collect(),
            bodies: query.body.iter().cloned().collect(),
            roles: query.role.iter().cloned().collect(),
            implied: query.implied.filter(|_| implied_there),
        }));
    }
    if !query.topic.is_empty() {
        let values = query.topic.iter().map(|t| names.topic(t)).collect::<Result<_>>()?;
        if !of_clauses {
            return Err(no_such_filter(table, "topic"));
        }
        filters.push(RowFilter::ClauseOneOf { column: "topics", values });
    }
    if !query.kind.is_empty() {
        let values = query.kind.iter().cloned().collect();
        filters.push(match table {
            TableName::Notes => RowFilter::OneOf { column: "kind", values },
            _ if of_clauses => {
                check("kind", &query.kind, &["task", "preamble"])?;
                RowFilter::ClauseOneOf { column: "kind", values }
            }
            _ => return Err(no_such_filter(table, "kind")),
        });
    }
    if !query.clause.is_empty() {
        if !of_clauses {
            return Err(no_such_filter(table, "clause"));
        }
        let mut clauses: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
        for id in &query.clause {
            let parts = id.rsplit_once('#').and_then(|(id, n)| Some((id, n.parse().ok()?)));
            let wrong = || Error::query(format!("{id:?} is no clause's id (document#n)"), Vec::new());
            let (document, n) = parts.ok_or_else(wrong)?;
            clauses.entry(document.to_owned()).or_default().insert(n);
        }
        filters.push(RowFilter::ClauseIs(clauses));
    }
    Ok(filters)
}

fn text(query: &Query) -> Result<TextFilter> {
    let [all, any, none] = [&query.text, &query.any, &query.without]
        .map(|words| words.iter().map(|word| tidied(word)).collect::<Vec<String>>());
    if [&all, &any, &none].into_iter().flatten().any(String::is_empty) {
        return Err(Error::query("a text to look for is empty", Vec::new()));
    }
    Ok(TextFilter { all, any, none })
}

fn columns(query: &Query, metadata: &[String]) -> Result<(Vec<Wanted>, usize)> {
    let table = query.table;
    let all = || {
        let own = table.columns().iter().map(Wanted::Schema);
        let users = metadata.iter().filter(|_| table == TableName::Documents).cloned().map(Wanted::Metadata);
        own.chain(users)
    };
    let find = |name: &str| {
        all().find(|c| c.name() == name).ok_or_else(|| {
            let known = all().map(|c| c.name().to_owned()).collect();
            Error::query(format!("the table {} has no column {name:?}", table.as_str()), known)
        })
    };
    let mut columns: Vec<Wanted> = match query.columns.as_slice() {
        [] => all().collect(),
        names => names.iter().map(|name| find(name)).collect::<Result<_>>()?,
    };
    let shown = columns.len();
    for (name, _) in &query.order {
        let column = find(name)?;
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    Ok((columns, shown))
}

fn check(what: &str, given: &[String], known: &[&str]) -> Result<()> {
    match given.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(unknown(what, name, known)),
        None => Ok(()),
    }
}

fn unknown(what: &str, name: &str, known: &[&str]) -> Error {
    Error::query(format!("there is no {what} {name:?}"), known.iter().map(|&k| k.to_owned()).collect())
}

fn no_such_filter(table: TableName, filter: &str) -> Error {
    Error::query(
        format!("the table {} cannot be filtered by {filter}: it has no such column", table.as_str()),
        Vec::new(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Verbatim;
    use super::*;

    #[test]
    fn a_place_holds_all_that_its_code_begins() {
        for (adcode, begins) in [
            ("100000", ""),
            ("440000", "44"),
            ("440700", "4407"),
            ("440781", "440781"),
            ("500110", "500110"),
            ("100100", "1001"),
        ] {
            assert_eq!(below(adcode), begins);
        }
    }

    #[test]
    fn what_a_table_cannot_be_asked_is_said() {
        type Ask = fn(&mut Query);
        let cases: [(TableName, Ask, &str); 10] = [
            (TableName::Sections, |q| q.role = vec!["lead".into()], "sections cannot be filtered by role"),
            (TableName::Documents, |q| q.topic = vec!["x".into()], "documents cannot be filtered by topic"),
            (TableName::Sections, |q| q.clause = vec!["a#1".into()], "sections cannot be filtered by clause"),
            (TableName::Assignments, |q| q.due = Some(2025), "assignments cannot be filtered by due"),
            (TableName::Assignments, |q| q.role = vec!["boss".into()], "no role \"boss\""),
            (TableName::Clauses, |q| q.columns = vec!["body".into()], "clauses has no column \"body\""),
            (TableName::Clauses, |q| q.text = vec![String::new()], "is empty"),
            (TableName::Clauses, |q| q.any = vec!["医保".into(), " \u{3000}".into()], "is empty"),
            (TableName::Clauses, |q| q.clause = vec!["a".into()], "no clause's id"),
            (
                TableName::Clauses,
                |q| drop(q.metadata.insert("tier".into(), vec![])),
                "no document has a metadata column",
            ),
        ];
        for (table, ask, says) in cases {
            let mut query = Query::new(table);
            ask(&mut query);
            let error = resolve(&query, &Verbatim, &[]).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn the_order_may_name_a_column_that_is_not_shown() {
        let mut query = Query::new(TableName::Targets);
        query.columns = vec!["text".into()];
        query.order = vec![("value".into(), true)];
        let resolved = resolve(&query, &Verbatim, &[]).unwrap();
        assert_eq!(resolved.shown, 1);
        assert_eq!(resolved.columns.iter().map(Wanted::name).collect::<Vec<_>>(), ["text", "value"]);
    }
}
