//! An empty library: the benchmarks are in `core.rs`.
