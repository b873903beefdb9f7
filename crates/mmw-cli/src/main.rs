//! The `mmw` command: parses, calls a crate of the workspace, prints, plots.
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

mod batch;
mod cli;
mod error;
mod export;
mod fields;
mod fso;
mod hints;
mod json;
mod link;
mod mimo;
mod output;
mod plot;
mod progress;
mod question;
mod radar;
mod reproduce;
mod sense;
mod snr;
mod stdout;
mod study;
#[cfg(test)]
mod testing;
mod threads;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os())
}
