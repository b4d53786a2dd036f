//! Store: opaque writes in, a folder on disk out; the only module that names the engine and the codec.
