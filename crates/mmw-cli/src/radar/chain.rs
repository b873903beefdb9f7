//! What a run of the chain is asked for, from a file or live.

use super::detector::Detector;
use super::source::SourceArgs;
use crate::error::{Error, Result};
use crate::question::{contradiction, json_or, named};
use crate::stdout::warn;
use mmw_core::C32;
use mmw_dsp::capture::CaptureConfig;
use mmw_dsp::cfar::{CfarConfig, CfarKind};
use mmw_dsp::missing::{MissingSamples, fill_missing};
use mmw_dsp::processor::StillFold;
use mmw_dsp::tdm::Calibration;
use mmw_dsp::{Board, DirectionFinder, MtiKind, ProcessorConfig, Window, ndarray::Array3};
use std::path::{Path, PathBuf};

/// The arguments of the command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ProcessArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,

    /// Take the UDP packets of a DCA1000 that come to this address, instead of a capture
    #[arg(long, value_name = "ADDR:PORT", conflicts_with = "capture")]
    pub(super) listen: Option<std::net::SocketAddr>,

    /// Clutter filter: none, notch, `frame_difference`, mean
    #[arg(long, value_name = "NAME", default_value = "none", value_parser = named::<MtiKind>)]
    pub(super) mti: MtiKind,

    /// Window of both transforms: rectangular, hann, hamming, `blackman_harris`, kaiser:BETA, taylor:NBAR:DB,
    /// chebyshev:DB
    #[arg(long, value_name = "NAME", default_value = "hann", value_parser = named::<Window>)]
    pub(super) window: Window,

    /// False-alarm probability of a cell
    #[arg(long, value_name = "NUMBER", default_value = "1e-10", alias = "pfa")]
    pub(super) false_alarm_probability: f64,

    /// Detector: ca (mean of the training cells, detected ones left out), go, so, os or os:RANK, tm or
    /// tm:LOW:HIGH (mean without these shares of the least and the greatest), log (geometric mean); or
    /// `clutter_map`, `clutter_map:WEIGHT` (each cell against the frames before, the newest with this weight)
    #[arg(long, value_name = "NAME", default_value = "ca", value_parser = named::<Detector>)]
    pub(super) cfar: Detector,

    /// Training cells on each side of a cell, in range and in velocity
    #[arg(long, value_name = "R,D", default_value = "8,8", value_parser = pair, alias = "train")]
    pub(super) training_cells: Pair,

    /// Guard cells on each side of a cell, between it and the training cells
    #[arg(long, value_name = "R,D", default_value = "4,4", value_parser = pair, alias = "guard")]
    pub(super) guard_cells: Pair,

    /// Whether the converter's offset is taken from the samples: from each chirp of real ones, where that is
    /// the default, from the frame of complex ones
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub(super) remove_offset: Option<bool>,

    /// Range bins at the near end (and the far end of complex samples) from which what stands still is taken:
    /// the coupling of the antennas, and any other still target there
    #[arg(long, value_name = "COUNT", default_value_t = 0, alias = "remove-coupling")]
    pub(super) coupling_bins: usize,

    /// How angles are found: fft, bartlett, capon, music, `root_music`, esprit, `unitary_esprit`,
    /// `deterministic_ml`, `stochastic_ml`, `subspace_fitting`, iaa, sbl
    #[arg(long, value_name = "NAME", default_value = "fft", value_parser = named::<DirectionFinder>)]
    pub(super) doa: DirectionFinder,

    /// One complex weight per channel as JSON, [[re, im], …]: amplitudes and phases that equalise the
    /// channels; by default those of the configuration (compRangeBiasAndRxChanPhase)
    #[arg(long, value_name = "FILE")]
    pub(super) calibration: Option<PathBuf>,

    /// Whether samples that are missing are filled in from the chirps around them; else they are zeros
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_value_t = true, default_missing_value = "true",
        action = clap::ArgAction::Set, conflicts_with = "skip_damaged")]
    pub(super) fill_missing: bool,

    /// Whether bursts of other radars are found and replaced, from the chirps around them
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_value_t = false, default_missing_value = "true",
        action = clap::ArgAction::Set)]
    pub(super) repair_interference: bool,

    /// Leave out points nearer than this, m (leakage from transmitter to receiver)
    #[arg(long, value_name = "M", default_value_t = 0.0, allow_negative_numbers = true, alias = "min-range")]
    pub(super) min_range_m: f64,

    /// The frame whose maps are drawn; by default the last one used
    #[arg(long, value_name = "INDEX")]
    pub(super) map_frame: Option<u64>,

    /// Folder for the maps (.npy and PNG) and the points (CSV and PLY)
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

/// Fills in the samples that a frame lacks, if that is wanted. `false` for a frame that is to be left out.
pub(super) fn mend(args: &ProcessArgs, cube: &mut Array3<C32>, missing: &[MissingSamples]) -> Result<bool> {
    if missing.is_empty() {
        return Ok(true);
    }
    if args.source.skip_damaged {
        return Ok(false);
    }
    Ok(!args.fill_missing || fill_missing(cube, missing)? == missing.len())
}

/// The processing that the options ask for.
pub(super) fn processor_config(args: &ProcessArgs, capture: &CaptureConfig) -> Result<ProcessorConfig> {
    if args.training_cells.0 == [0, 0] {
        return Err(Error::Usage("--training-cells 0,0 leaves no cell to tell the noise from".to_owned()));
    }
    if args.coupling_bins > 0 && args.mti == MtiKind::MeanPhasor {
        return Err(contradiction("coupling_bins", "has no effect: the mean takes all that stands still"));
    }
    if !args.min_range_m.is_finite() || args.min_range_m < 0.0 {
        let refused = format!("--min-range-m {} must be a range of 0 m or more", args.min_range_m);
        return Err(Error::Usage(refused));
    }
    let (kind, clutter_map_weight) = match args.cfar {
        Detector::Around(kind) => (kind, None),
        Detector::Before(weight) => (CfarKind::Ca, Some(weight)),
    };
    if clutter_map_weight.is_some() {
        without_neighbours(args)?;
    }
    Ok(ProcessorConfig {
        repair_interference: args.repair_interference,
        range_window: args.window,
        doppler_window: args.window,
        mti: args.mti,
        remove_offset: args.remove_offset,
        coupling_bins: args.coupling_bins,
        cfar: CfarConfig {
            kind,
            train: args.training_cells.0,
            guard: args.guard_cells.0,
            false_alarm_probability: args.false_alarm_probability,
            ..CfarConfig::default()
        },
        clutter_map_weight,
        doa: args.doa,
        min_range_m: args.min_range_m,
        calibration: calibration(args, capture)?,
        range_bias_m: capture.range_bias_m,
        ..ProcessorConfig::default()
    })
}

/// That nothing is asked of the cells around, of which a clutter map takes none.
fn without_neighbours(args: &ProcessArgs) -> Result<()> {
    let CfarConfig { train, guard, .. } = CfarConfig::default();
    for (option, asked, usual) in
        [("training_cells", args.training_cells, train), ("guard_cells", args.guard_cells, guard)]
    {
        if asked.0 != usual {
            return Err(contradiction(option, "has no effect on a clutter map"));
        }
    }
    Ok(())
}

/// Says so when the board inverts channels and no weights take that out.
pub(super) fn warn_of_inversion(args: &ProcessArgs, config: &ProcessorConfig) {
    let taken_out = config.calibration.as_ref().is_some_and(Calibration::inverts);
    if let Some(board) = args.source.board.filter(|board| board.inverts_channels() && !taken_out) {
        warn(&inversion(board));
    }
}

/// Says that a transmitter seems to be inverted, by what stands still in a frame.
pub(super) fn inverted_transmitter(frame: u64, fold: &StillFold) -> String {
    let doubt = format!(
        "frame {frame}: {fold}; name its sign by compRangeBiasAndRxChanPhase in the .cfg or by --calibration"
    );
    warn(&doubt);
    doubt
}

/// What to say of a board that inverts channels where no weights take that out.
pub(super) fn inversion(board: Board) -> String {
    format!(
        "{}: the board inverts some channels, and no weights take that out: angles are wrong without \
         compRangeBiasAndRxChanPhase or antPhaseRot in the .cfg, or --calibration",
        board.name()
    )
}

/// The weights that the user names, else those of the configuration.
fn calibration(args: &ProcessArgs, config: &CaptureConfig) -> Result<Option<Calibration>> {
    match (&args.calibration, &config.channel_weights) {
        (Some(path), _) => read_calibration(path).map(Some),
        (None, Some(weights)) => Ok(Some(Calibration::from_weights(weights.clone())?)),
        (None, None) => Ok(None),
    }
}

fn read_calibration(path: &Path) -> Result<Calibration> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", &error))?;
    serde_json::from_str(&text).map_err(|error| Error::Parse(format!("{}: {error}", path.display())))
}

/// Cells in range and in velocity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair(pub(super) [usize; 2]);

pub(super) fn pair(text: &str) -> std::result::Result<Pair, String> {
    let wrong = || "must be two whole numbers, in range and in velocity, as 8,8".to_owned();
    let cells = json_or(text, |text| {
        let (range, velocity) = text.split_once(',').ok_or_else(wrong)?;
        let count = |word: &str| word.trim().parse::<usize>().map_err(|_| wrong());
        Ok([count(range)?, count(velocity)?])
    });
    cells.map(Pair)
}
