//! What the back ends refuse, as the workspace's error.

use mmw_core::Error;

pub(crate) fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::invalid("plot", error.to_string())
}
