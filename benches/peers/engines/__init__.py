"""The engines: each module has `load(folder)`, but for ours, and `Engine(folder)` with a method a question."""
