//! `mmw radar`: the commands of the radar area.

use crate::error::{Error, Result};
use crate::{json, stdout};
use clap::{Args, Subcommand};
use mmw_dsp::{Board, Fmcw, FmcwConfig};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct RadarArgs {
    #[command(subcommand)]
    command: RadarCommand,
}

#[derive(Debug, Subcommand)]
enum RadarCommand {
    /// Print the waveform of a board as TOML, to be edited and given back
    Preset {
        /// iwr1843, iwr6843isk or awr1642
        board: String,
        /// Print the result as one JSON object
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(args: &RadarArgs) -> Result<()> {
    match &args.command {
        RadarCommand::Preset { board, json } => preset(board, *json),
    }
}

fn preset(board: &str, as_json: bool) -> Result<()> {
    let config = FmcwConfig::preset(Board::from_name(board)?);
    Fmcw::new(config.clone())?;
    if as_json {
        return stdout::print_json(&config);
    }
    json::check_finite(&config)?;
    let text = toml::to_string(&config).map_err(|error| Error::Parse(error.to_string()))?;
    stdout::print_line(text.trim_end())
}
