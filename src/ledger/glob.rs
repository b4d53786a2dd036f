//! Globs: `*` and `?` within a name, `**` over folders, `[abc]` for one of several characters.

use std::path::PathBuf;

/// A pattern for paths below a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob {
    parts: Vec<Vec<char>>,
}

impl Glob {
    /// True where a path has wildcards.
    pub fn is_one(path: &str) -> bool {
        path.contains(['*', '?', '['])
    }

    /// The folder before the first wildcard, and the pattern below it.
    pub fn split(path: &str) -> (PathBuf, Self) {
        let parts: Vec<&str> = path.split('/').collect();
        let first = parts.iter().position(|part| Self::is_one(part)).unwrap_or(parts.len());
        let (base, pattern) = parts.split_at(first);
        let base = match base.join("/") {
            none if none.is_empty() && path.starts_with('/') => "/".to_owned(),
            none if none.is_empty() => ".".to_owned(),
            base => base,
        };
        (base.into(), Self { parts: pattern.iter().map(|part| part.chars().collect()).collect() })
    }

    /// True where a path (with `/`) fits.
    pub fn matches(&self, path: &str) -> bool {
        let names: Vec<Vec<char>> = path.split('/').map(|name| name.chars().collect()).collect();
        let is_many = |part: &Vec<char>| *part == ['*', '*'];
        wild(&self.parts, &names, &is_many, &|part, name| fits(part, name))
    }
}

/// Matches a name against a part of a pattern.
fn fits(pattern: &[char], name: &[char]) -> bool {
    // A set is one unit: the pattern is cut into units first.
    let mut units = Vec::new();
    let mut rest = pattern;
    while let Some((first, behind)) = rest.split_first() {
        let end = behind.iter().skip(1).position(|c| *c == ']').filter(|_| *first == '[');
        if let Some(end) = end {
            let (set, after) = behind.split_at(end + 1);
            units.push(Unit::Set(set.to_vec()));
            rest = after.get(1..).unwrap_or_default();
        } else {
            units.push(match first {
                '*' => Unit::Many,
                '?' => Unit::Any,
                c => Unit::Is(*c),
            });
            rest = behind;
        }
    }
    wild(&units, name, &|unit| *unit == Unit::Many, &|unit, c| unit.fits(*c))
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Unit {
    Many,
    Any,
    Is(char),
    Set(Vec<char>),
}

impl Unit {
    fn fits(&self, c: char) -> bool {
        match self {
            Self::Many | Self::Any => true,
            Self::Is(own) => *own == c,
            Self::Set(set) => match set.split_first() {
                Some(('!', others)) => !in_set(others, c),
                _ => in_set(set, c),
            },
        }
    }
}

fn in_set(set: &[char], c: char) -> bool {
    set.contains(&c) || set.windows(3).any(|w| matches!(w, [from, '-', to] if (*from..=*to).contains(&c)))
}

/// Matches things against a pattern in which some parts fit any number of things; goes back to the last such part only,
/// so that it takes at most pattern × things steps.
fn wild<P, T>(pattern: &[P], things: &[T], is_many: &dyn Fn(&P) -> bool, fits: &dyn Fn(&P, &T) -> bool) -> bool {
    let (mut at, mut thing) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(this) = things.get(thing) {
        match pattern.get(at) {
            Some(part) if is_many(part) => {
                back = Some((at, thing));
                at += 1;
            }
            Some(part) if fits(part, this) => {
                at += 1;
                thing += 1;
            }
            _ => {
                let Some((many, from)) = back else { return false };
                back = Some((many, from + 1));
                at = many + 1;
                thing = from + 1;
            }
        }
    }
    pattern.get(at..).is_some_and(|left| left.iter().all(is_many))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_a_shell() {
        let cases = [
            ("a/*.txt", "x.txt", true),
            ("a/*.txt", "b/x.txt", false),
            ("a/**/*.txt", "x.txt", true),
            ("a/**/*.txt", "b/c/x.txt", true),
            ("a/**", "b/c", true),
            ("a/201?-*", "2019-江门", true),
            ("a/201?-*", "201-江门", false),
            ("a/[0-9]*[!a]", "2019b", true),
            ("a/[0-9]*[!a]", "2019a", false),
            ("a/*", "", true),
            ("a/*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ];
        for (pattern, path, fits) in cases {
            let (base, glob) = Glob::split(pattern);
            assert_eq!(base, PathBuf::from("a"));
            assert_eq!(glob.matches(path), fits, "{pattern} on {path}");
        }
        assert_eq!(Glob::split("*.txt").0, PathBuf::from("."));
        assert_eq!(Glob::split("/*.txt").0, PathBuf::from("/"));
    }
}
