//! Moments of the path list: delay spread and angular spread.

use crate::path::{Coupling, DirectModes, GuideTerm, Realisation};
use mmw_core::geometry::Vector3;
use mmw_core::{Error, Result, check};

/// An end of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum LinkEnd {
    /// Directions of departure.
    Base,
    /// Directions of arrival.
    Mobile,
}

mmw_core::named!(LinkEnd, "end of the link" { Base = "base", Mobile = "mobile" });

/// Mean delay and its spread, weighted by power.
///
/// ```text
/// τ̄ = Σ pᵢ τᵢ / Σ pᵢ,   τ_rms = √(Σ pᵢ (τᵢ − τ̄)² / Σ pᵢ)
/// ```
/// Equations (5.12) and (5.13) of [^rappaport]; a guide term enters with its mean power.
///
/// # Examples
/// ```
/// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario, statistics::DelaySpread};
/// use mmw_core::random::Streams;
///
/// let channel = ChannelModel::new(Scenario::urban_macrocell())?.draw(&mut Streams::new(1).stream(0));
/// let spread = DelaySpread::new(&channel)?;
/// assert!(spread.mean_s > 3.3e-6 && spread.rms_s > 1e-7 && spread.rms_s < 5e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^rappaport]: T. S. Rappaport, "Wireless Communications", 2nd edition (2002), section 5.4.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct DelaySpread {
    /// `τ̄` from end to end, s.
    pub mean_s: f64,
    /// `τ_rms`, s.
    pub rms_s: f64,
}

mmw_core::checked_serde!(DelaySpread, |spread| {
    check::finite("mean_s", spread.mean_s)?;
    check::non_negative("rms_s", spread.rms_s).map(|_| ())
});

impl DelaySpread {
    /// Of one realisation.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a channel without power.
    pub fn new(channel: &Realisation) -> Result<Self> {
        let paths = channel.paths.iter().map(|path| (path.gain.norm_sqr(), path.delay_s));
        let guides = channel.guides.iter().map(|term| (power(term), term.delay_s));
        let terms: Vec<(f64, f64)> = paths.chain(guides).collect();
        let total = check_power(terms.iter().map(|(p, _)| p).sum())?;
        let mean_s = terms.iter().map(|(p, tau)| p * tau).sum::<f64>() / total;
        let variance = terms.iter().map(|(p, tau)| p * (tau - mean_s).powi(2)).sum::<f64>() / total;
        Ok(Self { mean_s, rms_s: variance.sqrt() })
    }
}

fn check_power(total: f64) -> Result<f64> {
    if total.is_finite() && total > 0.0 {
        return Ok(total);
    }
    Err(Error::invalid("channel", "its power is zero or not finite"))
}

fn power(term: &GuideTerm) -> f64 {
    term.strengths.iter().map(|s| s * s).sum()
}

/// Azimuth spread of one realisation at one end, from 0 (one direction) to 1 (all round alike).
///
/// ```text
/// σ = √(1 − |Σ pᵢ e^{jφᵢ}|² / (Σ pᵢ)²)
/// ```
/// Equation (12) of [^fleury] for azimuths; for a narrow spread it is the standard deviation in rad. Guides
/// enter with their modes and the scatterers that they couple to.
///
/// # Errors
/// [`Error::Invalid`] for a channel without power.
///
/// # Examples
/// ```
/// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario};
/// use mimo_gscm::statistics::{LinkEnd, azimuth_spread};
/// use mmw_core::random::Streams;
///
/// let channel = ChannelModel::new(Scenario::urban_macrocell())?.draw(&mut Streams::new(1).stream(0));
/// // The mobile station stands among its scatterers; the base station sees them from afar.
/// assert!(azimuth_spread(&channel, LinkEnd::Base)? < azimuth_spread(&channel, LinkEnd::Mobile)?);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^fleury]: B. H. Fleury, "First- and second-order characterization of direction dispersion and space
///     selectivity in the radio channel", IEEE Transactions on Information Theory 46 (2000).
pub fn azimuth_spread(channel: &Realisation, end: LinkEnd) -> Result<f64> {
    let mut sums = [0.0; 3];
    let mut add = |power: f64, [x, y, _]: Vector3| {
        let level = x.hypot(y);
        if level > 0.0 && power > 0.0 {
            sums = [sums[0] + power, sums[1] + power * x / level, sums[2] + power * y / level];
        }
    };
    for path in &channel.paths {
        let direction = if end == LinkEnd::Base { path.departure } else { path.arrival };
        add(path.gain.norm_sqr(), direction);
    }
    for term in &channel.guides {
        let coupling = if end == LinkEnd::Base { &term.entry } else { &term.exit };
        add_guide(term, coupling, &mut add);
    }
    let [total, x, y] = sums;
    let total = check_power(total)?;
    Ok((1.0 - (x * x + y * y) / (total * total)).max(0.0).sqrt())
}

/// The power of a term as its rays share it.
fn add_guide(term: &GuideTerm, coupling: &Coupling, add: &mut impl FnMut(f64, Vector3)) {
    let modes = term.strengths.len();
    let mut rays = Vec::new();
    match &coupling.direct {
        DirectModes::Dark => {}
        DirectModes::PlaneWaves { directions, weights } => {
            let terms = directions.iter().zip(weights).zip(&term.strengths);
            rays.extend(terms.map(|((&ray, weight), s)| (weight.norm_sqr() * s * s, ray)));
        }
        DirectModes::Independent { amplitude, .. } => {
            rays.push((amplitude * amplitude * power(term), coupling.mouth.direction));
        }
    }
    let rows = coupling.weights_re.chunks(modes.max(1)).zip(coupling.weights_im.chunks(modes.max(1)));
    for (ray, (re, im)) in coupling.scatterers.iter().zip(rows) {
        let weights = re.iter().zip(im).zip(&term.strengths);
        rays.push((weights.map(|((a, b), s)| (a * a + b * b) * s * s).sum(), ray.direction));
    }
    let total: f64 = rays.iter().map(|(p, _)| p).sum();
    for (share, ray) in rays {
        add(share / total * power(term), ray);
    }
}
