//! Edits: what a user says of measures: which are one, which clauses are another, what they are called.
//!
//! Edits name measures by clauses, so that they hold when documents come and clusters change. They are applied in the order in
//! which they were made, and kept as JSON.

use crate::compare::align::{Space, Spot};
use serde::{Deserialize, Serialize};

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edit {
    /// The measures with these clauses are one; it is called as the first.
    Merge(Vec<String>),
    /// These clauses are a measure of their own.
    Split(Vec<String>),
    /// The measure with this clause is called so.
    Rename(String, String),
}

/// Edits, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edits(pub Vec<Edit>);

/// A group of clauses, perhaps with a name that a user gave.
pub(super) type Group = (Vec<Spot>, Option<String>);

impl Edits {
    /// Applies the edits to clusters; a clause that is not among them is passed over.
    pub(super) fn apply(&self, space: &Space, clusters: Vec<Vec<Spot>>) -> Vec<Group> {
        let mut groups: Vec<Group> = clusters.into_iter().map(|members| (members, None)).collect();
        for edit in &self.0 {
            match edit {
                Edit::Merge(clauses) => {
                    let mut found: Vec<usize> = Vec::new();
                    for at in clauses.iter().filter_map(|clause| group(space, &groups, clause)) {
                        if !found.contains(&at) {
                            found.push(at);
                        }
                    }
                    let Some((first, others)) = found.split_first() else { continue };
                    let moved: Vec<Group> =
                        others.iter().filter_map(|at| groups.get_mut(*at).map(std::mem::take)).collect();
                    if let Some(into) = groups.get_mut(*first) {
                        for (members, name) in moved {
                            into.0.extend(members);
                            into.1 = into.1.take().or(name);
                        }
                    }
                }
                Edit::Split(clauses) => {
                    let spots: Vec<Spot> = clauses.iter().filter_map(|clause| space.find(clause)).collect();
                    let mut own = Vec::new();
                    for (members, _) in &mut groups {
                        own.extend(members.extract_if(.., |spot| spots.contains(spot)));
                    }
                    groups.push((own, None));
                }
                Edit::Rename(clause, name) => {
                    if let Some(group) = group(space, &groups, clause).and_then(|at| groups.get_mut(at)) {
                        group.1 = Some(name.clone());
                    }
                }
            }
            groups.retain(|(members, _)| !members.is_empty());
        }
        groups
    }
}

fn group(space: &Space, groups: &[Group], clause: &str) -> Option<usize> {
    let spot = space.find(clause)?;
    groups.iter().position(|(members, _)| members.contains(&spot))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::align::tests::space;

    #[test]
    fn edits_are_kept_as_said_and_pass_over_what_is_gone() {
        let text = "一、工作\n(一)集中采购。扩大范围。\n(二)支付方式。按病种付费。\n(三)宣传。做好解读。\n(四)监督。加强检查。";
        let space = space(&[("a", "2020", text)]);
        let spot = |n: u32| space.find(&format!("a#{n}")).unwrap();
        let edits: Edits = serde_json::from_str(
            r#"[{"merge":["a#1","a#3","z#9"]},{"split":["a#3","a#4"]},{"rename":["a#4","其他"]},{"rename":["z#1","x"]}]"#,
        )
        .unwrap();
        let groups = edits.apply(&space, (1..=4).map(|n| vec![spot(n)]).collect());
        assert_eq!(
            groups,
            [(vec![spot(1)], None), (vec![spot(2)], None), (vec![spot(3), spot(4)], Some("其他".to_owned()))]
        );
        let again: Edits = serde_json::from_str(&serde_json::to_string(&edits).unwrap()).unwrap();
        assert_eq!(again, edits);
    }
}
