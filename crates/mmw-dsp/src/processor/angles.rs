//! Directions of a detected cell, by the estimator that the configuration names.

use super::ProcessorConfig;
use super::around::{Around, EIGENVALUE_FLOOR};
use super::folds::{CONFIRM, ROUNDING, Unfolded};
use super::method::{MAX_SOURCES, Method};
use crate::covariance::{SourceCount, sample_covariance, source_count};
use crate::doa::{Resolvable, SingleFit, SingleTarget, TwoFit, TwoTargets, resolvable, snapshot_of};
use crate::fmcw::Fmcw;
use crate::forms::AngleMaps;
use crate::point_cloud::Bearing;
use crate::tdm::DopplerCompensation;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::linalg::{hermitian_eigen, solve_definite};
use mmw_core::ndarray::{Array1, Array2, Axis, s};
use mmw_core::{C64, Error, Result};

/// What needs an antenna layout.
#[derive(Debug)]
pub(super) struct Angles {
    pub(super) maps: AngleMaps,
    fmcw: Fmcw,
    array: AntennaArray,
    compensation: DopplerCompensation<f64>,
    single: SingleTarget,
    two: TwoTargets,
    pub(super) resolvable: Resolvable,
    method: Method,
}

/// A target of a detected cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sighting {
    pub(super) bearing: Bearing,
    /// The same, with what is not resolved at zero.
    pub(super) direction: Option<Direction>,
    /// Whether other directions explain it as well.
    pub(super) ambiguous: bool,
    /// Its power over that of the cell.
    pub(super) power_share: f64,
    /// Share of the power of the channels that all targets of the cell leave; `None` where no direction
    /// is resolved.
    pub(super) unexplained_share: Option<f64>,
}

impl Sighting {
    /// Without a layout of the antennas.
    pub(super) const NOWHERE: Self = Self {
        bearing: Bearing { azimuth_rad: None, elevation_rad: None },
        direction: None,
        ambiguous: false,
        power_share: 1.0,
        unexplained_share: None,
    };
}

/// What one direction leaves is more than noise from this many times its expectation: with 13 degrees of
/// freedom, two transmitters of four receivers, noise alone does so once in 10⁵, with five once in 10³.
const BEYOND_NOISE: f64 = 4.0;
/// Targets beside the first must leave at most this share of what one alone leaves. Errors of the channels
/// leave the same with one as with two, while a second target that is there takes nearly all of it.
const BETTER: f64 = 0.25;

/// Greatest standard deviation of a direction cosine of a pair, 2 degrees ahead. Two targets of one azimuth
/// above one another leave two rows of antennas the ratio of the rows for three unknowns: noise then moves
/// the azimuths apart and chooses any pair of elevations with them.
const DETERMINED: f64 = 0.035;
/// What one direction leaves of a lone target when one transmitter of three has 3 dB less: 0.024.
const ALIKE: f64 = 0.03;

/// Of directions that leave less than this share of each other's response, 30 dB, no target is seen alone.
const LEAST_OWN: f64 = 1e-3;

impl Angles {
    pub(super) fn new(fmcw: &Fmcw, config: &ProcessorConfig, dopplers: usize) -> Result<Self> {
        let [azimuths, elevations] = config.map_angles;
        let array = seen_at_once(fmcw)?;
        let array = &array;
        let calibration = config.calibration.as_ref();
        Ok(Self {
            maps: AngleMaps::new(fmcw, azimuths, elevations, dopplers)?.weighted(calibration)?,
            compensation: DopplerCompensation::new(fmcw, dopplers)?.weighted(calibration)?,
            single: SingleTarget::new(array, fmcw.wavelength_m())?,
            two: TwoTargets::new(array, fmcw.wavelength_m())?,
            resolvable: resolvable(array),
            method: Method::new(config.doa, array, fmcw.wavelength_m())?,
            array: array.clone(),
            fmcw: fmcw.clone(),
        })
    }

    /// The fold of a Doppler frequency by what it does to the channels.
    pub(super) fn unfold(&self, doppler_hz: f64, amplitudes: &Array1<C64>) -> Result<Unfolded> {
        Unfolded::tested(&self.fmcw, doppler_hz, amplitudes, &self.single, &self.compensation)
    }

    /// What stands in a detected cell by its amplitudes, one or two; without angles where the array resolves
    /// none, or none explains the channels. `noise_share` is the share of noise in the power of `amplitudes`.
    pub(super) fn find(
        &self,
        amplitudes: &Array1<C64>,
        noise_share: f64,
        fold: &Unfolded,
    ) -> Result<Vec<Sighting>> {
        // One target is located best by the likelihood of its whole patch.
        let snapshot = amplitudes.to_owned().insert_axis(Axis(1));
        let snapshot = self.compensated(snapshot, fold.doppler_hz)?.remove_axis(Axis(1));
        let fit = match fold.fit {
            Some(fit) => fit,
            None => self.single.fit(&snapshot)?,
        };
        if 1.0 - fit.share > BEYOND_NOISE * noise_share {
            let pair = self.two.told_apart(&snapshot, &fit, self.fmcw.config().receivers)?;
            match pair {
                Some(pair) if is_determined(&pair, noise_share) => return self.pair(&snapshot, &pair),
                None if !self.two.in_line(&snapshot, &fit)? => {}
                _ => return Ok(vec![self.undetermined(&fit)]),
            }
        }
        let fit = self.placed(&snapshot, fit)?;
        let resolves = self.resolvable.azimuth || self.resolvable.elevation;
        Ok(vec![Sighting {
            bearing: self.bearing(fit.direction),
            direction: fit.direction,
            ambiguous: self.is_ambiguous(&snapshot, &fit)?,
            power_share: 1.0,
            unexplained_share: resolves.then_some(1.0 - fit.share),
        }])
    }

    /// A lone target where the method sees it; without a direction where it sees none.
    fn placed(&self, snapshot: &Array1<C64>, fit: SingleFit) -> Result<SingleFit> {
        if !self.method.places_one() || self.method.most() == 0 || fit.direction.is_none() {
            return Ok(fit);
        }
        let snapshot = snapshot.to_owned().insert_axis(Axis(1));
        let found = self.method.directions(1, &snapshot, fit.direction)?;
        let Some(&direction) = found.first() else { return Ok(SingleFit { direction: None, ..fit }) };
        let share = 1.0 - self.residual(&snapshot, &[direction])?;
        Ok(SingleFit { direction: Some(direction), share })
    }

    /// Two targets or more in directions that the array does not tell. Where one direction explains them as
    /// well as it explains a lone target of channels that are not quite alike, that direction.
    fn undetermined(&self, fit: &SingleFit) -> Sighting {
        let alike = 1.0 - fit.share <= ALIKE;
        Sighting {
            bearing: self.bearing(fit.direction.filter(|_| alike)),
            direction: None,
            ambiguous: true,
            power_share: 1.0,
            unexplained_share: Some(1.0 - fit.share),
        }
    }

    /// Both targets of a pair, each as it is without the other.
    fn pair(&self, snapshot: &Array1<C64>, pair: &TwoFit) -> Result<Vec<Sighting>> {
        let power = |x: &Array1<C64>| x.iter().map(C64::norm_sqr).sum::<f64>();
        let of = |i: usize| {
            let alone = snapshot - &pair.echoes[1 - i];
            let own = power(&pair.echoes[i]);
            let share = (own / power(&alone).max(f64::MIN_POSITIVE)).min(1.0);
            let fit = SingleFit { direction: Some(pair.directions[i]), share };
            Ok(Sighting {
                bearing: self.bearing(fit.direction),
                direction: fit.direction,
                ambiguous: self.is_ambiguous(&alone, &fit)?,
                power_share: own / power(snapshot).max(f64::MIN_POSITIVE),
                unexplained_share: Some(1.0 - pair.share),
            })
        };
        Ok(vec![of(0)?, of(1)?])
    }

    /// For each of some directions the weights of the channels that let a target there through, as strong as
    /// it is in one of them, and none of the other directions; nothing where the array does not tell them
    /// apart. `own_hz` are their Doppler frequencies, near `doppler_hz`.
    pub(super) fn beams(
        &self,
        directions: &[Direction],
        doppler_hz: f64,
        own_hz: &[f64],
    ) -> Result<Vec<Vec<C64>>> {
        let channels = self.compensation.channels();
        let seen = self.compensated(Array2::from_diag_elem(channels, C64::from(1.0)), doppler_hz)?;
        // Transmitters that send together are told apart with half of their amplitudes.
        let power: f64 = seen.iter().map(C64::norm_sqr).sum::<f64>() / self.array.len() as f64;
        let seen = seen / C64::from(power.sqrt());
        let mut responses = Vec::with_capacity(directions.len());
        for (&direction, own_hz) in directions.iter().zip(own_hz) {
            let mut response = snapshot_of(&self.array, self.fmcw.wavelength_m(), direction)?.to_vec();
            self.compensation.turn(&mut response, doppler_hz - own_hz);
            responses.push(response);
        }
        let inner = |a: &[C64], b: &[C64]| a.iter().zip(b).map(|(a, b)| a.conj() * b).sum::<C64>();
        let gram: Vec<C64> =
            responses.iter().flat_map(|a| responses.iter().map(move |b| inner(a, b))).collect();
        let mut beams = Vec::with_capacity(directions.len());
        for own in 0..directions.len() {
            let mut parts = vec![C64::default(); directions.len()];
            parts[own] = C64::from(1.0);
            if solve_definite(&mut gram.clone(), &mut parts, LEAST_OWN).is_err() {
                return Ok(Vec::new());
            }
            let weight = |n: usize| responses.iter().zip(&parts).map(|(a, p)| (a[n] * p).conj()).sum::<C64>();
            beams.push((0..self.array.len()).map(weight).collect::<Array1<C64>>().dot(&seen).to_vec());
        }
        Ok(beams)
    }

    /// Whether bins around a peak are asked for.
    pub(super) fn looks_around(&self) -> bool {
        self.method.most() > 0
    }

    /// Snapshots `[channel, …]` of the elements that are seen at once, without the motion between
    /// transmitters.
    fn compensated(&self, mut snapshots: Array2<C64>, doppler_hz: f64) -> Result<Array2<C64>> {
        for mut column in snapshots.columns_mut() {
            let mut channels = column.to_vec();
            self.compensation.apply(&mut channels, doppler_hz)?;
            column.assign(&Array1::from(channels));
        }
        Ok(snapshots.slice_move(s![..self.array.len(), ..]))
    }

    /// Whether another lobe of the array explains the channels so well that the best is not [`CONFIRM`] more
    /// likely. As for the folds, the likelihood ratio is `(r₁/r₂)^(N−1)` for what is left of `N` channels.
    fn is_ambiguous(&self, snapshot: &Array1<C64>, fit: &SingleFit) -> Result<bool> {
        let Some(direction) = fit.direction else { return Ok(false) };
        let freedom = self.array.len() as f64 - 1.0;
        let left = |fit: &SingleFit| (1.0 - fit.share).max(ROUNDING).ln();
        let rivals = self.single.rivals(snapshot, direction)?;
        Ok(rivals.iter().any(|rival| freedom * (left(rival) - left(fit)) < CONFIRM))
    }

    fn bearing(&self, direction: Option<Direction>) -> Bearing {
        let Some(direction) = direction else { return Bearing::default() };
        Bearing {
            azimuth_rad: (self.resolvable.azimuth && !self.resolvable.slanted)
                .then_some(direction.azimuth_rad),
            elevation_rad: self.resolvable.elevation.then_some(direction.elevation_rad),
        }
    }

    /// Two or more targets in the bins around a peak, by the method, when they explain them so much better
    /// than one that errors of the channels cannot be the reason; else none.
    pub(super) fn several(&self, around: Around, fold: &Unfolded) -> Result<Vec<Sighting>> {
        let Around { bins, leaked } = around;
        let snapshots = &self.compensated(bins, fold.doppler_hz)?;
        let eigen = hermitian_eigen(&sample_covariance(snapshots)?)?;
        let counted = sources(&eigen.values, snapshots.ncols(), leaked)?;
        if counted < 2 || counted > self.method.most() {
            return Ok(Vec::new());
        }
        let strongest = eigen.vectors.column(eigen.values.len() - 1).to_owned();
        let alone = self.single.fit(&strongest)?.direction;
        let found = self.method.directions(counted, snapshots, alone)?;
        let at_the_rim = |d: &Direction| {
            let [u, _, w] = d.unit_vector();
            u.hypot(w) > 1.0 - 1e-6
        };
        if found.len() < 2 || found.iter().any(at_the_rim) {
            return Ok(Vec::new());
        }
        let alone: Vec<Direction> = alone.into_iter().collect();
        let (one, all) = (self.residual(snapshots, &alone)?, self.residual(snapshots, &found)?);
        if all > BETTER * one {
            return Ok(Vec::new());
        }
        let of = |direction| Sighting {
            bearing: self.bearing(Some(direction)),
            direction: Some(direction),
            ambiguous: false,
            power_share: 1.0,
            unexplained_share: Some(all),
        };
        Ok(found.into_iter().map(of).collect())
    }

    /// Share of the snapshots' energy outside the span of the responses of `directions`.
    fn residual(&self, snapshots: &Array2<C64>, directions: &[Direction]) -> Result<f64> {
        let mut basis: Vec<Array1<C64>> = Vec::new();
        for &direction in directions {
            let mut vector = snapshot_of(&self.array, self.fmcw.wavelength_m(), direction)?;
            for known in &basis {
                let overlap: C64 = known.iter().zip(&vector).map(|(k, v)| k.conj() * v).sum();
                vector.scaled_add(-overlap, known);
            }
            let length = vector.iter().map(C64::norm_sqr).sum::<f64>().sqrt();
            if length > 1e-6 {
                basis.push(vector / C64::from(length));
            }
        }
        let total: f64 = snapshots.iter().map(C64::norm_sqr).sum();
        let explained: f64 = snapshots
            .columns()
            .into_iter()
            .flat_map(|x| basis.iter().map(move |q| q.iter().zip(x).map(|(q, x)| q.conj() * x).sum::<C64>()))
            .map(|projection| projection.norm_sqr())
            .sum();
        Ok(if total > 0.0 { (1.0 - explained / total).max(0.0) } else { 0.0 })
    }
}

/// The elements whose phases are those of one instant: all, where the velocity tells what a target moves
/// between transmitters; of frames of one chirp per transmitter, the receivers behind the first.
fn seen_at_once(fmcw: &Fmcw) -> Result<AntennaArray> {
    let array = fmcw.virtual_array().ok_or_else(|| Error::missing("antenna layout", "angles need it"))?;
    let config = fmcw.config();
    if config.chirps > 1 || config.transmitters == 1 {
        return Ok(array.clone());
    }
    AntennaArray::from_positions(array.positions_m().iter().take(config.receivers).copied().collect())
}

/// Whether the channels tell where both targets of a pair stand.
fn is_determined(pair: &TwoFit, noise_share: f64) -> bool {
    let noise = noise_share.max(1.0 - pair.share);
    pair.deviation.is_some_and(|deviation| deviation * noise.sqrt() <= DETERMINED)
}

/// Targets in the snapshots: what MDL counts, without those that are traces of the strongest, or of what was
/// taken from them. At least 1.
fn sources(eigenvalues: &Array1<f64>, snapshots: usize, leaked: f64) -> Result<usize> {
    let counted = source_count(eigenvalues, snapshots, SourceCount::Mdl)?;
    let greatest = eigenvalues.iter().fold(leaked, |a, &b| a.max(b));
    let strong = eigenvalues.iter().filter(|&&value| value > EIGENVALUE_FLOOR * greatest).count();
    Ok(counted.min(strong).clamp(1, MAX_SOURCES))
}
