//! Several targets of one cell, each seen through a combination of the channels that lets no other through.

use super::likelihood::Bins;
use super::newton::Model;
use super::patch::Tone;
use super::refine::Fitted;
use super::sums::{FEW, LANES};
use mmw_core::C64;

/// The search goes so many cells to each side of the cell.
const SEARCH_CELLS: f64 = 3.0;
/// Targets of one cell stand nearer to its peak than this many: half the main lobe of a Hann window. From
/// there on each is looked for by itself ([`super::HiddenTest`]).
const LOBE_CELLS: f64 = 2.0;

/// One target of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Seen {
    /// From the peak of the cell, `[range, doppler]`.
    pub(crate) offset_bins: [f64; 2],
    /// Power in the cell that is nearest to it, summed over channels.
    pub(crate) power: f64,
}

impl Fitted<'_> {
    /// The strongest tone in `Σ_c w_c Z_c` around the target `of`, without the other targets of the fit;
    /// `None` where it stands outside the cell or nearer to another target, of which it is what the fit left.
    pub(crate) fn through(&self, of: usize, beam: &[C64]) -> Option<Seen> {
        let target = self.targets.get(of)?;
        let bins = target.residual.as_ref().unwrap_or(&target.bins).combined(beam);
        let axes = [&self.plan.range, &self.plan.doppler];
        let cells = axes.map(|axis| axis.bins_a_cell());
        let model = Model {
            bounds: cells.map(|cell| [-SEARCH_CELLS * cell, SEARCH_CELLS * cell]),
            ..target.model(self.plan)
        };
        let mut tones = [Tone::default(), Tone::default()];
        let count = SEARCH_CELLS as i32;
        let starts = (-count..=count).flat_map(|r| (-count..=count).map(move |d| [r, d]));
        let starts = starts.map(|at| [0, 1].map(|axis| f64::from(at[axis]) * cells[axis]));
        let valued = starts.map(|at| (model.evaluate(&bins, at, &mut tones).value, at));
        let (_, start) = valued.max_by(|a, b| a.0.total_cmp(&b.0))?;
        let fit = model.maximise(&bins, start);
        let apart = |from: [f64; 2], to: [f64; 2]| {
            let [range, doppler] = [0, 1].map(|axis| {
                let (bins, fft) = (from[axis] - to[axis], axes[axis].fft as f64);
                (bins - (bins / fft).round() * fft) / cells[axis]
            });
            range.hypot(doppler)
        };
        let place = [0, 1].map(|axis| target.middle[axis] + fit.offsets[axis]);
        let own = apart(place, target.position());
        let others = self.targets.iter().enumerate().filter(|(i, _)| *i != of);
        if !fit.converged
            || own > LOBE_CELLS
            || others.map(|(_, other)| apart(place, other.position())).any(|other| other < own)
        {
            return None;
        }
        let power: f64 = fit.likelihood.amplitudes().iter().map(C64::norm_sqr).sum();
        let channels = target.amplitudes.len() as f64;
        let gain = [0, 1].map(|axis| axes[axis].response.value(place[axis] - place[axis].round()).norm_sqr());
        Some(Seen {
            offset_bins: [0, 1].map(|axis| fit.offsets[axis] - target.offsets[axis]),
            power: power * channels * gain[0] * gain[1] * self.scale * self.scale,
        })
    }
}

impl Bins {
    /// The sum of the channels, each times its weight, as one channel.
    fn combined(&self, weights: &[C64]) -> Self {
        let rows = self.line / self.width;
        let line = (rows * FEW).next_multiple_of(LANES);
        let lines = self.re.len() / self.line;
        let mut one = Self {
            channels: 1,
            width: FEW,
            line,
            re: vec![0.0; line * lines],
            im: vec![0.0; line * lines],
            ..*self
        };
        for (i, (re, im)) in self.re.chunks_exact(self.line).zip(self.im.chunks_exact(self.line)).enumerate()
        {
            for (row, (re, im)) in re.chunks_exact(self.width).zip(im.chunks_exact(self.width)).enumerate() {
                let channels = re.iter().zip(im).zip(weights);
                let sum: C64 = channels.map(|((&re, &im), w)| C64::new(re, im) * w).sum();
                (one.re[i * line + row * FEW], one.im[i * line + row * FEW]) = (sum.re, sum.im);
            }
        }
        one
    }
}
