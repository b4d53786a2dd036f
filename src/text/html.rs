//! HTML: a saved page becomes the text of its main element.
//!
//! In: the decoded page. Out: one `\n` a block, table cells joined by `\t`, numbers of ordered lists written out,
//! entities resolved; scripts, menus, controls and what is styled away left out. The main element is the smallest that
//! still holds nearly all prose and the page's own table of number and date.
//! Guarantee: linear in the page's size; a page nested or filled beyond any real one is refused with a sentence.

mod page;
mod tag;
mod write;

use page::{Page, Piece};
use tag::Tag;

/// Share of the prose that the main element must keep.
const MOST: f64 = 0.85;

/// Levels that the main element is looked for in.
const LEVELS: usize = 64;

/// Blocks from which on a cell is a page set in a table.
const PAGE_CELL: usize = 8;

/// Labels of the table that government pages set beside a document.
const LABELS: [&str; 5] = ["发文字号", "成文日期", "索引号", "发文机关", "发布机构"];

/// The text of a page's main element; the error says, as half a sentence, why there is none.
pub fn main_text(page: &str) -> Result<String, String> {
    let most = page.len().saturating_mul(2).max(1 << 20);
    let page = Page::of(page)?;
    write::write(main_element(&page), &page.text, most)
}

/// An element: its pieces, from its opening to its closing.
#[derive(Clone, Copy)]
struct Element<'a> {
    pieces: &'a [Piece],
    tag: Tag,
    prose: u32,
}

impl<'a> Element<'a> {
    fn at(pieces: &'a [Piece], at: usize, base: usize) -> Option<Self> {
        let Some(Piece::Open { tag, prose, close }) = pieces.get(at) else { return None };
        let pieces = pieces.get(at..=(*close as usize).checked_sub(base)?)?;
        let Some(Piece::Close { prose: end, .. }) = pieces.last() else { return None };
        Some(Self { pieces, tag: *tag, prose: end - prose })
    }

    /// The child with the most prose.
    fn richest(self) -> Option<Self> {
        let Some(Piece::Open { close, .. }) = self.pieces.first() else { return None };
        // Closings are indices into all pieces; these begin at the element's opening.
        let base = (*close as usize + 1).checked_sub(self.pieces.len())?;
        let (mut at, mut best) = (1, None::<Self>);
        while at + 1 < self.pieces.len() {
            let Some(child) = Self::at(self.pieces, at, base) else {
                at += 1;
                continue;
            };
            at += child.pieces.len();
            if best.is_none_or(|best| child.prose >= best.prose) {
                best = Some(child);
            }
        }
        best
    }

    fn has_labels(self, text: &str) -> bool {
        let mut words = String::new();
        for piece in self.pieces {
            if let Piece::Text { start, end } = piece {
                let text = text.get(*start as usize..*end as usize).unwrap_or_default();
                words.extend(text.chars().filter(|c| !c.is_whitespace()));
            }
        }
        LABELS.iter().filter(|label| words.contains(*label)).count() >= 2
    }

    /// A cell that holds a page rather than a value.
    fn is_page(self) -> bool {
        self.tag.is_cell()
            && self.pieces.iter().filter(|p| matches!(p, Piece::Open { tag, .. } if tag.is_block())).count() > PAGE_CELL
    }
}

fn main_element(page: &Page) -> &[Piece] {
    let Some(mut here) = Element::at(&page.pieces, 0, 0) else { return &[] };
    let enough = f64::from(here.prose) * MOST;
    let labelled = here.has_labels(&page.text);
    for _ in 0..LEVELS {
        let Some(mut child) = here.richest() else { break };
        if child.tag == Tag::Row {
            // Into a row only for the one cell that is the page.
            let Some(cell) = child.richest().filter(|cell| cell.is_page()) else { break };
            child = cell;
        } else if !child.tag.holds_lines() {
            break;
        }
        if f64::from(child.prose) < enough || (labelled && !child.has_labels(&page.text)) {
            break;
        }
        here = child;
    }
    here.pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(page: &str) -> String {
        main_text(page).unwrap()
    }

    #[test]
    fn the_main_element_without_menus() {
        let page = "<html><head><title>门户</title></head><body><ul><li><a href=x>首页</a></li></ul><div id=c><p>一、&nbsp;目标</p><p>到2025年，<b>完成</b>任务，覆盖全部乡镇街道。</p>\
            <table><tr><td>序号</td><td>任务</td></tr><tr><td>1</td><td>修路</td></tr></table></div><script>var x='<p>';</script></body></html>";
        assert_eq!(text(page), "一、\u{a0}目标\n到2025年，完成任务，覆盖全部乡镇街道。\n序号\t任务\n1\t修路\n");
    }

    #[test]
    fn a_page_in_the_richest_cell_of_a_layout_table() {
        let prose = "<p>各级各部门要认真抓好贯彻落实工作。</p>".repeat(12);
        let page = format!(
            "<table><tr><td><a href=1>首页</a><br><a href=2>政务公开</a></td><td><h1>标题</h1>{prose}</td></tr></table>"
        );
        assert_eq!(text(&page), format!("标题\n{}", "各级各部门要认真抓好贯彻落实工作。\n".repeat(12)));
    }

    #[test]
    fn pages_as_officials_make_them() {
        let cases = [
            ("lines by <br>", "<p>一、目标<br>二、任务<br/>三、保障</p>", "一、目标\n二、任务\n三、保障\n"),
            ("unclosed paragraphs", "<div><p>甲<p>乙<div>丙</div>丁</div>", "甲\n乙\n丙\n丁\n"),
            (
                "ordered list",
                "<ol><li>甲</li><li value=5>乙<li>丙</ol><ol start=3 type=A><li>丁</ol>",
                "1. 甲\n5. 乙\n6. 丙\nC. 丁\n",
            ),
            ("list in a list", "<ol><li>甲<ul><li>点</ul><li>乙</ol>", "1. 甲\n点\n2. 乙\n"),
            (
                "Chinese list",
                "<ol style='list-style-type: cjk-ideographic'><li>甲</li><li>乙</li></ol>",
                "一、甲\n二、乙\n",
            ),
            (
                "numbers of their own",
                "<ol><li>1.甲</li><li>（二）乙</li><li>2025年完成</li></ol>",
                "1.甲\n（二）乙\n3. 2025年完成\n",
            ),
            ("unmarked list", "<ol style='list-style: none'><li>甲</li></ol>", "甲\n"),
            (
                "hidden",
                "<p>甲</p><div style='DISPLAY : none'><p>隐<p>隐</div><p>乙<span hidden>隐<span>隐</span>隐</span>丙</p>",
                "甲\n乙丙\n",
            ),
            (
                "a form around the page",
                "<form id=aspnetForm><select><option>选<option>项</select><input value=x><p>正文</p></form>",
                "正文\n",
            ),
            ("preformatted", "<pre>一、目标\n二、任务</pre><p>正\n文</p>", "一、目标\n二、任务\n正 文\n"),
            (
                "cells of several paragraphs",
                "<table><tr><td>1</td><td><p>修路</p><p>架桥</p></td><td>市交通局</td></tr></table>",
                "1\t修路 架桥\t市交通局\n",
            ),
            (
                "cells over rows",
                "<table><tr><td rowspan=2>一</td><td>甲</td><td rowspan=2>市教育局</td></tr><tr><td>乙</td></tr><tr><td>二</td><td>丙</td></tr></table>",
                "一\t甲\t市教育局\n\t乙\n二\t丙\n",
            ),
            (
                "cells over columns",
                "<table><tr><td colspan=3>一、总则</td></tr><tr><td>1</td><td>甲</td></tr></table>",
                "一、总则\n1\t甲\n",
            ),
            ("unclosed cells", "<table><tr><td>1<td>甲<tr><td>2<td>乙</table>末", "1\t甲\n2\t乙\n末\n"),
            (
                "table in a cell",
                "<table><tr><td><p>左</p></td><td><table><tr><td>1</td><td>甲</td></tr></table></td></tr></table>",
                "左\n1\t甲\n",
            ),
            ("unclosed formatting", "<p><font><b>甲<p><font><b>乙", "甲\n乙\n"),
            ("entities and comments", "<p>A&amp;B&#x3001;&ensp;C<!-- 不见 --></p>", "A&B、\u{2002}C\n"),
            ("stray end tags", "</div></p>甲</br>乙</table></td>丙", "甲\n乙丙\n"),
            ("nothing", "<div><img src=x></div>", ""),
        ];
        for (what, page, expected) in cases {
            assert_eq!(text(page), expected, "{what}");
        }
    }

    #[test]
    fn deep_and_huge_pages_are_no_trouble() {
        assert_eq!(text(&("<div>".repeat(2_000) + "深")), "深\n");
        let refused = main_text(&"<div>".repeat(1_000_000)).unwrap_err();
        assert_eq!(refused, "its elements are nested deeper than 4096");
        assert_eq!(text(&("<p><font color=1><b>".repeat(100_000) + "末")), "末\n");
        assert_eq!(text(&("<a>".repeat(100_000) + "末")), "末\n");
        // Shapes for which a browser's rules look through all that is open, or open it again.
        for shape in
            ["<b><p></div>", "<a><b>", "<div></p></b></table></div>", "<li><ol></li></ol>", "<table><tr><td></table>"]
        {
            assert_eq!(text(&(shape.repeat(50_000) + "末")), "末\n", "{shape}");
        }
        assert_eq!(text(&("<table><tr><td>".repeat(1_300) + "深")), "深\n");
        assert!(main_text(&"<p>甲".repeat(1_500_000)).unwrap_err().contains("more elements"));
        let covered = format!("<table><tr><td rowspan=1000 colspan=1000>甲</td></tr>{}", "<tr><td>".repeat(60_000));
        assert!(text(&covered).len() < 200_000);
    }
}
