//! Pages of real tags in impossible order: each byte of the input is a tag, a number, words or a byte as it is.
//!
//! Checks what `text::read` promises of a page: no line is blank, the text is no longer than the page lets it be.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taizhang::text;

const PIECES: [&str; 60] = [
    "<p>", "</p>", "<div>", "</div>", "<div style='display:none'>", "<span hidden>", "</span>", "<table>", "</table>",
    "<tr>", "</tr>", "<td>", "</td>", "<th>", "<td rowspan=", "<td colspan=", "<tbody>", "</tbody>", "<ol>", "<ol start=",
    "<ol type=", "<ol style='list-style:cjk-ideographic'>", "</ol>", "<ul>", "</ul>", "<li>", "<li value=", "</li>",
    "<dl>", "<dt>", "<dd>", "<a href=x>", "</a>", "<b>", "</b>", "<font>", "<br>", "<hr>", "<pre>", "</pre>", "<h1>",
    "</h1>", "<script>", "</script>", "<style>", "</style>", "<svg/>", "<title>", "</title>", "<textarea>",
    "</textarea>", "<plaintext>", "<!--", "-->", "<![CDATA[", "&#x3001;&nbsp;", "&#", "发文字号", "成文日期", "<body>",
];
const WORDS: [&str; 12] = [
    "一、目标", "（一）任务。", "到2025年，覆盖率达到70%。", "\n", "\t", " ", ">", "'", "1", "99999999999", "-1", "i",
];

fuzz_target!(|bytes: &[u8]| {
    let mut page = String::new();
    for byte in bytes.iter().take(4_000) {
        match usize::from(*byte) {
            at @ 0..60 => page.push_str(PIECES[at]),
            at @ 128..140 => page.push_str(WORDS[at - 128]),
            at @ 192..=255 => (0..at - 190).for_each(|_| page.push_str(PIECES[at % 60])),
            at => page.push(char::from(at as u8)),
        }
    }
    if let Ok(read) = text::read("a.html", page.as_bytes()) {
        let text = read.text.as_str();
        assert!(text.lines().all(|line| !line.trim().is_empty()), "{text:?}");
        assert!(text.len() <= page.len() * 2 + (1 << 20));
    }
});
