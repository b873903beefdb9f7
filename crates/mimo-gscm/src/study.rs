//! The capacity of a scenario by simulation.

use crate::capacity::{CapacitySample, capacity_band, capacity_flat_batch};
use crate::path::Realisation;
use crate::propagation::{ChannelModel, DrawScratch};
use crate::transfer::{Station, Transfer, TransferScratch};
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::ndarray::{Array1, Array3, Axis as Dimension, s};
use mmw_core::random::Stream;
use mmw_core::stats::Moments;
use mmw_core::{Axis, Result, check};
use std::ops::Range;

/// Matrices whose determinants are worked out together.
const BATCH: usize = 128;

/// What to measure on the draws of a model.
///
/// # Examples
/// ```
/// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario, study::CapacityStudy, transfer::Station};
/// use mmw_core::monte_carlo::MonteCarlo;
///
/// let model = ChannelModel::new(Scenario::urban_macrocell())?;
/// let array = Station::linear(4, 0.5, 2e9)?;
/// let study = CapacityStudy { receive: array.clone(), transmit: array, snr: 100.0, band: None };
/// let result = study.run(&model, &MonteCarlo::new(1, 2000))?;
/// let outage = result.capacity.outage(0.1, 0.99)?;
/// assert!(outage.contains(14.33)); // independent Rayleigh fading would give 19.63
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct CapacityStudy {
    /// The mobile end.
    pub receive: Station,
    /// The base end.
    pub transmit: Station,
    /// Mean signal-to-noise ratio per receive branch, linear.
    pub snr: f64,
    /// A band to average over (equation (5)); `None` for flat fading.
    pub band: Option<Band>,
}

/// Equally spaced frequencies about the carrier.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct Band {
    /// Bandwidth, Hz.
    pub bandwidth_hz: f64,
    /// Number of frequencies, each in the middle of its part of the band.
    pub bins: usize,
}

mmw_core::checked_serde!(Band, |band| band.offsets_hz().map(|_| ()));

impl Band {
    /// The offsets from the carrier.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless the bandwidth is finite and above 0; [`mmw_core::Error::TooFew`]
    /// for no bins.
    ///
    /// # Examples
    /// ```
    /// let band = mimo_gscm::study::Band { bandwidth_hz: 20e6, bins: 4 };
    /// assert_eq!(band.offsets_hz()?.to_vec(), [-7.5e6, -2.5e6, 2.5e6, 7.5e6]);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn offsets_hz(&self) -> Result<Axis> {
        check::positive("bandwidth_hz", self.bandwidth_hz)?;
        check::at_least("bins", self.bins, 1)?;
        let step = self.bandwidth_hz / self.bins as f64;
        Axis::uniform("frequency", "Hz", 0.5 * (step - self.bandwidth_hz), step, self.bins)
    }
}

/// What a study found.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct CapacityResult {
    /// One capacity for each draw.
    pub capacity: CapacitySample,
    /// Mean of `|h|²` over draws and entries (and frequencies): 1 within its error.
    pub power: Moments,
}

mmw_core::checked_serde!(CapacityResult, |result| {
    let powers = result.power.count() + result.power.not_finite();
    check::same_len("power", result.capacity.ecdf().values().len(), powers as usize)
});

impl CapacityStudy {
    /// Draws as many channels as `run` asks for.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for an `snr` that is negative or not finite; the others as
    /// [`Transfer::new`] and [`MonteCarlo::run`].
    pub fn run(&self, model: &ChannelModel, run: &MonteCarlo<'_>) -> Result<CapacityResult> {
        check::non_negative("snr", self.snr)?;
        let carrier_hz = model.scenario().carrier_hz;
        let transfer = match self.band {
            Some(band) => Transfer::new(&self.receive, &self.transmit, carrier_hz, band.offsets_hz()?)?,
            None => Transfer::flat(&self.receive, &self.transmit, carrier_hz)?,
        };
        let (capacities, power) = run.run(|rng, trials| self.block(model, &transfer, rng, trials))?;
        Ok(CapacityResult { capacity: CapacitySample::new(&Array1::from_vec(capacities))?, power })
    }

    fn block(
        &self,
        model: &ChannelModel,
        transfer: &Transfer,
        rng: &mut Stream,
        trials: Range<u64>,
    ) -> Result<(Vec<f64>, Moments)> {
        let [frequencies, receive, transmit] = transfer.shape();
        let (mut draw, mut scratch) = (DrawScratch::default(), TransferScratch::default());
        let (mut channel, mut power) = (Realisation::default(), Moments::new());
        let mut capacities = Vec::new();
        let rows = if self.band.is_some() { frequencies } else { BATCH };
        let mut matrices = Array3::zeros((rows, receive, transmit));
        let mut filled = 0;
        for _ in trials {
            if self.band.is_some() {
                model.draw_into(&mut draw, &mut channel, rng);
                transfer.response_into(&channel, &mut scratch, &mut matrices)?;
                capacities.push(capacity_band(&matrices, self.snr)?);
                power.push(mean_power(matrices.iter()));
                continue;
            }
            model.draw_narrowband_into(&mut draw, &mut channel, rng);
            let mut place = matrices.index_axis_mut(Dimension(0), filled);
            transfer.matrix_into(&channel, &mut scratch, &mut place)?;
            power.push(mean_power(place.iter()));
            filled += 1;
            if filled == BATCH {
                capacities.extend(capacity_flat_batch(&matrices, self.snr)?);
                filled = 0;
            }
        }
        if filled > 0 {
            capacities.extend(capacity_flat_batch(&matrices.slice(s![..filled, .., ..]), self.snr)?);
        }
        Ok((capacities, power))
    }
}

fn mean_power<'a>(entries: impl ExactSizeIterator<Item = &'a mmw_core::C64>) -> f64 {
    let count = entries.len() as f64;
    entries.map(|z| z.norm_sqr()).sum::<f64>() / count
}
