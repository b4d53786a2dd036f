//! Base: what a number is a share of, in the document's words.
//!
//! In: a target's indicator, its words, its unit. Out: [`Base`]: the denominator and what is counted of it.
//!
//! ```text
//! A占B的比例达70%                 A of B
//! 70%的B开展C, B70%以上达标       C of B
//! A覆盖率, A达标率                covered, of A
//! 每个B至少1个A, 人均A            A for each B
//! 不超过B的5倍                    measured by B
//! ```
//!
//! A count or an amount without any of these has none. Two bases are the same where their head nouns are, whatever
//! scope (全部, 统筹区内, 符合条件的) is said of them; 二级 and 三级 are never the same.

use super::wording::{ranks, tidied, without_area};
use regex::Regex;
use std::sync::LazyLock;

/// What a number is a share of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    /// The denominator, in the document's words.
    pub denominator: Option<String>,
    /// What is counted of it, in the document's words.
    pub counted: Option<String>,
}

/// Verbs that say what is done in, or to, the share: the base stands before them.
const VERBS: [&str; 42] = [
    "开展", "开设", "设置", "设立", "建立", "建成", "建设", "引入", "实现", "达到", "达", "完成", "按照", "按", "配备",
    "配置", "实施", "实行", "推行", "推广", "通过", "纳入", "接入", "使用", "参与", "参加", "提供", "应用", "落实",
    "组建", "成立", "启动", "拥有", "具备", "创建", "开通", "签订", "签约", "取得", "获得", "培训", "投入",
];

/// Words for a share, behind what it is a share of.
const SHARES: [&str; 5] = ["比例", "比重", "比率", "百分比", "份额"];

/// What is done to money or things: 支付比例 is a share of what is paid, which is not said.
const DONE: [&str; 9] = ["支付", "报销", "补偿", "补助", "分担", "自付", "提取", "计提", "资助"];

/// Words of scope: they narrow a base without making it another.
const NARROWING: [&str; 17] = [
    "全部",
    "所有",
    "符合条件的",
    "符合条件",
    "符合规定的",
    "统筹区内",
    "统筹区",
    "统筹地区内",
    "辖区内",
    "区域内",
    "范围内",
    "全体",
    "各类",
    "现有",
    "本地",
    "当年",
    "总",
];

/// The words of a comparison around a number.
const AROUND: &str = "(?:不少于|不低于|不高于|不超过|不得超过|不得高于|不得低于|不得少于|至少|最低|最高|超过|力争|达到|实现|确保|使|在|对|为|约|均)";

/// 在不少于70%的…: what stands before the number, the number, and the noun behind it.
static SHARE_OF: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!("^(.*?){AROUND}*[0-9.]+(?:—[0-9.]+)?%(?:以上|以下|以内|左右)?的?([^0-9,。;%]+)$")).ok()
});

/// 每个县, 每千人, 人均.
static EACH: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("每(?:个|家|所|名|位|座|条|户|村|县|市|区|镇|乡|街道|百|千|万|十万)").ok());

/// …总量的5倍.
static TIMES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("{AROUND}+([^0-9,。;的]+)的[0-9.]+(?:倍|%)")).ok());

impl Base {
    /// The base of a target.
    pub fn of(indicator: &str, text: &str, unit: Option<&str>) -> Self {
        let (indicator, text) = (tidied(indicator), tidied(text));
        let share = unit.is_some_and(|unit| matches!(unit, "%" | "‰" | "百分点" | "成"));
        let times = unit == Some("倍");
        if (share || times)
            && let Some(base) = measured_by(&text)
        {
            return base;
        }
        if share {
            return part_of(&indicator)
                .or_else(|| attributive(&text))
                .or_else(|| covered(&text))
                .or_else(|| rate(&indicator))
                .or_else(|| proportion(&indicator))
                .unwrap_or_default();
        }
        each(&indicator).unwrap_or_default()
    }

    /// True where both are shares of the same thing.
    pub fn same(&self, other: &Self) -> bool {
        match (&self.denominator, &other.denominator) {
            (None, None) => true,
            (Some(a), Some(b)) => same_noun(a, b),
            _ => false,
        }
    }
}

/// A占B的比例.
fn part_of(indicator: &str) -> Option<Base> {
    let (counted, rest) = indicator.split_once('占').filter(|(_, rest)| !rest.starts_with('比'))?;
    let end = SHARES.iter().filter_map(|word| rest.rfind(word)).max().unwrap_or(rest.len());
    base(rest.get(..end)?, counted)
}

/// 70%的B开展C.
fn attributive(text: &str) -> Option<Base> {
    let caught = SHARE_OF.as_ref()?.captures(text)?;
    let (before, behind) = (caught.get(1)?.as_str(), caught.get(2)?.as_str());
    let before = without_area(before.rsplit([',', ';', '。', ':']).next().unwrap_or_default());
    let verb = first_verb(behind);
    let (noun, deed) = behind.split_at(verb.unwrap_or(behind.len()));
    // 全面签约, 全覆盖 behind the number are no nouns.
    if noun.is_empty() || noun.starts_with("全") || before.ends_with('率') || before.ends_with("比例") {
        return None;
    }
    // 三级医院50%出院患者: the noun before belongs to the base; a verb there governs it (覆盖80%以上医院).
    let governed = ["覆盖", "带动", "服务", "惠及", "比例", "率"].iter().any(|verb| before.ends_with(verb));
    let bare = before.trim_end_matches(|c| "在对使将把和、".contains(c));
    let head = if governed || first_verb(bare).is_some() { "" } else { bare };
    let counted = if deed.is_empty() && governed { before } else { deed };
    base(without_area(&format!("{head}{noun}")), counted)
}

/// 远程医疗在县级全覆盖, 对中选产品全覆盖抽检.
fn covered(text: &str) -> Option<Base> {
    let (before, _) = text.split_once("全覆盖")?;
    let before = before.trim_end_matches("实现").trim_end_matches("100%");
    let (counted, noun) = before.rsplit_once(['在', '对'])?;
    base(noun, counted)
}

/// A覆盖率: of A. The word of the rate is its last three characters.
fn rate(indicator: &str) -> Option<Base> {
    let whole = indicator.strip_suffix('率')?;
    let (at, _) = whole.char_indices().rev().nth(1)?;
    let (noun, word) = whole.split_at(at);
    base(noun, word)
}

/// A的比例: of A's subject; A的B比例: of B, unless B is what is done (支付).
fn proportion(indicator: &str) -> Option<Base> {
    let whole = SHARES.iter().find_map(|word| indicator.strip_suffix(word))?;
    if let Some(statement) = whole.strip_suffix('的') {
        let (noun, deed) = statement.split_at(first_verb(statement).unwrap_or(statement.len()));
        return base(noun, deed);
    }
    let (deed, noun) = whole.rsplit_once('的').unwrap_or(("", whole));
    if DONE.iter().any(|word| noun.ends_with(word)) {
        return None;
    }
    base(noun, deed)
}

/// 每个B…A, 人均A.
fn each(indicator: &str) -> Option<Base> {
    for word in ["人均", "户均", "亩均", "地均", "车均", "校均", "床均"] {
        if let Some((_, counted)) = indicator.split_once(word) {
            return base(word, counted);
        }
    }
    let from = EACH.as_ref()?.find(indicator)?.start();
    let rest = indicator.get(from..)?;
    // 每千人口床位 names no verb: what follows the base cannot be told from it, so the base is all that is said.
    let (noun, deed) = rest.split_at(first_verb(rest).unwrap_or(rest.len()));
    base(noun, deed)
}

/// 不超过B的5倍.
fn measured_by(text: &str) -> Option<Base> {
    let caught = TIMES.as_ref()?.captures(text)?;
    base(caught.get(1)?.as_str(), "")
}

fn base(denominator: &str, counted: &str) -> Option<Base> {
    let clean = |words: &str| {
        let words = words.trim_matches(|c| "的、,和".contains(c));
        (!words.is_empty()).then(|| words.to_owned())
    };
    Some(Base { denominator: Some(clean(denominator)?), counted: clean(counted) })
}

/// Where the first verb behind the first character stands.
fn first_verb(words: &str) -> Option<usize> {
    let second = words.char_indices().nth(1)?.0;
    VERBS.iter().filter_map(|verb| words.get(second..)?.find(verb).map(|at| second + at)).min()
}

fn head(words: &str) -> String {
    let mut head = without_area(words).to_owned();
    for word in NARROWING {
        head = head.replace(word, "");
    }
    head.retain(|c| !matches!(c, '的' | '、' | '(' | ')'));
    if head.is_empty() { words.to_owned() } else { head }
}

/// True where one noun is the other with more said of it.
fn same_noun(a: &str, b: &str) -> bool {
    let (a, b) = (head(&tidied(a)), head(&tidied(b)));
    if ranks(&a) != ranks(&b) {
        return false;
    }
    let letters = |words: &str| {
        let mut letters: Vec<char> = words.chars().collect();
        letters.sort_unstable();
        letters.dedup();
        letters
    };
    let (a, b) = (letters(&a), letters(&b));
    let shared = a.iter().filter(|c| b.binary_search(c).is_ok()).count();
    shared * 5 >= a.len().min(b.len()) * 4 && shared > 1
}
