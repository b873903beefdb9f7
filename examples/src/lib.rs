//! Each story is a file in `examples/`; run one with `cargo run --release -p mmw-examples --example NAME`.
