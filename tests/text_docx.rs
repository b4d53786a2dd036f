//! Word files: what their reader sees, automatic numbers written out; and what is refused, with a sentence.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::io::{Cursor, Write};
use taizhang::text;
use zip::write::SimpleFileOptions;

const NS: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006""#;

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn docx(body: &str, numbering: &str, styles: &str) -> Vec<u8> {
    package(&[
        (
            "word/document.xml",
            &format!(r#"<?xml version="1.0"?><w:document {NS}><w:body>{body}</w:body></w:document>"#),
        ),
        ("word/numbering.xml", &format!("<w:numbering {NS}>{numbering}</w:numbering>")),
        ("word/styles.xml", &format!("<w:styles {NS}>{styles}</w:styles>")),
    ])
}

fn read(bytes: &[u8]) -> String {
    text::read("a.docx", bytes).unwrap().text.as_str().to_owned()
}

fn refused(bytes: &[u8]) -> String {
    text::read("a.docx", bytes).unwrap_err().to_string()
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn numbered(list: u32, level: u32, text: &str) -> String {
    format!(
        r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list}"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#
    )
}

fn styled(style: &str, text: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#)
}

fn level(at: u32, format: &str, text: &str, more: &str) -> String {
    format!(
        r#"<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{format}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>"#
    )
}

/// 一、（一）1. and ①: how plans are numbered.
fn plan() -> String {
    let levels = [
        level(0, "chineseCountingThousand", "%1、", ""),
        level(1, "chineseCounting", "（%2）", ""),
        level(2, "decimal", "%3.", ""),
        level(3, "decimalEnclosedCircle", "%4", ""),
    ];
    format!(
        r#"<w:abstractNum w:abstractNumId="0">{}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#,
        levels.concat()
    )
}

#[test]
fn automatic_numbers_are_written_out() {
    let body = [
        numbered(1, 0, "总体要求"),
        numbered(1, 0, "重点任务"),
        numbered(1, 1, "深化改革。"),
        numbered(1, 2, "推进医保支付。"),
        numbered(1, 3, "按病种。"),
        numbered(1, 2, "完善价格。"),
        p("（市医保局负责）"),
        numbered(1, 1, "加强监管。"),
        numbered(1, 2, "重新起算。"),
        numbered(1, 0, "组织实施"),
        numbered(0, 0, "附件"),
        numbered(7, 0, "没有这个列表"),
    ];
    assert_eq!(
        read(&docx(&body.concat(), &plan(), "")),
        "一、总体要求\n二、重点任务\n（一）深化改革。\n1.推进医保支付。\n① 按病种。\n2.完善价格。\n（市医保局负责）\n（二）加强监管。\n1.重新起算。\n三、组织实施\n附件\n没有这个列表\n"
    );
}

#[test]
fn numbers_come_from_styles_too() {
    let styles = r#"
        <w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
        <w:style w:type="paragraph" w:styleId="1"><w:basedOn w:val="a"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="2"><w:basedOn w:val="1"/></w:style>
        <w:style w:type="paragraph" w:styleId="2b"><w:basedOn w:val="2"/></w:style>
        <w:style w:type="paragraph" w:styleId="3"><w:basedOn w:val="1"/><w:pPr><w:numPr><w:ilvl w:val="2"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="4"><w:basedOn w:val="1"/><w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="x"><w:basedOn w:val="y"/></w:style>
        <w:style w:type="paragraph" w:styleId="y"><w:basedOn w:val="x"/></w:style>"#;
    let levels = [
        level(0, "chineseCounting", "第%1章", ""),
        level(1, "chineseCounting", "第%2条", r#"<w:pStyle w:val="2"/><w:lvlRestart w:val="0"/>"#),
        level(2, "decimal", "%1.%3", r#"<w:isLgl/><w:suff w:val="nothing"/>"#),
    ];
    let numbering = format!(
        r#"<w:abstractNum w:abstractNumId="5">{}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>"#,
        levels.concat()
    );
    let body = [
        styled("1", "总则"),
        styled("2", "为了发展。"),
        styled("2b", "适用范围。"),
        styled("3", "层级"),
        styled("4", "无号"),
        styled("1", "附则"),
        styled("2", "接着编号。"),
        styled("x", "循环"),
        p("正文"),
    ];
    assert_eq!(
        read(&docx(&body.concat(), &numbering, styles)),
        "第一章 总则\n第一条 为了发展。\n第二条 适用范围。\n1.1层级\n无号\n第二章 附则\n第三条 接着编号。\n循环\n正文\n"
    );
}

#[test]
fn lists_share_their_counting_unless_they_begin_anew() {
    let numbering = format!(
        r#"{}<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>
        <w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
        <w:num w:numId="4"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">{}</w:lvlOverride></w:num>
        <w:abstractNum w:abstractNumId="8"><w:numStyleLink w:val="n"/></w:abstractNum><w:num w:numId="9"><w:abstractNumId w:val="8"/></w:num>"#,
        plan(),
        level(0, "upperLetter", "%1)", "")
    );
    let styles =
        r#"<w:style w:type="numbering" w:styleId="n"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>"#;
    let body = [
        numbered(1, 0, "甲"),
        numbered(2, 0, "乙"),
        numbered(3, 0, "丙"),
        numbered(3, 0, "丁"),
        numbered(4, 0, "戊"),
        numbered(9, 0, "己"),
    ];
    assert_eq!(read(&docx(&body.concat(), &numbering, styles)), "一、甲\n二、乙\n五、丙\n六、丁\nG)戊\n八、己\n");
}

#[test]
fn the_format_that_every_program_knows_is_taken() {
    let custom = r#"<w:lvl w:ilvl="0"><w:start w:val="3"/><mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom"/></mc:Choice><mc:Fallback><w:numFmt w:val="japaneseCounting"/></mc:Fallback></mc:AlternateContent><w:lvlText w:val="(%1&#41;"/></w:lvl>"#;
    let bullet = level(1, "bullet", "\u{f0b7}", "");
    let numbering = format!(
        r#"<w:abstractNum w:abstractNumId="0">{custom}{bullet}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#
    );
    let body = [numbered(1, 0, "甲"), numbered(1, 1, "点"), numbered(1, 0, "乙")].concat();
    assert_eq!(read(&docx(&body, &numbering, "")), "(三)甲\n点\n(四)乙\n");
}

#[test]
fn only_what_stands_on_the_page_is_text() {
    let cases = [
        (
            "<w:p><w:r><w:t>原</w:t></w:r><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>",
            "原新\n",
        ),
        (
            "<w:p><w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>移来</w:t></w:r></w:moveTo></w:p>",
            "移来\n",
        ),
        (
            "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>",
            "甲\t乙\n丙\n",
        ),
        (
            "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>显</w:t></w:r></w:p>",
            "显\n",
        ),
        (
            "<w:p><w:r><w:t>A&amp;B&#x3001;&unknown;C</w:t><w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/></w:r></w:p>",
            "A&B、C\u{f0fc}\n",
        ),
        (
            "<w:p><w:r><w:instrText> PAGE </w:instrText></w:r><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:r><w:footnoteReference w:id=\"1\"/></w:r></w:p>",
            "链接\n",
        ),
        (
            "<w:p><w:r><w:t>文</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent><w:t>字</w:t></w:r></w:p>",
            "文字\n",
        ),
        (
            "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前半句</w:t></w:r></w:p><w:p><w:r><w:t>后半句</w:t></w:r></w:p>",
            "前半句后半句\n",
        ),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt><w:p/>", "控件\n"),
        (
            "<w:p><w:pPr><w:numPr><w:numId w:val=\"0\"/></w:numPr><w:pPrChange><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:pPrChange></w:pPr><w:r><w:t>旧号</w:t></w:r></w:p>",
            "旧号\n",
        ),
        (
            "<w:p><w:r><w:ruby><w:rt><w:r><w:t>zhang</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>账</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>",
            "账\n",
        ),
    ];
    for (body, text) in cases {
        assert_eq!(read(&docx(&format!("{body}{}", p("末")), &plan(), "")), format!("{text}末\n"), "{body}");
    }
}

#[test]
fn a_row_is_a_line() {
    let cell = |lines: &[&str]| format!("<w:tc><w:tcPr/>{}</w:tc>", lines.iter().map(|l| p(l)).collect::<String>());
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let table = |rows: &[String]| format!("<w:tbl><w:tblPr/>{}</w:tbl>", rows.concat());
    let tasks = table(&[
        row(&[cell(&["序号"]), cell(&["任务"]), cell(&["责任单位"])]),
        row(&[cell(&["1"]), cell(&["修路"]), cell(&["市交通局", "市财政局"])]),
        row(&[cell(&["2"]), cell(&["架桥"]), cell(&[""])]),
        format!("<w:tr><w:trPr><w:del/></w:trPr>{}{}</w:tr>", cell(&["3"]), cell(&["删去"])),
    ]);
    assert_eq!(read(&docx(&tasks, "", "")), "序号\t任务\t责任单位\n1\t修路\t市交通局 市财政局\n2\t架桥\n");
    let page = table(&[row(&[cell(&["左"]), format!("<w:tc>{}{tasks}</w:tc>", p("右"))])]);
    assert_eq!(read(&docx(&page, "", "")).lines().next(), Some("左"));
    let deep = (0..40).fold(p("深"), |inner, _| table(&[row(&[format!("<w:tc>{inner}</w:tc>")])]));
    assert_eq!(read(&docx(&deep, "", "")), "深\n");
}

#[test]
fn each_unreadable_file_gets_a_sentence() {
    let good = docx(&p(&"全市各级各部门要认真落实。".repeat(50)), "", "");
    let cut = &good[..good.len() / 2];
    let mut flipped = good.clone();
    flipped[60] ^= 0x55;
    let bomb = docx(&p(&"甲".repeat(3_000_000)), "", "");
    let prose = (0..40_000_u32).map(|i| char::from_u32(0x4e00 + i * 7919 % 20_000).unwrap()).collect::<String>();
    let mut lying = docx(&p(&prose), "", "");
    // The declared sizes in the directory say one byte; the stream says more.
    let at = lying.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    lying[at + 24..at + 28].copy_from_slice(&1_u32.to_le_bytes());
    let cases: [(&[u8], &str); 11] = [
        (cut, "truncated"),
        (&flipped, "damaged"),
        (&bomb, "hundred times"),
        (&package(&[("a.txt", "文")]), "without word/document.xml"),
        (&package(&[("xl/workbook.xml", "<a/>")]), "spreadsheet"),
        (&package(&[("OFD.xml", "<a/>")]), "OFD"),
        (&docx("", "", ""), "no text"),
        (&docx("<w:p><w:r></w:p>", "", ""), "not valid XML"),
        (&package(&[("word/document.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")]), "document type"),
        (&package(&[("word/document.xml", "\u{feff}<a")]), "not valid XML"),
        (b"PK\x03\x04", "truncated"),
    ];
    for (bytes, word) in cases {
        let error = refused(bytes);
        assert!(error.starts_with("a.docx is not a document") && error.contains(word), "{word}: {error}");
    }
    let error = text::check_size("a.docx", text::MAX_BYTES + (1 << 20), text::MAX_BYTES).unwrap_err().to_string();
    assert!(error.contains("33.0 MiB") && error.contains("32.0 MiB"), "{error}");
    assert!(text::check_size("a.docx", text::MAX_BYTES, text::MAX_BYTES).is_ok());
    // What the directory says is not trusted: the text is whole, or the file refused.
    if let Ok(read) = text::read("a.docx", &lying) {
        assert!(read.text.as_str().starts_with(&prose));
    }
}

#[test]
fn the_main_part_is_where_the_package_says() {
    let rels = r#"<Relationships><Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/word/document2.xml"/></Relationships>"#;
    let body = format!("<w:document {NS}><w:body>{}</w:body></w:document>", numbered(1, 0, "甲"));
    let bytes = package(&[
        ("_rels/.rels", rels),
        ("word/document2.xml", &body),
        ("word/numbering.xml", &format!("<w:numbering {NS}>{}</w:numbering>", plan())),
    ]);
    assert_eq!(read(&bytes), "一、甲\n");
}

#[test]
fn any_bytes_give_a_text_or_a_sentence() {
    let good = docx(&[numbered(1, 0, "甲"), p("乙")].concat(), &plan(), "");
    for at in 0..good.len() {
        for bit in [1, 0x80] {
            let mut bytes = good.clone();
            bytes[at] ^= bit;
            let _ = text::read("a.docx", &bytes);
        }
        let _ = text::read("a.docx", &good[..at]);
    }
}

#[test]
fn huge_numbers_and_long_labels_stay_short() {
    let numbering = format!(
        r#"<w:abstractNum w:abstractNumId="0">{}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#,
        level(0, "lowerRoman", &"%1".repeat(500), r#"<w:start w:val="4294967295"/>"#)
    );
    let text = read(&docx(&[numbered(1, 0, "甲"), numbered(1, 0, "乙")].concat(), &numbering, ""));
    assert!(text.len() < 2_000, "{}", text.len());
}
