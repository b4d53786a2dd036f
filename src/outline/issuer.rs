//! Issuers: the offices that a title names, that sign, or that the page says have issued a plan.
//!
//! In: lines and their source. Out: names of offices in order. What looks like an office is told by its ending alone; which
//! office it is, the lexicon knows.

use super::date::{date_in, date_line};
use super::line::Line;
use super::title::Block;
use crate::text::{SourceText, Span, is_blank, tidy};
use jiff::civil::Date;

/// An office that says whose it is: by a place, or as a body of the state.
pub(super) fn names_government(office: &str) -> bool {
    let head: String = office.chars().take(7).collect();
    head.contains(['省', '市', '区', '县', '州', '盟', '旗'])
        || office.starts_with(['国', '中', '全'])
        || ["部", "部办公厅", "总局", "署"].iter().any(|end| office.ends_with(end))
}

/// A name that ends as the name of an office does.
pub fn looks_like_body(text: &str) -> bool {
    let ends = [
        "局",
        "委",
        "厅",
        "部",
        "办",
        "办公室",
        "办公厅",
        "委员会",
        "政府",
        "小组",
        "院",
        "署",
        "会",
        "处",
        "中心",
        "党委",
        "公司",
        "银行",
        "分行",
        "支行",
        "管理部",
        "营管部",
        "军区",
        "总队",
        "支队",
        "领导组",
        "指挥部",
        "国务院",
        "海关",
        "学校",
        "大学",
    ];
    let n = text.chars().count();
    (3..=45).contains(&n)
        && ends.iter().any(|e| text.ends_with(e))
        && !text.contains(['。', ',', ':', ';', '(', '《', '、', '年'])
}

/// The words of a printed line, cut at its blanks; letter-spaced names (`教 育 部`) are put together.
pub(super) fn words(source: &SourceText, span: Span) -> Vec<String> {
    let words: Vec<String> = source
        .slice(span)
        .split(is_blank)
        .filter(|w| !w.is_empty())
        .map(|w| w.split("**").flat_map(str::chars).map(tidy).collect::<String>())
        .filter(|w| !w.is_empty())
        .collect();
    let letters: usize = words.iter().map(|w| w.chars().count()).sum();
    if words.len() > 1 && letters < words.len() * 2 { vec![words.concat()] } else { words }
}

pub(super) struct Signature {
    pub bodies: Vec<String>,
    pub date: Option<Date>,
}

/// Signatures: lines of nothing but offices, with the date under them. `spoken`: a sentence stands before the lines.
pub(super) fn signature(source: &SourceText, lines: &[Line], mut spoken: bool) -> Vec<Signature> {
    let mut found = Vec::new();
    let mut bodies: Vec<String> = Vec::new();
    let mut skip = false;
    for (i, line) in lines.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        let date = date_line(&line.text);
        let mut words: Vec<String> = words(source, line.span);
        // 江苏省人民政府办公|厅: the page's end may cut an office's last word.
        if let (Some(next), [only]) = (lines.get(i + 1), words.as_mut_slice())
            && spoken
            && next.text.chars().count() <= 2
            && !looks_like_body(only)
            && looks_like_body(&format!("{only}{}", next.text))
        {
            only.push_str(&next.text);
            skip = true;
        }
        let stem: String = bodies.iter().chain(&words).next().map(|w| w.chars().take(2).collect()).unwrap_or_default();
        if line.text.len() <= 400 {
            words = words.into_iter().flat_map(|word| parted(word, &stem)).collect();
        }
        let dated = date_in(&line.text).filter(|(_, start, end)| {
            *start > 0 && matches!(line.text.get(*end..), Some("" | "印发")) && line.text.contains('年')
        });
        if spoken && date.is_none() && !words.is_empty() && words.iter().all(|w| looks_like_body(w)) {
            bodies.extend(words);
        } else if let Some(date) = date {
            found.push(Signature { bodies: std::mem::take(&mut bodies), date: Some(date) });
        } else if let Some((date, start, _)) = dated.filter(|(_, start, _)| looks_like_body(&line.text[..*start])) {
            bodies.push(line.text[..start].to_owned());
            found.push(Signature { bodies: std::mem::take(&mut bodies), date: Some(date) });
        } else if !bodies.is_empty() {
            found.push(Signature { bodies: std::mem::take(&mut bodies), date: None });
        }
        spoken |= line.ends_sentence();
    }
    if !bodies.is_empty() {
        found.push(Signature { bodies, date: None });
    }
    // The first signature with a date is the notice's; one with offices alone still names them.
    let dated = found.iter().position(|s| s.date.is_some());
    if let Some(at) = dated {
        let named = found.iter().take(at + 1).rposition(|s| !s.bodies.is_empty());
        let date = found.get(at).and_then(|s| s.date);
        let bodies = named.and_then(|i| found.get_mut(i)).map(|s| std::mem::take(&mut s.bodies)).unwrap_or_default();
        return vec![Signature { bodies, date }];
    }
    found.truncate(1);
    found
}

/// Two offices printed without a blank between them: behind the end of one, the next begins with the place that the
/// first signer bears, or with a level word.
pub(super) fn parted(word: String, stem: &str) -> Vec<String> {
    let ends = ['局', '委', '厅', '办', '院', '会', '署', '行', '部'];
    let cut = word.char_indices().find_map(|(at, c)| {
        let behind = at + c.len_utf8();
        let (left, right) = (word.get(..behind)?, word.get(behind..)?);
        let levels = ["市", "省", "区", "县", "州", "自治区"];
        let level = matches!(c, '局' | '厅') && levels.iter().any(|level| right.starts_with(level));
        // 人民银行天津分行 is one.
        let branch = ["分行", "支行", "中心支行", "营业管理部", "营管部", "总部", "分局", "分公司"];
        let of_it = |rest: &str| branch.iter().any(|branch| rest.starts_with(branch));
        let placed = stem.chars().count() == 2
            && right.strip_prefix(stem).is_some_and(|rest| !of_it(rest.trim_start_matches('市')));
        let ended = ends.contains(&c) || left.ends_with(stem) || left.ends_with("分行");
        (ended
            && (level || placed)
            && looks_like_body(right)
            && left.chars().count() >= 3
            && (looks_like_body(left) || left.ends_with('行')))
        .then_some(behind)
    });
    match cut {
        Some(at) => {
            let (left, right) = word.split_at(at);
            let mut parts = vec![left.to_owned()];
            parts.extend(parted(right.to_owned(), stem));
            parts
        }
        None => vec![word],
    }
}

/// `X关于…`: the offices in front of 关于, unless 等 leaves the list open.
pub(super) fn issuers_in_title(
    source: &SourceText,
    head: &[Line],
    block: Option<&Block>,
    title: &str,
) -> Option<Vec<String>> {
    let at = ["关于", "印发", "转发", "批转"].iter().filter_map(|w| title.find(w)).min().filter(|at| *at > 0)?;
    let prefix = title.get(..at)?;
    if prefix.contains('等') || prefix.contains('《') {
        return None;
    }
    let cut = |w: String| {
        ["关于", "印发", "转发"].iter().filter_map(|k| w.find(k)).min().map_or(w.clone(), |at| w[..at].to_owned())
    };
    let mut printed: Vec<String> = Vec::new();
    for line in block.and_then(|b| head.get(b.first..=b.last)).unwrap_or_default() {
        let mut words = words(source, line.span).into_iter().map(cut);
        // A name may run over a line's end; a line that names its own government begins an office of its own.
        if let Some(next) = words.next() {
            let alike = printed.is_empty() || names_government(&next);
            match printed.last_mut() {
                Some(last) if !alike => last.push_str(&next),
                _ => printed.push(next),
            }
        }
        printed.extend(words);
        if ["关于", "印发", "转发"].iter().any(|k| line.text.contains(k)) {
            break;
        }
    }
    let mut bodies = Vec::new();
    let mut rest = prefix;
    for word in printed {
        // Blanks between offices divide them, if what they divide are offices.
        if let Some(after) = rest.strip_prefix(word.as_str()).filter(|_| looks_like_body(&word)) {
            bodies.push(word);
            rest = after;
        } else {
            break;
        }
    }
    let split_well = bodies.len() > 1 && rest.is_empty();
    let bodies: Vec<String> = if split_well { bodies } else { prefix.split(['、', ',']).map(str::to_owned).collect() };
    bodies.iter().all(|b| looks_like_body(b) || b.ends_with("国务院")).then_some(bodies)
}

/// `A、B、C联合印发《title》` somewhere on the page: the longest names.
pub(super) fn issuers_around(source: &SourceText, title: &str) -> Option<Vec<String>> {
    let text: String = source.as_str().chars().filter(|c| !is_blank(*c)).map(tidy).collect();
    let mut best: Option<(usize, Vec<String>)> = None;
    for verb in ["印发", "发布", "制定", "出台", "下发", "公布"] {
        for (at, _) in text.match_indices(verb) {
            let after = text.get(at + verb.len()..).unwrap_or_default();
            let before = text.get(..at).unwrap_or_default();
            let near = before.char_indices().rev().take(160).last().map_or(at, |(at, _)| at);
            let before = before.get(near..).unwrap_or_default();
            let names_it = after.trim_start_matches('了').strip_prefix('《').is_some_and(|t| t.starts_with(title));
            if !(names_it || before.contains(title)) {
                continue;
            }
            let list = before.rsplit(['。', ',', ';', ':', '由']).next().unwrap_or_default();
            let list = list.trim_end_matches("正式").trim_end_matches("联合");
            let bodies: Vec<String> = list.split('、').map(str::to_owned).collect();
            if bodies.iter().all(|b| looks_like_body(b)) {
                let length = list.chars().count();
                if best.as_ref().is_none_or(|(l, _)| length > *l) {
                    best = Some((length, bodies));
                }
            }
        }
    }
    best.map(|(_, bodies)| bodies)
}

/// 省政府办公厅 for 江苏省人民政府办公厅: the same office without its place.
pub(super) fn is_short_for(own: &str, signed: &str) -> bool {
    let level = own.chars().next().filter(|c| matches!(c, '省' | '市' | '区' | '县' | '州'));
    let plain = |name: &str| name.replace("人民政府", "政府");
    level.is_some() && own.chars().count() < signed.chars().count() && plain(signed).ends_with(&plain(own))
}
