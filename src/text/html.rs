//! HTML: a saved page becomes the text of its main element.
//!
//! In: the decoded page. Out: one `\n` a block, table cells joined by `\t`, entities resolved; scripts, menus and
//! forms left out. The main element is the smallest that still holds nearly all prose and the page's own table of
//! number and date.

use scraper::node::Node;
use scraper::{ElementRef, Html};

/// Share of the prose that the main element must keep.
const MOST: f64 = 0.85;

/// Labels of the table that government pages set beside a document.
const LABELS: [&str; 5] = ["发文字号", "成文日期", "索引号", "发文机关", "发布机构"];

/// The text of a page's main element.
pub fn main_text(page: &str) -> String {
    let html = Html::parse_document(page);
    let main = main_element(html.root_element());
    let mut out = Text::default();
    write(main, &mut out);
    out.finish()
}

fn is_hidden(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "head"
            | "noscript"
            | "template"
            | "nav"
            | "form"
            | "select"
            | "button"
            | "iframe"
            | "svg"
            | "input"
            | "textarea"
            | "footer"
            | "object"
    )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "li"
            | "ul"
            | "ol"
            | "tr"
            | "table"
            | "tbody"
            | "thead"
            | "section"
            | "article"
            | "blockquote"
            | "dl"
            | "dt"
            | "dd"
            | "pre"
            | "hr"
            | "br"
            | "header"
            | "main"
            | "center"
            | "caption"
            | "figure"
            | "body"
            | "address"
            | "aside"
            | "form"
    )
}

fn name(node: &Node) -> &str {
    node.as_element().map_or("", |element| element.name())
}

/// Han characters outside links and hidden elements: what a reader came for.
fn prose(element: ElementRef<'_>) -> usize {
    let mut count = 0;
    visible(element, |text, linked| {
        if !linked {
            count += text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
        }
    });
    count
}

/// Calls `each` with every visible text below `element`, and whether it stands in a link.
fn visible(element: ElementRef<'_>, mut each: impl FnMut(&str, bool)) {
    use ego_tree::iter::Edge;
    let (mut hidden, mut links) = (0_u32, 0_u32);
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) if hidden == 0 => each(text, links > 0),
                other => {
                    hidden += u32::from(is_hidden(name(other)));
                    links += u32::from(name(other) == "a");
                }
            },
            Edge::Close(node) => {
                hidden -= u32::from(is_hidden(name(node.value())));
                links -= u32::from(name(node.value()) == "a");
            }
        }
    }
}

fn has_labels(element: ElementRef<'_>) -> bool {
    let mut text = String::new();
    visible(element, |t, _| text.extend(t.chars().filter(|c| !c.is_whitespace() && *c != '\u{3000}')));
    LABELS.iter().filter(|label| text.contains(*label)).count() >= 2
}

fn main_element(root: ElementRef<'_>) -> ElementRef<'_> {
    let mut here = root;
    let all = prose(root) as f64;
    let labelled = has_labels(root);
    // Each step goes one level down, and each level is read twice: bounded for pages nested without end.
    for _ in 0..64 {
        let best = here
            .child_elements()
            .filter(|c| !is_hidden(c.value().name()))
            .map(|c| (prose(c), c))
            .max_by_key(|(n, _)| *n);
        match best {
            Some((n, child)) if n as f64 >= all * MOST && (!labelled || has_labels(child)) && !is_inline(child) => {
                here = child;
            }
            _ => break,
        }
    }
    here
}

fn is_inline(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "p" | "span" | "font" | "b" | "strong" | "tr" | "td" | "a")
        && element.value().name() != "td"
}

#[derive(Default)]
struct Text {
    out: String,
    line: String,
}

impl Text {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                ' ' | '\n' | '\r' | '\t' | '\u{c}' => {
                    if !self.line.ends_with([' ', '\t']) && !self.line.is_empty() {
                        self.line.push(' ');
                    }
                }
                c => self.line.push(c),
            }
        }
    }

    fn block(&mut self) {
        let line = self.line.trim_end();
        if !line.is_empty() {
            self.out.push_str(line);
            self.out.push('\n');
        }
        self.line.clear();
    }

    fn cell(&mut self) {
        let kept = self.line.trim_end_matches(' ').len();
        self.line.truncate(kept);
        self.line.push('\t');
    }

    fn finish(mut self) -> String {
        self.block();
        self.out
    }
}

/// A row whose cells hold no blocks of their own is a line; any other is layout.
fn is_plain_row(row: ElementRef<'_>) -> bool {
    row.value().name() == "tr"
        && row.descendants().skip(1).all(|n| {
            let name = name(n.value());
            !is_block(name) || (name == "p" && n.children().count() <= 8 && only_paragraph(n)) || name == "br"
        })
}

fn only_paragraph(node: ego_tree::NodeRef<'_, Node>) -> bool {
    let siblings = node.parent().map_or(0, |cell| cell.children().filter(|n| name(n.value()) == "p").count());
    siblings == 1
}

fn write(main: ElementRef<'_>, out: &mut Text) {
    use ego_tree::iter::Edge;
    let (mut hidden, mut row) = (0_u32, 0_u32);
    for edge in main.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) if hidden == 0 => out.push(text),
                Node::Element(element) => {
                    let name = element.name();
                    hidden += u32::from(is_hidden(name));
                    if hidden > 0 {
                        continue;
                    }
                    let plain = ElementRef::wrap(node).is_some_and(is_plain_row);
                    if row == 0 && (is_block(name) || name == "td" || name == "th") {
                        out.block();
                    }
                    row += u32::from(plain);
                }
                _ => {}
            },
            Edge::Close(node) => {
                let name = name(node.value());
                let was_hidden = hidden > 0;
                hidden -= u32::from(is_hidden(name));
                if was_hidden {
                    continue;
                }
                row -= u32::from(ElementRef::wrap(node).is_some_and(is_plain_row));
                if row > 0 && matches!(name, "td" | "th") {
                    out.cell();
                } else if row == 0 && is_block(name) {
                    out.block();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_element_without_menus() {
        let page = "<html><body><ul><li><a href=x>首页</a></li></ul><div id=c><p>一、&nbsp;目标</p><p>到2025年，<b>完成</b>任务，覆盖全部乡镇街道。</p>\
            <table><tr><td>序号</td><td>任务</td></tr><tr><td>1</td><td>修路</td></tr></table></div><script>var x;</script></body></html>";
        assert_eq!(main_text(page), "一、\u{a0}目标\n到2025年，完成任务，覆盖全部乡镇街道。\n序号\t任务\n1\t修路\n");
    }

    #[test]
    fn deep_nesting_is_no_trouble() {
        let page = "<div>".repeat(2_000) + "深";
        assert_eq!(main_text(&page), "深\n");
    }
}
