//! Rows of the table `records`, as a Parquet file that anybody wrote may hand them in: real ones with bytes of any field
//! changed, doubled, cut or put in, mostly under checksums that fit.
//!
//! What a load would refuse must be refused with a reason. What it would take must lie in its text, come back byte for byte,
//! cost no more than a plan can, and be kept as any document is; now and then it is loaded into a ledger and asked for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;
use taizhang::index::{BlockBuilder, Head, Reading, Shingles, Sketch, pack_record, posting};
use taizhang::ledger::{Ledger, Options, Progress, Row, parse};
use taizhang::query::Query;
use taizhang::record;
use taizhang::store::{Kind, Stored, encode};
use taizhang::table::TableName;
use taizhang::text::SourceText;

const TEXTS: [&str; 4] = [
    "一、目标\n（一）到2025年，覆盖率达到70%。（市医保局负责）",
    "某市人民政府办公室关于印发方案的通知\n某政办发〔2019〕13号\n一、任务\n（一）按照《关于深化改革的意见》，2024年底前建成平台，床位\n— 1 —\n达到每千人6张。（市财政局牵头，市卫生健康委、市教育局配合）\n2019年3月11日",
    include_str!("../../seeds/documents/jiangmen-2019.txt"),
    include_str!("../../seeds/documents/linfen-2022.txt"),
];

/// An envelope with any payload.
struct Sealed(Vec<u8>);

impl Stored for Sealed {
    const KIND: Kind = Kind::Record;
    const VERSION: u8 = 1;

    fn to_payload(&self) -> Result<Vec<u8>, String> {
        Ok(self.0.clone())
    }

    fn from_payload(payload: &[u8]) -> Result<Self, String> {
        Ok(Self(payload.to_vec()))
    }
}

/// Seals a row whose record is bare: the checksums fit whatever it says.
fn sealed(mut row: Row) -> Row {
    let metadata: BTreeMap<String, String> = serde_json::from_slice(&row.metadata).unwrap_or_default();
    let sha256: Vec<u8> =
        row.sha256.chunks(2).filter_map(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()).collect();
    let mut rest = crc32fast::Hasher::new();
    let pairs = metadata.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    for part in [&row.id[..], &row.text, &sha256, &row.encoding].into_iter().chain(pairs) {
        rest.update(&(part.len() as u64).to_le_bytes());
        rest.update(part);
    }
    let payload = [&rest.finalize().to_le_bytes()[..], &row.record].concat();
    row.record = encode(&Sealed(payload)).expect("an envelope");
    row
}

/// Rows whose records are bare.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let reading = Options::embedded().reading.to_string();
    let row = |(n, text): (usize, &&str)| Row {
        place: "a.parquet, row 1,".to_owned(),
        id: format!("plans/{n}.txt").into_bytes(),
        file: Some(b"plans/a.txt".to_vec()),
        text: text.as_bytes().to_vec(),
        sha256: b"0a".repeat(32),
        encoding: b"UTF-8".to_vec(),
        metadata: br#"{"batch":"2"}"#.to_vec(),
        reading: reading.clone().into_bytes(),
        record: pack_record(&parse(&SourceText::new(*text))).expect("a record"),
    };
    let rows: Vec<Row> = TEXTS.iter().enumerate().map(row).collect();
    for row in &rows {
        assert!(sealed(row.clone()).checked().is_ok(), "real rows are taken");
    }
    rows
});

fn edit(row: &mut Row, &[how, low, high, byte]: &[u8; 4]) {
    let value = match how >> 3 & 15 {
        0..8 => &mut row.record,
        8..11 => &mut row.text,
        11 => &mut row.id,
        12 => &mut row.metadata,
        13 => &mut row.reading,
        14 => &mut row.sha256,
        _ => &mut row.encoding,
    };
    if value.is_empty() {
        return;
    }
    let at = usize::from(u16::from_le_bytes([low, high]));
    // Most of what is worth changing stands in front, in small rows: lengths, counts, places.
    let at = if how & 0x80 == 0 { at % value.len().min(512) } else { at % value.len() };
    match how & 7 {
        0..3 => value[at] = byte,
        3 => value[at] ^= byte,
        4 => value.insert(at, byte),
        5 => _ = value.remove(at),
        6 => value.truncate(at),
        _ => (at..value.len().min(at + 4)).for_each(|at| value[at] = 0xff),
    }
}

/// What a load makes of a row that it takes.
fn kept(row: &Row, bare: &[u8]) {
    let (text, document) = row.clone().checked().expect("checked before");
    assert_eq!(pack_record(&document).as_deref(), Ok(bare), "what comes in is what is kept");
    taizhang_fuzz::inside(&text, &document);
    record::exchange(&document, &text);
    let head = Head {
        id: String::from_utf8_lossy(&row.id).into_owned(),
        file: None,
        version: 1,
        previous: None,
        sha256: [7; 32],
        encoding: "UTF-8".to_owned(),
        reading: Reading::default(),
        metadata: BTreeMap::new(),
        group: 0,
        slot: 0,
    };
    let _ = Sketch::of(&document, &Shingles::of(&text, &document));
    let mut block = BlockBuilder::new(0);
    block.push(&head, &document.clone().into(), text.len());
    block.finish((0, 1), Vec::new()).expect("a block");
    posting::build(vec![(&text, &document)]).expect("a run");
}

/// Loads a row into a ledger of its own, and asks for all that is in it.
fn loaded(row: Row, bare: &[u8]) {
    let folder = std::env::temp_dir().join(format!("taizhang-records-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    {
        let ledger = Ledger::open(&folder, Options::embedded()).expect("a ledger");
        let progress = Progress { on_document: &|_, _, _| (), cancel: &AtomicBool::new(false) };
        let report = ledger.load(std::iter::once(Ok(row)), true, &progress).expect("a sound row is taken");
        assert_eq!(report.len(), 1);
        for table in TableName::ALL {
            ledger.query(&Query::new(table)).expect("rows");
        }
        for id in &report.added {
            let found = ledger.document(id).expect("the document");
            assert_eq!(pack_record(&found.document).as_deref(), Ok(bare));
        }
        ledger.check().expect("a ledger that is whole");
    }
    let _ = std::fs::remove_dir_all(&folder);
}

fuzz_target!(|bytes: &[u8]| {
    let Some(([which, how], edits)) = bytes.split_first_chunk::<2>() else { return };
    let mut row = ROWS[usize::from(*which) % ROWS.len()].clone();
    if how & 2 == 0 {
        edits.as_chunks::<4>().0.iter().take(64).for_each(|change| edit(&mut row, change));
    } else {
        row.record = edits.to_vec();
    }
    let bare = row.record.clone();
    // Most with checksums that fit; of some the envelope is what was changed.
    let row = if how & 1 == 0 || how & 2 != 0 { sealed(row) } else { edited_envelope(*which, edits) };
    match row.clone().checked() {
        Err(reason) => assert!(!reason.is_empty()),
        Ok(_) if how & 1 != 0 && how & 2 == 0 => (),
        Ok(_) => {
            kept(&row, &bare);
            if how & 0xf0 == 0xf0 {
                loaded(row, &bare);
            }
        }
    }
});

/// A row that was sealed before it was changed.
fn edited_envelope(which: u8, edits: &[u8]) -> Row {
    let mut row = sealed(ROWS[usize::from(which) % ROWS.len()].clone());
    edits.as_chunks::<4>().0.iter().take(64).for_each(|change| edit(&mut row, change));
    row
}
