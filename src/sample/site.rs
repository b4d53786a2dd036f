//! Sites: which government issues the n-th plan, in which year, under which running number.
//!
//! In: the lexicon's divisions. Out: for every index one place, year and number, no two alike.
//! Every government has so many plans a year as its level and the year suggest; all those slots in a row are walked in
//! an order that the seed shuffles. So proportions are natural, and no number is given twice.

use super::random::mix;
use crate::lexicon::{Level, Lexicon, Place};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// First and last year of made plans.
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 2009..=2026;

/// A government, as its documents name it.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub adcode: Box<str>,
    /// 江门市; for the state 全国.
    pub name: Box<str>,
    pub level: Level,
    /// In titles and signatures: 江门市, 南京市鼓楼区; empty for the state.
    pub printed: Box<str>,
    /// 省, 自治区, 市, 州, 县 …; empty for the state.
    pub word: &'static str,
    /// Level word of the government above.
    pub above: &'static str,
    /// Name of the government above; empty for the state and provinces.
    pub parent: Box<str>,
    /// What the document numbers of the government above begin with.
    pub parent_prefix: Box<str>,
    /// What its document numbers begin with.
    pub prefix: Box<str>,
    /// Names of the divisions below, for documents that address some of them.
    pub children: Vec<Box<str>>,
}

/// Where and when a plan is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occasion<'a> {
    pub site: &'a Site,
    pub year: i16,
    /// Running number in the year, and how many there are.
    pub no: u32,
    pub of: u32,
}

/// All slots.
#[derive(Debug)]
pub(super) struct Sites {
    all: Vec<Site>,
    /// First slot, site, year, number of slots; in order.
    runs: Vec<(u32, u32, i16, u32)>,
    slots: u32,
}

impl Sites {
    /// Those of the lexicon that the crate was built with.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Sites> = OnceLock::new();
        EMBEDDED.get_or_init(|| Self::new(Lexicon::embedded()))
    }

    fn new(lexicon: &Lexicon) -> Self {
        let (places, mut taken, mut names) = (lexicon.places(), BTreeMap::new(), BTreeMap::new());
        for place in places.divisions() {
            let codes: &mut Vec<&str> = names.entry(&*place.name).or_default();
            if !codes.contains(&&*place.adcode) {
                codes.push(&place.adcode);
            }
        }
        let (first, last) = (*YEARS.start(), *YEARS.end());
        let mut rows: Vec<&Place> = places.divisions().iter().collect();
        rows.sort_by_key(|place| place.level); // the higher one has the first say in prefixes
        let mut prefixes: BTreeMap<&str, Box<str>> = BTreeMap::new();
        let mut this = Self { all: Vec::new(), runs: Vec::new(), slots: 0 };
        for place in rows {
            let years: Vec<i16> = (first..=last).filter(|year| in_force_all(place, *year)).collect();
            let Some(word) = level_word(place).filter(|_| !years.is_empty()) else { continue };
            let on = years.last().map(|year| format!("{year}-12-30")).unwrap_or_default();
            let parent = place.parent.as_deref().and_then(|code| places.by_adcode_on(code, &on));
            let below_state = parent.is_none_or(|p| p.level == Level::Country);
            let shared = names.get(&*place.name).is_some_and(|codes| codes.len() > 1);
            let whole =
                parent.filter(|_| place.level == Level::County && (shared || word == "区" || writes_whole(place)));
            let prefix = prefix(place, parent, &mut taken);
            let parent_prefix = parent.and_then(|p| prefixes.get(&*p.adcode)).cloned().unwrap_or_default();
            prefixes.insert(&*place.adcode, prefix.clone());
            let index = this.all.len() as u32;
            this.all.push(Site {
                adcode: place.adcode.clone(),
                name: place.name.clone(),
                level: place.level,
                printed: match (place.level, whole) {
                    (Level::Country, _) => "".into(),
                    (_, Some(parent)) => format!("{}{}", parent.name, place.name).into(),
                    _ => place.name.clone(),
                },
                word,
                above: parent.and_then(level_word).filter(|word| !word.is_empty()).unwrap_or("国"),
                parent: parent.filter(|_| !below_state).map(|p| p.name.clone()).unwrap_or_default(),
                parent_prefix,
                prefix,
                children: Vec::new(),
            });
            for year in years {
                let of = yearly(place.level) * (year - first + 6) as u32 / 14;
                this.runs.push((this.slots, index, year, of.max(1)));
                this.slots += of.max(1);
            }
        }
        this.adopt(lexicon);
        this
    }

    /// Gives every site the names of those below it that are in force.
    fn adopt(&mut self, lexicon: &Lexicon) {
        let mut below: BTreeMap<&str, Vec<Box<str>>> = BTreeMap::new();
        for place in lexicon.places().divisions().iter().filter(|place| place.in_force()) {
            if let Some(parent) = place.parent.as_deref().filter(|_| level_word(place).is_some()) {
                below.entry(parent).or_default().push(place.name.clone());
            }
        }
        for site in &mut self.all {
            site.children = below.get(&*site.adcode).cloned().unwrap_or_default();
        }
    }

    /// The occasion of the plan `index`.
    pub fn occasion(&self, seed: u64, index: u64) -> Occasion<'_> {
        let slots = u64::from(self.slots.max(1));
        let (round, slot) = (index / slots, shuffled(index % slots, slots, seed));
        let at = self.runs.partition_point(|run| u64::from(run.0) <= slot).saturating_sub(1);
        let (start, site, year, of) = self.runs.get(at).copied().unwrap_or_default();
        let site = self.all.get(site as usize).unwrap_or(&STATE);
        // Rounds after the first go on counting where the one before ended.
        Occasion { site, year, no: (slot as u32).saturating_sub(start) + 1 + of * round as u32, of }
    }

    /// The sites one level below another, or its neighbours where there are none, for those who pass a plan on.
    pub fn others(&self, adcode: &str) -> Vec<&Site> {
        let head = adcode.trim_end_matches("00");
        let below = |site: &&Site| *site.adcode != *adcode && site.adcode.starts_with(head);
        let found: Vec<&Site> = self.all.iter().filter(below).collect();
        if found.is_empty() {
            self.all.iter().filter(|s| s.level == Level::County && *s.adcode != *adcode).collect()
        } else {
            found
        }
    }

    /// The site of a plan.
    pub fn of(&self, adcode: &str, name: &str) -> &Site {
        self.all.iter().find(|site| *site.adcode == *adcode && *site.name == *name).unwrap_or(&STATE)
    }
}

/// What stands in where a table has nobody.
static STATE: std::sync::LazyLock<Site> = std::sync::LazyLock::new(|| Site {
    adcode: "100000".into(),
    name: "全国".into(),
    level: Level::Country,
    printed: "".into(),
    word: "",
    above: "国",
    parent: "".into(),
    parent_prefix: "".into(),
    prefix: "国".into(),
    children: Vec::new(),
});

/// True where a county puts its prefecture's name in front of its own; some do, some do not.
fn writes_whole(place: &Place) -> bool {
    place.adcode.ends_with(['0', '2', '4', '6', '8'])
}

/// Plans of one government in an average year.
fn yearly(level: Level) -> u32 {
    match level {
        Level::Country => 900,
        Level::Province => 260,
        Level::Prefecture => 110,
        Level::County => 16,
    }
}

/// True where the place has its name from new year to new year.
fn in_force_all(place: &Place, year: i16) -> bool {
    place.valid(&format!("{year}-01-02")) && place.valid(&format!("{year}-12-30"))
}

/// The word that the bodies of a place begin with; none for places whose governments issue nothing.
fn level_word(place: &Place) -> Option<&'static str> {
    let words: &[&str] = match place.level {
        Level::Country => return Some(""),
        Level::Province if matches!(&*place.adcode, "710000" | "810000" | "820000") => return None,
        Level::Province => &["省", "自治区", "市"],
        Level::Prefecture => &["市", "州", "盟"],
        Level::County => &["县", "区", "市", "旗"],
    };
    words.iter().find(|word| place.name.ends_with(**word)).copied().filter(|_| &*place.kind != "工农区")
}

/// What the document numbers of a place begin with: its own sign, its first character or two, the whole short name, each
/// with the parent's first character in front; the first that nobody else has.
fn prefix<'a>(place: &'a Place, parent: Option<&Place>, taken: &mut BTreeMap<String, &'a str>) -> Box<str> {
    let short: Vec<char> = place.short.chars().collect();
    let first = |n: usize| short.iter().take(n).collect::<String>();
    let above: String = parent.and_then(|p| p.short.chars().next()).into_iter().collect();
    let own = place.abbreviations.first().map(ToString::to_string);
    let plain = [own.unwrap_or_else(|| first(1)), first(2), first(short.len()), place.name.to_string()];
    let joined = plain.iter().map(|name| format!("{above}{name}"));
    let last = format!("{above}{}", place.name);
    let candidates = plain.iter().cloned().chain(joined);
    let free = |name: &String| {
        !name.is_empty()
            && !name.ends_with(['政', '府', '办'])
            && taken.get(name).is_none_or(|code| *code == &*place.adcode)
    };
    let found = candidates.into_iter().find(|name| free(name)).unwrap_or(last);
    taken.insert(found.clone(), &place.adcode);
    found.into()
}

/// Where a number below `n` goes in an order that the seed shuffles: a Feistel network over the next power of four, walked
/// until it comes back below `n`.
fn shuffled(number: u64, n: u64, seed: u64) -> u64 {
    let half = (u64::BITS - n.leading_zeros()).div_ceil(2).max(1);
    let mask = (1_u64 << half) - 1;
    let mut at = number;
    loop {
        let (mut left, mut right) = (at >> half, at & mask);
        for round in 0..4_u64 {
            (left, right) = (right, left ^ (mix(seed ^ mix(right ^ (round << 40))) & mask));
        }
        at = (left << half) | right;
        if at < n {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_shuffle_meets_every_number_once() {
        for n in [1, 2, 7, 1000] {
            let met: BTreeSet<u64> = (0..n).map(|i| shuffled(i, n, 9)).collect();
            assert_eq!(met, (0..n).collect());
        }
    }

    #[test]
    fn no_number_is_given_twice() {
        let sites = Sites::new(Lexicon::embedded());
        assert!(sites.slots > 1_000_000, "{}", sites.slots);
        let mut met = BTreeSet::new();
        for index in 0..20_000 {
            let o = sites.occasion(3, index);
            assert!(met.insert((o.site.prefix.clone(), o.year, o.no)), "{} {} {}", o.site.printed, o.year, o.no);
        }
        let o = sites.occasion(3, u64::from(sites.slots));
        assert!(o.no > o.of, "a second round goes on counting");
    }

    #[test]
    fn most_plans_are_of_prefectures_and_counties_and_late() {
        let sites = Sites::new(Lexicon::embedded());
        let all: Vec<_> = (0..4000).map(|i| sites.occasion(1, i)).collect();
        let share = |f: &dyn Fn(&Occasion<'_>) -> bool| all.iter().filter(|o| f(o)).count() * 100 / all.len();
        assert!((30..=50).contains(&share(&|o| o.site.level == Level::Prefecture)));
        assert!((40..=60).contains(&share(&|o| o.site.level == Level::County)));
        assert!((5..=15).contains(&share(&|o| o.site.level == Level::Province)));
        assert!(share(&|o| o.year >= 2018) > 60);
    }
}
