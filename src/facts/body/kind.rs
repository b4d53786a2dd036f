//! Kinds of names: what a stretch of text could be that stands where a body is expected.
//!
//! In: tidied text and the registry. Out: how sure it is that the text names a body, and the head that it bears
//! (市, 台山市, 各区). Knows no list and no group.

use super::bracket;
use crate::lexicon::{Departments, How};
use crate::text::Words;
use std::sync::LazyLock;

/// How sure it is that a text names a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// It reads like no name.
    No,
    /// It ends like one.
    Shaped,
    /// The registry knows it, or it bears a level word or a place in front and ends like one.
    Known,
}

/// What stands in front of a name and says whose body it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// 省, 市, 区, 自治区 …
    Level(String),
    /// 台山市, 四川省: a place with its level word.
    Place(String),
    /// 河南, 江门: a place without one.
    Short(String),
    /// 各市, 各区县: each of several.
    Each(String),
    /// 国家, 中央, or a ministry.
    National,
    /// Nothing: a bare name.
    Bare,
}

/// Level words, longer ones first.
const LEVELS: [&str; 14] =
    ["自治区", "自治州", "自治县", "自治旗", "新区", "省", "市", "州", "盟", "县", "区", "旗", "镇", "乡"];

/// Words that begin like a level word and are none.
const NO_LEVELS: [&str; 19] = [
    "市场",
    "市容",
    "市政园林",
    "市政管",
    "市政公",
    "市政工",
    "市政设",
    "市政市容",
    "市民热线",
    "市民服务",
    "市民中心",
    "区域",
    "区划",
    "县域",
    "乡村",
    "州际",
    "省际",
    "镇街",
    "镇村",
];

/// What names whose are of the whole state begin with.
const NATIONAL: [&str; 14] = [
    "国家",
    "中央",
    "全国",
    "国务院",
    "中国",
    "中华",
    "最高人民",
    "共青团中央",
    "团中央",
    "国网",
    "人民银行",
    "人行",
    "中石",
    "武警",
];

/// Kinds of places, longer ones first.
const PLACES: [&str; 42] = [
    "地级及以上市",
    "地级以上市",
    "计划单列市",
    "设区的市",
    "省直管县",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "直辖市",
    "设区市",
    "地级市",
    "县级市",
    "省辖市",
    "苏木",
    "乡镇",
    "街道",
    "地区",
    "社区",
    "省级",
    "市级",
    "州级",
    "区级",
    "县级",
    "乡级",
    "直管",
    "各级",
    "省",
    "市",
    "州",
    "盟",
    "县",
    "区",
    "旗",
    "镇",
    "乡",
    "街",
    "村",
    "场",
    "地",
    "所属",
    "特区",
];

/// What a government's name ends in.
const GOVERNMENTS: [&str; 15] = [
    "党委和人民政府",
    "党委、人民政府",
    "党委和政府",
    "党委、政府",
    "党委政府",
    "人民政府(管委会)",
    "政府(管委会)",
    "人民政府",
    "政府",
    "行政公署",
    "行署",
    "党委",
    "人民政府办公室",
    "办事处",
    "街道办事处",
];

/// Words that say that a name means several bodies.
const EACH: [&str; 7] = ["各有关", "各相关", "有关", "相关", "所有", "全体", "各"];

/// Last signs of names of bodies.
const ENDINGS: &str = "局委厅部办署院会处科室组队所站行社司市县区州旗镇乡联台馆校军关省盟";

/// Last words of names of bodies.
const LAST_WORDS: [&str; 33] = [
    "中心", "公司", "集团", "大学", "学院", "学校", "政府", "部门", "单位", "机构", "团委", "街道", "企业", "专班",
    "机关", "妇联", "法庭", "基地", "联盟", "电力", "移动", "电信", "联通", "铁塔", "银行", "高校", "园区", "成员",
    "电网", "邮政", "各地", "总队", "支队",
];

/// Words that end like a body and are none.
const NO_BODIES: [&str; 15] = [
    "社会", "全部", "内部", "外部", "机会", "举办", "场所", "执行", "进行", "到位", "试行", "另行", "现行", "先行",
    "运行",
];

/// Words that stand in sentences and not in names.
const SENTENCE: [&str; 26] = [
    "的", "了", "要", "将", "应当", "由", "把", "为", "是", "进行", "通过", "以下", "根据", "按照", "若", "包括",
    "不含", "含", "详见", "简称", "负责", "牵头", "确定", "印发", "—", "~",
];

/// Names that say nothing by themselves.
const EMPTY: [&str; 24] = [
    "单位",
    "部门",
    "企业",
    "机构",
    "个人",
    "局",
    "委",
    "办",
    "厅",
    "部",
    "管委",
    "学校",
    "医院",
    "机关",
    "村",
    "社区",
    "地方",
    "责任单位",
    "牵头单位",
    "责任部门",
    "牵头部门",
    "承办单位",
    "实施单位",
    "建设单位",
];

/// How sure it is that `name` is a body's.
pub fn sure(name: &str, registry: &Departments) -> Sure {
    if name.is_empty() || name.chars().count() > 40 || name.contains(['。', ';', ':', '!', '?', '%', '《']) {
        return Sure::No;
    }
    if EMPTY.contains(&name) {
        return Sure::Shaped;
    }
    match registry.how(name) {
        Some(How::Place) => return Sure::Shaped,
        Some(How::Suffix | How::Division) | None => {}
        Some(_) => return Sure::Known,
    }
    let plain = without_bracket(name);
    if !ends_like_a_body(plain) || is_sentence(plain) {
        return Sure::No;
    }
    match head(plain, registry) {
        Head::Bare => Sure::Shaped,
        _ => Sure::Known,
    }
}

/// True where `name` ends as names of bodies do.
pub fn ends_like_a_body(name: &str) -> bool {
    static ENDS: LazyLock<[Words; 2]> = LazyLock::new(|| {
        let signs = ENDINGS.chars().map(String::from);
        [Words::of(signs.chain(LAST_WORDS.map(String::from))), Words::of(NO_BODIES)]
    });
    let [bodies, others] = &*ENDS;
    bodies.closes(name) && !others.closes(name)
}

/// True where words of a sentence stand in `name`.
fn is_sentence(name: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(SENTENCE));
    WORDS.within(name)
}

/// Bytes of the word at the head of `name` that says that it means several bodies.
fn each(name: &str) -> Option<usize> {
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(EACH));
    WORDS.opening(name).map(|(_, len)| len)
}

/// True where `name` means several bodies, each of which it calls by one word.
pub fn is_each(name: &str) -> bool {
    each(name).is_some()
}

/// True for words that a label may announce as a body's name: not for a sentence (要切实加强监管).
pub fn may_be_labelled(name: &str, registry: &Departments) -> bool {
    let length = name.chars().count();
    let sentence = || length > 15 || is_sentence(name);
    sure(name, registry) > Sure::No || length <= 40 && (ends_like_a_body(name) || !sentence())
}

/// True where `name` is nothing but a general word for bodies (单位, 部门).
pub fn is_empty_word(name: &str) -> bool {
    EMPTY.contains(&name)
}

/// `name` without the bracket that it ends with (发展改革委(能源局)), unless the bracket belongs to a kind of place
/// (各县(市、区)).
pub fn without_bracket(name: &str) -> &str {
    let closes = |c: char| bracket::kind(c).is_some_and(|(_, opens)| !opens);
    if !name.ends_with(closes) {
        return name;
    }
    let Some(open) = bracket::pairs(name).into_iter().find(|pair| pair.depth == 0 && pair.outer.end == name.len())
    else {
        return name;
    };
    let before = name.get(..open.outer.start).unwrap_or_default();
    let inside = name.get(open.inner).unwrap_or_default();
    let kinds = before.rfind('各').and_then(|each| before.get(each..)).unwrap_or(before);
    let of_place = is_kind_of_place(kinds) && kinds_of_places(inside).is_some();
    if before.is_empty() || of_place { name } else { before }
}

/// Splits kinds of places off the front (各市(州)、县(市、区)): what is left behind them, none where there are none.
pub fn kinds_of_places(name: &str) -> Option<&str> {
    static KINDS: LazyLock<Words> = LazyLock::new(|| Words::of(PLACES));
    let mut rest = each(name).and_then(|each| name.get(each..)).unwrap_or(name);
    let mut any = false;
    loop {
        if let Some(next) = KINDS.opening(rest).and_then(|(_, len)| rest.get(len..)) {
            any = true;
            rest = next;
        } else if any && let Some(next) = rest.strip_prefix(['、', '和', '及', '(', ')', '〔', '〕', '[', ']', '/'])
        {
            rest = next;
        } else {
            return any.then_some(rest);
        }
    }
}

/// True for kinds of places alone (市, 各区县, 县(市、区)).
pub fn is_kind_of_place(name: &str) -> bool {
    kinds_of_places(name) == Some("")
}

/// True for kinds of places with a government behind (县(市、区)人民政府).
pub fn is_kind_of_government(name: &str) -> bool {
    kinds_of_places(name).is_some_and(|tail| GOVERNMENTS.contains(&tail))
}

/// True for a body that stands for several: 各有关部门, 各县区人民政府, 成员单位.
pub fn is_collective(name: &str, registry: &Departments) -> bool {
    let several = ["localities", "relevant-departments", "member-units"];
    is_kind_of_government(name)
        || is_each(name)
        || registry.resolve(name).is_some_and(|found| found.functions.first().is_some_and(|f| several.contains(f)))
}

/// The level word that `name` begins with.
fn level(name: &str) -> Option<&'static str> {
    static OTHERS: LazyLock<Words> = LazyLock::new(|| Words::of(NO_LEVELS));
    if OTHERS.opens(name) {
        return None;
    }
    LEVELS.into_iter().find(|level| name.strip_prefix(level).is_some_and(|rest| !rest.is_empty()))
}

/// The level word that a place's name ends with.
pub fn level_of_place(place: &str) -> Option<&'static str> {
    ["自治区", "自治州", "自治县"]
        .into_iter()
        .find(|level| place.ends_with(level))
        .or_else(|| LEVELS.into_iter().filter(|level| level.chars().count() == 1).find(|level| place.ends_with(level)))
}

/// The head that `name` bears.
pub fn head(name: &str, registry: &Departments) -> Head {
    static OF_STATE: LazyLock<Words> = LazyLock::new(|| Words::of(NATIONAL));
    if OF_STATE.opens(name) {
        return Head::National;
    }
    if is_each(name) {
        let end = kinds_of_places(name).map_or(0, |rest| name.len() - rest.len());
        return Head::Each(name.get(..end).unwrap_or_default().to_owned());
    }
    // 高新区管委会, 两江新区管理委员会: a zone's committee.
    let of_zone = ["管委会", "管理委员会", "党工委"].iter().find_map(|tail| name.strip_suffix(tail));
    if let Some(zone) = of_zone.filter(|zone| is_place(zone, registry)) {
        return Head::Place(zone.to_owned());
    }
    // 市中区教育局, 乡城县政府: a place's name may begin with a level word.
    let level = level(name);
    let of_level = |level| name.strip_prefix(level).and_then(|rest| registry.how(rest)) == Some(How::Alias);
    if level.is_some_and(|level| !of_level(level))
        && let Some(place) = place(name, registry).filter(|place| level_of_place(place).is_some())
    {
        return Head::Place(place.to_owned());
    }
    if let Some(level) = level {
        return Head::Level(level.to_owned());
    }
    if let Some(found) = registry.resolve(name)
        && matches!(found.how, How::Alias | How::Division)
    {
        let ministry = name.ends_with('部')
            && found.functions.first().and_then(|id| registry.get(id)).is_some_and(|f| &*f.kind == "department");
        let central = ["总局", "总署", "总社"].iter().any(|word| name.ends_with(word));
        return if ministry || central { Head::National } else { Head::Bare };
    }
    place(name, registry).map_or(Head::Bare, |place| {
        if level_of_place(place).is_some() { Head::Place(place.to_owned()) } else { Head::Short(place.to_owned()) }
    })
}

/// The place that `name` begins with, its longest reading.
fn place<'a>(name: &'a str, registry: &Departments) -> Option<&'a str> {
    let ends: Vec<usize> = name.char_indices().skip(2).take(14).map(|(at, _)| at).collect();
    ends.into_iter().rev().filter_map(|end| name.get(..end)).find(|start| is_place(start, registry))
}

/// True where a body's or a place's name begins `text`, so that its first sign is no joint (商务部, 和平区教育局).
pub fn begins_with_a_name(text: &str, registry: &Departments) -> bool {
    registry.longest_known_prefix(text).is_some()
        || is_place(text, registry)
        || place(text, registry).is_some_and(|place| level_of_place(place).is_some())
}

/// Bytes of the place's name that `text` begins with.
pub fn place_length(text: &str, registry: &Departments) -> usize {
    if is_place(text, registry) { text.len() } else { place(text, registry).map_or(0, str::len) }
}

/// True for a place's name alone, a division's or a zone's (台山市, 浦东新区, 高新区).
pub fn is_place(name: &str, registry: &Departments) -> bool {
    let Some(how) = registry.how(name) else { return false };
    let of_place = ["zone-committee", "localities", "government"];
    how == How::Place
        || name.ends_with(['省', '市', '县', '区', '州', '旗', '盟'])
            && !is_each(name)
            && !is_kind_of_place(name)
            && registry
                .resolve(name)
                .and_then(|found| found.functions.first().copied())
                .is_some_and(|f| of_place.contains(&f))
}
