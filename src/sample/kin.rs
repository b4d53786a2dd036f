//! Kin: texts that are like a plan, for tests of what tells copies apart.
//!
//! In: a plan. Out: the copy that another portal shows of it; a notice that passes it on, under its own number; the next
//! year's plan of the same place. The first is a copy, the other two are none.

use super::plan::{government, printed};
use super::random::Random;
use super::{Corpus, Plan};
use jiff::ToSpan;
use jiff::civil::Date;
use std::fmt::Write as _;

/// What a portal did to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copying {
    /// Page furniture before and behind.
    Furniture,
    /// Other line ends, indents and blanks.
    Whitespace,
    /// The last tenth or so is gone.
    Truncated,
    /// Some characters misread.
    Misread,
    /// The number left out.
    Unnumbered,
    /// All of it together, a little of each.
    Portal,
}

impl Copying {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Furniture, Self::Whitespace, Self::Truncated, Self::Misread, Self::Unnumbered, Self::Portal];
}

/// The copy of a plan on another page.
pub fn copy_of(plan: &Plan, kind: Copying, seed: u64) -> Plan {
    let mut random = Random::new(seed, plan.text.len() as u64);
    let has = |one: Copying| kind == one || kind == Copying::Portal;
    let mut text = plan.text.clone();
    if kind == Copying::Unnumbered {
        text = text.replace(&plan.metadata.number, "");
    }
    if has(Copying::Truncated) {
        let keep = text.len() * random.between(93, 98) as usize / 100;
        let end = (0..=keep).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(end);
    }
    if has(Copying::Misread) {
        text = misread(&text, &plan.metadata.number, &mut random);
    }
    if has(Copying::Whitespace) {
        text = respaced(&text, &mut random);
    }
    if has(Copying::Furniture) {
        text = furnished(&text, &plan.metadata.date, &mut random);
    }
    Plan { id: sibling(&plan.id, "copy", seed), text, metadata: plan.metadata.clone() }
}

/// One character in three hundred is another one that looks or sounds alike; none of a date or number.
fn misread(text: &str, number: &str, random: &mut Random) -> String {
    const ALIKE: [(char, char); 8] = [
        ('的', '得'),
        ('和', '合'),
        ('进', '近'),
        ('做', '作'),
        ('完', '宪'),
        ('实', '买'),
        ('制', '治'),
        ('设', '没'),
    ];
    let from = text.find(number).map_or(0, |at| at + number.len());
    let (head, body) = text.split_at_checked(from).unwrap_or(("", text));
    let swap = |c: char| match ALIKE.iter().find(|(right, _)| *right == c) {
        Some((_, wrong)) if random.chance(4) => *wrong,
        _ => c,
    };
    let mut out = head.to_owned();
    out.extend(body.chars().map(swap));
    out
}

fn respaced(text: &str, random: &mut Random) -> String {
    let end = random.pick(&["\r\n", "\n\n", "\n　　", "\n \n"], "\n");
    let mut out = String::with_capacity(text.len() * 11 / 10);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        out.push_str(line.trim());
        out.push_str(end);
    }
    out
}

fn furnished(text: &str, date: &str, random: &mut Random) -> String {
    let site = random.pick(&["政务公开", "信息公开", "政策文件库", "门户网站"], "");
    let (size, read) = (random.between(12, 24), random.between(10, 9999));
    let mut out = format!("首页 > {site} > 政策文件\n字体：大 中 小\n发布时间：{date} 浏览次数：{read}\n\n");
    out.push_str(text);
    let _ = write!(out, "\n\n打印本页 关闭窗口\n扫一扫在手机打开当前页\n版权所有 {site} 网站标识码：{size}{read}\n");
    out
}

/// A notice by which somebody below passes a plan on, under a number and date of its own. One in three attaches the text.
pub fn forward_of(corpus: &Corpus, plan: &Plan, seed: u64) -> Plan {
    let mut random = Random::new(seed, plan.text.len() as u64 ^ 1);
    let others = corpus.sites.others(&plan.metadata.adcode);
    let site = others.get(random.below(others.len() as u32) as usize).copied();
    let site = site.unwrap_or_else(|| corpus.sites.of(&plan.metadata.adcode, &plan.metadata.place));
    let issuer = government(site, true);
    let date = later(&plan.metadata.date, random.between(9, 60));
    let number = format!("{}政办函〔{}〕{}号", site.prefix, date.year(), random.between(1, 400));
    let title = format!("{issuer}关于转发{}的通知", named(&plan.metadata.title));
    let day = printed(date, 9);
    let mut text = format!(
        "{title}\n{number}\n\n各有关单位：\n现将{}（{}）转发给你们，请结合实际认真贯彻落实。\n\n{issuer}\n{day}\n",
        named(&plan.metadata.title),
        plan.metadata.number
    );
    if random.chance(33) {
        text.push_str("\n附件\n\n");
        text.push_str(&plan.text);
    }
    let mut metadata = plan.metadata.clone();
    metadata.place = site.name.to_string();
    metadata.adcode = site.adcode.to_string();
    metadata.level = site.level;
    metadata.date = date.to_string();
    (metadata.title, metadata.number, metadata.issuer) = (title, number, issuer);
    Plan { id: sibling(&plan.id, "forward", seed), text, metadata }
}

/// 《…》 around a title that has none inside.
fn named(title: &str) -> String {
    if title.contains('《') { title.to_owned() } else { format!("《{title}》") }
}

/// The plan of the same place a year on: most of the wording again, other years, number and day.
pub fn revision_of(plan: &Plan, seed: u64) -> Plan {
    let mut random = Random::new(seed, plan.text.len() as u64 ^ 2);
    // Running numbers that no plan of a corpus has.
    let old: Option<Date> = plan.metadata.date.parse().ok();
    let new = later(&plan.metadata.date, random.between(330, 400));
    let year = old.map_or(0, Date::year);
    let number = renumbered(&plan.metadata.number, new.year(), random.between(3001, 9999));
    let mut metadata = plan.metadata.clone();
    let shift = |text: &str| {
        // From the last year to the first, so that none is moved twice.
        let years = (year..year + 6).rev();
        years.fold(text.to_owned(), |text, y| text.replace(&format!("{y}年"), &format!("{}年", y + 1)))
    };
    let mut text = plan.text.replace(&plan.metadata.number, "\u{1}");
    if let Some(old) = old {
        for form in [0, 1, 9] {
            text = text.replace(&printed(old, form), "\u{2}");
        }
    }
    text = shift(&text).replace('\u{1}', &number).replace('\u{2}', &printed(new, 9));
    metadata.title = shift(&metadata.title);
    metadata.date = new.to_string();
    metadata.number = number;
    Plan { id: sibling(&plan.id, "revision", seed), text, metadata }
}

/// The number with another year and count.
fn renumbered(number: &str, year: i16, no: u32) -> String {
    let sign = number.split('〔').next().unwrap_or_default();
    format!("{sign}〔{year}〕{no}号")
}

fn later(date: &str, days: u32) -> Date {
    let date: Date = date.parse().unwrap_or(Date::ZERO);
    date.checked_add(i64::from(days).days()).unwrap_or(date)
}

/// `0012/0012345.txt` → `0012/0012345-copy-7.txt`.
fn sibling(id: &str, what: &str, seed: u64) -> String {
    format!("{}-{what}-{seed}.txt", id.trim_end_matches(".txt"))
}
