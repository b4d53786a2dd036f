//! Groups: who does it, in every form that plans use.
//!
//! In: the field's functions, the roll of the place, a style. Out: `（市卫生健康局牵头，市财政局配合）` and its kin.

use super::pen::{Pen, Subject};
use crate::lexicon::Level;

/// How a plan writes its groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// （A、B负责）
    Charge,
    /// （A、B按职责分工负责）
    Duties,
    /// （A牵头，B、C配合）
    LeadHelp,
    /// （A牵头，B、C按职责分工负责）
    LeadDuties,
    /// （牵头单位：A；责任单位：B；配合单位：C）
    Labelled,
    /// 〔A牵头，B、C配合〕
    Shell,
    /// 【责任单位：A、B】
    Lenticular,
    /// ［责任单位：A、B；完成时限：2022年9月底］
    Limited,
    /// （由A会同B、C负责）
    Jointly,
    /// （责任单位：A、B；督导单位：C）
    Supervised,
    /// （A牵头负责，B、C参与）
    LeadShare,
    /// 责任单位：A、B, on a line of its own.
    Line,
    /// 牵头单位：A, then 配合单位：B, C, on lines of their own.
    Lines,
}

impl Style {
    /// The commonest first.
    pub const ALL: [Self; 13] = [
        Self::Duties,
        Self::Charge,
        Self::LeadHelp,
        Self::Labelled,
        Self::LeadDuties,
        Self::Line,
        Self::LeadShare,
        Self::Shell,
        Self::Lenticular,
        Self::Limited,
        Self::Jointly,
        Self::Supervised,
        Self::Lines,
    ];

    /// True where the group stands on a line of its own, so that a clause has one only, at its end.
    pub fn own_line(self) -> bool {
        matches!(self, Self::Line | Self::Lines)
    }
}

/// Habits of one plan's groups.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    pub style: Style,
    /// The level's word is said once: 市卫生健康局、财政局.
    pub elided: bool,
    /// Bodies of a group, on average a little more than this.
    pub bodies: u32,
}

/// Who does a part.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub lead: String,
    pub others: Vec<String>,
    /// 等 behind the last.
    open: bool,
}

impl Group {
    /// Draws the bodies of a part.
    pub fn draw(pen: &mut Pen<'_>, about: &Subject<'_>, habits: Habits) -> Self {
        let roll = &about.roll;
        let field = pen.field();
        let lead = field.lead.draw(&mut pen.random).and_then(|id| roll.get(id));
        let Some(lead) = lead.or_else(|| roll.any(&mut pen.random)) else { return Self::default() };
        let n = match pen.random.below(100) {
            0 => 0,
            1..78 => pen.random.between(1, habits.bodies),
            _ => pen.random.between(habits.bodies.saturating_sub(1).max(1), habits.bodies * 2),
        };
        let (mut met, mut others) = (vec![lead.id], Vec::with_capacity(n as usize + 1));
        for _ in 0..n * 3 {
            let any = pen.random.chance(15);
            let drawn = if any { None } else { field.partner.draw(&mut pen.random).and_then(|id| roll.get(id)) };
            let Some(body) = drawn.or_else(|| roll.any(&mut pen.random).filter(|_| any)) else { continue };
            if others.len() < n as usize && !met.contains(&body.id) {
                met.push(body.id);
                let whole = !habits.elided || body.plain.contains('*') || body.plain.starts_with('委');
                others.push(if whole { body.name.clone() } else { body.plain.to_owned() });
            }
        }
        if pen.random.chance(18) {
            others.push(localities(pen, about));
        }
        Self { lead: lead.name.clone(), others, open: pen.random.chance(7) }
    }

    fn all(&self, pen: &mut Pen<'_>) {
        pen.put(&self.lead);
        for body in &self.others {
            pen.put("、").put(body);
        }
        self.etc(pen);
    }

    fn rest(&self, pen: &mut Pen<'_>) {
        pen.put(&self.others.join("、"));
        self.etc(pen);
    }

    fn etc(&self, pen: &mut Pen<'_>) {
        if self.open && !self.others.is_empty() {
            pen.put("等");
        }
    }

    /// Writes the group, with `note` (a rule for what follows) before it closes.
    pub fn write(&self, pen: &mut Pen<'_>, about: &Subject<'_>, style: Style, note: &str) {
        let alone = self.others.is_empty();
        match style {
            Style::LeadHelp | Style::LeadDuties | Style::Jointly | Style::LeadShare if alone => {
                pen.put("（").put(&self.lead).put("负责").put(note).put("）");
            }
            Style::Charge => {
                pen.put("（");
                self.all(pen);
                pen.put("负责").put(note).put("）");
            }
            Style::Duties => {
                pen.put("（");
                self.all(pen);
                pen.put(if alone { "负责" } else { "按职责分工负责" }).put(note).put("）");
            }
            Style::LeadHelp | Style::LeadDuties | Style::LeadShare => {
                let (leads, rest) = match style {
                    Style::LeadHelp => ("牵头，", "配合"),
                    Style::LeadDuties => ("牵头，", "按职责分工负责"),
                    _ => ("牵头负责，", "参与"),
                };
                pen.put("（").put(&self.lead).put(leads);
                self.rest(pen);
                pen.put(rest).put(note).put("）");
            }
            Style::Labelled => {
                pen.put("（牵头单位：").put(&self.lead);
                let split = self.others.len() / 2;
                for (label, bodies) in
                    [("；责任单位：", self.others.get(..split)), ("；配合单位：", self.others.get(split..))]
                {
                    if let Some(bodies) = bodies.filter(|bodies| !bodies.is_empty()) {
                        pen.put(label).put(&bodies.join("、"));
                    }
                }
                self.etc(pen);
                pen.put(note).put("）");
            }
            Style::Shell => {
                pen.put("〔").put(&self.lead).put(if alone { "负责" } else { "牵头，" });
                if !alone {
                    self.rest(pen);
                    pen.put("配合");
                }
                pen.put(note).put("〕");
            }
            Style::Lenticular => {
                pen.put("【责任单位：");
                self.all(pen);
                pen.put(note).put("】");
            }
            Style::Limited => {
                pen.put("［责任单位：");
                self.all(pen);
                let month = pen.random.between(3, 12);
                let year = about.year as u32 + pen.random.below(2);
                pen.put("；完成时限：").number(year).put("年").number(month).put("月底").put(note).put("］");
            }
            Style::Jointly => {
                pen.put("（由").put(&self.lead).put("会同");
                self.rest(pen);
                pen.put("负责").put(note).put("）");
            }
            Style::Supervised => {
                pen.put("（责任单位：");
                self.all(pen);
                pen.put("；督导单位：");
                let office = format!("{}政府督查室", about.site.word);
                pen.put(if about.site.word.is_empty() { "国务院办公厅" } else { &office }).put(note).put("）");
            }
            Style::Line => {
                pen.put("\n责任单位：");
                self.all(pen);
                pen.put(note);
            }
            Style::Lines => {
                pen.put("\n牵头单位：").put(&self.lead);
                if !alone {
                    pen.put("\n配合单位：");
                    self.rest(pen);
                }
                pen.put(note);
            }
        }
    }
}

/// 各县（市、区）人民政府, or two or three of them by name.
fn localities(pen: &mut Pen<'_>, about: &Subject<'_>) -> String {
    let site = about.site;
    if site.level != Level::Country && site.children.len() > 3 && pen.random.chance(22) {
        let at = pen.random.below(site.children.len() as u32 - 2) as usize;
        let n = pen.random.between(1, 3) as usize;
        let some: Vec<String> = site.children.iter().skip(at).take(n).map(|c| format!("{c}人民政府")).collect();
        return some.join("、");
    }
    let several: &[&str] = match site.level {
        Level::Country => &["各省、自治区、直辖市人民政府", "各省级人民政府"],
        Level::Province if site.word == "市" => &["各区县人民政府", "各区（县）人民政府", "各区人民政府"],
        Level::Province => &["各市（州）人民政府", "各设区市人民政府", "各市人民政府", "各市、县人民政府"],
        Level::Prefecture => &["各县（市、区）人民政府", "各县（区）人民政府", "各县（市、区）政府"],
        Level::County => &["各乡镇人民政府", "各镇（街道）", "各乡镇（街道）"],
    };
    pen.random.pick(several, "各有关部门").to_owned()
}
