//! Responses of one end whose phases turn with frequency: each antenna is passed at its own instant.

use super::end::End;
use super::kernel::turn;
use super::planes::Planes;
use super::spread::{Side, padded};
use crate::path::Path;
use crate::phasor::fill_phasors;
use mmw_core::C64;
use mmw_core::geometry::Vector3;
use mmw_core::simd::Level;

/// One end's share of each path at one frequency, and what takes it to the next.
///
/// ```text
/// S[i, n](f) = √(aᵢ e^{jφᵢ}) g(Ωᵢ) e^{j⟨k(Ωᵢ), xₙ⟩ (1 + f/f_c)} e^{−jπfτᵢ}
/// ```
/// The product of the shares of both ends is the path's matrix. Gain and delay are halved between them, so
/// that ends exchanged give the transpose to the last bit.
#[derive(Debug, Clone, Default)]
pub(super) struct Squint {
    /// `[antenna][path]` of the end that receives, `[path][antenna]`, padded to whole registers,
    /// of the other.
    pub(super) shares: Planes,
    step: Planes,
    /// `√(aᵢ e^{jφᵢ}) g(Ωᵢ)`.
    amplitudes: Planes,
    /// `⟨k(Ωᵢ), xₙ⟩` at the carrier, turns.
    projections: Vec<f64>,
    half_delays_s: Vec<f64>,
    turns: Vec<f64>,
}

impl Squint {
    /// Takes in the paths, whose `direction` is the one at this end.
    pub(super) fn fill(
        &mut self,
        side: Side,
        end: &End,
        paths: &[Path],
        direction: impl Fn(&Path) -> Vector3,
    ) {
        let (rows, width) = match side {
            Side::Receive => (end.len(), paths.len()),
            Side::Transmit => (paths.len(), padded(end.len())),
        };
        for planes in [&mut self.shares, &mut self.step, &mut self.amplitudes] {
            planes.reset(rows, width);
        }
        for list in [&mut self.projections, &mut self.half_delays_s] {
            list.clear();
            list.resize(rows * width, 0.0);
        }
        for (i, path) in paths.iter().enumerate() {
            let direction = direction(path);
            let amplitude = root(path.gain) * end.amplitude(direction);
            for (n, projection) in end.projections(direction).enumerate() {
                let at = if side == Side::Receive { n * width + i } else { i * width + n };
                (self.projections[at], self.half_delays_s[at]) = (projection, 0.5 * path.delay_s);
                (self.amplitudes.re[at], self.amplitudes.im[at]) = (amplitude.re, amplitude.im);
            }
        }
    }

    /// The shares at an offset from the carrier.
    pub(super) fn start(&mut self, offset_hz: f64, carrier_hz: f64) {
        self.fill_turns(offset_hz, 1.0 + offset_hz / carrier_hz);
        fill_phasors(Level::current(), &self.turns, &mut self.shares.re, &mut self.shares.im);
        turn(Level::current(), &self.amplitudes, &mut self.shares);
    }

    /// Makes [`Squint::advance`] a step of `step_hz`.
    pub(super) fn set_step(&mut self, step_hz: f64, carrier_hz: f64) {
        self.fill_turns(step_hz, step_hz / carrier_hz);
        fill_phasors(Level::current(), &self.turns, &mut self.step.re, &mut self.step.im);
    }

    /// The shares one step further.
    pub(super) fn advance(&mut self) {
        turn(Level::current(), &self.step, &mut self.shares);
    }

    /// `ratio · ⟨k, x⟩ − f τ/2`.
    fn fill_turns(&mut self, offset_hz: f64, ratio: f64) {
        self.turns.clear();
        let pairs = self.projections.iter().zip(&self.half_delays_s);
        self.turns
            .extend(pairs.map(|(projection, half_delay_s)| ratio * projection - offset_hz * half_delay_s));
    }
}

/// A square root of a gain, without overflow or cancellation.
fn root(gain: C64) -> C64 {
    let larger = (0.5 * (gain.norm() + gain.re.abs())).sqrt();
    if larger == 0.0 {
        return gain;
    }
    let smaller = 0.5 * gain.im / larger;
    if gain.re >= 0.0 { C64::new(larger, smaller) } else { C64::new(smaller, larger) }
}

#[cfg(test)]
mod tests {
    use super::root;
    use mmw_core::C64;

    #[test]
    fn the_root_of_a_gain_squares_to_it() {
        for z in [C64::new(0.3, -0.4), C64::new(-2.0, 1e-9), C64::new(-1.0, 0.0), C64::new(1e300, -1e300)] {
            // Six roundings of 2^-53.
            let r = root(z);
            assert!((r * r - z).norm() <= 1e-15 * z.norm(), "{z}");
        }
        assert_eq!(root(C64::ZERO), C64::ZERO);
        assert!(root(C64::new(f64::NAN, 0.0)).is_nan());
    }
}
