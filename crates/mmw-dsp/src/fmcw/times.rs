//! Whether the times of a frame fit into each other.

use super::FmcwConfig;
use mmw_core::{Error, Result};

/// That the chirps fit into their interval, their turn and the frame.
pub(super) fn check(config: &FmcwConfig) -> Result<()> {
    // Times in files are rounded to a microsecond or so: allow as much.
    const SLACK: f64 = 1.0 + 1e-6;
    let sampled_s = config.samples as f64 / config.sample_rate_hz;
    if config.adc_start_s + sampled_s > config.chirp_interval_s * SLACK {
        return Err(Error::invalid(
            "chirp_interval_s",
            format!(
                "{} s is shorter than adc_start_s plus {} samples, {} s",
                told(config.chirp_interval_s),
                config.samples,
                told(config.adc_start_s + sampled_s)
            ),
        ));
    }
    let turn_s = config.chirp_interval_s * config.transmitters as f64;
    if let Some(period_s) = config.firing.period_s() {
        mmw_core::check::positive("firing: period_s", period_s)?;
        if turn_s > period_s * SLACK {
            let [period, turn] = [period_s, turn_s].map(told);
            let reason = format!("{period} s is shorter than one chirp of each transmitter, {turn} s");
            return Err(Error::invalid("firing: period_s", reason));
        }
    }
    if let Some([first, second]) = config.firing.binary_phase()
        && (first >= second || second >= config.transmitters)
    {
        let reason =
            format!("{first} and {second} are no two places in rising order of {}", config.transmitters);
        return Err(Error::invalid("firing.binary_phase.pair", reason));
    }
    let active_s = config.span_s() + config.chirp_interval_s;
    if active_s > config.frame_period_s * SLACK {
        return Err(Error::invalid(
            "frame_period_s",
            format!(
                "{} s is shorter than all chirps of a frame, {} s",
                told(config.frame_period_s),
                told(active_s)
            ),
        ));
    }
    Ok(())
}

/// A time for a sentence: to a picosecond, without the rounding of sums.
fn told(time_s: f64) -> f64 {
    let rounded = (time_s * 1e12).round() / 1e12;
    if rounded > 0.0 && rounded.is_finite() { rounded } else { time_s }
}
