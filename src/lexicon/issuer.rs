//! Issuers: whose government a body belongs to.
//!
//! In: an issuer or a title that begins with one. Out: the place, or several where a name is shared.

use super::departments::How;
use super::places::STATE;
use super::{Found, Lexicon};

/// What a body of the state begins with.
const OF_THE_STATE: [&str; 6] = ["国务院", "中共中央", "中央", "最高人民", "中华人民共和国", "中国人民解放军"];

/// What the names of ministries, and of nothing below, end in.
const MINISTRY: [&str; 6] = ["部", "总局", "署", "银保监会", "银监会", "证监会"];

impl Lexicon {
    /// The place whose body `issuer` begins with naming, under its name in the period `on` (ISO 8601, also a year):
    /// 江门市人民政府办公室 → 江门市, 生态环境部办公厅 → 全国, 国家税务总局江门市税务局 → 江门市; a zone with the place that
    /// it lies in. Several where the name is shared, none where the text begins otherwise.
    pub fn issuer_place(&self, issuer: &str, on: Option<&str>) -> Vec<Found<'_>> {
        let issuer = super::names::plain(issuer);
        let state = || {
            let place = self.places().by_adcode(STATE);
            place.map(|place| Found { place, zone: None, former: None }).into_iter().collect()
        };
        // A body of the state in a place: 中国人民银行武汉分行.
        if self.departments().resolve(&issuer).is_some_and(|r| r.how == How::Pattern) {
            let mentions = self.places().mentions(&issuer, on);
            if let Some((_, local)) = mentions.into_iter().next() {
                return local.into_iter().map(|prefix| prefix.found).collect();
            }
        }
        if OF_THE_STATE.iter().any(|head| issuer.starts_with(head)) {
            return state();
        }
        let named = self.places().find_prefix(&issuer, on);
        if !named.is_empty() {
            return named.into_iter().map(|prefix| prefix.found).collect();
        }
        if self.is_ministry(&issuer) { state() } else { Vec::new() }
    }

    /// 教育部, 生态环境部办公厅, 教育部等八部门: a department's name in the table that only the state's has.
    fn is_ministry(&self, issuer: &str) -> bool {
        let departments = self.departments();
        let Some(name) = departments.longest_known_prefix(issuer).and_then(|end| issuer.get(..end)) else {
            return false;
        };
        let name = name.strip_suffix("办公厅").unwrap_or(name);
        let resolved = departments.resolve(name).filter(|r| r.how == How::Alias);
        let function = resolved.and_then(|r| departments.get(r.functions.first()?));
        function.is_some_and(|f| {
            f.national_name.as_deref() == Some(name)
                || &*f.kind == "department"
                    && f.national_name.is_some()
                    && MINISTRY.iter().any(|end| name.ends_with(end))
        })
    }
}
