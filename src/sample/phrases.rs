//! Phrases: the wording of made plans, as a grammar.
//!
//! In: `seeds/sample/phrases.csv` (what any field says) and `fields.csv` (what one field says), each line a symbol and its
//! alternatives, divided by `|`. Out: for a symbol, in a field, one of the alternatives, the first ones more often.
//!
//! | in an alternative | becomes |
//! |---|---|
//! | `{noun}` | an alternative of that symbol: the field's, else anybody's |
//! | `{3..12}`, `{200..3000/50}` | a whole number, in steps |
//! | `{YEAR}`, `{DEPT}` … | what the plan at hand says ([`Slot`]) |

use super::random::Random;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What the plan at hand fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// Year of the plan.
    Year,
    /// A later one.
    Later,
    /// Name, new value, unit and old value of the measure at hand.
    Measure,
    Value,
    Unit,
    Was,
    /// 省, 市, 县 …: the government's own level, the one above, what lies below.
    Level,
    Up,
    Below,
    /// 我市; 市政府; 省委、省政府.
    Ours,
    Government,
    Upper,
    /// A department of the place.
    Department,
    /// Another document.
    Cite,
    /// The field, the plan's subject, its kind, its title without the issuer.
    Field,
    Subject,
    Kind,
    Bare,
}

const SLOTS: [(&str, Slot); 18] = [
    ("YEAR", Slot::Year),
    ("LATER", Slot::Later),
    ("M", Slot::Measure),
    ("V", Slot::Value),
    ("U", Slot::Unit),
    ("W", Slot::Was),
    ("LEVEL", Slot::Level),
    ("UP", Slot::Up),
    ("BELOW", Slot::Below),
    ("OURS", Slot::Ours),
    ("GOV", Slot::Government),
    ("UPPER", Slot::Upper),
    ("DEPT", Slot::Department),
    ("CITE", Slot::Cite),
    ("FIELD", Slot::Field),
    ("PLAN", Slot::Subject),
    ("KIND", Slot::Kind),
    ("BARE", Slot::Bare),
];

/// A piece of an alternative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(Box<str>),
    Symbol(usize),
    Range { low: u32, high: u32, step: u32 },
    Slot(Slot),
}

/// Alternatives, the first ones likelier: the weight of the n-th falls as that of words in a language does.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice<T> {
    of: Vec<T>,
    cumulated: Vec<u32>,
}

impl<T> Choice<T> {
    /// `flat` is added to every rank: the larger, the more alike are the weights.
    pub fn new(of: Vec<T>, flat: u32) -> Self {
        let mut sum = 0;
        let weigh = |n: u32| {
            sum += 1_000_000 / (n + flat + 1);
            sum
        };
        Self { cumulated: (0..of.len() as u32).map(weigh).collect(), of }
    }

    /// One of the alternatives; none of none.
    pub fn draw(&self, random: &mut Random) -> Option<&T> {
        let drawn = random.below(self.cumulated.last().copied().unwrap_or_default());
        self.of.get(self.cumulated.partition_point(|end| *end <= drawn))
    }

    /// All of them.
    pub fn all(&self) -> &[T] {
        &self.of
    }
}

/// A number that a field is measured by, with the range of its usual values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Measure {
    pub name: Box<str>,
    pub low: u32,
    pub high: u32,
    pub unit: Box<str>,
}

/// A field of policy.
#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    /// Slug.
    pub id: Box<str>,
    symbols: BTreeMap<usize, Choice<Vec<Piece>>>,
    measures: BTreeMap<Box<str>, Choice<Measure>>,
    /// Functions that lead, and that help.
    pub lead: Choice<Box<str>>,
    pub partner: Choice<Box<str>>,
}

impl Field {
    /// A measure of a kind: `up`, `down`, `count`, `people`.
    pub fn measure(&self, kind: &str, random: &mut Random) -> Option<&Measure> {
        self.measures.get(kind)?.draw(random)
    }
}

/// The grammar.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    names: Vec<Box<str>>,
    symbols: Vec<Choice<Vec<Piece>>>,
    /// Fields, the commonest first.
    pub fields: Choice<Field>,
}

impl Phrases {
    /// The tables that the crate was built with.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Phrases> = OnceLock::new();
        EMBEDDED.get_or_init(|| {
            Self::read(include_str!("../../seeds/sample/phrases.csv"), include_str!("../../seeds/sample/fields.csv"))
        })
    }

    fn read(phrases: &str, fields: &str) -> Self {
        let mut this = Self::default();
        for line in phrases.lines().skip(1) {
            let Some((name, texts)) = line.split_once(',') else { continue };
            let options = texts.split('|').map(|text| this.compile(text)).collect();
            let symbol = this.symbol(name);
            if let Some(slot) = this.symbols.get_mut(symbol) {
                *slot = choice(options);
            }
        }
        let mut all: Vec<Field> = Vec::new();
        for line in fields.lines().skip(1) {
            let mut cells = line.splitn(3, ',');
            let (Some(id), Some(name), Some(texts)) = (cells.next(), cells.next(), cells.next()) else { continue };
            if all.last().is_none_or(|field| *field.id != *id) {
                all.push(Field { id: id.into(), ..Field::default() });
            }
            let options: Vec<Vec<Piece>> = texts.split('|').map(|text| this.compile(text)).collect();
            let symbol = this.symbol(name);
            let Some(field) = all.last_mut() else { continue };
            match name {
                "up" | "down" | "count" | "people" => {
                    field.measures.insert(name.into(), choice(texts.split('|').filter_map(measure).collect()));
                }
                "lead" => field.lead = Choice::new(texts.split('|').map(Into::into).collect(), 4),
                "partner" => field.partner = Choice::new(texts.split('|').map(Into::into).collect(), 4),
                _ => {
                    field.symbols.insert(symbol, choice(options));
                }
            }
        }
        this.fields = Choice::new(all, 3);
        this
    }

    /// The number of a symbol's name.
    fn symbol(&mut self, name: &str) -> usize {
        if let Some(symbol) = self.find(name) {
            return symbol;
        }
        self.names.push(name.into());
        self.symbols.push(Choice::default());
        self.names.len() - 1
    }

    /// The symbol of this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| **known == *name)
    }

    /// An alternative of a symbol in a field.
    pub fn draw<'a>(&'a self, symbol: usize, field: &'a Field, random: &mut Random) -> &'a [Piece] {
        let of = field.symbols.get(&symbol).or_else(|| self.symbols.get(symbol));
        of.and_then(|of| of.draw(random)).map_or(&[], Vec::as_slice)
    }

    fn compile(&mut self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((name, after)) = behind.split_once('}') else { break };
            if !before.is_empty() {
                pieces.push(Piece::Text(before.into()));
            }
            pieces.push(match SLOTS.iter().find(|(word, _)| *word == name) {
                Some((_, slot)) => Piece::Slot(*slot),
                None => range(name).unwrap_or_else(|| Piece::Symbol(self.symbol(name))),
            });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
        pieces
    }

    /// Symbols that an alternative names and no line explains.
    #[cfg(test)]
    fn unexplained(&self) -> Vec<&str> {
        let own = |symbol: &usize| self.fields.all().iter().all(|f| f.symbols.contains_key(symbol));
        let all = self.symbols.iter().flat_map(Choice::all);
        let all = all.chain(self.fields.all().iter().flat_map(|f| f.symbols.values().flat_map(Choice::all)));
        let named = all.flatten().filter_map(|piece| match piece {
            Piece::Symbol(symbol) => Some(symbol),
            _ => None,
        });
        let bare = |s: &&usize| self.symbols.get(**s).is_none_or(|c| c.all().is_empty()) && !own(s);
        named.filter(bare).filter_map(|s| self.names.get(*s)).map(|name| &**name).collect()
    }
}

/// Alternatives with the skew of phrases: the first is some four times as common as the last.
fn choice<T>(of: Vec<T>) -> Choice<T> {
    let flat = of.len() as u32 / 3 + 1;
    Choice::new(of, flat)
}

/// `3..12` or `200..3000/50`.
fn range(text: &str) -> Option<Piece> {
    let (low, rest) = text.split_once("..")?;
    let (high, step) = rest.split_once('/').unwrap_or((rest, "1"));
    Some(Piece::Range { low: low.parse().ok()?, high: high.parse().ok()?, step: step.parse().ok()? })
}

/// `县域内就诊率:80:95:%`.
fn measure(text: &str) -> Option<Measure> {
    let mut cells = text.splitn(4, ':');
    let (name, low, high) = (cells.next()?, cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
    Some(Measure { name: name.into(), low, high, unit: cells.next()?.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_explained() {
        let phrases = Phrases::embedded();
        assert_eq!(phrases.unexplained(), Vec::<&str>::new());
        assert!(phrases.fields.all().len() >= 20, "fields");
        for field in phrases.fields.all() {
            for kind in ["up", "down", "count", "people"] {
                assert!(field.measures.get(kind).is_some_and(|c| c.all().len() >= 2), "{} {kind}", field.id);
            }
            assert!(!field.lead.all().is_empty() && field.partner.all().len() >= 10, "{}", field.id);
        }
    }

    #[test]
    fn first_alternatives_are_commoner() {
        let choice = Choice::new((0..100_u32).collect(), 20);
        let mut random = Random::new(1, 1);
        let drawn: Vec<u32> = (0..10_000).filter_map(|_| choice.draw(&mut random).copied()).collect();
        let count = |range: std::ops::Range<u32>| drawn.iter().filter(|n| range.contains(n)).count();
        assert!(count(0..10) > 2 * count(90..100) && count(90..100) > 100);
    }
}
