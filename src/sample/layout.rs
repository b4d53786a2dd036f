//! Layout: the outline of a made plan, its clauses and their groups.
//!
//! In: a pen and what the plan is about. Out: the paragraphs from the first section to the last clause, in one of the
//! numbering styles of government plans.

use super::group::{Group, Habits, Style};
use super::pen::{Pen, Subject, below};
use super::phrases::{Field, Phrases};

/// How a plan is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbering {
    /// 一、 and （一） going on through all sections.
    Running,
    /// 一、 and （一） beginning anew in each section.
    Anew,
    /// 一、, （一） and 1.
    Deep,
    /// 一、 and 1.
    Digits,
    /// 第一章 and 第一条.
    Articles,
    /// 一、 alone.
    Flat,
    /// Rows of a table.
    Table,
}

/// What one plan keeps to.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "habits are independent of each other")]
pub(super) struct Form {
    pub numbering: Numbering,
    pub habits: Habits,
    /// Number of clauses, and characters of one.
    pub clauses: u32,
    pub length: u32,
    /// (一) instead of （一）.
    half: bool,
    /// Behind a digit: `.`, `．`, `、`.
    point: &'static str,
    /// What begins a paragraph, and what ends one.
    indent: &'static str,
    pub between: &'static str,
    /// Headings of clauses stand on lines of their own.
    own_headings: bool,
    /// Percent of clauses that begin with a heading.
    headed: u32,
    /// The first of a group leads, said once.
    first_leads: bool,
    /// Localities answer for all that follows, said once.
    implied: bool,
    preamble: bool,
}

impl Form {
    pub fn draw(pen: &mut Pen<'_>) -> Self {
        let random = &mut pen.random;
        let numbering = match random.below(100) {
            0..34 => Numbering::Running,
            34..62 => Numbering::Anew,
            62..76 => Numbering::Deep,
            76..86 => Numbering::Digits,
            86..91 => Numbering::Articles,
            91..95 => Numbering::Flat,
            _ => Numbering::Table,
        };
        let n = Style::ALL.len() as u32;
        let style = Style::ALL.get(random.below(n).min(random.below(n + 4)) as usize).copied().unwrap_or(Style::Charge);
        let clauses = match random.below(100) {
            0..8 => random.between(8, 15),
            8..92 => 14 + random.between(0, 18) + random.between(0, 18),
            _ => random.between(50, 70),
        };
        let length = random.between(139, 221);
        let table = numbering == Numbering::Table;
        Self {
            numbering,
            habits: Habits { style, elided: random.chance(12), bodies: random.between(2, 4) },
            clauses: if numbering == Numbering::Flat { clauses.clamp(8, 20) } else { clauses },
            length: if table { length * 3 / 4 } else { length },
            half: random.chance(25),
            point: random.pick(&[".", ".", "．", "、"], "."),
            indent: random.pick(&["", "", "　　", "    "], ""),
            between: random.pick(&["\n", "\n", "\n\n"], "\n"),
            own_headings: random.chance(15),
            headed: random.pick(&[&100, &100, &85, &0], &100).to_owned(),
            first_leads: random.chance(15),
            implied: random.chance(3),
            preamble: random.chance(40) && !table && numbering != Numbering::Flat,
        }
    }
}

/// Chinese numerals up to 99.
pub(super) fn numeral(n: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u32| DIGITS.get(n as usize).copied().unwrap_or_default();
    match (n / 10, n % 10) {
        (0, n) => digit(n).to_owned(),
        (1, n) => format!("十{}", digit(n)),
        (tens, n) => format!("{}十{}", digit(tens), digit(n)),
    }
}

/// The outline on its way.
struct Layout<'p, 'a> {
    pen: &'p mut Pen<'a>,
    about: &'p Subject<'p>,
    phrases: &'static Phrases,
    main: &'a Field,
    form: Form,
    /// Clauses under a running count.
    counted: u32,
    /// What the first group has yet to say.
    notes: Vec<String>,
}

/// Writes the outline.
pub(super) fn write<'a>(
    pen: &mut Pen<'a>,
    about: &Subject<'_>,
    main: &'a Field,
    phrases: &'static Phrases,
    form: Form,
) {
    let mut notes = Vec::new();
    if form.first_leads && matches!(form.habits.style, Style::Charge | Style::Duties) {
        notes.push(
            pen.random.pick(&["，列在第一位的为牵头单位，下同", "，排在第一位的为牵头部门，下同"], "").to_owned(),
        );
    } else if form.implied && !form.habits.style.own_line() && form.numbering != Numbering::Table {
        notes.push(format!("。以下各项均需各{}人民政府负责，不再列出", below(about.site)));
    }
    let mut layout = Layout { pen, about, phrases, main, form, counted: 0, notes };
    match form.numbering {
        Numbering::Table => layout.table(),
        Numbering::Flat => layout.flat(),
        _ => layout.sections(),
    }
}

impl Layout<'_, '_> {
    fn sections(&mut self) {
        let Form { clauses, numbering, preamble, between, indent, .. } = self.form;
        let each = self.pen.random.between(4, 8);
        let sections = (clauses / each).clamp(2, 12);
        let mut left = clauses;
        let mut no = 0;
        if preamble {
            no += 1;
            left = left.saturating_sub(self.preamble(no));
        }
        for at in 0..sections {
            no += 1;
            let last = at + 1 == sections;
            let share = left / (sections - at);
            let here =
                if last { left } else { self.pen.random.between((share * 2 / 3).max(1), share * 4 / 3) }.min(left);
            if here == 0 {
                continue;
            }
            left -= here;
            self.section_number(no);
            let name = if last { "lastsection" } else { "section" };
            self.pen.write(name, self.about);
            self.pen.put(between);
            if numbering != Numbering::Articles && self.pen.random.chance(85) {
                self.pen.put(indent).write("sectionlead", self.about);
                if self.pen.random.chance(35) {
                    self.pen.write("sectionlead", self.about);
                }
                self.pen.put(between);
            }
            if numbering == Numbering::Deep {
                self.nodes(here, last);
            } else {
                for clause in 1..=here {
                    self.counted += 1;
                    self.clause_number(clause);
                    self.clause(true, last);
                }
            }
        }
    }

    /// 一、总体要求: two to four clauses that assign nothing; gives their number.
    fn preamble(&mut self, no: u32) -> u32 {
        self.section_number(no);
        let (first, second) = (self.pen.words("preamble", self.about), self.pen.words("preamble", self.about));
        let joint = self.pen.words("joint", self.about);
        self.pen.put(&first);
        if first != second {
            self.pen.put(&joint).put(&second);
        }
        self.pen.put(self.form.between);
        let n = self.pen.random.between(2, 4);
        for clause in 1..=n {
            self.counted += 1;
            if self.form.numbering == Numbering::Deep {
                self.bracket(clause);
            } else {
                self.clause_number(clause);
            }
            let begun = self.pen.out.len();
            self.pen.write("preamble", self.about).put("。");
            while self.pen.out.len() - begun < self.form.length as usize * 2 {
                self.pen.write("preambletext", self.about);
            }
            if self.pen.random.chance(30) {
                self.pen.measure("rise", "up", self.about);
            }
            self.pen.put(self.form.between);
        }
        n
    }

    /// （一） with two to five clauses 1. each.
    fn nodes(&mut self, clauses: u32, last: bool) {
        let (mut left, mut node) = (clauses, 0);
        while left > 0 {
            node += 1;
            let here = self.pen.random.between(2, 5).min(left);
            let here = if left - here == 1 { left } else { here };
            left -= here;
            self.bracket(node);
            self.pen.write(if last { "lastheading" } else { "heading" }, self.about).put(self.form.between);
            for clause in 1..=here {
                self.digit(clause);
                self.clause(true, last);
            }
        }
    }

    fn flat(&mut self) {
        for no in 1..=self.form.clauses {
            self.section_number(no);
            self.pen.write("heading", self.about);
            self.pen.put("\n").put(self.form.indent);
            self.clause(false, false);
        }
    }

    /// 序号, 任务, 牵头单位, 责任单位, 完成时限, divided by tabs.
    fn table(&mut self) {
        self.pen.put("序号\t工作任务\t牵头单位\t责任单位\t完成时限\n");
        for no in 1..=self.form.clauses {
            self.turn();
            self.pen.number(no).put("\t");
            self.sentences(self.form.length * 3 / 4);
            let group = Group::draw(self.pen, self.about, self.form.habits);
            self.pen.put("\t").put(&group.lead).put("\t").put(&group.others.join("、")).put("\t");
            let (year, month) = (self.about.year as u32 + self.pen.random.below(2), self.pen.random.between(3, 12));
            self.pen.number(year).put("年").number(month).put("月底\n");
        }
    }

    fn section_number(&mut self, no: u32) {
        let n = numeral(no);
        self.pen.put(self.form.indent);
        if self.form.numbering == Numbering::Articles {
            self.pen.put("第").put(&n).put("章　");
        } else {
            self.pen.put(&n).put("、");
        }
    }

    fn clause_number(&mut self, in_section: u32) {
        match self.form.numbering {
            Numbering::Running => self.bracket(self.counted),
            Numbering::Articles => {
                let n = numeral(self.counted);
                self.pen.put(self.form.indent).put("第").put(&n).put("条　");
            }
            Numbering::Digits => self.digit(in_section),
            _ => self.bracket(in_section),
        }
    }

    fn bracket(&mut self, n: u32) {
        let (open, close) = if self.form.half { ("(", ")") } else { ("（", "）") };
        self.pen.put(self.form.indent).put(open).put(&numeral(n)).put(close);
    }

    fn digit(&mut self, n: u32) {
        self.pen.put(self.form.indent).number(n).put(self.form.point);
    }

    /// Most clauses are of the plan's field, some of another.
    fn turn(&mut self) {
        let other = self.pen.random.chance(14);
        let field = self.phrases.fields.draw(&mut self.pen.random).filter(|_| other);
        self.pen.turn(field.unwrap_or(self.main));
    }

    fn clause(&mut self, headed: bool, last: bool) {
        self.turn();
        let style = if self.pen.random.chance(10) && !self.form.habits.style.own_line() {
            let at = self.pen.random.below(5) as usize;
            Style::ALL.get(at).copied().unwrap_or(self.form.habits.style)
        } else {
            self.form.habits.style
        };
        let heading = headed && self.pen.random.chance(self.form.headed);
        if heading {
            let own = self.form.own_headings && self.form.numbering != Numbering::Articles;
            let name = if last && self.pen.random.chance(50) { "lastheading" } else { "heading" };
            self.pen.write(name, self.about).put(if own { "\n" } else { "。" }).put(if own {
                self.form.indent
            } else {
                ""
            });
        }
        // Half as long or half as long again, so that clauses differ as much as plans do.
        let length = self.form.length * self.pen.random.between(50, 150) / 100;
        let words = length.saturating_sub(if heading { 45 } else { 34 });
        let parts = if self.pen.random.chance(12) && !style.own_line() { 2 } else { 1 };
        for part in 1..=parts {
            self.sentences(words / parts);
            if last && part == parts && self.pen.random.chance(35) {
                continue;
            }
            let note = self.notes.pop().unwrap_or_default();
            Group::draw(self.pen, self.about, self.form.habits).write(self.pen, self.about, style, &note);
        }
        self.pen.turn(self.main);
        self.pen.put(self.form.between);
    }

    /// Sentences of about `length` characters.
    fn sentences(&mut self, length: u32) {
        let begun = self.pen.out.len();
        // Three bytes a character; a sentence has about forty, and half of the last one is too much.
        let enough = (length as usize * 3).saturating_sub(60);
        loop {
            self.sentence();
            if self.pen.out.len() - begun >= enough {
                break;
            }
        }
    }

    fn sentence(&mut self) {
        let about = self.about;
        match self.pen.random.below(1000) {
            0..18 => self.pen.measure("rise", "up", about),
            18..23 => self.pen.measure("drop", "down", about),
            23..34 => self.pen.measure("counted", "count", about),
            34..39 => self.pen.measure("trained", "people", about),
            39..46 => self.pen.repeat(about),
            46..49 => {
                self.pen.write("cover", about);
            }
            49..54 => {
                self.pen.write("money", about);
            }
            54..84 => {
                self.pen.write("milestone", about);
            }
            84..112 => {
                self.pen.write("cite", about);
            }
            _ => {
                self.pen.write("sentence", about);
            }
        }
    }
}
