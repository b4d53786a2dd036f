//! The grammar of time phrases: a core (year, plan, month, span of time), what stands before and what behind it.

use super::{TimeKind, TimePhrase, stretch, within};
use crate::facts::Context;
use crate::text::numeral;
use crate::text::work::{self, Stage};
use crate::text::{Words, signs};
use jiff::civil::Date;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Cores, longest forms first. Chinese digits stand wherever Arabic ones may.
static CORE: LazyLock<Regex> = LazyLock::new(|| {
    let y = "(?:20[0-9]{2}|19[0-9]{2}|二[〇零][〇零一二三四五六七八九]{2}|一九[〇零一二三四五六七八九]{2})";
    let n = "(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3})";
    let part = format!(
        "(?:(?P<month0>{n})月?(?:—|-|~|至|到))?(?P<month>{n})月(?:份)?(?:(?P<day>{n})日|(?P<third>上旬|中旬|下旬|上半月|下半月|底|末|初|中))?|(?P<half>上半年|下半年|前半年|后半年)|(?P<upto>前三|前3)季度|第?(?P<quarter>[一二三四1-4])季度|年?(?P<end>底|末)|年?(?P<begin>初|中)|(?:[“\"]?(?P<feast>五一|十一|七一|八一|六一|元旦|国庆|劳动节|国庆节)[”\"]?(?:节|假期)?)|(?P<season>春节|端午|中秋|汛期|主汛期|冬季|春季|秋季|夏季)|(?P<fiscal>度)"
    );
    let part2 = part
        .replace("?P<month0>", "?P<m02>")
        .replace("?P<month>", "?P<m2>")
        .replace("?P<day>", "?P<d2>")
        .replace("?P<third>", "?P<t2>")
        .replace("?P<half>", "?P<h2>")
        .replace("?P<upto>", "?P<u2>")
        .replace("?P<quarter>", "?P<q2>")
        .replace("?P<end>", "?P<e2>")
        .replace("?P<begin>", "?P<b2>")
        .replace("?P<feast>", "?P<f2>")
        .replace("?P<season>", "?P<s2>")
        .replace("?P<fiscal>", "?P<y2>");
    let bare = format!(
        "(?:(?P<bm0>{n})月?(?:—|-|~|至|到))?(?P<bm>{n})月(?:份)?(?:(?P<bd>{n})日|(?P<bt>上旬|中旬|下旬|上半月|下半月|底|末|初|中))?|(?P<bh>上半年|下半年)|(?P<bu>前三|前3)季度|第?(?P<bq>[一二三四1-4])季度|年(?P<be>底|末)|(?P<bi>年内|全年)"
    );
    let stretch = stretch::pattern(y, n);
    Regex::new(&format!(
        "(?x)(?:
          {stretch}
        | (?P<year>{y})年(?:{part})?
        | [“\"]?(?P<plan>十[一二三四五六七八九]|二十)五[”\"]?(?P<planpart>期间|时期|末期|期末|末|收官)?
        | (?P<word>今年|本年|明年|去年)(?:{part2})?
        | (?P<here>本月)(?:(?P<hereday>{n})日|底|末|内)
        | (?:用|利用|力争用|在|于)?(?P<span>{n}|半)(?:(?:—|-|~|至|到)(?P<span2>{n}))?个?(?P<spanunit>年|月|工作日|日|天|周)(?:左右)?(?:的?时间)?(?P<within>之内|以内|内)
        | 用(?P<use>{n})(?:(?:—|-|~|至|到)(?P<use2>{n}))?年(?:左右)?的?时间
        | {bare})
        (?:[及或]者?其?(?P<open>之前|以前|之后|以后)|(?P<close>底?之前|底?以前|底?前|之内|以内|内|止|起|开始|以来|之后|以后|后|期间))?"
    ))
    .unwrap_or_else(|error| unreachable!("the grammar of time is fixed: {error}"))
});

/// Verbs that may follow a time named without a preposition in mid-sentence.
const VERBS: [&str; 54] = [
    "实现",
    "建成",
    "完成",
    "达到",
    "基本",
    "全面",
    "初步",
    "力争",
    "启动",
    "开展",
    "实施",
    "建立",
    "形成",
    "全部",
    "推进",
    "发布",
    "召开",
    "制定",
    "出台",
    "印发",
    "完工",
    "封顶",
    "开工",
    "投产",
    "投入",
    "建设",
    "新建",
    "新增",
    "培育",
    "累计",
    "至少",
    "不",
    "进一步",
    "取得",
    "组织",
    "举办",
    "落实",
    "打造",
    "创建",
    "达",
    "确保",
    "提高",
    "提升",
    "下降",
    "降低",
    "明显",
    "显著",
    "率先",
    "先行",
    "争取",
    "要",
    "应",
    "将",
    "须",
];

/// Nouns that make a time before them part of their name.
const NAMES: [&str; 28] = [
    "主要",
    "远景",
    "规划",
    "计划",
    "方案",
    "目标",
    "任务",
    "工作要点",
    "工作",
    "行动",
    "纲要",
    "版",
    "要点",
    "度",
    "预算",
    "清单",
    "指标",
    "报告",
    "考核",
    "重点",
    "改革任务",
    "学年",
    "财政",
    "末尾",
    "各",
    "以",
    "和“",
    "全社会",
];

/// Signs that stand in no core.
const PARTING: [char; 12] = ['。', ',', ';', ':', '、', '(', ')', '《', '》', '〔', '〕', '%'];

/// What every core holds one of.
static HELD: LazyLock<Words> = LazyLock::new(|| Words::of(["年", "月", "日", "天", "周", "季度", "五", "19", "20"]));

/// The stretches between parting signs in which a core may stand, with where they begin: a tenth of a text.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let cuts = signs(text).filter(|(_, c)| PARTING.contains(c)).map(|(at, c)| (at, at + c.len_utf8()));
    let mut from = 0;
    cuts.chain([(text.len(), text.len())]).filter_map(move |(end, next)| {
        let piece = (from, text.get(from..end).unwrap_or_default());
        from = next;
        HELD.within(piece.1).then_some(piece)
    })
}

pub(super) fn scan(text: &str, context: &Context) -> Vec<TimePhrase> {
    work::count(Stage::Target, text.len());
    let mut out: Vec<TimePhrase> = Vec::new();
    let mut said: Option<i16> = None;
    let (mut title, mut at) = (0usize, 0usize);
    let cores = pieces(text).flat_map(|(piece, words)| CORE.captures_iter(words).map(move |found| (piece, found)));
    for (piece, found) in cores {
        let Some(whole) = found.get(0).map(|whole| piece + whole.start()..piece + whole.end()) else { continue };
        // Inside 《》 stands a name.
        for (_, c) in signs(text.get(at..whole.start).unwrap_or_default()) {
            match c {
                '《' | '〔' => title += 1,
                '》' | '〕' => title = title.saturating_sub(1),
                '。' => title = 0,
                _ => {}
            }
        }
        at = whole.start;
        if title > 0 {
            continue;
        }
        let before = text.get(..whole.start).unwrap_or_default();
        let after = text.get(whole.end..).unwrap_or_default();
        if found.name("numeric").is_some() && after.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        if before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '第')) {
            continue;
        }
        // 在2023年、2025年底: a list of times has one preposition.
        let listed = out.last().is_some_and(|last| {
            last.kind == TimeKind::Deadline && matches!(text.get(last.range.end..whole.start), Some("、" | "和" | "及"))
        });
        if let Some(phrase) = read(&found, before, after, context, said, listed) {
            if let Some(year) = phrase.value.as_deref().and_then(|v| v.get(..4)).and_then(|y| y.parse().ok())
                && found.name("year").is_some()
                && matches!(phrase.kind, TimeKind::Deadline)
            {
                said = Some(year);
            }
            out.push(phrase);
        }
    }
    out
}

fn read(
    found: &Captures,
    before: &str,
    after: &str,
    context: &Context,
    said: Option<i16>,
    listed: bool,
) -> Option<TimePhrase> {
    work::count(Stage::Target, 1);
    let end = before.len() + found.get(0)?.len();
    let has = |name: &str| found.name(name).is_some();
    let close = found.name("close").or(found.name("open")).map_or("", |m| m.as_str());
    let (value, rule) = value(found, before, context, said)?;
    let (lead, kind_before) = lead(before);
    let start = before.len() - lead;
    let before = before.get(..start).unwrap_or_default();
    let opens = listed || opens_statement(before);
    let year = value.as_deref().and_then(|v| v.get(..4)).and_then(|y| y.parse::<i16>().ok());
    let past = year.is_some_and(|year| is_past(year, context)) && !has("span") && !has("use");
    let kind = if after.starts_with("基础上")
        || after.starts_with("的基础上")
        || after.starts_with("水平")
        || after.starts_with("为基")
    {
        TimeKind::Baseline
    } else if let Some(TimeKind::Past) = kind_before {
        if year.is_some_and(|y| context.plan_year.is_some_and(|p| y >= p)) && !past {
            TimeKind::Deadline
        } else {
            TimeKind::Past
        }
    } else if has("window") || has("first") || has("day") && after.starts_with(|c: char| c.is_ascii_digit()) {
        TimeKind::Window
    } else if let Some(kind) = kind_before.filter(|kind| !(*kind == TimeKind::Start && two_ended(found))) {
        kind
    } else if close == "起" || close == "开始" || close.ends_with('后') {
        TimeKind::Start
    } else if close == "以来" || past {
        TimeKind::Past
    } else if recurring(before) {
        TimeKind::Recurring
    } else if (has("span") || has("use")) && after.starts_with(['不', '免', '有', '的']) {
        TimeKind::Window
    } else if (!opens && lead == 0 && objective(before, after)) || attributive(found, after, lead > 0, opens, close) {
        TimeKind::Attribute
    } else {
        TimeKind::Deadline
    };
    if value.is_none() && kind == TimeKind::Deadline && !(has("span") || has("use") || bare_core(found)) {
        return None;
    }
    Some(TimePhrase { range: start..end, led: lead > 0, value, kind, rule })
}

/// 从3月到5月 has an end, and is no start.
fn two_ended(found: &Captures) -> bool {
    ["years", "months", "month0", "m02", "bm0"].iter().any(|name| found.name(name).is_some())
}

fn bare_core(found: &Captures) -> bool {
    ["bm", "bh", "bu", "bq", "be", "bi", "word"].iter().any(|name| found.name(name).is_some())
}

/// The period that the core names; outer `None` where the core is no time at all.
fn value(
    found: &Captures,
    before: &str,
    context: &Context,
    said: Option<i16>,
) -> Option<(Option<String>, &'static str)> {
    let text = |name: &str| found.name(name).map(|m| m.as_str());
    if let Some(value) = stretch::end(found, said.or(context.plan_year)) {
        let rules = [("years", "deadline.years"), ("months", "deadline.months"), ("last", "deadline.day")];
        let rule = rules.iter().find(|(name, _)| text(name).is_some()).map_or("deadline.window", |(_, rule)| rule);
        return Some((value, rule));
    }
    if let Some(y) = text("year") {
        let y = year(y)? + over(text("month0"), text("month"));
        let names = ["month", "day", "third", "half", "upto", "quarter", "begin", "feast"];
        return Some((Some(period(y, &names.map(text))?), "deadline.year"));
    }
    if let Some(plan) = text("plan") {
        // The first plan ended in 1957, each later one five years on (“六五” in 1985).
        let n = numeral::leading(plan)?.value as i16;
        return Some((Some((1955 + 5 * n).to_string()), "deadline.plan"));
    }
    if let Some(word) = text("word") {
        let shift = match word {
            "明年" => 1,
            "去年" => -1,
            _ => 0,
        };
        let y = context.plan_year.map(|y| y + shift + over(text("m02"), text("m2")));
        let names = ["m2", "d2", "t2", "h2", "u2", "q2", "b2", "f2"];
        let value = match y {
            Some(y) => Some(period(y, &names.map(text))?),
            None => None,
        };
        return Some((value, "deadline.word"));
    }
    if text("here").is_some() {
        let Some(issued) = context.issued else { return Some((None, "deadline.month")) };
        let value = match text("hereday") {
            Some(day) => stretch::date(issued.year(), issued.month().into(), numeral::leading(day)?.value as i16)?,
            None => format!("{}-{:02}", issued.year(), issued.month()),
        };
        return Some((Some(value), "deadline.month"));
    }
    if let Some(n) = text("span2").or(text("span")) {
        return within::end(n, text("spanunit")?, before, context).map(|v| (v, "deadline.within"));
    }
    if let Some(n) = text("use2").or(text("use")) {
        return within::end(n, "年", before, context).map(|v| (v, "deadline.within"));
    }
    let closed =
        text("close").or(text("open")).or(text("bm0")).is_some() || text("bt").is_some() || text("bd").is_some();
    if text("bm").is_some() && !closed && !opens_month(before) {
        return None;
    }
    let names = ["bm", "bd", "bt", "bh", "bu", "bq", "", ""];
    let y = if text("be").is_some() || text("bi").is_some() { context.plan_year } else { said.or(context.plan_year) };
    let value = match y {
        Some(y) => Some(period(y + over(text("bm0"), text("bm")), &names.map(text))?),
        None => None,
    };
    Some((value, "deadline.plan-year"))
}

/// 1 where a stretch of months runs into the next year (11月至2月).
fn over(from: Option<&str>, to: Option<&str>) -> i16 {
    let month = |text: Option<&str>| text.and_then(numeral::leading).map(|n| n.value);
    i16::from(matches!((month(from), month(to)), (Some(from), Some(to)) if from > to))
}

fn opens_month(before: &str) -> bool {
    opens_statement(before) || before.ends_with(['于', '在'])
}

/// `[month, day, third, half, upto, quarter, begin, feast]` of a year, as ISO 8601.
fn period(year: i16, parts: &[Option<&str>; 8]) -> Option<String> {
    let [month, day, _, half, upto, quarter, _, feast] = parts;
    let small = |text: &str| numeral::leading(text).map(|n| n.value as u8);
    if let Some(month) = month {
        let month = small(month).filter(|m| (1..=12).contains(m))?;
        return Some(match day {
            Some(day) => stretch::date(year, month.into(), small(day)?.into())?,
            None => format!("{year}-{month:02}"),
        });
    }
    if let Some(half) = half {
        return Some(format!("{year}-{}", if half.starts_with(['上', '前']) { "06" } else { "12" }));
    }
    if upto.is_some() {
        return Some(format!("{year}-09"));
    }
    if let Some(quarter) = quarter {
        return Some(format!("{year}-{:02}", small(quarter)? * 3));
    }
    if let Some(feast) = feast {
        let day = match *feast {
            "五一" | "劳动节" => "05-01",
            "七一" => "07-01",
            "八一" => "08-01",
            "六一" => "06-01",
            "元旦" => "01-01",
            _ => "10-01",
        };
        return Some(format!("{year}-{day}"));
    }
    Some(year.to_string())
}

fn year(text: &str) -> Option<i16> {
    numeral::leading(text).map(|n| n.value as i16)
}

/// Bytes of the preposition in front, and the kind that it decides.
fn lead(before: &str) -> (usize, Option<TimeKind>) {
    const LEADS: [(&str, Option<TimeKind>); 22] = [
        ("截至到", Some(TimeKind::Past)),
        ("截止到", Some(TimeKind::Past)),
        ("截至", Some(TimeKind::Past)),
        ("截止", Some(TimeKind::Past)),
        ("相比", Some(TimeKind::Baseline)),
        ("相较", Some(TimeKind::Baseline)),
        ("比", Some(TimeKind::Baseline)),
        ("较", Some(TimeKind::Baseline)),
        ("与", Some(TimeKind::Baseline)),
        ("力争到", None),
        ("争取到", None),
        ("力争在", None),
        ("争取在", None),
        ("确保到", None),
        ("从", Some(TimeKind::Start)),
        ("自", Some(TimeKind::Start)),
        ("每", Some(TimeKind::Recurring)),
        ("到", None),
        ("至", None),
        ("在", None),
        ("于", None),
        ("以", Some(TimeKind::Baseline)),
    ];
    LEADS.iter().find(|(word, _)| before.ends_with(word)).map_or((0, None), |(word, kind)| (word.len(), *kind))
}

fn recurring(before: &str) -> bool {
    ["每年", "每年的", "每年度", "每季度", "每月", "次年", "逐年"].iter().any(|word| before.ends_with(word))
}

/// Nothing but a sign or a word that begins a statement stands in front.
fn opens_statement(before: &str) -> bool {
    const OPENERS: [&str; 14] =
        ["力争", "争取", "确保", "其中", "并", "且", "同时", "计划", "预计", "一是", "二是", "三是", "四是", "五是"];
    before.is_empty()
        || before.ends_with([',', '。', ';', ':', '(', ')', '!', '—', '】', '.', '①', '②', '③', '④', '⑤'])
        || OPENERS.iter().any(|word| before.ends_with(word))
}

/// True where the time is part of a noun phrase rather than said of a statement.
fn attributive(found: &Captures, after: &str, led: bool, opens: bool, close: &str) -> bool {
    let has = |name: &str| found.name(name).is_some();
    if has("span") || has("use") {
        return false;
    }
    if has("fiscal") || has("y2") || after.starts_with('的') || after.starts_with('度') || after.starts_with('版') {
        return true;
    }
    if has("plan") && !has("planpart") && close.is_empty() {
        return !led || !after.starts_with([',', '。', ';']);
    }
    // “十四五”时期新增的…: a noun with its clause comes before any verb of the sentence.
    if has("plan") && !after.starts_with(',') && modifies(after) {
        return true;
    }
    let strong =
        led || !close.is_empty() || ["end", "e2", "bt", "bi", "feast", "f2", "within", "use"].iter().any(|n| has(n));
    let named = NAMES.iter().any(|name| after.starts_with(name));
    // 限期2022年内完成的任务: the time of a clause that describes a noun.
    if !opens && !led && after.chars().take(4).any(|c| c == '的') {
        return true;
    }
    // 2022年1月14日 and a noun: a date that somebody signed or something bears.
    if (has("day") || has("d2") || has("numeric")) && close.is_empty() && !led && !after.starts_with(',') {
        if after.starts_with("印发") || after.starts_with("发布") {
            return true;
        }
        return !VERBS.iter().any(|verb| after.starts_with(verb));
    }
    if strong && close.ends_with('前') {
        return !led && !opens && named;
    }
    if strong && (led || opens) {
        return named && !opens && !after.starts_with("工作");
    }
    if has("be") || has("bi") {
        // 纳入年底考核: a bare year's end in mid-sentence needs its verb.
        return !(opens || led || VERBS.iter().any(|verb| after.starts_with(verb)));
    }
    if opens {
        return named && !after.starts_with("全");
    }
    !VERBS.iter().any(|verb| after.starts_with(verb))
}

/// 实现2030年前碳达峰目标: the object of a verb, up to one of the nouns.
fn objective(before: &str, after: &str) -> bool {
    const GOVERNING: [&str; 18] = [
        "实现", "完成", "落实", "围绕", "制定", "编制", "实施", "按照", "根据", "对照", "聚焦", "下达", "印发", "开展",
        "确定", "保障", "推动", "推进",
    ];
    let object: String =
        after.chars().take_while(|c| !matches!(c, ',' | '。' | ';' | '、' | '(' | ')' | '”')).take(16).collect();
    GOVERNING.iter().any(|verb| before.ends_with(verb)) && NAMES.iter().any(|name| object.contains(name))
}

/// 的 within the next few characters, before any sign.
fn modifies(after: &str) -> bool {
    after.chars().take(6).take_while(|c| !matches!(c, ',' | '。' | ';' | '、')).any(|c| c == '的')
}

fn is_past(year: i16, context: &Context) -> bool {
    let known = [context.plan_year, context.issued.map(Date::year)];
    known.iter().flatten().next().is_some() && known.iter().flatten().all(|known| year < *known)
}
