//! Head: title, number, issuers and date.
//!
//! In: lines and the plan's bounds. Out: what the page says of its document. Strong places win over weak ones: a
//! signature's date over a page's time stamp, the issuer that the title names over the name in a page's table.

use super::clause::Outline;
use super::date::date_in;
use super::issuer::{is_short_for, issuers_around, issuers_in_title, looks_like_body, signature, words};
use super::line::Line;
use super::number::DocNumber;
use super::plan::is_commentary_title;
use super::title::{blocks, ends_as_title, is_notice};
use crate::text::SourceText;
use jiff::civil::Date;

/// What the page says of its document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Title of the notice, else of the plan.
    pub title: Option<String>,
    /// Title of the plan itself, where a notice issues it.
    pub plan_title: Option<String>,
    /// Document number.
    pub number: Option<String>,
    /// Issuing bodies.
    pub issuers: Vec<String>,
    /// Date of issue.
    pub issued: Option<Date>,
    /// Code points where the document begins: its title, number or letter; what stands before is the page's.
    pub begins: u32,
}

impl Head {
    /// Reads the head of a page.
    pub fn of(source: &SourceText, outline: &Outline) -> Self {
        let all = &outline.lines.lines;
        let head = all.get(outline.bounds.head.clone()).unwrap_or_default();
        let tail = all.get(outline.bounds.end..).unwrap_or_default();
        let tail_end = tail.iter().position(|l| is_commentary_title(&l.text)).unwrap_or(tail.len());
        let tail = tail.get(..tail_end).unwrap_or_default();
        let blocks = blocks(head);
        let cells: Vec<Words> = head.iter().chain(tail).map(|line| Words::of(source, line)).collect();
        let labelled = |names: &[&str]| cells.iter().find_map(|words| words.behind(names));

        let notice = blocks.iter().find(|b| is_notice(&b.text));
        let plan = blocks.iter().rev().find(|b| !is_notice(&b.text)).or(blocks.last());
        let title = labelled(&["标题"])
            .map(|w| w.concat())
            .filter(|t| ends_as_title(t))
            .or_else(|| notice.or(plan).map(|b| b.text.clone()));
        let plan_title = plan.map(|b| b.text.clone());

        let printed = head
            .iter()
            .enumerate()
            .filter(|(_, l)| !l.text.contains('《') || l.text.ends_with('号'))
            .find_map(|(i, l)| own_number(source, l).map(|n| (i, n)));
        let number = labelled(&["发文字号", "文号", "发文文号"])
            .and_then(|w| w.iter().find_map(|w| DocNumber::all(w).into_iter().next()).map(|n| n.number))
            .or_else(|| printed.as_ref().map(|(_, n)| n.clone()));

        let order = order(head);
        let number = number.or_else(|| order.as_ref().map(|(office, no)| format!("{office}令第{no}号")));
        let signed = signature(source, head, false).into_iter().chain(signature(source, tail, true)).next();
        let in_title = title.as_deref().and_then(|t| issuers_in_title(source, head, notice.or(plan), t));
        // 省政府办公厅关于…, signed 江苏省人民政府办公厅: the signature says whose office it is.
        let whose = signed.as_ref().map(|s| s.bodies.clone()).filter(|bodies| {
            in_title.as_ref().is_some_and(|own| {
                own.len() == bodies.len() && own.iter().zip(bodies).all(|(own, signed)| is_short_for(own, signed))
            })
        });
        let issuers = whose
            .or(in_title)
            .or_else(|| signed.as_ref().map(|s| s.bodies.clone()).filter(|b| !b.is_empty()))
            .or_else(|| {
                labelled(&["发布机构", "发文机关", "发文单位", "发布单位", "制定机关"])
                    .map(|w| w.into_iter().filter(|w| looks_like_body(w)).collect())
            })
            .filter(|b: &Vec<String>| !b.is_empty())
            .or_else(|| order.map(|(office, _)| vec![office]))
            .or_else(|| title.as_deref().and_then(|t| issuers_around(source, t)))
            .unwrap_or_default();

        let issued = signed.as_ref().and_then(|s| s.date).or_else(|| {
            let date = |names: &[&str]| labelled(names).and_then(|w| date_in(&w.concat())).map(|d| d.0);
            date(&["成文日期", "发文日期", "印发日期", "签发日期"])
                .or_else(|| date(&["发布日期", "发布时间", "公开日期", "时间", "日期"]))
                .or_else(|| {
                    head.iter()
                        .filter(|l| l.text.chars().count() <= 400)
                        .find_map(|l| date_in(&l.text).filter(|d| d.1 == 0).map(|d| d.0))
                })
        });
        let first = notice.or(plan).map(|b| b.first).into_iter().chain(printed.map(|(i, _)| i)).min();
        let begins = first.and_then(|i| head.get(i)).map_or(0, |l| l.span.start);
        Self { title, plan_title, number, issuers, issued, begins }
    }
}

/// `广东省人民政府令` with `第290号` behind it or on the next line: whose order, and its number.
fn order(head: &[Line]) -> Option<(String, String)> {
    head.iter().enumerate().find_map(|(i, line)| {
        let (office, behind) = line.text.split_once('令')?;
        let next = head.get(i + 1).map_or("", |l| l.text.as_str());
        let no = if behind.is_empty() { next } else { behind };
        let no = no.trim_matches(['(', ')', '(']).strip_prefix('第')?.strip_suffix('号')?;
        let whole = super::heading::ordinal(no).is_some() || no.parse::<u32>().is_ok();
        (looks_like_body(office) && whole).then(|| (office.to_owned(), no.to_owned()))
    })
}

/// A number on a line of its own, behind a title, or behind its label; not one that a sentence cites.
fn own_number(source: &SourceText, line: &Line) -> Option<String> {
    if line.text.chars().count() > 120 || line.text.contains('。') {
        return None;
    }
    let number = DocNumber::all(&line.text).pop()?;
    let before = line.text.get(..number.range.start)?;
    if before.ends_with('(') && before.contains(['《', '》'])
        || !matches!(line.text.get(number.range.end..)?, "" | ")" | "(" | "文件") && !before.is_empty()
    {
        return None;
    }
    // A blank in front of the office divides it from the title on the same line.
    let word = words(source, line.span).into_iter().rev().find(|w| w.contains(['〔', '[', '(', '令']));
    let tight = word.and_then(|w| DocNumber::all(&w).pop()).map(|n| n.number);
    Some(tight.filter(|t| number.number.ends_with(t.as_str()) && t.chars().count() >= 9).unwrap_or(number.number))
}

/// The words of a line, as printed and without the signs around labels.
struct Words {
    words: Vec<String>,
    plain: Vec<String>,
}

impl Words {
    fn of(source: &SourceText, line: &Line) -> Self {
        let words = words(source, line.span);
        let plain = words.iter().map(|w| w.trim_matches([':', '【', '】', '[', ']']).to_owned()).collect();
        Self { words, plain }
    }

    /// The words behind a label of a page's table (`索 引 号 … 发文日期 2024-08-22`, `文号：…`).
    fn behind(&self, names: &[&str]) -> Option<Vec<String>> {
        names.iter().find_map(|name| (0..self.plain.len()).find_map(|start| self.value(name, start)))
    }

    /// The value of the label `name`, if that stands at or in the word `start`.
    fn value(&self, name: &str, start: usize) -> Option<Vec<String>> {
        let first = self.plain.get(start)?;
        // Labels are often set with blanks inside: 文 号, 标　　题.
        let longest = if name.starts_with(&**first) || first.starts_with(name) { name.chars().count() } else { 0 };
        let ends = start + 1..=(start + longest).min(self.plain.len());
        for end in ends {
            let joined = self.plain.get(start..end)?.concat();
            if joined == name {
                let rest: Vec<String> = self
                    .words
                    .get(end..)?
                    .iter()
                    .take_while(|w| !is_label(w))
                    .map(|w| w.trim_start_matches(':').to_owned())
                    .collect();
                if !rest.is_empty() {
                    return Some(rest);
                }
            } else if let Some(value) =
                joined.strip_prefix(name).and_then(|v| v.strip_prefix(':')).filter(|v| !v.is_empty())
            {
                return Some(vec![value.to_owned()]);
            }
        }
        let mut labels = first.match_indices(name).map(|(at, _)| at + name.len());
        let colon = labels.find(|end| first.get(*end..).is_some_and(|rest| rest.starts_with(':')))?;
        let value = first.get(colon + 1..)?;
        (!value.is_empty() && first.chars().count() <= 60).then(|| vec![value.to_owned()])
    }
}

fn is_label(word: &str) -> bool {
    [
        "文",
        "发文日期",
        "发布机构",
        "成文日期",
        "发布日期",
        "标题",
        "主题词",
        "有效性",
        "索引号",
        "发文字号",
        "文号",
        "主题分类",
        "名称",
        "有",
    ]
    .contains(&word.trim_end_matches(':'))
        || word.ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        let source = SourceText::new(text);
        Head::of(&source, &Outline::of(&source))
    }

    #[test]
    fn reads_a_notice() {
        let got = head(
            "绵阳市人民政府办公室\n关于印发《绵阳市就业促进\n行动方案》的通知\n绵府办发〔2021〕7号\n各县(市、区)人民政府:\n现印发给你们,请贯彻执行。\n绵阳市人民政府办公室\n2021年5月6日\n绵阳市就业促进行动方案\n一、目标\n好。\n",
        );
        assert_eq!(got.title.as_deref(), Some("绵阳市人民政府办公室关于印发《绵阳市就业促进行动方案》的通知"));
        assert_eq!(got.number.as_deref(), Some("绵府办发〔2021〕7号"));
        assert_eq!(got.issuers, ["绵阳市人民政府办公室"]);
        assert_eq!(got.issued.map(|d| d.to_string()).as_deref(), Some("2021-05-06"));
        assert_eq!(got.plan_title.as_deref(), Some("绵阳市就业促进行动方案"));
    }
}
