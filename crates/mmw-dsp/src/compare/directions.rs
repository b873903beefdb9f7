//! Direction finders: error, bias, resolution and bound over SNR, separation and number of snapshots.

use crate::covariance::SourceCount;
use crate::crlb::{DirectionSources, SignalModel, UnknownAngles, direction_bounds};
use crate::doa::{AngleEstimator, AngleGrid, DirectionFinder, snapshot_of};
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::{Array1, Array2};
use mmw_core::random::{Stream, fill_standard_complex_normal};
use mmw_core::study::{
    Condition, Contender, Experiment, Grid, Score, Study, StudyConfig, StudyTable, contender,
};
use mmw_core::{Axis, C64, Error, Result, check};

/// Wavelength of the array: only its ratio to the spacing counts.
const WAVELENGTH_M: f64 = 1.0;
/// Greatest azimuth of a source: beyond it, a ULA hardly tells angles.
const MOST_AZIMUTH_DEG: f64 = 85.0;
/// Points of the grids, from -90 to 90 degrees.
const GRID_POINTS: usize = 361;

/// The array and the sources of a [`DirectionTrials`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct DirectionTrialsConfig {
    /// Elements of the uniform linear array, 3 to 512; 12 by default.
    pub elements: usize,
    /// Their spacing in wavelengths; a half by default.
    pub spacing_waves: f64,
    /// Azimuth of one source, or of the middle of two, degrees.
    pub centre_deg: f64,
    /// Correlation of the two echoes, 0 to 1; with 1 they are coherent.
    pub correlation: f64,
}

impl Default for DirectionTrialsConfig {
    fn default() -> Self {
        Self { elements: 12, spacing_waves: 0.5, centre_deg: 0.0, correlation: 0.0 }
    }
}

/// Snapshots of one source or two in white noise as an [`Experiment`], on the axes of [`direction_grid`].
///
/// Echoes are circular normal and of equal power. The number of sources is known to all methods. Errors are
/// those of the source on the left, in degrees: a positive bias is towards the other one. A pair is detected
/// where each source is found within half the separation; a single direction found for both counts as the
/// estimate of either, undetected. The bound is the stochastic one, [`direction_bounds`].
///
/// # Examples
/// ```
/// use mmw_core::study::{Metric, StudyConfig};
/// use mmw_dsp::compare::{DirectionTrials, DirectionTrialsConfig, direction_grid};
/// use mmw_dsp::doa::DirectionFinder;
///
/// let trials = DirectionTrials::new(DirectionTrialsConfig::default())?;
/// let finders = [DirectionFinder::Fft, DirectionFinder::RootMusic];
/// let config = StudyConfig { trials: 100, ..StudyConfig::default() };
/// // Two sources half a beamwidth apart.
/// let table = trials.run(&finders, direction_grid(&[100], &[5.0], &[20.0])?, config)?;
/// assert!(table.row(0, "root_music")?.get(Metric::Detection) > Some(0.95));
/// assert!(table.row(0, "fft")?.get(Metric::Detection) < Some(0.05));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DirectionTrials {
    config: DirectionTrialsConfig,
    array: AntennaArray,
    grid: AngleGrid,
}

/// Conditions of [`DirectionTrials`]: numbers of snapshots, separations in degrees (0 for one source) and
/// SNR of one element and snapshot in dB.
///
/// # Errors
/// Those of [`Axis::explicit`] and [`Grid::new`].
pub fn direction_grid(snapshots: &[usize], separation_deg: &[f64], snr_db: &[f64]) -> Result<Grid> {
    let snapshots = snapshots.iter().map(|&count| count as f64).collect();
    Grid::new(vec![
        Axis::explicit("snapshots", "", snapshots)?,
        Axis::explicit("separation", "deg", separation_deg.to_vec())?,
        Axis::explicit("snr", "dB", snr_db.to_vec())?,
    ])
}

impl DirectionTrials {
    /// Trials of an array and sources.
    ///
    /// # Errors
    /// [`Error::Domain`] for elements, a spacing, a middle or a correlation out of range.
    pub fn new(config: DirectionTrialsConfig) -> Result<Self> {
        let DirectionTrialsConfig { elements, spacing_waves, centre_deg, correlation } = config;
        check::in_range("elements", elements as f64, 3.0, 512.0)?;
        check::in_range("spacing_waves", spacing_waves, 1e-3, 1e3)?;
        check::in_range("centre_deg", centre_deg, -MOST_AZIMUTH_DEG, MOST_AZIMUTH_DEG)?;
        check::in_range("correlation", correlation, 0.0, 1.0)?;
        let array = AntennaArray::uniform_linear(elements, spacing_waves * WAVELENGTH_M)?;
        let grid = AngleGrid::azimuth_sector(90_f64.to_radians(), GRID_POINTS)?;
        Ok(Self { config, array, grid })
    }

    /// The scores of methods with their default settings, under their names.
    ///
    /// # Errors
    /// As [`Study::run`], and what a method refuses of the array.
    pub fn run(&self, finders: &[DirectionFinder], grid: Grid, config: StudyConfig) -> Result<StudyTable> {
        let contenders = self.contenders(finders)?;
        let contenders: Vec<_> = contenders.iter().map(AsRef::as_ref).collect();
        Study::new(self, &contenders, grid, config)?.run()
    }

    /// Methods with their default settings, under their names.
    ///
    /// # Errors
    /// What a method refuses of the array.
    pub fn contenders(&self, finders: &[DirectionFinder]) -> Result<Vec<Box<dyn Contender<Self>>>> {
        let plan = |finder: DirectionFinder, count| {
            finder.plan(&self.array, WAVELENGTH_M, &self.grid, SourceCount::Given(count))
        };
        let one = |finder: &DirectionFinder| -> Result<Box<dyn Contender<Self>>> {
            Ok(Box::new(self.contender(finder.name(), [plan(*finder, 1)?, plan(*finder, 2)?])))
        };
        finders.iter().map(one).collect()
    }

    /// A method under a name: its plan for one source, and that for two, over [`DirectionTrials::array`] and
    /// a wavelength of 1 m.
    #[must_use]
    pub fn contender(&self, name: &str, plans: [Box<dyn AngleEstimator>; 2]) -> impl Contender<Self> + use<> {
        contender(name.to_owned(), move |at: &Condition<'_>, x: &Array2<C64>| {
            let count = sources_at(at)?;
            let angles = plans[count - 1].estimate(x)?.angles;
            let found = angles.iter().take(count).map(|peak| peak.direction.azimuth_rad.to_degrees());
            let mut found: Vec<f64> = found.collect();
            found.sort_by(f64::total_cmp);
            Ok((!found.is_empty()).then_some(found))
        })
    }

    /// The array, for a wavelength of 1 m.
    #[must_use]
    pub fn array(&self) -> &AntennaArray {
        &self.array
    }

    /// Azimuths of the sources, degrees, from left to right.
    fn azimuths_deg(&self, at: &Condition<'_>) -> Result<Vec<f64>> {
        let (centre, half) = (self.config.centre_deg, 0.5 * at.get("separation")?);
        Ok(if half == 0.0 { vec![centre] } else { vec![centre - half, centre + half] })
    }
}

/// One, or two where there is a separation.
fn sources_at(at: &Condition<'_>) -> Result<usize> {
    Ok(if at.get("separation")? == 0.0 { 1 } else { 2 })
}

fn direction(azimuth_deg: f64) -> Result<Direction> {
    Direction::new(azimuth_deg.to_radians(), 0.0)
}

impl Experiment for DirectionTrials {
    type Input = Array2<C64>;
    type Truth = Vec<f64>;
    type Estimate = Vec<f64>;

    fn parameters(&self) -> Vec<(String, String)> {
        let DirectionTrialsConfig { elements, spacing_waves, centre_deg, correlation } = self.config;
        let number = |name: &str, value: f64| (name.to_owned(), format!("{value:?}"));
        vec![
            ("elements".to_owned(), elements.to_string()),
            number("spacing_waves", spacing_waves),
            number("centre_deg", centre_deg),
            number("correlation", correlation),
        ]
    }

    // Covariances, projections and transforms.
    fn follows_processor(&self) -> bool {
        true
    }

    fn check(&self, grid: &Grid) -> Result<()> {
        for condition in 0..grid.len() {
            let at = grid.condition(condition)?;
            check::in_range("snapshots", at.get("snapshots")?, 1.0, 1e6)?;
            check::non_negative("separation", at.get("separation")?)?;
            check::in_range("snr", at.get("snr")?, -60.0, 100.0)?;
            for azimuth_deg in self.azimuths_deg(&at)? {
                check::in_range("azimuth of a source", azimuth_deg, -MOST_AZIMUTH_DEG, MOST_AZIMUTH_DEG)?;
            }
        }
        Ok(())
    }

    fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(Array2<C64>, Vec<f64>)> {
        let azimuths_deg = self.azimuths_deg(at)?;
        let (elements, snapshots) = (self.config.elements, at.get("snapshots")? as usize);
        let amplitude = 10_f64.powf(at.get("snr")? / 20.0);
        let (own, shared) = ((1.0 - self.config.correlation.powi(2)).sqrt(), self.config.correlation);
        let mut noise = vec![C64::default(); elements * snapshots];
        fill_standard_complex_normal(&mut noise, rng);
        let mut x = Array2::from_shape_vec((elements, snapshots), noise)
            .map_err(|e| Error::invalid("snapshots", e.to_string()))?;
        let mut first: Option<Array1<C64>> = None;
        for &azimuth_deg in &azimuths_deg {
            let mut echo = vec![C64::default(); snapshots];
            fill_standard_complex_normal(&mut echo, rng);
            let mut echo = Array1::from(echo);
            if let Some(first) = &first {
                echo.zip_mut_with(first, |z, first| *z = *z * own + first * shared);
            }
            let steering = snapshot_of(&self.array, WAVELENGTH_M, direction(azimuth_deg)?)?;
            for (mut row, a) in x.outer_iter_mut().zip(&steering) {
                row.scaled_add(a * amplitude, &echo);
            }
            first.get_or_insert(echo);
        }
        Ok((x, azimuths_deg))
    }

    fn score(&self, _: &Condition<'_>, truth_deg: &Vec<f64>, found_deg: &Vec<f64>) -> Score {
        let (Some(&left), Some(&found)) = (truth_deg.first(), found_deg.first()) else {
            return Score::of(f64::NAN);
        };
        let score = Score::of(found - left);
        let &[left, right] = &truth_deg[..] else { return score };
        let half = 0.5 * (right - left);
        let resolved = match found_deg[..] {
            [a, b] => (a - left).abs() < half && (b - right).abs() < half,
            _ => false,
        };
        score.detected(resolved)
    }

    fn bound(&self, at: &Condition<'_>) -> Result<Option<f64>> {
        let directions = self.azimuths_deg(at)?.into_iter().map(direction).collect::<Result<Vec<_>>>()?;
        let snr = 10_f64.powf(at.get("snr")? / 10.0);
        let mut sources = DirectionSources::uncorrelated(directions, snr, at.get("snapshots")? as usize)?;
        if let [2, 2] = sources.covariance.shape() {
            let shared = C64::from(snr * self.config.correlation);
            (sources.covariance[[0, 1]], sources.covariance[[1, 0]]) = (shared, shared);
        }
        let bounds = direction_bounds(
            &self.array,
            WAVELENGTH_M,
            &sources,
            SignalModel::Stochastic,
            UnknownAngles::Azimuth,
        );
        match bounds {
            Ok(bounds) => Ok(bounds.first().and_then(|bound| Some(bound.azimuth_rad?.to_degrees()))),
            // Coherent or all but equal: nothing bounds what cannot be told.
            Err(Error::Singular { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
