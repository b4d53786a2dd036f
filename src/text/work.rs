//! Work: what the stages of a parse look at, counted where tests are compiled, so that a property can hold each stage
//! to linear work (`record::linear`). Elsewhere the calls are nothing.

/// A stage of the parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Passages made and mapped back.
    Text,
    /// Lines, markers, nodes, head.
    Outline,
    /// Names held against the tables.
    Lexicon,
    /// Responsibility groups and bodies.
    Group,
    /// Numbers, times, targets, milestones.
    Target,
    /// Documents named.
    Citation,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Self; 6] = [Self::Text, Self::Outline, Self::Lexicon, Self::Group, Self::Target, Self::Citation];
}

/// Adds `steps` to what `stage` has looked at: bytes of a text, members of a list.
#[inline]
pub fn count(stage: Stage, steps: usize) {
    #[cfg(test)]
    counted::add(stage, steps);
    #[cfg(not(test))]
    let _ = (stage, steps);
}

#[cfg(test)]
pub use counted::take;

#[cfg(test)]
mod counted {
    use super::Stage;
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    thread_local! {
        static STEPS: RefCell<BTreeMap<Stage, u64>> = const { RefCell::new(BTreeMap::new()) };
    }

    pub fn add(stage: Stage, steps: usize) {
        STEPS.with_borrow_mut(|counts| *counts.entry(stage).or_default() += steps as u64 + 1);
    }

    /// What this thread has counted since the last call.
    pub fn take() -> BTreeMap<Stage, u64> {
        STEPS.take()
    }
}
