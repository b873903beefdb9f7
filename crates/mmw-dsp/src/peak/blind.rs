//! Plans that are blind to what was taken from the spectrum: the estimate is then that of before.

use super::patch::Patch;
use super::refine::{CLUTTER_CELLS, PeakRefiner};
use std::borrow::Cow;

impl PeakRefiner {
    /// The same plan, blind to what stands still: in every range bin and channel a tone of zero Doppler and
    /// unknown amplitude is part of the model.
    ///
    /// Such a tone is what a clutter filter takes, so that the estimates are the same on the spectrum before
    /// and after it, and without the bias that the filter's response gives to the maximum of the filtered
    /// spectrum. A peak within 3 cells of zero velocity is looked for in all of them.
    #[must_use]
    pub fn without_static(mut self) -> Self {
        let near = (CLUTTER_CELLS * self.doppler.bins_a_cell()).ceil() as usize;
        let reach = (self.doppler.half_width + near).min((self.doppler.fft - 1) / 2);
        let patch = self.doppler.patch(reach, reach);
        self.clutter_patch = Some(self.doppler.blind(&patch, 0.0).unwrap_or(patch));
        self
    }

    /// The same plan for a spectrum from whose `rows` nearest range bins (and as many at the far end, where
    /// the axis holds all bins of the FFT) what stands still was taken: it is blind there as
    /// [`PeakRefiner::without_static`] is everywhere. The patches of peaks outside end before those bins.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{C64, ndarray::{Array3, s}};
    /// use mmw_dsp::peak::PeakRefiner;
    /// use std::f64::consts::TAU;
    ///
    /// // A mover at range bin 2.4 and Doppler bin 1.3, by a slow DFT of 32 samples and 16 chirps.
    /// let dft = |at: f64, bin: f64, len: i32| -> C64 {
    ///     (0..len).map(|n| C64::cis(TAU * f64::from(n) * (at - bin) / f64::from(len))).sum()
    /// };
    /// let mut spectrum = Array3::from_shape_fn((1, 32, 16), |(_, r, d)| {
    ///     dft(2.4, r as f64, 32) * dft(1.3, d as f64 - 8.0, 16)
    /// });
    /// // Rectangular weights: what stands still is in the bin of zero velocity alone.
    /// spectrum.slice_mut(s![.., ..5, 8]).fill(C64::default());
    /// let plan = PeakRefiner::new(&[1.0; 32], 32, &[1.0; 16], 16, [4, 4])?.without_coupling(5);
    /// let peak = plan.refine(&spectrum.slice(s![.., ..5, ..]), [2, 9], true)?;
    /// assert!((peak.doppler_bin - 1.3).abs() < 1e-6);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn without_coupling(self, rows: usize) -> Self {
        match self.clutter_patch {
            // Blind everywhere already.
            Some(_) => self,
            None => Self { coupling_rows: Some(rows), ..self.without_static() },
        }
    }

    /// The same plan for a spectrum from each of whose chirps the mean was taken, weighted by the range
    /// weights: near beat frequency zero a tone of that frequency and unknown amplitude is part of the model.
    #[must_use]
    pub fn without_offset(self) -> Self {
        Self { no_offset: true, ..self }
    }

    /// Whether what stands still was taken from this range bin.
    fn is_cleared(&self, row: usize, rows: usize) -> bool {
        self.coupling_rows.is_none_or(|count| {
            row < count || (rows == self.range.fft && row + count.min(rows.saturating_sub(count)) >= rows)
        })
    }

    /// The patch that is blind to what stands still, for a peak in a range bin that it was taken from.
    pub(super) fn clutter_patch_at(&self, row: usize, rows: usize) -> Option<&Patch> {
        self.clutter_patch.as_ref().filter(|_| self.is_cleared(row, rows))
    }

    /// The patch as far as the range axis goes; it wraps when all bins of the FFT are there, and holds those
    /// of the mirror image of real samples. It ends before bins that were cleared, and is blind to beat
    /// frequency zero where that was.
    pub(super) fn range_patch_at(&self, row: usize, rows: usize) -> Cow<'_, Patch> {
        let half_width = self.range.half_width;
        let whole = rows == self.range.fft;
        let round = whole || self.image.is_some();
        let [mut below, mut above] = if round { [half_width; 2] } else { [row, rows - 1 - row] };
        if let Some(count) = self.coupling_rows.filter(|_| !self.is_cleared(row, rows)) {
            below = below.min(row - count);
            above = if whole { above.min(rows - 1 - row - count.min(rows - count)) } else { above };
        }
        let (below, above) = (below.min(half_width), above.min(half_width));
        let known: Vec<isize> = (-(below as isize)..=above as isize)
            .filter(|o| self.row(row as isize + o, rows).is_some())
            .collect();
        let patch = match known.len() == 2 * half_width + 1 {
            true => Cow::Borrowed(&self.range_patch),
            false => Cow::Owned(self.range.patch_of(&known)),
        };
        let near = self.no_offset && row <= 2 * half_width;
        let blind = near.then(|| self.range.blind(&patch, -(row as f64))).flatten();
        blind.map_or(patch, Cow::Owned)
    }
}
