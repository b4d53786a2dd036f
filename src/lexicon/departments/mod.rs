//! Departments: canonical functions of Chinese public bodies, and the way from a body's name to them.
//!
//! In: the tables `departments`, `departments_combined`, `departments_suffix`. Out: [`Departments::resolve`] from a
//! name as documents write it (市卫健委, 各县(市、区)人民政府, 人行武汉分行) to functions, the main one first.
//! Guarantee: an answer says how it was found ([`How`]), and one by a mere ending is never called known.

mod memo;
mod resolve;

use super::names::plain;
use super::places::PlaceNames;
use super::suggest::nearest;
use super::table::{Row, Tables};
use crate::error::Result;
use foldhash::fast::FixedState;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A canonical function: what bodies do, whatever a place calls them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Slug, stable.
    pub id: Box<str>,
    /// Chinese name.
    pub zh: Box<str>,
    /// English name.
    pub en: Box<str>,
    /// department, party, mass-organisation, group, …
    pub kind: Box<str>,
    /// The body of the state that has it.
    pub national_name: Option<Box<str>>,
    /// When the body existed, what it was before.
    pub era: Option<Box<str>>,
    /// Functions that took over.
    pub successors: Vec<Box<str>>,
}

/// How a name was resolved, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// The name stands in the table.
    Alias,
    /// It does once level words and places in front are gone.
    Stripped,
    /// A form with a place inside (人民银行*中心支行).
    Pattern,
    /// A common noun: X主管部门, X行政部门, places said collectively.
    Generic,
    /// A merged bureau whose halves are both known (科技和水务局).
    Merged,
    /// An internal office (人事处).
    Division,
    /// Known once its bracket is gone.
    Bracketless,
    /// A place alone.
    Place,
    /// Only the ending is known (…领导小组办公室, …有限公司).
    Suffix,
}

/// Functions of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved<'a> {
    /// Ids, the main one first.
    pub functions: Vec<&'a str>,
    /// How they were found.
    pub how: How,
}

/// The registry of functions and names of bodies.
#[derive(Debug, Clone, Default)]
pub struct Departments {
    functions: Vec<Function>,
    ids: HashMap<Box<str>, usize, FixedState>,
    /// Functions of each name in plain spelling: one, or for a merged bureau several.
    names: HashMap<Box<str>, Vec<usize>, FixedState>,
    /// Forms with a place inside, by the last character of what follows the place (none where nothing does), most
    /// literal characters first.
    patterns: HashMap<Option<char>, Vec<Pattern>, FixedState>,
    suffixes: HashMap<Box<str>, usize, FixedState>,
    /// Characters that names end in.
    finals: HashSet<char, FixedState>,
    places: PlaceNames,
    memo: memo::Memo,
}

#[derive(Debug, Clone)]
struct Pattern {
    head: Box<str>,
    tail: Box<str>,
    function: usize,
}

impl Pattern {
    /// Bytes that a name must match letter by letter.
    fn literal(&self) -> usize {
        self.head.len() + self.tail.len()
    }
}

impl Departments {
    pub(super) fn read(tables: &Tables, places: PlaceNames) -> Result<Self> {
        let mut this = Self { places, ..Self::default() };
        let columns = ["id", "zh", "en", "kind", "aliases", "national_name", "era", "successor", "patterns"];
        let rows = tables.rows("departments", columns)?;
        for row in &rows {
            this.enter(row)?;
        }
        for (row, function) in rows.iter().zip(&this.functions) {
            if let Some(unknown) = function.successors.iter().find(|id| !this.ids.contains_key(*id)) {
                return Err(row.fault(format!("the successor {unknown:?} is no function")));
            }
        }
        for row in tables.rows("departments_combined", ["alias", "ids", "note"])? {
            let functions = row.list(1).map(|id| this.id(&row, id)).collect::<Result<Vec<_>>>()?;
            let name = plain(row.cell(0));
            match this.names.get(&*name) {
                Some(known) if known.first() != functions.first() => {
                    return Err(row.fault(format!("{name} has another main function in departments.csv")));
                }
                _ => this.names.insert(name.into(), functions),
            };
        }
        for row in tables.rows("departments_suffix", ["suffix", "id", "note"])? {
            let function = this.id(&row, row.cell(1))?;
            this.suffixes.insert(plain(row.cell(0)).into(), function);
        }
        this.finals = this.names.keys().filter_map(|name| name.chars().next_back()).collect();
        this.finals.extend(this.patterns.keys().flatten());
        this.patterns.values_mut().for_each(|patterns| patterns.sort_by_key(|p| std::cmp::Reverse(p.literal())));
        Ok(this)
    }

    fn enter(&mut self, row: &Row<9>) -> Result<()> {
        let index = self.functions.len();
        if self.ids.insert(row.cell(0).into(), index).is_some() {
            return Err(row.fault(format!("the id {:?} stands twice", row.cell(0))));
        }
        for alias in row.list(4).chain(row.list(5)) {
            let before = self.names.entry(plain(alias).into()).or_insert_with(|| vec![index]);
            // A national body may have passed from one function to another (国家质量监督检验检疫总局): the first keeps it.
            if before.first() != Some(&index) && row.list(4).any(|a| a == alias) {
                return Err(row.fault(format!("the alias {alias} belongs to another function")));
            }
        }
        for pattern in row.list(8) {
            let pattern = plain(pattern);
            match pattern.split_once('*') {
                Some((head, tail)) if !tail.contains('*') => {
                    let end = tail.chars().next_back();
                    let pattern = Pattern { head: head.into(), tail: tail.into(), function: index };
                    self.patterns.entry(end).or_default().push(pattern);
                }
                Some(_) => return Err(row.fault(format!("the pattern {pattern} has more than one *"))),
                None => {
                    self.names.entry(pattern.into()).or_insert_with(|| vec![index]);
                }
            }
        }
        self.functions.push(Function {
            id: row.cell(0).into(),
            zh: row.cell(1).into(),
            en: row.cell(2).into(),
            kind: row.cell(3).into(),
            national_name: row.optional(5),
            era: row.optional(6),
            successors: row.list(7).map(Into::into).collect(),
        });
        Ok(())
    }

    fn id(&self, row: &Row<3>, id: &str) -> Result<usize> {
        self.ids.get(id).copied().ok_or_else(|| row.fault(format!("{id:?} is no function")))
    }

    /// All functions, in the order of their ids.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The function with this id.
    pub fn get(&self, id: &str) -> Option<&Function> {
        self.functions.get(*self.ids.get(id)?)
    }

    /// The function that a user means: by id, Chinese or English name, or the name of any of its bodies.
    ///
    /// An unknown name gives the nearest names.
    pub fn by_name(&self, query: &str) -> Result<&Function, Vec<String>> {
        let query = query.trim();
        let slug = query.to_lowercase().replace([' ', '_'], "-");
        if let Some(function) = self.get(&slug) {
            return Ok(function);
        }
        let named = |f: &&Function| *f.zh == *query || f.en.to_lowercase() == query.to_lowercase();
        if let Some(function) = self.functions.iter().find(named) {
            return Ok(function);
        }
        let resolved = self.resolve(query).filter(|r| r.how < How::Place);
        if let Some(function) = resolved.and_then(|r| self.get(r.functions.first()?)) {
            return Ok(function);
        }
        let mut names: BTreeSet<&str> = self.functions.iter().flat_map(|f| [&*f.id, &*f.zh]).collect();
        names.extend(self.names.keys().map(|name| &**name));
        Err(nearest(query, names))
    }
}
