//! Suggestions: the known names nearest to one that is not known, for the sentence of an error.

/// How many names a sentence bears.
const MOST: usize = 5;

/// The names nearest to `query`, nearest first; only such as share something with it.
pub(super) fn nearest<'a>(query: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let query: Vec<char> = query.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let mut ranked: Vec<(u32, usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let letters: Vec<char> = name.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
            let far = distance(&query, &letters)?;
            Some((far, letters.len(), name))
        })
        .collect();
    ranked.sort_unstable();
    ranked.dedup_by(|a, b| a.2 == b.2);
    ranked.into_iter().take(MOST).map(|(_, _, name)| name.to_owned()).collect()
}

/// Edit distance in thousandths of the longer length, less where one contains the other; none beyond half.
fn distance(a: &[char], b: &[char]) -> Option<u32> {
    let longer = a.len().max(b.len());
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let contains = |a: &[char], b: &[char]| b.len() > 1 && a.windows(b.len()).any(|w| w == b);
    let thousandths = (edits(a, b) * 1000 / longer) as u32;
    if contains(a, b) || contains(b, a) {
        return Some(thousandths / 2);
    }
    (thousandths <= 500).then_some(thousandths)
}

fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b) {
            let cost = (diagonal + usize::from(x != y)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, cost);
            left = cost;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names_come_first_and_strangers_not_at_all() {
        let names = ["卫生健康", "医疗保障", "health", "health-insurance", "财政"];
        assert_eq!(nearest("卫生建康", names), ["卫生健康"]);
        assert_eq!(nearest("healt", names), ["health", "health-insurance"]);
        assert_eq!(nearest("xyz", names), [""; 0]);
    }
}
