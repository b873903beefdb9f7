//! What `mmw radar sar` is asked.

use crate::question::json_or;
use crate::radar::source::SourceArgs;
use mmw_dsp::Window;
use serde::Serialize;
use std::path::PathBuf;

/// The arguments of the command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SarArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,

    /// Where the radar was: CSV with `x_m` (right), `y_m` (up) and `z_m` (ahead), or `x_mm` and so on, one
    /// line per frame, or one for each chirp of every frame
    #[arg(long, value_name = "FILE")]
    pub(super) trajectory: Option<PathBuf>,

    /// How the image is made; auto takes range migration where the positions fill a grid
    #[arg(long, value_name = "NAME", default_value = "auto")]
    pub(super) algorithm: Algorithm,

    /// Phase errors of the positions to take out first
    #[arg(long, value_name = "NAME", default_value = "none")]
    pub(super) autofocus: Focus,

    /// Left and right end of the image; by default half an aperture beyond the aperture, or three resolution
    /// cells
    #[arg(long, value_name = "A..B", value_parser = interval, allow_hyphen_values = true)]
    pub(super) x_m: Option<Interval>,

    /// Lower and upper end
    #[arg(long, value_name = "A..B", value_parser = interval, allow_hyphen_values = true)]
    pub(super) y_m: Option<Interval>,

    /// Nearest and farthest plane; by default half to one and a half times the distance of the strongest echo
    #[arg(long, value_name = "A..B", value_parser = interval, allow_hyphen_values = true)]
    pub(super) z_m: Option<Interval>,

    /// From one voxel to the next across; by default half a resolution cell. Range migration has the
    /// positions' own steps
    #[arg(long, value_name = "M")]
    pub(super) step_m: Option<f64>,

    /// From one plane to the next; by default half a resolution cell
    #[arg(long, value_name = "M")]
    pub(super) z_step_m: Option<f64>,

    /// Window over the frequencies: rectangular, hann, hamming, `blackman_harris`, kaiser:BETA,
    /// taylor:NBAR:DB, chebyshev:DB
    #[arg(long, value_name = "NAME", default_value = "rectangular", value_parser = crate::question::named::<Window>)]
    pub(super) window: Window,

    /// Folder for the image: image.npy, image.vti, slices and projections as PNG
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

/// How an image is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(super) enum Algorithm {
    Auto,
    #[value(name = "back_projection", alias = "back-projection")]
    BackProjection,
    #[value(name = "fast_back_projection", alias = "fast-back-projection")]
    FastBackProjection,
    #[value(name = "range_migration", alias = "range-migration")]
    RangeMigration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(super) enum Focus {
    None,
    #[value(name = "phase_gradient", alias = "phase-gradient")]
    PhaseGradient,
    #[value(name = "minimum_entropy", alias = "minimum-entropy")]
    MinimumEntropy,
}

/// From one coordinate to another, m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval(pub(super) f64, pub(super) f64);

fn interval(text: &str) -> std::result::Result<Interval, String> {
    let wrong = || "must be two numbers with the lower first, as -0.1..0.2".to_owned();
    let [low, high] = json_or(text, |text| {
        let (low, high) = text.split_once("..").ok_or_else(wrong)?;
        let number = |word: &str| word.trim().parse::<f64>().map_err(|_| wrong());
        Ok([number(low)?, number(high)?])
    })?;
    let ordered = low.is_finite() && high.is_finite() && low <= high;
    if ordered { Ok(Interval(low, high)) } else { Err(wrong()) }
}
