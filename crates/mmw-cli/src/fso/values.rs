//! The link that several commands share, and values that are more than a number.

use crate::error::Result;
use fso_g2a::channel::Channel;
use fso_g2a::pointing::{Beam, BeamConfig, Pointing, PointingConfig};
use fso_g2a::turbulence::GammaGamma;

/// The greatest count that every `f64` below it can be.
const MOST: f64 = 9_007_199_254_740_992.0;

/// Geometry, turbulence and threshold of one link.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Link {
    /// Full angle of the beam, rad
    #[arg(long, value_name = "RAD")]
    divergence_rad: f64,

    /// Length of the path, m
    #[arg(long, value_name = "M")]
    length_m: f64,

    /// Radius of the aperture, m
    #[arg(long, value_name = "M")]
    aperture_radius_m: f64,

    /// Standard deviation of the beam's displacement in each direction, m
    #[arg(long, value_name = "M")]
    jitter_m: f64,

    /// Gamma-Gamma shape of the large eddies
    #[arg(long, value_name = "NUMBER")]
    alpha: f64,

    /// Gamma-Gamma shape of the small eddies
    #[arg(long, value_name = "NUMBER")]
    beta: f64,

    /// Gain over that of a centred beam without turbulence, `h/(h_a A0)`; 0 and "infinite" are limits
    #[arg(long, value_name = "NUMBER", value_parser = threshold)]
    pub(super) normalised_threshold: f64,
}

impl Link {
    /// The channel, in normalised gains.
    pub(super) fn channel(&self) -> Result<Channel<GammaGamma>> {
        let beam = Beam::new(BeamConfig { divergence_rad: self.divergence_rad, length_m: self.length_m })?;
        let pointing = Pointing::new(PointingConfig {
            beam_radius_m: beam.footprint_radius_m(),
            aperture_radius_m: self.aperture_radius_m,
            jitter_m: self.jitter_m,
        })?;
        Ok(Channel::new(pointing, GammaGamma::new(self.alpha, self.beta)?))
    }
}

/// A threshold, or `infinite`.
fn threshold(text: &str) -> std::result::Result<f64, String> {
    if text == "infinite" {
        return Ok(f64::INFINITY);
    }
    text.trim().parse().map_err(|_| format!("`{text}` is neither a number nor `infinite`"))
}

/// A whole number, also as `50e6`.
pub(super) fn count(text: &str) -> std::result::Result<u64, String> {
    let refused = || format!("`{text}` is no whole number from 0 to 2^53");
    if let Ok(count) = text.trim().parse::<u64>() {
        return if count as f64 <= MOST { Ok(count) } else { Err(refused()) };
    }
    let value: f64 = text.trim().parse().map_err(|_| refused())?;
    if (0.0..=MOST).contains(&value) && value.fract() == 0.0 { Ok(value as u64) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compound_values_are_read() {
        assert_eq!(threshold("infinite"), Ok(f64::INFINITY));
        assert_eq!(threshold("1e-3"), Ok(1e-3));
        assert_eq!((count("50e6"), count("7")), (Ok(50_000_000), Ok(7)));
    }

    #[test]
    fn what_is_no_such_value_is_told() {
        assert!(threshold("far").unwrap_err().contains("far"));
        for text in ["-1", "0.5", "1e300", "nan", "many", "18446744073709551615"] {
            assert!(count(text).unwrap_err().contains(text), "{text}");
        }
    }
}
