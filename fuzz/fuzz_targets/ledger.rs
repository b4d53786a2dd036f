//! Values of a ledger that somebody meant to be wrong: real ones, with bytes changed, doubled, cut or put in, and a checksum
//! that fits. Whatever decodes is then read as questions read it; it must be an error or an answer, within bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use taizhang::index::{
    BlockBuilder, Directory, Entry, GoneBits, Head, Reading, Shingles, Sketch, Values, pack_group, pack_record, pack_texts,
    posting, unpack_group, unpack_record, unpack_texts,
};
use taizhang::ledger::parse;
use taizhang::store::{Generation, Stored};
use taizhang::text::SourceText;

const TEXTS: [&str; 3] = [
    include_str!("../../seeds/documents/jiangmen-2019.txt"),
    include_str!("../../seeds/documents/linfen-2022.txt"),
    "一、目标\n（一）到2025年，覆盖率达到70%。（市医保局负责）",
];

/// Values of each kind; the number says how they are read.
static VALUES: LazyLock<Vec<(usize, Vec<u8>)>> = LazyLock::new(|| {
    let read: Vec<_> = TEXTS.iter().map(|text| SourceText::new(*text)).map(|text| (parse(&text), text)).collect();
    let head = |n: u32| Head {
        id: format!("plans/{n}.txt"),
        file: Some("a.txt".to_owned()),
        version: 1,
        previous: n.checked_sub(1),
        sha256: [7; 32],
        encoding: "UTF-8".to_owned(),
        reading: Reading { rules: 1, lexicon: 2 },
        metadata: [("batch".to_owned(), "2".to_owned())].into(),
        group: 0,
        slot: n,
    };
    let builder = || {
        let mut builder = BlockBuilder::new(0);
        for (n, (document, text)) in (0..).zip(&read) {
            builder.push(&head(n), &document.clone().into(), text.len());
        }
        builder
    };
    let run = posting::build(read.iter().map(|(document, text)| (text, document)).collect::<Vec<_>>()).expect("a run");
    let directory = builder().finish((0, 1), Vec::new()).expect("a block").0;
    let records: Vec<Vec<u8>> = read.iter().filter_map(|(document, _)| pack_record(document).ok()).collect();
    let sketches: Vec<Sketch> = read.iter().map(|(d, text)| Sketch::of(d, &Shingles::of(text, d))).collect();
    let mut values = vec![
        (0, head(1).to_payload().unwrap_or_default()),
        (1, Entry { number: 1, live: true }.to_payload().unwrap_or_default()),
        (2, GoneBits(vec![5, 6]).to_payload().unwrap_or_default()),
        (3, Reading { rules: 1, lexicon: 2 }.to_payload().unwrap_or_default()),
        (4, Generation::default().to_payload().unwrap_or_default()),
        (5, directory.to_payload().unwrap_or_default()),
        (6, run.directory.to_payload().unwrap_or_default()),
        (8, pack_group(records.iter().map(Vec::as_slice)).unwrap_or_default()),
        (9, pack_texts(TEXTS.iter().copied()).unwrap_or_default()),
        (10, Sketch::pack(sketches.iter())),
    ];
    values.extend(records.into_iter().map(|record| (7, record)));
    values.extend(builder().columns().2.into_iter().map(|(_, _, column)| (11, column.encode())));
    values.extend(run.chunks.into_iter().map(|page| (12, page)));
    values
});

fn column(bytes: &[u8]) {
    let Ok(values) = Values::decode(bytes) else { return };
    let rows = values.len();
    for row in (0..rows.min(2_000)).chain([rows, usize::MAX]) {
        let _ = (values.text(row), values.int(row));
    }
    match &values {
        Values::Texts(texts) => {
            assert!(texts.words().count() == texts.len());
            let _ = (texts.members(), texts.with_any(["市教育局"].into_iter()));
        }
        Values::Ints(ints) => _ = (ints.range(), ints.select(|n| n > 2019).count()),
        Values::Floats(floats) => _ = floats.get(0),
        Values::Extents(extents) => {
            for row in 0..extents.len().min(2_000) {
                assert!(extents.span(row).is_none_or(|span| span.start <= span.end));
                let _ = extents.removed(row);
            }
        }
    }
    assert_eq!(Values::decode(&values.encode()).map(|again| again.len()), Ok(rows));
}

fn read(kind: usize, bytes: &[u8]) {
    match kind {
        0 => _ = Head::from_payload(bytes),
        1 => _ = Entry::from_payload(bytes),
        2 => _ = GoneBits::from_payload(bytes),
        3 => _ = Reading::from_payload(bytes),
        4 => _ = Generation::from_payload(bytes),
        5 => {
            if let Ok(directory) = Directory::from_payload(bytes) {
                let order = directory.order();
                let _ = (directory.numbers(), directory.metadata().count());
                let _ = directory.find(&order, taizhang::table::TableName::Clauses, "text");
            }
        }
        6 => {
            if let Ok(run) = posting::RunDirectory::from_payload(bytes) {
                let _ = run.universe();
            }
        }
        7 => _ = unpack_record(bytes),
        8 => unpack_group(bytes).into_iter().flatten().for_each(|record| _ = unpack_record(&record)),
        9 => _ = unpack_texts(bytes),
        10 => _ = Sketch::unpack(bytes),
        11 => column(bytes),
        _ => _ = posting::read_page(bytes, 500),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((which, edits)) = bytes.split_first_chunk::<2>() else { return };
    let (kind, value) = &VALUES[usize::from(u16::from_le_bytes(*which)) % VALUES.len()];
    let mut value = value.clone();
    for edit in edits.chunks_exact(4).take(64) {
        let &[how, low, high, byte] = edit else { continue };
        if value.is_empty() {
            break;
        }
        let at = usize::from(u16::from_le_bytes([low, high]));
        // Most of what is worth changing stands in front: numbers, lengths, counts.
        let at = if how & 0x80 == 0 { at % value.len().min(96) } else { at % value.len() };
        match how & 7 {
            0..3 => value[at] = byte,
            3 => value[at] ^= byte,
            4 => value.insert(at, byte),
            5 => _ = value.remove(at),
            6 => value.truncate(at),
            _ => (at..value.len().min(at + 8)).for_each(|at| value[at] = 0xff),
        }
    }
    read(*kind, &value);
});
