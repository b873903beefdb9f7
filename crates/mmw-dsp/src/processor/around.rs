//! The bins around a peak without its neighbours: what MUSIC is asked about.

use super::Processor;
use crate::cfar::Detection;
use crate::mti::MtiKind;
use crate::peak::RefinedPeak;
use mmw_core::C64;
use mmw_core::ndarray::Array2;

/// An eigenvalue this far below the greatest is no target of its own: the motion between transmitters and
/// the walk through range cells leave traces of a strong target about 30 dB down.
pub(super) const EIGENVALUE_FLOOR: f64 = 0.01;
/// Doppler bins on each side of a peak.
const REACH: usize = 3;

/// Bins around a peak, `[channel, bin]`.
#[derive(Debug, Clone)]
pub(super) struct Around {
    pub(super) bins: Array2<C64>,
    /// Power of what the other targets had there, mean over the bins, summed over channels.
    pub(super) leaked: f64,
}

impl Processor {
    /// Three Doppler bins on each side of a peak, wrapped, of its range bin, without what the fits of the
    /// other targets leave there. All of them carry the target's own Doppler phase, whatever bin they stand
    /// in. Neighbours in range are left out: in a room each holds other reflectors, which would count as
    /// targets of this cell.
    ///
    /// `None` where other targets matter and a clutter filter has changed what they leave.
    pub(super) fn around(&self, found: &[(Detection, RefinedPeak)], of: usize) -> Option<Around> {
        let [range, doppler] = found.get(of)?.0.index;
        let dopplers = self.spectrum.dim().2;
        let reach = REACH.min(dopplers.saturating_sub(1) / 2);
        let columns: Vec<usize> =
            (0..=2 * reach).map(|i| (doppler + dopplers + i - reach) % dopplers).collect();
        let mut bins = Array2::from_shape_fn((self.spectrum.dim().0, columns.len()), |(channel, i)| {
            let z = self.spectrum[[channel, range, columns[i]]];
            C64::new(f64::from(z.re), f64::from(z.im))
        });
        let zero = (dopplers / 2) as f64;
        let places: Vec<[f64; 2]> = columns.iter().map(|&c| [range as f64, c as f64 - zero]).collect();
        let middle = [range as f64, doppler as f64 - zero];
        let others = found.iter().enumerate().filter(|(i, _)| *i != of);
        let echoes = others.filter_map(|(_, (_, peak))| self.refiner.echo(peak, &places, middle));
        let Some(leakage) = echoes.reduce(|sum, echo| sum + echo) else {
            return Some(Around { bins, leaked: 0.0 });
        };
        let power = |bins: &Array2<C64>| bins.iter().map(C64::norm_sqr).sum::<f64>() / columns.len() as f64;
        let leaked = power(&leakage);
        if self.config.mti != MtiKind::None || self.coupling.is_some() {
            return (leaked < EIGENVALUE_FLOOR * power(&bins)).then_some(Around { bins, leaked });
        }
        bins -= &leakage;
        Some(Around { bins, leaked })
    }
}
