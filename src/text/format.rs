//! Number formats: a position in a list as Word and browsers print it.

/// How a level of a list prints its numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// 1, 2, 3; and every format that no Chinese document uses.
    #[default]
    Decimal,
    /// 01, 02.
    DecimalZero,
    /// 一, 十, 十一, 一百零一.
    Chinese,
    /// 一, 十, 百, 百一.
    Japanese,
    /// 一, 一〇, 一一.
    Digits,
    /// 壹, 壹拾壹.
    Legal,
    /// A cycle of signs: ten stems, twelve branches, ①, ⑴, ⒈, ㊀ …: 1 is the first; numbers above are decimal.
    Signs(&'static str),
    /// １, ２.
    FullWidth,
    /// a, b, …, z, aa.
    Letter {
        /// A, B.
        upper: bool,
    },
    /// i, ii, iii, iv.
    Roman {
        /// I, II.
        upper: bool,
    },
    /// No number: bullets, and levels that print their text alone.
    Silent,
}

const CIRCLED: &str = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳";
const PARENTHESISED: &str = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇";
const STOPPED: &str = "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛";
const CIRCLED_IDEOGRAPHS: &str = "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉";
const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";
const BRANCHES: &str = "子丑寅卯辰巳午未申酉戌亥";

impl Format {
    /// By the name that Word uses.
    pub fn of(name: &str) -> Self {
        match name {
            "decimalZero" => Self::DecimalZero,
            "chineseCounting" | "chineseCountingThousand" | "taiwaneseCounting" | "taiwaneseCountingThousand" => {
                Self::Chinese
            }
            "japaneseCounting" | "koreanCounting" => Self::Japanese,
            "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" | "koreanDigital2" => Self::Digits,
            "chineseLegalSimplified" | "ideographLegalTraditional" | "japaneseLegal" => Self::Legal,
            "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => Self::Signs(CIRCLED),
            "decimalEnclosedParen" => Self::Signs(PARENTHESISED),
            "decimalEnclosedFullstop" => Self::Signs(STOPPED),
            "ideographEnclosedCircle" => Self::Signs(CIRCLED_IDEOGRAPHS),
            "ideographTraditional" => Self::Signs(STEMS),
            "ideographZodiac" => Self::Signs(BRANCHES),
            "decimalFullWidth" | "decimalFullWidth2" => Self::FullWidth,
            "lowerLetter" => Self::Letter { upper: false },
            "upperLetter" => Self::Letter { upper: true },
            "lowerRoman" => Self::Roman { upper: false },
            "upperRoman" => Self::Roman { upper: true },
            "none" | "bullet" => Self::Silent,
            _ => Self::Decimal,
        }
    }

    /// The `n`-th number.
    pub fn print(self, n: u32) -> String {
        let cased = |text: String, upper: bool| if upper { text.to_uppercase() } else { text };
        match self {
            Self::Decimal => n.to_string(),
            Self::DecimalZero => format!("{n:02}"),
            Self::Chinese => chinese(n, "零一二三四五六七八九", ["", "十", "百", "千"], true),
            Self::Japanese => chinese(n, "〇一二三四五六七八九", ["", "十", "百", "千"], false),
            Self::Legal => chinese(n, "零壹贰叁肆伍陆柒捌玖", ["", "拾", "佰", "仟"], true),
            Self::Digits => n.to_string().chars().map(|c| pick("〇一二三四五六七八九", c.to_digit(10))).collect(),
            Self::FullWidth => n.to_string().chars().map(|c| pick("０１２３４５６７８９", c.to_digit(10))).collect(),
            Self::Signs(signs) => match n.checked_sub(1).and_then(|at| signs.chars().nth(at as usize)) {
                Some(sign) => sign.to_string(),
                None => n.to_string(),
            },
            Self::Letter { upper } => letters(n).map_or_else(|| n.to_string(), |text| cased(text, upper)),
            Self::Roman { upper } => roman(n).map_or_else(|| n.to_string(), |text| cased(text, upper)),
            Self::Silent => String::new(),
        }
    }
}

fn pick(signs: &str, at: Option<u32>) -> char {
    at.and_then(|at| signs.chars().nth(at as usize)).unwrap_or_default()
}

/// Numbers below ten thousand in words; those above in digits. `full`: with 一 before 百 and 千, and 零 for gaps.
fn chinese(n: u32, digits: &str, places: [&str; 4], full: bool) -> String {
    if n == 0 || n > 9_999 {
        return if n == 0 { pick(digits, Some(0)).to_string() } else { n.to_string() };
    }
    let mut out = String::new();
    let mut gap = false;
    for (power, place) in places.iter().enumerate().rev() {
        let digit = n / 10_u32.pow(power as u32) % 10;
        if digit == 0 {
            gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) && full {
            out.push(pick(digits, Some(0)));
        }
        let bare = digit == 1 && power > 0 && (!full || (power == 1 && out.is_empty() && *place == "十"));
        if !bare {
            out.push(pick(digits, Some(digit)));
        }
        out.push_str(place);
    }
    out
}

/// a … z, aa, bb …: the letter repeated; none beyond ten rounds.
fn letters(n: u32) -> Option<String> {
    let at = n.checked_sub(1).filter(|at| *at < 260)?;
    let letter = char::from_u32(u32::from('a') + at % 26)?;
    Some(std::iter::repeat_n(letter, at as usize / 26 + 1).collect())
}

fn roman(n: u32) -> Option<String> {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut left = Some(n).filter(|n| (1..4_000).contains(n))?;
    let mut out = String::new();
    for (value, sign) in SIGNS {
        while left >= value {
            out.push_str(sign);
            left -= value;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_word_does() {
        let cases = [
            ("decimal", 12, "12"),
            ("decimalZero", 3, "03"),
            ("chineseCounting", 10, "十"),
            ("chineseCountingThousand", 19, "十九"),
            ("chineseCountingThousand", 20, "二十"),
            ("chineseCountingThousand", 101, "一百零一"),
            ("chineseCountingThousand", 110, "一百一十"),
            ("chineseCountingThousand", 1_005, "一千零五"),
            ("japaneseCounting", 11, "十一"),
            ("japaneseCounting", 101, "百一"),
            ("ideographDigital", 10, "一〇"),
            ("chineseLegalSimplified", 11, "壹拾壹"),
            ("ideographTraditional", 3, "丙"),
            ("ideographTraditional", 11, "11"),
            ("decimalEnclosedCircle", 20, "⑳"),
            ("decimalEnclosedCircleChinese", 21, "21"),
            ("decimalFullWidth", 25, "２５"),
            ("lowerLetter", 28, "bb"),
            ("upperLetter", 3, "C"),
            ("lowerRoman", 14, "xiv"),
            ("upperRoman", 1999, "MCMXCIX"),
            ("upperRoman", u32::MAX, "4294967295"),
            ("none", 3, ""),
            ("bullet", 3, ""),
            ("hebrew1", 3, "3"),
        ];
        for (format, n, text) in cases {
            assert_eq!(Format::of(format).print(n), text, "{format} {n}");
        }
    }
}
