//! Roll: what the departments of one government are called in one year.
//!
//! In: `seeds/sample/departments.csv`, a site and a year. Out: names by function, with the level's word in front
//! (市卫生健康局, 省医保局, 团县委); no name where the level has no such body, or had none that year.

use super::random::Random;
use super::site::Site;
use crate::lexicon::Level;
use std::sync::LazyLock;

/// A function's bodies in a span of years.
struct Bodies {
    id: &'static str,
    years: (i16, i16),
    /// Names for the state, provinces, prefectures, counties.
    names: [Vec<&'static str>; 4],
    /// What the document numbers of the department say behind the place's sign.
    sign: &'static str,
}

static TABLE: LazyLock<Vec<Bodies>> = LazyLock::new(|| {
    let lines = include_str!("../../seeds/sample/departments.csv").lines().skip(1);
    lines.filter_map(bodies).collect()
});

fn bodies(line: &'static str) -> Option<Bodies> {
    let mut cells = line.split(',');
    let (id, from, to) = (cells.next()?, cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
    let mut names = || cells.next().into_iter().flat_map(|cell| cell.split('|')).filter(|n| !n.is_empty()).collect();
    let names = [names(), names(), names(), names()];
    Some(Bodies { id, years: (from, to), names, sign: cells.next()? })
}

/// A department as its government calls it.
#[derive(Debug, Clone)]
pub(super) struct Department {
    pub id: &'static str,
    /// With the level's word: 市医保局.
    pub name: String,
    /// Without it: 医保局.
    pub plain: &'static str,
    pub sign: &'static str,
}

/// The departments of one government.
#[derive(Debug)]
pub(super) struct Roll(Vec<Department>);

impl Roll {
    pub fn new(site: &Site, year: i16, random: &mut Random) -> Self {
        let now = TABLE.iter().filter(|b| (b.years.0..=b.years.1).contains(&year));
        let level = site.level as usize;
        let department = |b: &Bodies| {
            let names = b.names.get(level).filter(|names| !names.is_empty())?;
            let plain = random.pick(names, "");
            Some(Department { id: b.id, name: named(plain, site), plain, sign: b.sign })
        };
        Self(now.filter_map(department).collect())
    }

    /// The body of a function.
    pub fn get(&self, id: &str) -> Option<&Department> {
        self.0.iter().find(|d| d.id == id)
    }

    /// Any body, those of the first rows likelier.
    pub fn any(&self, random: &mut Random) -> Option<&Department> {
        let n = self.0.len() as u32;
        let (one, other) = (random.below(n), random.below(n));
        self.0.get(one.min(other) as usize)
    }
}

/// 医保局 → 市医保局; 团*委 → 团市委; what belongs to the party of a region is 自治区党委….
fn named(plain: &str, site: &Site) -> String {
    match (site.level, plain.split_once('*')) {
        (Level::Country, _) => plain.to_owned(),
        (_, Some((head, tail))) => format!("{head}{}{tail}", site.word),
        _ if plain.starts_with('委') && site.word == "自治区" => format!("{}党{plain}", site.word),
        _ => format!("{}{plain}", site.word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;

    #[test]
    fn names_have_the_functions_of_their_rows() {
        let departments = Lexicon::embedded().departments();
        let mut wrong = Vec::new();
        for bodies in TABLE.iter() {
            for (level, names) in bodies.names.iter().enumerate() {
                let word = ["", "省", "市", "县"].get(level).copied().unwrap_or_default();
                for plain in names {
                    let name = plain
                        .split_once('*')
                        .map_or_else(|| format!("{word}{plain}"), |(a, b)| format!("{a}{word}{b}"));
                    let found = departments.resolve(&name);
                    if found.is_none_or(|r| r.functions.is_empty()) {
                        wrong.push(name);
                    }
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    }
}
