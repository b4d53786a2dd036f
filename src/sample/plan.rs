//! A plan: head, covering letter, outline and end, put together.
//!
//! In: a seed, an index and an occasion (whose plan, of which year). Out: the plan with its metadata.

use super::layout::{self, Form, Numbering};
use super::pen::{Pen, Subject};
use super::phrases::Phrases;
use super::random::Random;
use super::roll::Roll;
use super::site::{Occasion, Site};
use super::{Metadata, Plan};
use crate::lexicon::Level;
use jiff::civil::Date;

/// What a head says.
pub(super) struct Head {
    pub issuer: String,
    pub number: String,
    pub date: Date,
    pub title: String,
}

/// Makes a plan.
pub(super) fn make(seed: u64, index: u64, occasion: Occasion<'_>) -> Plan {
    let phrases = Phrases::embedded();
    let mut random = Random::new(seed, index);
    let Occasion { site, year, .. } = occasion;
    let roll = Roll::new(site, year, &mut random);
    let field = phrases.fields.draw(&mut random).or(phrases.fields.all().first());
    #[expect(clippy::panic, reason = "an empty table is a broken build; a test counts the fields")]
    let Some(field) = field else { panic!("seeds/sample/fields.csv has no field") };
    let mut pen = Pen::new(random, phrases, field);

    let opinion = pen.random.chance(22);
    let kind = if opinion { "意见" } else { pen.random.pick(&["方案", "方案", "计划", "措施"], "方案") };
    let mut about = Subject { site, year, name: String::new(), matter: String::new(), kind, bare: String::new(), roll };
    about.name = pen.words("zh", &about);
    about.matter = pen.words("plan", &about);
    about.bare = bare(&mut pen, &about, opinion);

    let (issuer, number) = issuer(&mut pen, &about, occasion);
    let date = date(&mut pen.random, occasion);
    let title = if opinion {
        format!("{issuer}关于{}", about.bare)
    } else if pen.random.chance(40) {
        format!("{issuer}关于印发《{}》的通知", about.bare)
    } else {
        format!("{issuer}关于印发{}的通知", about.bare)
    };
    let head = Head { issuer, number, date, title };
    let form = Form::draw(&mut pen);
    text(&mut pen, &about, phrases, form, &head, opinion);

    let Head { issuer, number, date, title } = head;
    let metadata = Metadata {
        title,
        number,
        issuer,
        date: date.to_string(),
        place: site.name.to_string(),
        adcode: site.adcode.to_string(),
        level: site.level,
        field: field.id.to_string(),
    };
    Plan { id: format!("{:04}/{index:07}.txt", index / 1000), text: pen.out, metadata }
}

/// The plan's title without its issuer: 江门市促进中医药传承创新发展三年行动方案（2021—2023年）.
fn bare(pen: &mut Pen<'_>, about: &Subject<'_>, opinion: bool) -> String {
    let (place, subject, year) = (&about.site.name, &about.matter, about.year);
    let place = if about.site.level == Level::Country { "" } else { place };
    // 推进…, 深化…: what begins with a verb takes no other in front of it.
    let verbal = [
        "推进",
        "推动",
        "深化",
        "加强",
        "促进",
        "健全",
        "优化",
        "加快",
        "进一步",
        "深入",
        "改革",
        "遏制",
        "强化",
        "积极",
        "降低",
        "扩大",
        "构建",
        "全面",
        "稳",
        "学习",
        "巩固",
        "完善",
        "支持",
    ];
    let verbal = verbal.iter().any(|verb| subject.starts_with(verb));
    if opinion && verbal {
        let end = pen.random.pick(&["实施意见", "意见", "指导意见", "实施意见"], "意见");
        return format!("{subject}的{end}");
    }
    if opinion {
        let verb = pen.random.pick(&["进一步加强", "全面推进", "加快推进", "统筹做好", "扎实推进"], "");
        let end = pen.random.pick(&["实施意见", "实施意见", "意见", "指导意见"], "意见");
        return format!("{verb}{subject}工作的{end}");
    }
    match (about.kind, pen.random.below(4)) {
        ("计划", 0 | 1) => format!("{place}{subject}三年行动计划（{year}—{}年）", year + 2),
        ("计划", _) => format!("{place}{subject}{year}年工作计划"),
        ("措施", 0) if !verbal => format!("{place}进一步推进{subject}若干措施"),
        ("措施", _) => format!("{place}{subject}若干措施"),
        (_, 0) => format!("{place}{subject}{year}年重点工作任务实施方案"),
        (_, 1) => format!("{place}{subject}工作方案"),
        (_, 2) => format!("{place}{subject}行动方案（{year}—{}年）", year + 3),
        _ => format!("{place}{subject}实施方案"),
    }
}

/// Who issues a plan, and under which number.
fn issuer(pen: &mut Pen<'_>, about: &Subject<'_>, occasion: Occasion<'_>) -> (String, String) {
    let Occasion { site, year, no, .. } = occasion;
    let department = pen.field().lead.draw(&mut pen.random).and_then(|id| about.roll.get(id));
    // A name with the place alone in front: 江门市医疗保障局, not a body of the party or one that 办公室 ends.
    let department = department.filter(|d| d.name.ends_with(['局', '厅', '部']) && !d.plain.starts_with('委'));
    let (name, sign) = match department.filter(|_| pen.random.chance(24)) {
        Some(d) if site.level == Level::Country => (d.name.clone(), format!("{}发", d.sign)),
        Some(d) => (format!("{}{}", site.printed, d.plain), format!("{}{}发", site.prefix, d.sign)),
        None => {
            let office = pen.random.chance(72);
            let name = government(site, office);
            let signs: &[&str] = if office {
                &["政办发", "政办发", "府办", "府办发"]
            } else {
                &["政发", "政发", "府", "府发"]
            };
            let sign = match (site.level, office) {
                (Level::Country, true) => "办发",
                (Level::Country, false) => "发",
                _ => pen.random.pick(signs, "政发"),
            };
            (name, format!("{}{sign}", site.prefix))
        }
    };
    (name, format!("{sign}〔{year}〕{no}号"))
}

/// A government, or its office.
pub(super) fn government(site: &Site, office: bool) -> String {
    let name =
        if site.level == Level::Country { "国务院".to_owned() } else { format!("{}人民政府", site.printed) };
    match (office, site.level) {
        (false, _) => name,
        (true, Level::Country | Level::Province) => name + "办公厅",
        (true, _) => name + "办公室",
    }
}

/// The day of a running number: numbers rise through the year.
fn date(random: &mut Random, occasion: Occasion<'_>) -> Date {
    let Occasion { year, no, of, .. } = occasion;
    let day = (((no - 1) % of.max(1)) * 340 / of.max(1) + random.between(1, 24)).min(364);
    let (month, day) = (1 + day / 31, 1 + day % 31);
    let valid = |day: u32| Date::new(year, month as i8, day as i8).ok();
    valid(day).or_else(|| valid(28)).unwrap_or(Date::ZERO)
}

/// A date in one of its printed forms.
pub(super) fn printed(date: Date, form: u32) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    match form {
        0 => {
            let digit = |c: char| {
                const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
                c.to_digit(10).and_then(|d| DIGITS.get(d as usize)).copied().unwrap_or(c)
            };
            let year: String = year.to_string().chars().map(digit).collect();
            format!("{year}年{}月{}日", layout::numeral(month as u32), layout::numeral(day as u32))
        }
        1 => format!("{year} 年 {month} 月 {day} 日"),
        _ => format!("{year}年{month}月{day}日"),
    }
}

/// To whom a letter is addressed.
fn addressees(pen: &mut Pen<'_>, site: &Site) -> String {
    let word = site.word;
    let localities: &[&str] = match site.level {
        Level::Country => &["各省、自治区、直辖市人民政府"],
        Level::Province if word == "市" => &["各区县人民政府", "各区（县）人民政府", "各区、县人民政府"],
        Level::Province => &["各市（州）人民政府", "各市、县人民政府", "各设区市人民政府", "各市人民政府"],
        Level::Prefecture => &[
            "各县（市、区）人民政府",
            "各县、市、区人民政府",
            "各区县人民政府",
            "各县（区）人民政府",
            "各市、县（区）人民政府",
        ],
        Level::County => &[
            "各乡镇人民政府",
            "各镇人民政府、街道办事处",
            "各乡（镇）人民政府、街道办事处",
            "各镇（街道）",
            "各乡镇（街道）",
            "各乡、镇人民政府",
        ],
    };
    let localities = pen.random.pick(localities, "各有关单位");
    if site.level == Level::Country {
        let ends = ["国务院各部委、各直属机构", "国务院有关部门", "各有关单位", "中央有关部门"];
        return format!("{localities}，{}", pen.random.pick(&ends, "各有关单位"));
    }
    let gov = pen
        .random
        .pick(&["政府各部门", "政府各委、办、局", "直各部门", "直各有关单位", "级各部门", "政府有关部门"], "");
    let more = match pen.random.below(5) {
        0 => "、各直属机构".to_owned(),
        1 => "，各有关单位".to_owned(),
        2 => format!("，驻{}各单位", site.name),
        3 => format!("，{}各企事业单位", site.name),
        _ => String::new(),
    };
    format!("{localities}，{word}{gov}{more}")
}

fn text(pen: &mut Pen<'_>, about: &Subject<'_>, phrases: &'static Phrases, form: Form, head: &Head, opinion: bool) {
    let (between, date) = (form.between, printed(head.date, pen.random.below(16)));
    match pen.random.below(10) {
        0..3 => pen.put(&head.issuer).put("文件\n\n").put(&head.number).put("\n\n").put(&head.title),
        3 => {
            let serial = pen.random.between(100_000, 999_999);
            pen.put("索引号：").number(serial).put("\t发布机构：").put(&head.issuer);
            pen.put("\n发文日期：").put(&date).put("\t文号：").put(&head.number).put("\n\n").put(&head.title)
        }
        _ => pen.put(&head.title).put("\n").put(&head.number),
    };
    let to = addressees(pen, about.site);
    pen.put("\n\n").put(&to).put("：\n");
    if !opinion {
        pen.write("covering", about);
        if pen.random.chance(45) {
            pen.write("ask", about);
        }
        pen.put("\n\n").put(&head.issuer).put("\n").put(&date).put("\n\n").put(&about.bare).put("\n\n");
    }
    pen.write("intro", about);
    for _ in 0..pen.random.between(3, 6) {
        pen.write("introtail", about);
    }
    pen.put(between);
    let main = pen.field();
    layout::write(pen, about, main, phrases, form);
    if form.numbering != Numbering::Table && pen.random.chance(85) {
        for _ in 0..pen.random.between(1, 3) {
            pen.write("tail", about);
        }
        pen.put(between);
    }
    if opinion {
        pen.put("\n").put(&head.issuer).put("\n").put(&date).put("\n");
    }
}
