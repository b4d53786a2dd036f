//! Outline: a text becomes head, sections and clauses.
