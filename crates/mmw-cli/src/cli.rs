//! The command line: areas, commands, exit status.

use crate::error::{Error, Result};
use crate::output::Interrupt;
use crate::{fso, link, mimo, radar, reproduce, sense, snr, study};
use clap::{Arg, Command, CommandFactory, FromArgMatches, Parser, Subcommand};
use mmw_core::simd::Level;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Radar captures to maps and point clouds; MIMO channels, 60 GHz and optical links, SNR estimation; the
/// source papers reproduced
#[derive(Debug, Parser)]
#[command(name = "mmw", version, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit status: 0 if all went well, 1 if the work or any line of a batch failed, 2 for wrong usage,\n130 after Ctrl-C (nothing half-written is left behind)."
)]
struct Cli {
    #[command(subcommand)]
    area: Area,
}

#[derive(Debug, Subcommand)]
enum Area {
    /// FMCW radar: waveforms, captures, maps, point clouds
    Radar(Box<radar::RadarArgs>),
    /// 60 GHz links: path loss by mechanism, LC ladders that emulate it
    Link(Box<link::LinkArgs>),
    /// MIMO channels: draws of a generic geometry-based model, their capacity, exact references
    Mimo(Box<mimo::MimoArgs>),
    /// SNR estimation of BPSK: estimators, bounds, calibration, comparison
    Snr(Box<snr::SnrArgs>),
    /// Optical links from ground to air: turbulence, pointing, outage, power
    Fso(Box<fso::FsoArgs>),
    /// Point clouds to clusters, tracks of people, and motion
    Sense(Box<sense::SenseArgs>),
    /// Join the parts of a study that `--shard` made, to the bits of one run
    Merge(study::MergeArgs),
    /// Recompute the tables and figures of the source papers, with a ledger of printed and recomputed numbers
    Reproduce(reproduce::ReproduceArgs),
}

impl Area {
    fn run(&self) -> Result<()> {
        match self {
            Self::Radar(args) => radar::run(args),
            Self::Link(args) => link::run(args),
            Self::Mimo(args) => mimo::run(args),
            Self::Snr(args) => snr::run(args),
            Self::Fso(args) => fso::run(args),
            Self::Sense(args) => sense::run(args),
            Self::Merge(args) => {
                study::merge(args, &[&snr::STUDIES, &radar::STUDIES, &fso::STUDIES, &mimo::STUDIES])
            }
            Self::Reproduce(args) => reproduce::run(args),
        }
    }
}

/// Parses, runs and reports; what comes back is the exit status.
pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = plain(Cli::command()).try_get_matches_from(args);
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            return match error.print() {
                // Help that nobody reads to its end (`mmw --help | head -1`) is no failure.
                Err(unwritten) if unwritten.kind() != std::io::ErrorKind::BrokenPipe => {
                    report(&Error::io(Path::new("standard output"), "write", &unwritten))
                }
                _ => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)),
            };
        }
    };
    let ready = Interrupt::install().and_then(|()| Ok(Level::check_environment()?));
    match ready.and_then(|()| cli.area.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

/// The command with help that is plain text: doc comments mark words of code by backticks.
fn plain(command: Command) -> Command {
    let unmarked = |arg: Arg| match arg.get_help().map(|help| help.to_string().replace('`', "")) {
        Some(help) => arg.help(help),
        None => arg,
    };
    command.mut_args(unmarked).mut_subcommands(plain)
}

fn report(error: &Error) -> ExitCode {
    if !matches!(error, Error::ClosedPipe) {
        let _ = writeln!(std::io::stderr(), "mmw: {error}");
    }
    error.exit_code()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hints;

    #[test]
    fn the_command_line_is_consistent() {
        plain(Cli::command()).debug_assert();
    }

    #[test]
    fn each_field_that_a_sentence_may_name_is_an_option() {
        let cli = Cli::command();
        let process =
            cli.find_subcommand("radar").and_then(|radar| radar.find_subcommand("process")).unwrap();
        for field in hints::FLAGS.iter().chain(&hints::VALUES) {
            let long = field.replace('_', "-");
            assert!(process.get_arguments().any(|arg| arg.get_long() == Some(&long)), "{field}");
        }
    }

    /// Names that options had once: command, then, now.
    const FORMER: [(&str, &str, &str); 49] = [
        ("radar simulate", "output", "out"),
        ("radar process", "pfa", "false-alarm-probability"),
        ("radar process", "train", "training-cells"),
        ("radar process", "guard", "guard-cells"),
        ("radar process", "remove-coupling", "coupling-bins"),
        ("radar process", "min-range", "min-range-m"),
        ("radar record", "seconds", "duration-s"),
        ("radar record", "idle-seconds", "idle-s"),
        ("radar phase", "range", "range-m"),
        ("radar phase", "min-frequency", "min-frequency-hz"),
        ("radar vitals", "frame-rate", "frame-rate-hz"),
        ("link network", "renormalise", "renormalise-ohm"),
        ("link reflection", "polarisation", "field"),
        ("mimo capacity", "receive-spacing-wavelengths", "receive-spacing-waves"),
        ("mimo capacity", "transmit-spacing-wavelengths", "transmit-spacing-waves"),
        ("mimo compare", "receive-spacing-wavelengths", "receive-spacing-waves"),
        ("mimo compare", "transmit-spacing-wavelengths", "transmit-spacing-waves"),
        ("mimo compare", "probability", "outage-probability"),
        ("mimo draw", "receive-spacing-wavelengths", "receive-spacing-waves"),
        ("mimo draw", "transmit-spacing-wavelengths", "transmit-spacing-waves"),
        ("mimo outage", "probability", "outage-probability"),
        ("fso power", "outage", "outage-probability"),
        ("snr coverage", "false-alarm", "false-alarm-probability"),
        ("sense ego", "azimuth", "azimuth-rad"),
        ("sense ego", "elevation", "elevation-rad"),
        ("sense ego", "velocity", "velocity-m-s"),
        ("sense ego", "threshold", "threshold-m-s"),
        ("sense ego", "scale", "scale-m-s"),
        ("sense register", "max-distance", "max-distance-m"),
        ("sense ospa", "c", "cutoff-m"),
        ("sense ospa", "p", "order"),
        ("sense gospa", "c", "cutoff-m"),
        ("sense gospa", "p", "order"),
        ("mimo compare", "csv", "out"),
        ("mimo draw", "output", "out"),
        ("mimo capacity", "realisations", "trials"),
        ("radar compare cfar", "csv", "out"),
        ("radar compare cfar", "pfa", "false-alarm-probability"),
        ("radar compare doa", "csv", "out"),
        ("snr compare", "csv", "out"),
        ("snr coverage", "csv", "out"),
        ("snr psk", "csv", "out"),
        ("fso compare", "csv", "out"),
        ("fso monte-carlo", "draws", "trials"),
        ("fso wander", "ground-cn2", "ground-cn2-per-m2-3"),
        ("fso atmosphere", "ground-cn2", "ground-cn2-per-m2-3"),
        ("fso power", "ground-cn2", "ground-cn2-per-m2-3"),
        ("sense track", "zone", "zone-m"),
        ("sense track", "static-zone", "static-zone-m"),
    ];

    /// The aliases of all options below a command, as in [`FORMER`].
    fn aliases(command: &Command, path: &str) -> Vec<[String; 3]> {
        let of_arg = |arg: &Arg| {
            let now = arg.get_long().unwrap_or_default().to_owned();
            let aliases = arg.get_all_aliases().unwrap_or_default();
            assert!(arg.get_visible_aliases().unwrap_or_default().is_empty(), "{path} {now}");
            aliases.into_iter().map(move |then| [path.to_owned(), then.to_owned(), now.clone()]).collect()
        };
        let own = command.get_arguments().flat_map::<Vec<_>, _>(of_arg);
        let below = |command: &Command| aliases(command, format!("{path} {}", command.get_name()).trim());
        own.chain(command.get_subcommands().flat_map(below)).collect()
    }

    #[test]
    fn former_names_of_options_are_hidden_and_still_taken() {
        let mut expected = FORMER.map(|(path, then, now)| [path, then, now].map(str::to_owned)).to_vec();
        let mut found = aliases(&Cli::command(), "");
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
        for (path, then, now) in FORMER {
            let words = format!("mmw {path} --{then}");
            let said = Cli::command().try_get_matches_from(words.split(' ')).unwrap_err().to_string();
            assert!(said.contains(&format!("a value is required for '--{now} ")), "{words}: {said}");
        }
    }

    /// Words that the help once had for what `docs/CONVENTIONS.md` calls M, DEG, S, COUNT or INDEX, and
    /// NUMBER.
    const OTHER_WORDS: [&str; 10] =
        ["METRES", "DEGREES", "SECONDS", "N", "SEED", "WAVES", "ALPHA", "BETA", "KAPPA", "COST"];

    fn has_one_word_for_a_value(command: &Command) {
        for arg in command.get_arguments() {
            for word in arg.get_value_names().unwrap_or_default() {
                let known = !OTHER_WORDS.contains(&word.as_str());
                assert!(known, "{} {}: {word}", command.get_name(), arg.get_id());
            }
        }
        command.get_subcommands().for_each(has_one_word_for_a_value);
    }

    #[test]
    fn values_of_one_kind_have_one_word_in_the_help() {
        has_one_word_for_a_value(&Cli::command());
    }
}
