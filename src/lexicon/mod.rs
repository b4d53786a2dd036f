//! Lexicon: the vocabulary tables of `seeds/lexicon/` as typed registries.
