//! A heartbeat beside breath: what is left without the breath, and whether its line is more than breath
//! leaves.

use super::BandPass;
use super::breath::{Breath, Parts};
use super::rate::{Rate, Search};
use super::spectrum::Spectrum;
use mmw_core::Result;
use mmw_core::ndarray::{ArrayRef1, s};
use std::f64::consts::PI;

/// Rounds of the joint fit of breath and heartbeat.
const JOINTLY: usize = 2;
/// A line as near to a harmonic, cells, is the harmonic. Of a breath that is followed, the statistic alone
/// says so; where the fit has lost its way for a breath or two, it leaves its harmonics themselves: 2 of 548
/// records had a wrong heart without this limit, both on a harmonic.
const SAME_LINE_CELLS: f64 = 0.1;
/// Probability that what breath leaves is taken for a heartbeat, where it is noise of one level about the
/// line.
const FALSE_ALARM: f64 = 1e-3;
/// The line is so many cells, or this share of its frequency, on each side …
const GUARD_CELLS: f64 = 1.5;
/// … and its noise is read over so many cells beyond, or to half a breath's frequency.
const NOISE_CELLS: f64 = 7.5;
/// Cells of a Hann spectrum for each independent one: `1 + 2 (2/3)² + 2 (1/6)²`, by the correlation of
/// neighbours.
const CORRELATED: f64 = 1.94;
/// Half the width of a line, cells, …
const LINE_CELLS: f64 = 3.0;
/// … and how far on each side its floor is read, Hz and cells.
const BESIDE_HZ: f64 = 0.4;
const BESIDE_CELLS: f64 = 9.0;
/// Parts of a record, each half as long, of which two must show the line …
const PARTS: usize = 3;
const SHOW: usize = 2;
/// … within so many of their cells, or this share of the rate.
const PART_CELLS: f64 = 1.0;
const PART_SHARE: f64 = 0.04;

/// How a heartbeat is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeartSearch<'a> {
    pub(super) search: Search,
    pub(super) band: &'a BandPass,
    pub(super) rate_hz: f64,
}

impl HeartSearch<'_> {
    /// The heartbeat in a stretch without breath.
    pub(super) fn alone(&self, stretch: &ArrayRef1<f64>) -> Result<Option<Rate>> {
        let Some(rate) = self.rate(stretch)? else { return Ok(None) };
        let spectrum = Spectrum::of(stretch, self.rate_hz)?;
        Ok((self.above_floor(&spectrum, rate) && self.lasts(stretch, rate)?).then_some(rate))
    }

    /// The heartbeat in a stretch with breath of this fundamental, both fitted together.
    pub(super) fn beside_breath(
        &self,
        stretch: &ArrayRef1<f64>,
        still: &[bool],
        fundamental_hz: f64,
    ) -> Result<Option<Rate>> {
        let mut breath = Breath::of(stretch, self.rate_hz, fundamental_hz, 1.1 * self.search.band_hz[1]);
        let mut parts = breath.fit(stretch, still, &[])?;
        let mut found = self.rate(&parts.rest)?;
        // Harmonics less than a cell away took part of the heartbeat with them: all are fitted together.
        for _ in 0..JOINTLY {
            let Some(before) = found else { return Ok(None) };
            parts = breath.fit(stretch, still, &[before.frequency_hz, 2.0 * before.frequency_hz])?;
            found = self.rate(&parts.rest)?.or(found);
        }
        let Some(rate) = found else { return Ok(None) };
        let turns = rate.frequency_hz / fundamental_hz;
        let cells = (turns - turns.round()).abs() * fundamental_hz * stretch.len() as f64 / self.rate_hz;
        if cells < SAME_LINE_CELLS {
            return Ok(None);
        }
        // Alone once more, from the phase and depth that are sure by now.
        let alone = breath.fit(stretch, still, &[])?;
        let beyond = breath.beyond(stretch, still, rate.frequency_hz, fundamental_hz)?;
        let share = still.iter().filter(|still| **still).count() as f64 / still.len() as f64;
        let energy = beyond.energy / share;
        let left = self.left(&alone, rate, fundamental_hz)?;
        let told = self.is_line(energy, left, &beyond.rest, rate, fundamental_hz)?
            && self.lasts(&parts.rest, rate)?;
        Ok(told.then_some(rate))
    }

    fn rate(&self, stretch: &ArrayRef1<f64>) -> Result<Option<Rate>> {
        self.search.rate(stretch, &self.band.zero_phase(stretch)?, self.rate_hz)
    }

    /// What a shape that is not quite followed leaves at a line, as the variance of a sample of white noise.
    ///
    /// ```text
    /// c² = Σ |R(f)|² / Σ B(f),   B(f) = (f/f₀)² ⟨|S|²⟩,   left = c² B(f)
    /// ```
    /// An error of the phase moves each harmonic by its number: `R`, what is left of the lower harmonics `S`,
    /// tells its size, and the harmonic about the line what it is there.
    fn left(&self, alone: &Parts, rate: Rate, fundamental_hz: f64) -> Result<f64> {
        let (rest, breath) =
            (Spectrum::of(&alone.rest, self.rate_hz)?, Spectrum::of(&alone.breath, self.rate_hz)?);
        let (cell, half) = (rest.cell_hz, 0.5 * fundamental_hz);
        let about = |f: f64| {
            (f / fundamental_hz).powi(2) * breath.energy([f - half, f + half]) * cell / fundamental_hz
        };
        let guard = (GUARD_CELLS * cell).max(PART_SHARE * rate.frequency_hz);
        let end = self.search.band_hz[0].max(2.5 * fundamental_hz);
        let count = ((end - 1.5 * fundamental_hz) / cell) as usize;
        let places = (0..count).map(|i| 1.5 * fundamental_hz + i as f64 * cell);
        let beside = places.filter(|f| (f - rate.frequency_hz).abs() > guard);
        let (mut own, mut all) = (0.0, 0.0);
        for f in beside {
            own += rest.energy([f - 0.5 * cell, f + 0.5 * cell]);
            all += about(f);
        }
        let share = if all > 0.0 { own / all } else { 0.0 };
        Ok(share * about(rate.frequency_hz) * alone.rest.len() as f64 / 6.0)
    }

    /// Whether a line of this energy is more than noise of the level beside it.
    ///
    /// ```text
    /// F = (E/2) / σ²,   P(F) = (1 + F/ν)^−ν,   P(F) √(π u/3) N < P_FA,   u = ln(N / P_FA)
    /// ```
    /// `E/2` of white noise is exponentially distributed about `σ²`, which is read from ν independent cells;
    /// the highest of the spectrum over `N` cells is above `u` more often than at one place by the factor of
    /// the root (Rice's rate of crossings).
    fn is_line(
        &self,
        energy: f64,
        left: f64,
        rest: &ArrayRef1<f64>,
        rate: Rate,
        fundamental_hz: f64,
    ) -> Result<bool> {
        let (spectrum, f) = (Spectrum::of(rest, self.rate_hz)?, rate.frequency_hz);
        let cell = spectrum.cell_hz;
        let near = (GUARD_CELLS * cell).max(PART_SHARE * f);
        let far = (near + NOISE_CELLS * cell).max(0.5 * fundamental_hz);
        let beside = [[f - far, f - near], [f + near, f + far]];
        // Noise of variance σ² has the power 6 σ²/n under a Hann window, by the square of amplitudes.
        let cells = 2.0 * (far - near) / cell;
        let noise =
            beside.map(|band| spectrum.energy(band)).iter().sum::<f64>() / cells * rest.len() as f64 / 6.0;
        let noise = noise + left;
        let independent = cells / CORRELATED;
        let [low, high] = self.search.band_hz;
        let places = ((high - low) / cell).max(1.0);
        let crossings = places * (PI / 3.0 * (places / FALSE_ALARM).ln()).sqrt();
        let chance = (1.0 + 0.5 * energy / (noise * independent)).powf(-independent);
        Ok(chance * crossings < FALSE_ALARM)
    }

    /// Above what is beside the line, which breath may have left there.
    fn above_floor(&self, spectrum: &Spectrum, rate: Rate) -> bool {
        let line = LINE_CELLS * spectrum.cell_hz;
        let reach = BESIDE_HZ.max(BESIDE_CELLS * spectrum.cell_hz);
        let limit = spectrum.limit_beside(rate.frequency_hz, [line, reach], self.search.band_hz);
        spectrum.near(rate.frequency_hz) > limit
    }

    /// Whether most parts of the stretch have their highest line there.
    fn lasts(&self, stretch: &ArrayRef1<f64>, rate: Rate) -> Result<bool> {
        let length = 2 * stretch.len() / (PARTS + 1);
        let mut shown = 0;
        for part in 0..PARTS {
            let start = part * (stretch.len() - length) / (PARTS - 1);
            let spectrum = Spectrum::of(&stretch.slice(s![start..start + length]), self.rate_hz)?;
            let near = (PART_CELLS * spectrum.cell_hz).max(PART_SHARE * rate.frequency_hz);
            let highest = spectrum.peaks(self.search.band_hz).first().copied();
            shown += usize::from(
                highest.is_some_and(|peak| (peak.frequency_hz - rate.frequency_hz).abs() <= near),
            );
        }
        Ok(shown >= SHOW)
    }
}
