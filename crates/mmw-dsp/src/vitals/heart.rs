//! A heartbeat beside breath: what is left without the breath, and whether its line is more than breath
//! leaves.

use super::BandPass;
use super::breath::{Breath, Parts};
use super::rate::{Rate, Search};
use super::spectrum::Spectrum;
use mmw_core::Result;
use mmw_core::ndarray::{ArrayRef1, s};

/// Rounds of the joint fit of breath and heartbeat.
const JOINTLY: usize = 2;
/// Breath that changes from one harmonic's place to the next leaves at most this share of its amplitude
/// there.
const LEFT: f64 = 0.5;
/// A line as near to a harmonic, cells, is the harmonic: the joint fit gives it to either.
const SAME_LINE_CELLS: f64 = 0.1;
/// Beside breath a heartbeat is at least this sure: in two of 62 records without a heart, what was left of
/// breath had 0.21 and 0.28.
const LEAST_CONFIDENCE: f64 = 0.3;
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
        let Some(rate) = found.filter(|rate| rate.confidence >= LEAST_CONFIDENCE) else { return Ok(None) };
        let turns = rate.frequency_hz / fundamental_hz;
        let cells = (turns - turns.round()).abs() * fundamental_hz * stretch.len() as f64 / self.rate_hz;
        let is_harmonic = cells < SAME_LINE_CELLS;
        Ok((!is_harmonic && self.stands_out(&parts, rate, fundamental_hz)?).then_some(rate))
    }

    fn rate(&self, stretch: &ArrayRef1<f64>) -> Result<Option<Rate>> {
        self.search.rate(stretch, &self.band.zero_phase(stretch)?, self.rate_hz)
    }

    fn stands_out(&self, parts: &Parts, rate: Rate, fundamental_hz: f64) -> Result<bool> {
        let rest = Spectrum::of(&parts.rest, self.rate_hz)?;
        let half = 0.5 * fundamental_hz;
        let around = [rate.frequency_hz - half, rate.frequency_hz + half];
        let of_breath = Spectrum::of(&parts.breath, self.rate_hz)?.highest(around);
        let beyond_breath = rest.near(rate.frequency_hz) > LEFT * LEFT * of_breath;
        Ok(beyond_breath && self.above_floor(&rest, rate) && self.lasts(&parts.rest, rate)?)
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
