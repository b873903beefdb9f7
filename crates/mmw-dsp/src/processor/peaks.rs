//! From a power map to the peaks that are targets, and the reason for those that are not.

use super::findings::{Place, Reason, Rejected};
use super::leakage::{Leakage, Summit, Twice};
use crate::cfar::{Cfar, CfarConfig, ClutterMap, ClutterMapConfig, Detection, Edge};
use crate::fmcw::Fmcw;
use crate::peak::{GroupConfig, RefinedPeak, strongest_cells};
use crate::range_doppler::RangeDopplerConfig;
use crate::{ProcessorConfig, Sampling};
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{Axis, Result};

/// Bins below beat frequency zero that the leakage of a near reflection reaches.
const NEGATIVE_BINS: usize = 3;
/// Bins above beat frequency zero in which that reflection stands.
const NEAR_BINS: usize = 6;
/// It is this many times as strong, 10 dB: a target at the far end is none of its leakage.
const NEGATIVE_RATIO: f64 = 10.0;

/// Detection, grouping and the test for leakage of one waveform.
#[derive(Debug)]
pub(super) struct Peaks {
    cfar: Cfar<f32>,
    /// In place of it, where cells are compared with their own past.
    clutter: Option<ClutterMap>,
    /// Training and guard cells on each side, fitted to the map.
    window: [[usize; 2]; 2],
    grouping: GroupConfig,
    leakage: Leakage,
    /// Whether the range axis goes once around all beat frequencies.
    whole: bool,
    range: Axis,
    velocity: Axis,
}

impl Peaks {
    pub(super) fn new(fmcw: &Fmcw, config: &ProcessorConfig, shape: &RangeDopplerConfig) -> Result<Self> {
        let map = [shape.range_bins, shape.doppler_fft];
        let cfar = fitted(&CfarConfig { looks: shape.channels, ..config.cfar.clone() }, map);
        let clutter = config.clutter_map_weight.map(|weight| {
            let CfarConfig { false_alarm_probability, looks, .. } = cfar;
            ClutterMap::new(&ClutterMapConfig { weight, false_alarm_probability, looks }, map)
        });
        let real = fmcw.config().sampling == Sampling::Real;
        let whole = shape.range_bins == shape.range_fft;
        let mut grouping = config.grouping.clone();
        if whole {
            grouping.edges[0] = Edge::Wrap;
        }
        Ok(Self {
            window: [cfar.train, cfar.guard],
            cfar: Cfar::new(&cfar, map)?,
            clutter: clutter.transpose()?,
            grouping,
            leakage: Leakage::new(shape, [real, real && config.remove_offset.unwrap_or(true)])?,
            whole,
            range: fmcw.range_axis(shape.range_fft)?,
            velocity: fmcw.velocity_axis(shape.doppler_fft)?,
        })
    }

    /// Training and guard cells on each side, `[range, doppler]`.
    pub(super) fn window(&self) -> [[usize; 2]; 2] {
        self.window
    }

    /// Cells above their threshold.
    pub(super) fn detect(&self, power: &ArrayRef2<f32>) -> Result<Vec<Detection>> {
        match &self.clutter {
            Some(clutter) => clutter.judge(power),
            None => self.cfar.detect(power),
        }
    }

    /// Takes a map into the past of the cells, where that is what they are compared with.
    pub(super) fn learn(&mut self, power: &ArrayRef2<f32>) -> Result<()> {
        self.clutter.as_mut().map_or(Ok(()), |clutter| clutter.learn(power))
    }

    /// One detection a target, strongest first, of those that [`Peaks::detect`] found in the map.
    pub(super) fn group(&self, power: &ArrayRef2<f32>, all: &[Detection]) -> Vec<Detection> {
        strongest_cells(power, all, &self.grouping)
    }

    /// Summits at zero velocity in the range bins that the coupling is taken from, before it is.
    pub(super) fn still(&self, power: &ArrayRef2<f32>, bins: usize) -> Vec<Summit> {
        let (rows, columns) = power.dim();
        let at = |row: usize| power[[row % rows, columns / 2]];
        let first = bins.min(rows);
        let last = if self.whole { rows - bins.min(rows - first) } else { rows };
        let greatest = |row: usize| {
            let below = row == 0 && !self.whole || at(row) >= at(row + rows - 1);
            below && (row + 1 == rows && !self.whole || at(row) >= at(row + 1))
        };
        (0..first)
            .chain(last..rows)
            .filter(|&row| at(row) > 0.0 && greatest(row))
            .map(|row| self.leakage.summit(power, [row, columns / 2]))
            .collect()
    }

    /// The peaks that are targets of their own; the others go to `rejected`. `removed` was taken from the
    /// map, but leaves its sidelobes there; `twice` says which of them were taken from themselves, and
    /// leave more of their sidelobes than of their summit.
    pub(super) fn targets(
        &self,
        power: &ArrayRef2<f32>,
        peaks: Vec<Detection>,
        removed: &[Summit],
        twice: impl Fn(&Detection) -> Option<Twice>,
        rejected: &mut Vec<Rejected>,
    ) -> Vec<Detection> {
        let mut stronger = removed.to_vec();
        let mut targets = Vec::with_capacity(peaks.len());
        for peak in peaks {
            let summit = self.leakage.summit(power, peak.index);
            match self.leak(power, &peak, &stronger) {
                Some(reason) => rejected.push(Rejected { index: peak.index, reason }),
                None => {
                    match twice(&peak) {
                        Some(twice) => stronger.extend(summit.twice(twice)),
                        None => stronger.push(summit),
                    }
                    targets.push(peak);
                }
            }
        }
        targets
    }

    /// Share of the power at the summit of a fitted peak that it has in the cell where it was looked for.
    pub(super) fn share_in(&self, [row, column]: [usize; 2], peak: &RefinedPeak) -> f64 {
        let zero = (self.velocity.len() / 2) as f64;
        self.leakage.share([row as f64 - peak.range_bin, column as f64 - zero - peak.doppler_bin])
    }

    fn leak(&self, power: &ArrayRef2<f32>, peak: &Detection, stronger: &[Summit]) -> Option<Reason> {
        if let Some(of) = self.leakage.explained_by(peak.index, peak.power, stronger) {
            return Some(Reason::Response { of: self.place(of) });
        }
        let of = self.near_reflection(power, peak)?;
        Some(Reason::NegativeBeat { of: self.place(of) })
    }

    /// The near reflection whose leakage below beat frequency zero a peak at the far end is.
    pub(super) fn near_reflection(&self, power: &ArrayRef2<f32>, peak: &Detection) -> Option<[usize; 2]> {
        let (rows, columns) = power.dim();
        let far = rows >= 4 * (NEAR_BINS + NEGATIVE_BINS) && peak.index[0] + NEGATIVE_BINS >= rows;
        if !(self.whole && far) {
            return None;
        }
        let near_velocity = |column: usize| {
            let apart = column.abs_diff(peak.index[1]);
            apart.min(columns - apart) <= 2
        };
        let cells = (0..NEAR_BINS).flat_map(|row| (0..columns).map(move |column| [row, column]));
        let strongest =
            cells.filter(|cell| near_velocity(cell[1])).max_by(|a, b| power[*a].total_cmp(&power[*b]))?;
        (f64::from(power[strongest]) > NEGATIVE_RATIO * peak.power).then_some(strongest)
    }

    pub(super) fn place(&self, [row, column]: [usize; 2]) -> Place {
        let velocity_m_s = (self.velocity.len() > 1).then(|| self.velocity.at(column as f64));
        Place { range_m: self.range.at(row as f64), velocity_m_s }
    }

    /// Why a cell that is no peak of its own made no point.
    pub(super) fn explain(
        &self,
        power: &ArrayRef2<f32>,
        all: &[Detection],
        removed: &[Summit],
        targets: &[[usize; 2]],
        index: [usize; 2],
    ) -> Result<Reason> {
        let mut summits = removed.to_vec();
        summits.extend(targets.iter().map(|&cell| self.leakage.summit(power, cell)));
        let own = f64::from(power.get(index).copied().unwrap_or_default());
        if let Some(of) = self.leakage.explained_by(index, own, &summits) {
            return Ok(Reason::Response { of: self.place(of) });
        }
        let cell = match &self.clutter {
            Some(clutter) => clutter.examine(power, index)?,
            None => self.cfar.examine(power, all, index)?,
        };
        let Some(cell) = cell else { return Ok(Reason::NoTraining) };
        if cell.power > cell.threshold {
            if let Some(of) = self.near_reflection(power, &cell) {
                return Ok(Reason::NegativeBeat { of: self.place(of) });
            }
            let reach = self.grouping.half_width;
            let of = self.strongest_around(power, index, reach, |other| other != index);
            return Ok(Reason::Shoulder { of: self.place(of) });
        }
        let CfarConfig { train, guard, censor, .. } = self.cfar.config();
        let takes_part = |other: [usize; 2]| {
            let guarded = (0..2).all(|axis| other[axis].abs_diff(index[axis]) <= guard[axis]);
            let censored = *censor && all.iter().any(|d| d.index == other);
            !(guarded || censored)
        };
        let reach = match &self.clutter {
            Some(_) => [0, 0],
            None => [train[0] + guard[0], train[1] + guard[1]],
        };
        let neighbour = self.strongest_around(power, index, reach, takes_part);
        let db = |ratio: f64| 10.0 * ratio.max(f64::MIN_POSITIVE).log10();
        Ok(Reason::BelowThreshold {
            snr_db: db(cell.snr),
            threshold_db: db(cell.threshold / cell.noise.max(f64::MIN_POSITIVE)),
            neighbour: self.place(neighbour),
        })
    }

    /// Bins between two cells, around the axes that wrap.
    pub(super) fn apart(&self, power: &ArrayRef2<f32>, a: [usize; 2], b: [usize; 2]) -> [usize; 2] {
        let (rows, columns) = power.dim();
        let [range, doppler] = [a[0].abs_diff(b[0]), a[1].abs_diff(b[1])];
        let around = if self.whole { range.min(rows - range.min(rows)) } else { range };
        [around, doppler.min(columns - doppler.min(columns))]
    }

    fn strongest_around(
        &self,
        power: &ArrayRef2<f32>,
        index: [usize; 2],
        reach: [usize; 2],
        wanted: impl Fn([usize; 2]) -> bool,
    ) -> [usize; 2] {
        let (rows, columns) = power.dim();
        let across = (2 * reach[1] + 1).min(columns);
        let first = columns + index[1] - reach[1].min(columns);
        let [below, above] = match self.whole {
            true => [reach[0].min((rows - 1) / 2); 2],
            false => [reach[0].min(index[0]), reach[0].min(rows - 1 - index[0])],
        };
        let cells = (0..=below + above)
            .map(|i| (rows + index[0] + i - below) % rows)
            .flat_map(|row| (0..across).map(move |i| [row, (first + i) % columns]));
        cells.filter(|&cell| wanted(cell)).max_by(|a, b| power[*a].total_cmp(&power[*b])).unwrap_or(index)
    }
}

/// The detector with a window that does not wrap onto itself. On a velocity axis too short for both, the
/// guard keeps its width, so that no target trains against itself, and the training cells are those in range.
fn fitted(config: &CfarConfig, shape: [usize; 2]) -> CfarConfig {
    let mut fitted = config.clone();
    let sides = shape.map(|len| len.saturating_sub(1) / 2);
    let too_long = |fitted: &CfarConfig, axis: usize| {
        fitted.train[axis].saturating_add(fitted.guard[axis]) > sides[axis]
    };
    if too_long(&fitted, 0) {
        fitted.guard[0] = fitted.guard[0].min(sides[0] / 2);
        fitted.train[0] = sides[0] - fitted.guard[0];
    }
    if too_long(&fitted, 1) {
        let widest = if fitted.train[0] > 0 { sides[1] } else { sides[1] / 2 };
        fitted.guard[1] = fitted.guard[1].min(widest);
        fitted.train[1] = sides[1] - fitted.guard[1];
    }
    fitted
}
