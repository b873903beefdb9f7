//! The people in a record of range profiles.

use super::azimuth::beams;
use super::cells::moving_cells;
use super::follow::follow;
use super::{VitalMonitor, VitalSigns};
use mmw_core::antenna::AntennaArray;
use mmw_core::ndarray::{ArrayRef1, ArrayRef3, Axis};
use mmw_core::{C64, Result, check};
use std::f64::consts::PI;

/// A person, or whatever moves like one.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Person {
    /// Range bin in the middle of the record.
    pub range_bin: usize,
    /// Range bin of each sample, which changes as the person walks.
    pub range_bins: Vec<usize>,
    /// Azimuth, where the array tells directions.
    pub azimuth_rad: Option<f64>,
    /// What the samples hold.
    pub signs: VitalSigns,
}

mmw_core::checked_serde!(Person, |person| {
    check::same_len("range_bins", person.signs.moving.len(), person.range_bins.len())?;
    check::in_range("azimuth_rad", person.azimuth_rad.unwrap_or_default(), -PI, PI).map(|_| ())
});

impl Person {
    /// Whether a rate was found.
    #[must_use]
    pub fn breathes(&self) -> bool {
        self.signs.respiration.is_some() || self.signs.heart.is_some()
    }

    fn confidence(&self) -> f64 {
        self.signs.respiration.map_or(0.0, |rate| rate.confidence)
            + self.signs.heart.map_or(0.0, |rate| rate.confidence)
    }
}

/// Cells that are looked at.
const MOST_CELLS: usize = 6;
/// Displacements this much alike are one person's: side lobes and reflections.
const ALIKE: f64 = 0.9;
/// Rates of less confidence do not bring a weaker cell before a stronger one.
const CONFIDENT: f64 = 0.3;

impl VitalMonitor {
    /// The people in `profiles` `[channel, frame, range bin]`, those with rates first, in each group the
    /// strongest echo first.
    ///
    /// The cells come from [`moving_cells`]; each is followed from bin to bin, its receivers combined by
    /// [`maximum_ratio`](super::maximum_ratio), or, with `array`, by direction where two people share a
    /// range. A cell whose displacement is another's, as side lobes and reflections are, is left out, as is
    /// one that leads to the place of another. Empty where nothing moves.
    ///
    /// # Errors
    /// As [`moving_cells`] and [`VitalMonitor::process`]; [`mmw_core::Error::Shape`] when `array` has another
    /// number of elements than there are channels.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::{mmw_core::C64, ndarray::Array3, vitals::{VitalMonitor, VitalsConfig}};
    /// use std::f64::consts::TAU;
    ///
    /// let chest_m = |t: f64| 2e-3 * (TAU * 0.3 * t).sin();
    /// let profiles = Array3::from_shape_fn((1, 800, 8), |(_, n, bin)| match bin {
    ///     5 => C64::cis(2.0 * TAU / 4e-3 * chest_m(n as f64 / 20.0)),
    ///     _ => C64::from(0.5),
    /// });
    /// let people = VitalMonitor::new(VitalsConfig::new(20.0, 4e-3))?.people(&profiles, None)?;
    /// assert_eq!(people[0].range_bin, 5);
    /// assert!((people[0].signs.respiration.unwrap().per_minute() - 18.0).abs() < 0.1);
    /// # Ok::<(), mmw_dsp::mmw_core::Error>(())
    /// ```
    pub fn people(&self, profiles: &ArrayRef3<C64>, array: Option<&AntennaArray>) -> Result<Vec<Person>> {
        let (channels, frames, _) = profiles.dim();
        check::at_least("frames of the profiles", frames, self.least_samples())?;
        if let Some(array) = array {
            check::same_len("elements of the array", channels, array.len())?;
        }
        let mut people: Vec<Person> = Vec::new();
        for cell in moving_cells(profiles)?.iter().take(MOST_CELLS) {
            let followed = follow(profiles, cell.range_bin, self.config().sample_rate_hz)?;
            let range_bin = followed.bins[frames / 2];
            let walked = followed.bins.iter().any(|&bin| bin != range_bin);
            let shares = match array {
                Some(array) if channels > 1 && !walked => {
                    beams(&profiles.index_axis(Axis(2), range_bin), array, self.config().wavelength_m)?
                }
                _ => Vec::new(),
            };
            let mut found = |samples: &ArrayRef1<C64>, azimuth_rad: Option<f64>| -> Result<()> {
                let person = Person {
                    range_bin,
                    range_bins: followed.bins.clone(),
                    azimuth_rad,
                    signs: self.process(samples)?,
                };
                let known = people.iter().any(|other| {
                    let one_cell = other.range_bin == range_bin && other.azimuth_rad == azimuth_rad;
                    one_cell || alike(&other.signs, &person.signs) > ALIKE
                });
                if !known && (people.is_empty() || person.breathes()) {
                    people.push(person);
                }
                Ok(())
            };
            match shares.as_slice() {
                [] => found(&followed.samples, None)?,
                [lone] => found(&followed.samples, Some(lone.azimuth_rad))?,
                several => {
                    several.iter().try_for_each(|beam| found(&beam.samples, Some(beam.azimuth_rad)))?
                }
            }
        }
        // Stable: within a group the order is that of the cells.
        people.sort_by_key(|person| person.confidence() < CONFIDENT);
        Ok(people)
    }
}

/// The correlation of two displacements within both bands, without sign.
fn alike(a: &VitalSigns, b: &VitalSigns) -> f64 {
    let [x, y] = [a, b].map(|signs| &signs.respiration_m + &signs.heart_m);
    let size = (x.dot(&x) * y.dot(&y)).sqrt();
    if size > 0.0 { (x.dot(&y) / size).abs() } else { 0.0 }
}
