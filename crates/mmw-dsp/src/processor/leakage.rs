//! How much of a target the windows leave in cells that are not its own, and whether that is all
//! that a peak is.
//!
//! It is asked twice: before the fit of the peaks, by the powers of the cells and with a margin for what
//! their phases do ([`Leakage::explained_by`]), so that leakage takes no part in it; after it by the
//! amplitudes that the fit found ([`explains`]).

use crate::cfar::Detection;
use crate::fft::AxisFft;
use crate::peak::RefinedPeak;
use crate::range_doppler::RangeDopplerConfig;
use crate::window::Window;
use mmw_core::ndarray::{Array1, ArrayRef2, Axis};
use mmw_core::{C64, Result};

/// Points of the tabulated response between two bins.
const FINE: usize = 16;
/// A peak is a target of its own when its amplitude is this many times what stronger ones leave there: the
/// places between bins are known to a few hundredths, and leakages of several may add up in phase.
const MARGIN: f64 = 2.0;
/// Less leakage than this share of the power of a cell, 0.22 of its amplitude, leaves it at least 0.78 of its
/// amplitude, whatever their phases: it explains no peak.
const LEAKAGE_SHARE: f64 = 0.05;
/// A peak weaker than this share of the leakage in its cell is what the model of a strong target misses: 0.55
/// of its amplitude, about what [`MARGIN`] asks of powers alone.
const MISMATCH: f64 = 0.3;

/// Whether the leakage of the other targets, which were fitted together with a peak, is all that was
/// detected there. `own` is the power of the peak.
pub(super) fn explains(detection: &Detection, peak: &RefinedPeak, own: f64) -> bool {
    peak.leakage_power > LEAKAGE_SHARE * detection.power
        && own < detection.threshold.max(MISMATCH * peak.leakage_power)
}

/// Power responses of both windows off their bin, one at the bin.
#[derive(Debug)]
pub(super) struct Leakage {
    range: Vec<f64>,
    doppler: Vec<f64>,
    /// Whether every target has an image at minus both frequencies: samples are real.
    image: bool,
    /// Whether the mean of each chirp was taken: next to beat frequency zero that adds what it holds
    /// of a target.
    offset: bool,
    zero: usize,
}

/// A cell with the place of its summit between the bins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Summit {
    pub(super) index: [usize; 2],
    place: [f64; 2],
    /// Power at the summit.
    power: f64,
}

impl Summit {
    /// The two of a target that a filter has seen in two places, so many range bins apart, with the power
    /// that it had there.
    pub(super) fn twice(self, Twice { power, bins_apart }: Twice) -> [Self; 2] {
        let [row, column] = self.place;
        let power = self.power.max(power);
        [-0.5, 0.5].map(|side| Self { place: [row + side * bins_apart, column], power, ..self })
    }
}

/// What a filter of two frames has taken of a target.
#[derive(Debug, Clone, Copy)]
pub(super) struct Twice {
    /// In one frame.
    pub(super) power: f64,
    pub(super) bins_apart: f64,
}

impl Leakage {
    pub(super) fn new(config: &RangeDopplerConfig, [image, offset]: [bool; 2]) -> Result<Self> {
        Ok(Self {
            range: response(config.range_window, config.samples, config.range_fft)?,
            doppler: response(config.doppler_window, config.chirps, config.doppler_fft)?,
            image,
            offset,
            zero: config.doppler_fft / 2,
        })
    }

    /// Share of the power at the summit of an echo that it has in a cell so many bins off.
    pub(super) fn share(&self, [range, doppler]: [f64; 2]) -> f64 {
        at(&self.range, range) * at(&self.doppler, doppler)
    }

    /// Where the summit of a local maximum is, by the parabola through the decibels of three bins.
    pub(super) fn summit(&self, power: &ArrayRef2<f32>, index: [usize; 2]) -> Summit {
        let (rows, columns) = power.dim();
        let own = f64::from(power[index]);
        let whole = rows * FINE == self.range.len();
        let [row, column] = index;
        let range = match row {
            _ if rows < 3 => 0.0,
            _ if whole => {
                vertex(power[[(row + rows - 1) % rows, column]], own, power[[(row + 1) % rows, column]])
            }
            0 => 0.0,
            _ if row + 1 == rows => 0.0,
            _ => vertex(power[[row - 1, column]], own, power[[row + 1, column]]),
        };
        let doppler = match columns {
            0..=2 => 0.0,
            _ => vertex(
                power[[row, (column + columns - 1) % columns]],
                own,
                power[[row, (column + 1) % columns]],
            ),
        };
        let loss = at(&self.range, range) * at(&self.doppler, doppler);
        Summit {
            index,
            place: [row as f64 + range, column as f64 + doppler],
            power: own / loss.max(f64::MIN_POSITIVE),
        }
    }

    /// The stronger summit that leaves most in a cell of power `own`, when together they explain
    /// what is there.
    pub(super) fn explained_by(&self, cell: [usize; 2], own: f64, stronger: &[Summit]) -> Option<[usize; 2]> {
        let (mut sum, mut most, mut source) = (0.0, 0.0, None);
        for summit in stronger {
            let amplitude = self.amplitude(summit, cell);
            sum += amplitude;
            if amplitude > most {
                (most, source) = (amplitude, Some(summit.index));
            }
        }
        source.filter(|_| own.sqrt() < MARGIN * sum)
    }

    fn amplitude(&self, summit: &Summit, index: [usize; 2]) -> f64 {
        let cell = index.map(|i| i as f64);
        let leak = |range: f64, doppler: f64| {
            let echo =
                (summit.power * at(&self.range, cell[0] - range) * at(&self.doppler, cell[1] - doppler))
                    .sqrt();
            if !self.offset {
                return echo;
            }
            let mean = at(&self.range, range) * at(&self.range, cell[0]);
            echo + (summit.power * mean * at(&self.doppler, cell[1] - doppler)).sqrt()
        };
        let direct = leak(summit.place[0], summit.place[1]);
        if !self.image {
            return direct;
        }
        direct + leak(-summit.place[0], 2.0 * self.zero as f64 - summit.place[1])
    }
}

/// Bins from the middle to the vertex of the parabola through three decibels, at most half a bin; the middle
/// beside a bin that a filter has emptied.
fn vertex(left: f32, middle: f64, right: f32) -> f64 {
    if left == 0.0 || right == 0.0 {
        return 0.0;
    }
    let ln = |power: f64| power.max(f64::MIN_POSITIVE).ln();
    let (left, middle, right) = (ln(f64::from(left)), ln(middle), ln(f64::from(right)));
    let curvature = 2.0 * middle - left - right;
    if curvature > 0.0 { (0.5 * (right - left) / curvature).clamp(-0.5, 0.5) } else { 0.0 }
}

/// `|W(δ)|² / |W(0)|²` for δ from 0 in steps of a sixteenth of a bin, around the whole axis.
fn response(window: Window, len: usize, fft: usize) -> Result<Vec<f64>> {
    let weights: Array1<f64> = window.taper(len)?;
    let mut padded = Array1::from_elem(fft * FINE, C64::default());
    for (to, &w) in padded.iter_mut().zip(&weights) {
        *to = C64::from(w);
    }
    let plan = AxisFft::<f64>::new(fft * FINE, fft * FINE, Window::Rectangular, false)?;
    let spectrum = plan.process(&padded, Axis(0))?;
    let peak = weights.sum().powi(2);
    Ok(spectrum.iter().map(|z| z.norm_sqr() / peak).collect())
}

/// The greater of the two tabulated values around `bins`.
fn at(table: &[f64], bins: f64) -> f64 {
    let len = table.len();
    let place = (bins * FINE as f64).rem_euclid(len as f64);
    let below = (place as usize) % len;
    table[below].max(table[(below + 1) % len])
}
