//! Document numbers (文号).
//!
//! | text | number |
//! |---|---|
//! | `江府办[2019]13号` | `江府办〔2019〕13号` |
//! | `国发 (2018) 第 5 号` | `国发〔2018〕5号` |
//! | `国令第706号` | `国令第706号` |
//! | `〔2022〕3号` | nothing: no office in front |

use crate::text::Words;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A document number in a tidied text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocNumber {
    /// Where it stands.
    pub range: Range<usize>,
    /// Office, year and running number, brackets unified.
    pub number: String,
}

static YEARLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"([\p{Han}A-Za-z]{1,20}(?:\([\p{Han}]{1,6}\)[\p{Han}]{0,6})?)[〔(\[{【<「]((?:19|20)\d{2})年?[〕)\]}】>」]第?0*(\d{1,5})号",
    )
});
static ORDER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"([\p{Han}]{1,20}令)(?:\(?第)(\d{1,5}|[一二三四五六七八九十百]{1,6})号\)?"));

/// What a number of a year cannot do without: most texts with a 号 do.
static YEARS: LazyLock<Words> = LazyLock::new(|| {
    let years = |open: char| ["19", "20"].map(|century| format!("{open}{century}"));
    Words::of("〔([{【<「".chars().flat_map(years))
});

#[allow(clippy::expect_used, reason = "the patterns are constants and compile in every test")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// Words that lead to a number without being part of its office.
const LEADS: [&str; 31] = [
    "文号",
    "发文字号",
    "字号",
    "编号",
    "通知",
    "意见",
    "方案",
    "决定",
    "规定",
    "办法",
    "计划",
    "规划",
    "任务",
    "措施",
    "要求",
    "精神",
    "根据",
    "依据",
    "按照",
    "按",
    "落实",
    "贯彻",
    "执行",
    "参照",
    "参见",
    "遵照",
    "以及",
    "文件",
    "详见",
    "依照",
    "的",
];

impl DocNumber {
    /// All document numbers of a tidied text, in order.
    pub fn all(text: &str) -> Vec<Self> {
        if !text.contains('号') {
            return Vec::new();
        }
        let yearly = YEARS.within(text).then(|| YEARLY.captures_iter(text)).into_iter().flatten();
        let ordered = text.contains("令第") || text.contains("令(第");
        let orders = ordered.then(|| ORDER.captures_iter(text)).into_iter().flatten();
        let mut found: Vec<Self> = yearly
            .filter_map(|c| {
                let (whole, office) = (c.get(0)?, c.get(1)?);
                let start = office.start() + lead(office.as_str());
                let office = text.get(start..office.end())?;
                (!office.is_empty()).then(|| Self {
                    range: start..whole.end(),
                    number: format!(
                        "{office}〔{}〕{}号",
                        c.get(2).map_or("", |m| m.as_str()),
                        c.get(3).map_or("", |m| m.as_str())
                    ),
                })
            })
            .collect();
        found.extend(orders.filter_map(|c| {
            let (whole, office) = (c.get(0)?, c.get(1)?);
            let start = office.start() + lead(office.as_str());
            let office = text.get(start..office.end())?;
            let end = whole.end() - usize::from(whole.as_str().ends_with(')') && !whole.as_str().contains('('));
            (office.chars().count() > 1).then(|| Self {
                range: start..end,
                number: format!("{office}第{}号", c.get(2).map_or("", |m| m.as_str())),
            })
        }));
        found.sort_by_key(|n| n.range.start);
        found
    }
}

/// Bytes of `office` that lead to it: everything up to the last lead word.
fn lead(office: &str) -> usize {
    LEADS
        .iter()
        .filter_map(|word| office.rfind(word).map(|at| at + word.len()))
        .filter(|end| *end < office.len())
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<String> {
        DocNumber::all(text).into_iter().map(|n| n.number).collect()
    }

    #[test]
    fn reads_the_forms_in_use() {
        let cases = [
            ("鲁政办字[2020]8号", vec!["鲁政办字〔2020〕8号"]),
            ("(苏政发(2019)012号)", vec!["苏政发〔2019〕12号"]),
            ("关于做好工作的通知浙卫发〔2021〕3号", vec!["浙卫发〔2021〕3号"]),
            ("按照国办发〔2016〕26号文件", vec!["国办发〔2016〕26号"]),
            ("厅字〔2016〕36号、人社部发〔2021〕52号", vec!["厅字〔2016〕36号", "人社部发〔2021〕52号"]),
            ("国令第706号", vec!["国令第706号"]),
            ("(应急管理部令第2号,以下简称《规定》)", vec!["应急管理部令第2号"]),
            ("〔2022〕3号", vec![]),
            ("二〇二二年三号", vec![]),
            ("地铁3号线", vec![]),
            ("中山路(2019)年", vec![]),
        ];
        for (text, want) in cases {
            assert_eq!(numbers(text), want, "{text}");
        }
    }

    #[test]
    fn a_printed_number_reads_as_itself() {
        let number = "粤府办〔2018〕44号";
        assert_eq!(numbers(number), [number]);
    }
}
