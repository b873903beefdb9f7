//! Integration tests of `mmw-core`.

mod hermitian;
