//! The channel in delay: one matrix for each path, and taps of a band.

use super::components::Components;
use super::matrices::{MOST_PHASE_ERROR_RAD, Transfer, fill_delays, phase_error_rad};
use super::planes::Planes;
use crate::path::Realisation;
use mmw_core::ndarray::Array3;
use mmw_core::{Axis, C64, DataArray3, Error, Result, check};

impl Transfer {
    /// The impulse response: the delay of each path and guide term, s, and its matrix, `[component, rx, tx]`.
    ///
    /// ```text
    /// H[r, t](τ) = Σ_c M_c[r, t] δ(τ − τ_c)
    /// ```
    /// Equation (2) of [^molisch]: one delay for all pairs of antennas, so for arrays that are small
    /// against `c/B`.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a channel that was changed by hand to hold NaN or infinities.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario, transfer::{Station, Transfer}};
    /// use mmw_core::random::Streams;
    ///
    /// let scenario = Scenario::urban_macrocell();
    /// let array = Station::linear(2, 0.5, scenario.carrier_hz)?;
    /// let transfer = Transfer::flat(&array, &array, scenario.carrier_hz)?;
    /// let channel = ChannelModel::new(scenario)?.draw(&mut Streams::new(1).stream(0));
    /// let (delays_s, matrices) = transfer.impulse_response(&channel)?;
    /// assert_eq!((delays_s.len(), matrices.dim()), (160, (160, 2, 2)));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
    pub fn impulse_response(&self, channel: &Realisation) -> Result<(Vec<f64>, Array3<C64>)> {
        let [_, receive, transmit] = self.shape();
        let mut components = Components::default();
        components.fill(channel, &self.receive, &self.transmit);
        let mut matrices = Planes::default();
        components.matrices(&mut matrices);
        let mut delays_s = Vec::new();
        fill_delays(channel, 1.0, &mut delays_s);
        let data = Array3::from_shape_fn((delays_s.len(), receive, transmit), |(c, r, t)| {
            let at = c * matrices.width + r * transmit + t;
            C64::new(matrices.re[at], matrices.im[at])
        });
        check::all_finite_complex("impulse response", &data)?;
        Ok((delays_s, data))
    }

    /// Taps of the impulse response seen through an ideal filter, `[tap, rx, tx]`.
    ///
    /// ```text
    /// H[n] = Σ_c M_c sinc(B (t₀ + n/B − τ_c)),   sinc(x) = sin(πx)/(πx)
    /// ```
    /// The band is `B` about the carrier, taps are `1/B` apart, and the filter rings before the first delay
    /// as well as after the last, so start a few taps early.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the bandwidth is above 0 and both numbers are finite; [`Error::TooFew`] for
    /// no taps; [`Error::Invalid`] for a band in which the arrays are not small, as in
    /// [`Transfer::phase_error_rad`]: taps have one delay for all pairs of antennas.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario, transfer::{Station, Transfer}};
    /// use mmw_core::random::Streams;
    ///
    /// let scenario = Scenario::urban_macrocell();
    /// let array = Station::linear(2, 0.5, scenario.carrier_hz)?;
    /// let transfer = Transfer::flat(&array, &array, scenario.carrier_hz)?;
    /// let channel = ChannelModel::new(scenario)?.draw(&mut Streams::new(1).stream(0));
    /// let taps = transfer.taps(&channel, 20e6, channel.first_delay_s() - 5e-7, 200)?;
    /// assert_eq!(taps.data().dim(), (200, 2, 2));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn taps(
        &self,
        channel: &Realisation,
        bandwidth_hz: f64,
        first_s: f64,
        count: usize,
    ) -> Result<DataArray3<C64>> {
        check::positive("bandwidth_hz", bandwidth_hz)?;
        check::at_least("taps", count, 1)?;
        let error_rad =
            phase_error_rad([&self.receive, &self.transmit], 0.5 * bandwidth_hz / self.carrier_hz);
        if error_rad > MOST_PHASE_ERROR_RAD {
            let reason = format!(
                "arrays of this size are not passed within one tap: phases would be off by {error_rad:.2} rad, and at \
                 most pi/8 is borne; take the response over frequencies, which has a delay for each pair of antennas"
            );
            return Err(Error::invalid("bandwidth_hz", reason));
        }
        let axis =
            Axis::uniform("delay", "s", check::finite("first_s", first_s)?, 1.0 / bandwidth_hz, count)?;
        let (delays_s, matrices) = self.impulse_response(channel)?;
        let [_, receive, transmit] = self.shape();
        let mut data = Array3::zeros((count, receive, transmit));
        for (delay_s, matrix) in delays_s.iter().zip(matrices.outer_iter()) {
            for (n, mut tap) in data.outer_iter_mut().enumerate() {
                let x = bandwidth_hz * (first_s - delay_s) + n as f64;
                tap.scaled_add(C64::new(sinc(x), 0.0), &matrix);
            }
        }
        check::all_finite_complex("taps", &data)?;
        let axes = vec![axis, Axis::index("rx", receive), Axis::index("tx", transmit)];
        DataArray3::new("impulse response", "", data, axes)
    }
}

fn sinc(x: f64) -> f64 {
    let turn = std::f64::consts::PI * x;
    if turn.abs() < 1e-9 { 1.0 } else { turn.sin() / turn }
}
