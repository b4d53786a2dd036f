//! Pages broken in any way give a text or a sentence: tags cut, doubled, dropped and moved, by a seeded draw.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use taizhang::text;

const PIECES: [&str; 44] = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<div style='display:none'>",
    "<span hidden>",
    "</span>",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td rowspan=3>",
    "<td colspan=2>",
    "<td>",
    "</td>",
    "<tbody>",
    "</tbody>",
    "<ol start=-5>",
    "<ol type=i>",
    "</ol>",
    "<ul>",
    "</ul>",
    "<li value=2147483647>",
    "<li>",
    "</li>",
    "<a href=x>",
    "</a>",
    "<br>",
    "<pre>",
    "</pre>",
    "<h1>",
    "</h1>",
    "<script>",
    "</script>",
    "<svg/>",
    "<title>",
    "</title>",
    "<!--",
    "-->",
    "<",
    "一、目标",
    "（一）任务。",
    "&#x3001;&nbsp;",
    "\n",
];

/// A small seeded generator (`SplitMix64`).
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

#[test]
fn any_page_gives_a_text_or_a_sentence() {
    let mut read = 0;
    for seed in 0..2_000 {
        let mut draw = Draw(seed);
        let pieces = 1 + draw.below(120);
        let page: String = (0..pieces).map(|_| PIECES[draw.below(PIECES.len())]).collect();
        match text::read("a.html", page.as_bytes()) {
            Ok(page) => {
                read += 1;
                let text = page.text.as_str();
                assert!(text.lines().all(|line| !line.trim().is_empty()), "seed {seed}: a blank line in {text:?}");
                assert!(!text.contains("<p>") && !text.contains("&#x"), "seed {seed}: {text:?}");
            }
            Err(error) => assert!(error.to_string().contains("no text"), "seed {seed}: {error}"),
        }
    }
    assert!(read > 1_000, "{read}");
}
