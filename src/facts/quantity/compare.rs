//! Comparisons in words: which they are, and which of them a number has around it. The longest word wins.

use crate::facts::Op;
use crate::text::Words;
use std::sync::LazyLock;

/// A word of comparison and what it means.
pub type Comparator = (&'static str, Op);

/// Before a number, longest first.
const FRONT: [Comparator; 50] = [
    ("大于或者等于", Op::AtLeast),
    ("小于或者等于", Op::AtMost),
    ("控制在不超过", Op::AtMost),
    ("最高不得超过", Op::AtMost),
    ("最高不超过", Op::AtMost),
    ("最低不少于", Op::AtLeast),
    ("最低不低于", Op::AtLeast),
    ("大于或等于", Op::AtLeast),
    ("小于或等于", Op::AtMost),
    ("大于等于", Op::AtLeast),
    ("小于等于", Op::AtMost),
    ("不得低于", Op::AtLeast),
    ("不得少于", Op::AtLeast),
    ("不得超过", Op::AtMost),
    ("不得高于", Op::AtMost),
    ("不得多于", Op::AtMost),
    ("不得大于", Op::AtMost),
    ("不得小于", Op::AtLeast),
    ("不应低于", Op::AtLeast),
    ("不应少于", Op::AtLeast),
    ("不应超过", Op::AtMost),
    ("不宜超过", Op::AtMost),
    ("不能低于", Op::AtLeast),
    ("不能超过", Op::AtMost),
    ("不低于", Op::AtLeast),
    ("不少于", Op::AtLeast),
    ("不小于", Op::AtLeast),
    ("不超过", Op::AtMost),
    ("不高于", Op::AtMost),
    ("不大于", Op::AtMost),
    ("不多于", Op::AtMost),
    ("至少", Op::AtLeast),
    ("最少", Op::AtLeast),
    ("最低", Op::AtLeast),
    ("至多", Op::AtMost),
    ("最多", Op::AtMost),
    ("最高", Op::AtMost),
    ("超过", Op::Above),
    ("高于", Op::Above),
    ("多于", Op::Above),
    ("大于", Op::Above),
    ("突破", Op::Above),
    ("低于", Op::Below),
    ("少于", Op::Below),
    ("小于", Op::Below),
    ("大约", Op::About),
    ("约", Op::About),
    ("超", Op::Above),
    ("≥", Op::AtLeast),
    ("≤", Op::AtMost),
];

/// Behind a unit, longest first.
const BACK: [Comparator; 14] = [
    ("(含)以上", Op::AtLeast),
    ("(含)以下", Op::AtMost),
    ("及其以上", Op::AtLeast),
    ("及以上", Op::AtLeast),
    ("及以下", Op::AtMost),
    ("或以上", Op::AtLeast),
    ("以上", Op::AtLeast),
    ("以下", Op::AtMost),
    ("以内", Op::AtMost),
    ("之内", Op::AtMost),
    ("之下", Op::AtMost),
    ("之上", Op::AtLeast),
    ("左右", Op::About),
    ("上下", Op::About),
];

/// Words that hold even where other words stand between them and the number (至少开展1次, 不超过总量的5倍).
const FAR: [Comparator; 21] = [
    ("最高不得超过", Op::AtMost),
    ("最高不超过", Op::AtMost),
    ("不得低于", Op::AtLeast),
    ("不得少于", Op::AtLeast),
    ("不得超过", Op::AtMost),
    ("不得高于", Op::AtMost),
    ("不应低于", Op::AtLeast),
    ("不应少于", Op::AtLeast),
    ("不应超过", Op::AtMost),
    ("不能低于", Op::AtLeast),
    ("不能超过", Op::AtMost),
    ("不低于", Op::AtLeast),
    ("不少于", Op::AtLeast),
    ("不小于", Op::AtLeast),
    ("不超过", Op::AtMost),
    ("不高于", Op::AtMost),
    ("至少", Op::AtLeast),
    ("最少", Op::AtLeast),
    ("至多", Op::AtMost),
    ("最多", Op::AtMost),
    ("最低", Op::AtLeast),
];

/// The comparison that ends `before`, with its bytes; a word that only links may stand behind it (至少有, 超过了, 约为).
pub fn in_front(before: &str) -> Option<(Op, usize)> {
    let direct = ending(before);
    let linked = || {
        let head = before.strip_suffix(['有', '为', '是', '了', '达', '到'])?;
        ending(head).map(|(op, len)| (op, len + before.len() - head.len()))
    };
    direct.or_else(linked)
}

fn ending(before: &str) -> Option<(Op, usize)> {
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(FRONT.iter().map(|(word, _)| word)));
    let (word, op) = FRONT.get(WORDS.closing(before)?.0)?;
    // 集约, 节约, 大约 end in 约; 赶超 ends in 超.
    let rest = before.strip_suffix(word)?;
    let other = match *word {
        "约" => rest.ends_with(['集', '节', '签', '条', '制', '预', '合', '公', '契', '履', '违', '相']),
        "超" => rest.ends_with(['赶', '反']),
        _ => false,
    };
    (!other).then_some((*op, word.len()))
}

/// The comparison that `after` begins with, with its bytes.
pub fn behind(after: &str) -> Option<(Op, usize)> {
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(BACK.iter().map(|(word, _)| word)));
    BACK.get(WORDS.opening(after)?.0).map(|(word, op)| (*op, word.len()))
}

/// The last comparison in `text` that holds at a distance: its meaning and where it stands.
pub fn far(text: &str) -> Option<(Op, usize, usize)> {
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(FAR.iter().map(|(word, _)| word)));
    WORDS
        .occurrences(text)
        .filter_map(|(number, at)| FAR.get(number).map(|(word, op)| (*op, at, word.len())))
        .max_by_key(|(_, at, len)| (at + len, *len))
}
