//! The pen: writes alternatives of the grammar out, with what the plan at hand says in its slots.

use super::phrases::{Field, Measure, Phrases, Piece, Slot};
use super::random::Random;
use super::roll::Roll;
use super::site::Site;
use crate::lexicon::Level;

/// What a plan says of itself.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub site: &'a Site,
    pub year: i16,
    /// 医药卫生体制改革: the field's Chinese name.
    pub name: String,
    /// What the plan is about.
    pub matter: String,
    /// 方案, 意见 …
    pub kind: &'static str,
    /// Title of the plan, without its issuer and without 关于印发.
    pub bare: String,
    pub roll: Roll,
}

/// The number that the sentence at hand is about.
#[derive(Debug, Clone, Copy)]
struct Figure<'a> {
    name: &'a str,
    unit: &'a str,
    value: u32,
    /// Tenths behind the point; 0 prints none.
    tenths: u32,
    was: u32,
}

/// Writes one plan.
#[derive(Debug)]
pub(super) struct Pen<'a> {
    pub random: Random,
    pub out: String,
    phrases: &'static Phrases,
    /// The field of the clause at hand.
    field: &'a Field,
    figure: Option<Figure<'a>>,
}

impl<'a> Pen<'a> {
    pub fn new(random: Random, phrases: &'static Phrases, field: &'a Field) -> Self {
        Self { random, out: String::with_capacity(32 << 10), phrases, field, figure: None }
    }

    /// Goes on in another field.
    pub fn turn(&mut self, field: &'a Field) {
        self.field = field;
    }

    /// The field of the clause at hand.
    pub fn field(&self) -> &'a Field {
        self.field
    }

    /// Writes words as they are.
    pub fn put(&mut self, words: &str) -> &mut Self {
        self.out.push_str(words);
        self
    }

    /// Writes an alternative of the symbol with this name.
    pub fn write(&mut self, name: &str, about: &Subject<'_>) -> &mut Self {
        if let Some(symbol) = self.phrases.find(name) {
            self.expand(symbol, about);
        }
        self
    }

    /// Writes a sentence that states a number: `kind` is the sentence's symbol, `of` the field's list of measures.
    pub fn measure(&mut self, kind: &str, of: &str, about: &Subject<'_>) {
        let Some(measure) = self.field.measure(of, &mut self.random) else { return };
        self.figure = Some(figure(measure, of, about.site.level, &mut self.random));
        self.write(kind, about);
        self.figure = None;
    }

    /// The same of a repeated activity, which bears no value of its own.
    pub fn repeat(&mut self, about: &Subject<'_>) {
        let Some(Piece::Text(name)) = self
            .phrases
            .find("freq")
            .and_then(|symbol| self.phrases.draw(symbol, self.field, &mut self.random).first())
        else {
            return;
        };
        self.figure = Some(Figure { name, unit: "次", value: 1, tenths: 0, was: 0 });
        self.write("repeated", about);
        self.figure = None;
    }

    /// Words of a symbol by themselves.
    pub fn words(&mut self, name: &str, about: &Subject<'_>) -> String {
        let out = std::mem::take(&mut self.out);
        self.write(name, about);
        std::mem::replace(&mut self.out, out)
    }

    fn expand(&mut self, symbol: usize, about: &Subject<'_>) {
        let pieces = self.phrases.draw(symbol, self.field, &mut self.random);
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.out.push_str(text),
                Piece::Symbol(symbol) => self.expand(*symbol, about),
                Piece::Range { low, high, step } => {
                    let value = low + step * self.random.below((high - low) / (*step).max(1) + 1);
                    self.number(value);
                }
                Piece::Slot(slot) => self.fill(*slot, about),
            }
        }
    }

    /// Writes a number.
    pub fn number(&mut self, value: u32) -> &mut Self {
        let mut digits = [0_u8; 10];
        let (mut rest, mut at) = (value, digits.len());
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            at -= 1;
            if rest == 0 {
                break;
            }
        }
        self.out.extend(digits.iter().skip(at).map(|digit| char::from(*digit)));
        self
    }

    fn fill(&mut self, slot: Slot, about: &Subject<'_>) {
        let site = about.site;
        let year = about.year as u32;
        match slot {
            Slot::Year => {
                self.number(year);
            }
            Slot::Later => {
                let later = self.random.between(1, 4);
                self.number(year + later);
            }
            Slot::Measure => self.out.push_str(self.figure.map_or("", |f| f.name)),
            Slot::Unit => self.out.push_str(self.figure.map_or("", |f| f.unit)),
            Slot::Value => {
                if let Some(figure) = self.figure {
                    self.number(figure.value);
                    if figure.tenths > 0 {
                        self.put(".").number(figure.tenths);
                    }
                }
            }
            Slot::Was => {
                self.number(self.figure.map_or(0, |f| f.was));
            }
            Slot::Level if site.word.is_empty() => self.out.push('国'),
            Slot::Level => self.out.push_str(site.word),
            Slot::Up => self.out.push_str(site.above),
            Slot::Below => self.out.push_str(below(site)),
            Slot::Ours if site.word.is_empty() => self.out.push_str("我国"),
            Slot::Ours => {
                self.put("我").put(site.word);
            }
            Slot::Government if site.word.is_empty() => self.out.push_str("国务院"),
            Slot::Government => {
                let whole = self.random.chance(50);
                self.put(site.word).put(if whole { "人民政府" } else { "政府" });
            }
            Slot::Upper if site.above == "国" => self.out.push_str("党中央、国务院"),
            Slot::Upper => {
                self.put(site.above).put("委、").put(site.above).put("政府");
            }
            Slot::Department => {
                let id = self.field.lead.draw(&mut self.random);
                let own = id.and_then(|id| about.roll.get(id));
                self.out.push_str(own.or_else(|| about.roll.any(&mut self.random)).map_or("", |d| &d.name));
            }
            Slot::Cite => self.cite(about),
            Slot::Field => self.out.push_str(&about.name),
            Slot::Subject => self.out.push_str(&about.matter),
            Slot::Kind => self.out.push_str(about.kind),
            Slot::Bare => self.out.push_str(&about.bare),
        }
    }

    /// 《广东省人民政府办公厅关于印发…的通知》（粤府办〔2018〕44号）: of the state or of the government above.
    fn cite(&mut self, about: &Subject<'_>) {
        let state = about.site.parent.is_empty() || self.random.chance(45);
        let office = self.random.chance(60);
        self.put("《");
        match (state, office) {
            (true, true) => self.put("国务院办公厅"),
            (true, false) => self.put("国务院"),
            (false, true) => self.put(&about.site.parent).put("人民政府办公厅"),
            (false, false) => self.put(&about.site.parent).put("人民政府"),
        };
        match self.random.below(3) {
            0 => self.put("关于").write("plan", about).put("的意见》"),
            1 => self.put("关于印发").write("plan", about).put("实施方案的通知》"),
            _ => self.put("关于加强").write("noun", about).put("工作的通知》"),
        };
        if self.random.chance(75) {
            let year = (about.year as u32 - self.random.below(3)).max(2006);
            let no = self.random.between(1, if state { 140 } else { 90 });
            self.put("（").put(if state { "国" } else { &about.site.parent_prefix });
            self.put(match (state, office) {
                (true, true) => "办发",
                (true, false) => "发",
                (false, true) => "政办发",
                (false, false) => "政发",
            });
            self.put("〔").number(year).put("〕").number(no).put("号）");
        }
    }
}

/// What lies below a government.
pub(super) fn below(site: &Site) -> &'static str {
    match site.level {
        Level::Country => "省（区、市）",
        Level::Province if site.word == "市" => "区（县）",
        Level::Province => "市（州）",
        Level::Prefecture => "县（市、区）",
        Level::County if site.word == "区" => "镇（街道）",
        Level::County => "乡镇（街道）",
    }
}

/// A value in the measure's range; things are more the higher the government, shares are not.
fn figure<'a>(measure: &'a Measure, of: &str, level: Level, random: &mut Random) -> Figure<'a> {
    let drawn = random.between(measure.low, measure.high);
    let times = match level {
        _ if !matches!(of, "count" | "people") => 1,
        Level::Country => 40,
        Level::Province => 8,
        Level::Prefecture => 2,
        Level::County => 1,
    };
    let tenths =
        if &*measure.unit == "%" && drawn < measure.high && random.chance(20) { random.between(1, 9) } else { 0 };
    let was = drawn.saturating_sub(random.between(2, 11)).max(1);
    Figure { name: &measure.name, unit: &measure.unit, value: drawn * times, tenths, was }
}
