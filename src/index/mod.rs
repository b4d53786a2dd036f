//! Index: records in, column blocks out; what queries read. Can be rebuilt from the records.
