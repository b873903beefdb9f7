//! Values of options that are more than a number: thresholds that may be infinite, counts like `50e6`.

use crate::error::Result;
use crate::question::needed;
use fso_g2a::channel::Channel;
use fso_g2a::pointing::{Beam, BeamConfig, Pointing, PointingConfig};
use fso_g2a::turbulence::GammaGamma;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// The greatest count that every `f64` below it can be.
const MOST: f64 = 9_007_199_254_740_992.0;

/// The geometry and the turbulence of one channel, as lines and options give them.
pub(super) struct Given {
    pub(super) divergence_rad: Option<f64>,
    pub(super) length_m: Option<f64>,
    pub(super) aperture_radius_m: Option<f64>,
    pub(super) jitter_m: Option<f64>,
    pub(super) alpha: Option<f64>,
    pub(super) beta: Option<f64>,
}

impl Given {
    /// The channel, in normalised gains.
    pub(super) fn channel(&self) -> Result<Channel<GammaGamma>> {
        let number = |value: Option<f64>, name, hint| needed(value.as_ref(), name, hint);
        let divergence_rad = number(self.divergence_rad, "divergence_rad", "the full angle of the beam")?;
        let length_m = number(self.length_m, "length_m", "a number of metres")?;
        let aperture_radius_m = number(self.aperture_radius_m, "aperture_radius_m", "a number of metres")?;
        let jitter_m = number(self.jitter_m, "jitter_m", "a number of metres, 0 for none")?;
        let alpha = number(self.alpha, "alpha", "the shape of the large eddies")?;
        let beta = number(self.beta, "beta", "the shape of the small eddies")?;
        let beam = Beam::new(BeamConfig { divergence_rad, length_m })?;
        let pointing = Pointing::new(PointingConfig {
            beam_radius_m: beam.footprint_radius_m(),
            aperture_radius_m,
            jitter_m,
        })?;
        Ok(Channel::new(pointing, GammaGamma::new(alpha, beta)?))
    }
}

/// A threshold, or `infinite`.
pub(super) fn threshold(text: &str) -> std::result::Result<f64, String> {
    if text == "infinite" {
        return Ok(f64::INFINITY);
    }
    text.trim().parse().map_err(|_| format!("`{text}` is neither a number nor `infinite`"))
}

/// [`threshold`] in JSON: a number, the word, or null.
pub(super) fn threshold_field<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<f64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a number or \"infinite\"")]
    enum Threshold {
        Number(f64),
        Word(String),
    }
    match Option::<Threshold>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Threshold::Number(number)) => Ok(Some(number)),
        Some(Threshold::Word(text)) if text == "infinite" => Ok(Some(f64::INFINITY)),
        Some(Threshold::Word(text)) => {
            Err(D::Error::custom(format!("a threshold is a number or \"infinite\", not {text:?}")))
        }
    }
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

/// [`count`] in JSON: `50000000` and `50e6` alike, or null.
pub(super) fn count_field<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<u64>, D::Error> {
    let number = Option::<serde_json::Number>::deserialize(deserializer)?;
    number.map(|number| count(&number.to_string())).transpose().map_err(D::Error::custom)
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
