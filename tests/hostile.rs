//! Hostile documents: what docs/threat-model.md promises of files that somebody made to hurt.
//!
//! Memory is what one thread has asked of the allocator and not given back, so the figures do not depend on the machine.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{Cursor, Write};
use std::time::{Duration, Instant};
use taizhang::ledger::parse;
use taizhang::text::{self, SourceText};
use zip::write::SimpleFileOptions;

/// The system's allocator, and a count of what this thread holds of it.
struct Counting;

thread_local! {
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

fn held(more: isize) {
    // A thread that ends gives back memory when its locals are gone.
    let _ = HELD.try_with(|cell| {
        let (now, most) = cell.get();
        cell.set((now + more, most.max(now + more)));
    });
}

#[allow(unsafe_code, reason = "an allocator is unsafe by its trait; this one hands everything to the system's")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        held(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        held(-(layout.size() as isize));
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // While a block moves, both are there.
        held(size as isize);
        held(-(layout.size() as isize));
        unsafe { System.realloc(at, layout, size) }
    }
}

// The bindings bring an allocator of their own; with them this file is linted, never run.
#[cfg_attr(not(feature = "python"), global_allocator)]
static ALLOCATOR: Counting = Counting;

/// What `work` gives, and the most bytes that it held at once.
fn memory<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let Counting = ALLOCATOR;
    let before = HELD.with(|cell| {
        let (now, _) = cell.get();
        cell.set((now, now));
        now
    });
    let made = work();
    let most = HELD.with(Cell::get).1;
    (made, usize::try_from(most - before).unwrap_or_default())
}

const NS: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;
const MIB: usize = 1 << 20;

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    package(&[("word/document.xml", &format!("<w:document {NS}><w:body>{body}</w:body></w:document>"))])
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn read(file: &str, bytes: &[u8]) -> Result<String, String> {
    text::try_read(file, bytes).map(|read| read.text.as_str().to_owned())
}

#[test]
fn a_bomb_is_refused_in_little_memory() {
    // 300 MiB in some hundred KiB.
    let bomb = docx(&p(&"甲".repeat(100 * MIB)));
    assert!(bomb.len() < 2 * MIB, "{}", bomb.len());
    let (refused, bytes) = memory(|| read("a.docx", &bomb));
    assert!(refused.unwrap_err().contains("hundred times"));
    assert!(bytes < 4 * MIB, "{bytes}");
}

#[test]
fn a_directory_that_lies_gains_nothing() {
    // Declared sizes of one byte: what is unpacked is counted all the same.
    let mut lying = docx(&p(&"甲".repeat(20 * MIB)));
    let at = lying.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    lying[at + 24..at + 28].copy_from_slice(&1_u32.to_le_bytes());
    let (refused, bytes) = memory(|| read("a.docx", &lying));
    assert!(refused.is_err());
    assert!(bytes < 32 * MIB, "{bytes}");
    // A hundred entries of the directory that share one part's bytes are no hundred texts.
    let one = docx(&p("全市各级各部门要认真落实。"));
    let (directory, end) = (
        one.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap(),
        one.windows(4).rposition(|w| w == b"PK\x05\x06").unwrap(),
    );
    let entry = one[directory..end].to_vec();
    let mut many = one[..directory].to_vec();
    (0..100).for_each(|_| many.extend(&entry));
    let mut last = one[end..].to_vec();
    last[8..10].copy_from_slice(&100_u16.to_le_bytes());
    last[10..12].copy_from_slice(&100_u16.to_le_bytes());
    last[12..16].copy_from_slice(&(entry.len() as u32 * 100).to_le_bytes());
    many.extend(last);
    if let Ok(text) = read("a.docx", &many) {
        assert_eq!(text, "全市各级各部门要认真落实。\n");
    }
}

#[test]
fn depth_and_length_of_xml_cost_nothing() {
    let nested = "<w:sdt>".repeat(500_000);
    let closed = "</w:sdt>".repeat(500_000);
    let noise: String = (0..400_000_u32).filter_map(|i| char::from_u32(0x4e00 + i * 7919 % 20_000)).collect();
    let (deep, bytes) = memory(|| read("a.docx", &docx(&format!("{nested}{}{closed}", p(&noise)))));
    assert!(deep.is_ok_and(|text| text.len() > MIB) && bytes < 128 * MIB, "{bytes}");
    // One tag without an end; its attribute is no text that packs well.
    let endless = docx(&format!("<w:p w:a=\"{}", noise.repeat(12)));
    let (refused, bytes) = memory(|| read("a.docx", &endless));
    assert!(refused.is_err() && bytes < 64 * MIB, "{bytes}");
    // Styles and lists that name each other, in a circle.
    let styles = (0..100).map(|n| {
        format!(
            r#"<w:style w:styleId="s{n}"><w:basedOn w:val="s{}"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>"#,
            (n + 1) % 100
        )
    });
    let circle = package(&[
        (
            "word/document.xml",
            &format!(
                "<w:document {NS}><w:body>{}</w:body></w:document>",
                r#"<w:p><w:pPr><w:pStyle w:val="s0"/></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>"#.repeat(2_000)
            ),
        ),
        ("word/styles.xml", &format!("<w:styles {NS}>{}</w:styles>", styles.collect::<String>())),
        (
            "word/numbering.xml",
            &format!(
                r#"<w:numbering {NS}><w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="s1"/></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>"#
            ),
        ),
    ]);
    let begun = Instant::now();
    assert_eq!(read("a.docx", &circle).unwrap().lines().count(), 2_000);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn parts_with_names_that_lead_outside_are_only_names() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a/b");
    std::fs::create_dir_all(&inner).unwrap();
    let body = format!("<w:document {NS}><w:body>{}</w:body></w:document>", p("甲"));
    let target = folder.path().join("secret.xml");
    std::fs::write(&target, format!("<w:document {NS}><w:body>{}</w:body></w:document>", p("秘密"))).unwrap();
    let before = std::fs::read_dir(folder.path()).unwrap().count();
    for name in ["../../secret.xml", "/etc/passwd", target.to_str().unwrap(), "C:\\secret.xml", "word/\0.xml"] {
        let rels = format!(
            r#"<Relationships><Relationship Type="http://x/officeDocument" Target="{}"/></Relationships>"#,
            name.replace('\0', "")
        );
        let file = package(&[("_rels/.rels", &rels), (name, &body), ("word/document.xml", &body)]);
        if let Ok(text) = read(inner.join("a.docx").to_str().unwrap(), &file) {
            assert_eq!(text, "甲\n", "{name}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before);
    assert_eq!(std::fs::read_dir(&inner).unwrap().count(), 0);
}

/// Seconds of the fastest of three.
fn seconds(work: impl Fn()) -> f64 {
    let time = |_| {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64()
    };
    (0..3).map(time).fold(f64::INFINITY, f64::min)
}

#[test]
fn pages_cost_what_their_size_costs() {
    let shapes = [
        "<div>甲",
        "<p>一、目标</p>",
        "<table><tr><td>",
        "<tr><td rowspan=999 colspan=999>甲",
        "<ol><li>甲",
        "<ul></ol>",
        "<a><b><p></div>",
        "<div style='display:none'>甲</div>",
        "<!-- ",
        "<script>",
        "&#x3001;&nbsp;&",
        "<span title='",
    ];
    for shape in shapes {
        let page = |bytes: usize| shape.repeat(bytes / shape.len());
        let (small, large) = (page(40_000), page(160_000));
        let cost = |page: &str| seconds(|| _ = read("a.html", page.as_bytes()));
        // Times of small pages shake: what is asked is that sixteenfold is far away.
        let (a, b) = (cost(&small), cost(&large));
        assert!(b < 9.0 * a + 0.05, "{shape}: {a:.4} s, four times the page {b:.4} s");
        let ((), bytes) = memory(|| _ = read("a.html", large.as_bytes()));
        assert!(bytes < 60 * large.len(), "{shape}: {bytes} bytes for {}", large.len());
    }
}

#[test]
fn memory_is_in_proportion_to_the_text() {
    // Bytes held for each byte of text, beside those for each line; plans themselves need about ten.
    let shapes = [
        ("lines of two characters", "甲乙\n", 12),
        ("blank lines", "\n", 12),
        ("lines of one number", "1.\n", 12),
        ("numbered lines", "一、\n", 12),
        ("groups", "（市财政局负责）", 60),
        ("brackets", "（《“【", 20),
        ("targets", "达到70%，", 80),
        ("time phrases", "2025年底前，", 60),
        ("bodies", "市财政局、", 40),
        ("citations", "《关于甲的通知》", 60),
        ("one long line", "推进医保支付方式改革", 20),
        ("cells", "1\t甲\t乙\n", 12),
    ];
    let mut above = Vec::new();
    for (name, shape, most) in shapes {
        let text = shape.repeat(200_000 / shape.len());
        let (bytes, lines) = (text.len(), text.lines().filter(|line| !line.is_empty()).count());
        let source = SourceText::new(text);
        parse(&source); // makes what is made once
        let (document, held) = memory(|| parse(&source));
        drop(document);
        let said = format!("{name}: {held} bytes held for {bytes} bytes in {lines} lines");
        println!("{said}");
        if held > most * bytes + A_LINE * lines {
            above.push(said);
        }
    }
    assert!(above.is_empty(), "{above:#?}");
    // So lines are what must be few, and are: at most about 400 MB, whatever a file of 32 MiB holds.
    let lines = "1\n".repeat(text::MAX_LINES + 1);
    let (refused, held) = memory(|| read("a.txt", lines.as_bytes()));
    assert!(refused.unwrap_err().contains("more than the 1048576 that are read"));
    assert!(held < 3 * lines.len(), "{held}");
    assert!(read("a.txt", "甲\r".repeat(1_000).as_bytes()).is_ok());
}

/// Each printed line is a thing of its own, however short.
const A_LINE: usize = 400;
