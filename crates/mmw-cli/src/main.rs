//! The `mmw` command.
fn main() {}
