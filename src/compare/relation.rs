//! Relation: how a document stands to one that it names, by the words around the citation.
//!
//! In: the words of the sentence before and behind the citation. Out: one [`Relation`].
//! The verb that stands nearest before the citation governs it; what is done away with says so behind it.

/// How a document stands to one that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// 根据, 按照, 依据: it is made upon it.
    Basis,
    /// 贯彻, 落实, 执行: it carries it out.
    Implements,
    /// 转发: it passes it on.
    Forwards,
    /// 废止, 停止执行: it does away with it.
    Repeals,
    /// 修订, 修改: it changes it.
    Amends,
    /// 制定, 出台: it is still to be written.
    Drafts,
    /// It names it.
    Mentions,
}

/// Words before a citation and what they make of it.
const BEFORE: [(&str, Relation); 35] = [
    ("根据", Relation::Basis),
    ("按照", Relation::Basis),
    ("依据", Relation::Basis),
    ("依照", Relation::Basis),
    ("遵照", Relation::Basis),
    ("遵循", Relation::Basis),
    ("参照", Relation::Basis),
    ("对照", Relation::Basis),
    ("结合", Relation::Basis),
    ("贯彻", Relation::Implements),
    ("落实", Relation::Implements),
    ("执行", Relation::Implements),
    ("实施", Relation::Implements),
    ("推进", Relation::Implements),
    ("做好", Relation::Implements),
    ("完成", Relation::Implements),
    ("遵守", Relation::Implements),
    ("符合", Relation::Implements),
    ("对标", Relation::Implements),
    ("转发", Relation::Forwards),
    ("修订", Relation::Amends),
    ("修改", Relation::Amends),
    ("修正", Relation::Amends),
    ("调整", Relation::Amends),
    ("制定", Relation::Drafts),
    ("制订", Relation::Drafts),
    ("编制", Relation::Drafts),
    ("出台", Relation::Drafts),
    ("起草", Relation::Drafts),
    ("拟定", Relation::Drafts),
    ("拟订", Relation::Drafts),
    ("草拟", Relation::Drafts),
    ("发布", Relation::Drafts),
    ("废止", Relation::Repeals),
    ("替代", Relation::Repeals),
];

/// Words behind a citation that do away with it.
const BEHIND: [&str; 8] = ["同时废止", "予以废止", "自行废止", "即行废止", "停止执行", "不再执行", "同时失效", "废止"];

/// Most characters between two titles of one list: the second's issuer and the first's number stand there.
const BETWEEN: usize = 40;

impl Relation {
    /// The relation of a citation that stands between `before` and `behind` in its sentence (tidied words).
    ///
    /// `title` is that of the document that names it: a notice that passes on is called so.
    pub fn of(before: &str, behind: &str, title: Option<&str>) -> Self {
        let forwarded = behind.strip_prefix([')', '》']).unwrap_or(behind).trim_start_matches("已经");
        if forwarded.starts_with("转发") || title.is_some_and(|t| t.contains("转发")) && before.ends_with('将') {
            return Self::Forwards;
        }
        // 本办法自印发之日起施行，《…》同时废止: to the end of the sentence, unless another citation comes before.
        let until = behind.find('《').unwrap_or(behind.len());
        let near = behind.get(..until).unwrap_or(behind);
        if BEHIND.iter().any(|word| near.contains(word)) {
            return Self::Repeals;
        }
        // A list of titles shares its verb: 落实《甲》《乙》和《丙》.
        let mut rest = before;
        loop {
            let from = rest.rfind('》').map_or(0, |at| at + '》'.len_utf8());
            let words = rest.get(from..).unwrap_or_default();
            let nearest = BEFORE
                .iter()
                .filter_map(|(word, relation)| Some((words.rfind(word)?, *relation)))
                .max_by_key(|(at, _)| *at);
            if let Some((_, relation)) = nearest {
                return relation;
            }
            match rest.rfind('《') {
                Some(open) if from > 0 && words.chars().count() <= BETWEEN => {
                    rest = rest.get(..open).unwrap_or_default();
                }
                _ => return Self::Mentions,
            }
        }
    }

    /// The name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basis => "basis",
            Self::Implements => "implements",
            Self::Forwards => "forwards",
            Self::Repeals => "repeals",
            Self::Amends => "amends",
            Self::Drafts => "drafts",
            Self::Mentions => "mentions",
        }
    }
}
