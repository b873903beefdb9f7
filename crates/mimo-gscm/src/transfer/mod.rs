//! From paths to matrices: the channel between two given arrays, in frequency and in delay.
//!
//! `H[frequency, rx, tx]`; the first station receives at the mobile end of the realisation, the second
//! transmits at the base end ([`crate::path::Realisation::swapped`] exchanges the ends).

mod planes;
mod station;

mod spread;

mod kernel;

mod end;

mod components;

pub use station::Station;

use crate::path::Realisation;
use crate::phasor::fill_phasors;
use components::Components;
use end::End;
use mmw_core::ndarray::{Array2, Array3, ArrayRef2, ArrayRef3};
use mmw_core::simd::Level;
use mmw_core::{Axis, C64, DataArray3, Error, Result, check};
use planes::Planes;

/// Steps of the recurrence in frequency between two exact phasors: its error stays below 1e-14.
const STRIDE: usize = 32;

/// The transfer matrices of channels between two arrays, on a grid of frequencies.
///
/// ```text
/// H[r, t](f) = Σᵢ aᵢ e^{jφᵢ} g_R(Ω_R,i) g_T(Ω_T,i) e^{j⟨k(Ω_R,i), x_r⟩} e^{j⟨k(Ω_T,i), x_t⟩} e^{−j2πfτᵢ}
///            + Σ_w W_w[r, t] e^{−j2πfτ_w}
/// ```
/// Equations (2) and (3) of [^molisch] transformed to frequency, with the matrices `W` of the guides; `f` is
/// the offset from the carrier, and arrays are small against `c/B`, so that their phases are those at the
/// carrier.
///
/// # Examples
/// ```
/// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario, transfer::{Station, Transfer}};
/// use mmw_core::{Axis, random::Streams};
///
/// let scenario = Scenario::urban_macrocell();
/// let array = Station::linear(4, 0.5, scenario.carrier_hz)?;
/// let offsets = Axis::uniform("frequency", "Hz", -10e6, 20e6 / 64.0, 64)?;
/// let transfer = Transfer::new(&array, &array, scenario.carrier_hz, offsets)?;
/// let channel = ChannelModel::new(scenario)?.draw(&mut Streams::new(1).stream(0));
/// let h = transfer.response(&channel)?;
/// assert_eq!(h.data().dim(), (64, 4, 4));
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
#[derive(Debug, Clone)]
pub struct Transfer {
    receive: End,
    transmit: End,
    offsets: Axis,
}

/// Memory that working out transfer matrices reuses.
#[derive(Debug, Clone, Default)]
pub struct TransferScratch {
    components: Components,
    turns: Vec<f64>,
    phases: Planes,
    step: Planes,
    matrices: Planes,
    sums: Planes,
}

impl Transfer {
    /// For these arrays, this carrier and these offsets from it, Hz.
    ///
    /// # Errors
    /// [`Error::Domain`] for a carrier outside 1 MHz to 10 THz, offsets beyond the carrier, or antennas more
    /// than 1e12 wavelengths away; [`Error::TooFew`] for no frequencies.
    pub fn new(receive: &Station, transmit: &Station, carrier_hz: f64, offsets_hz: Axis) -> Result<Self> {
        check::in_range("carrier_hz", carrier_hz, 1e6, 1e13)?;
        check::at_least("offsets_hz", offsets_hz.len(), 1)?;
        for offset in offsets_hz.iter() {
            check::in_range("offset from the carrier", offset, -carrier_hz, carrier_hz)?;
        }
        let (receive, transmit) = (End::new(receive, carrier_hz)?, End::new(transmit, carrier_hz)?);
        Ok(Self { receive, transmit, offsets: offsets_hz })
    }

    /// At the carrier alone: flat fading.
    ///
    /// # Errors
    /// As [`Transfer::new`].
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::transfer::{Station, Transfer};
    /// let array = Station::linear(2, 0.5, 2e9)?;
    /// assert_eq!(Transfer::flat(&array, &array, 2e9)?.shape(), [1, 2, 2]);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn flat(receive: &Station, transmit: &Station, carrier_hz: f64) -> Result<Self> {
        Self::new(receive, transmit, carrier_hz, Axis::explicit("frequency", "Hz", vec![0.0])?)
    }

    /// `[frequencies, receive antennas, transmit antennas]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        [self.offsets.len(), self.receive.len(), self.transmit.len()]
    }

    /// The transfer matrices of a channel, `[frequency, rx, tx]`.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a channel that was changed by hand to hold NaN or infinities.
    pub fn response(&self, channel: &Realisation) -> Result<DataArray3<C64>> {
        let [frequencies, receive, transmit] = self.shape();
        let mut data = Array3::zeros((frequencies, receive, transmit));
        self.response_into(channel, &mut TransferScratch::default(), &mut data)?;
        let axes = vec![self.offsets.clone(), Axis::index("rx", receive), Axis::index("tx", transmit)];
        DataArray3::new("transfer", "", data, axes)
    }

    /// [`Transfer::response`] into memory that is reused.
    ///
    /// # Errors
    /// [`Error::Shape`] unless `out` has [`Transfer::shape`]; the others as [`Transfer::response`].
    pub fn response_into(
        &self,
        channel: &Realisation,
        scratch: &mut TransferScratch,
        out: &mut ArrayRef3<C64>,
    ) -> Result<()> {
        check::same_shape("transfer matrices", &self.shape(), out.shape())?;
        scratch.components.fill(channel, &self.receive, &self.transmit);
        if self.offsets.len() == 1 && self.offsets.coordinate(0) == Some(0.0) {
            scratch.components.sum(&mut scratch.sums);
            let (re, im) = scratch.sums.row(0);
            out.iter_mut().zip(re.iter().zip(im)).for_each(|(z, (&re, &im))| *z = C64::new(re, im));
        } else {
            self.combine_all(channel, scratch, out);
        }
        check::all_finite_complex("transfer matrices", out)
    }

    /// Frequencies off the carrier: the sums run along the entries of the matrices.
    fn combine_all(&self, channel: &Realisation, scratch: &mut TransferScratch, out: &mut ArrayRef3<C64>) {
        let [frequencies, receive, transmit] = self.shape();
        let (size, count) = (receive * transmit, channel.paths.len() + channel.guides.len());
        self.fill_phases(channel, scratch);
        scratch.components.matrices(&mut scratch.matrices);
        scratch.sums.reset(frequencies, scratch.matrices.width);
        if count == 0 {
            scratch.sums.re.fill(0.0);
            scratch.sums.im.fill(0.0);
        } else {
            kernel::combine(Level::current(), &scratch.phases, &scratch.matrices, &mut scratch.sums);
        }
        if let Some(flat) = out.as_slice_mut() {
            for (k, matrix) in flat.chunks_exact_mut(size).enumerate() {
                let (re, im) = scratch.sums.row(k);
                matrix.iter_mut().zip(re.iter().zip(im)).for_each(|(z, (&re, &im))| *z = C64::new(re, im));
            }
            return;
        }
        for (k, mut matrix) in out.outer_iter_mut().enumerate() {
            let (re, im) = scratch.sums.row(k);
            matrix.iter_mut().zip(re.iter().zip(im)).for_each(|(z, (&re, &im))| *z = C64::new(re, im));
        }
    }

    /// `exp(−j2πfτ)` of each frequency and component; by recurrence on a uniform grid.
    fn fill_phases(&self, channel: &Realisation, scratch: &mut TransferScratch) {
        let count = channel.paths.len() + channel.guides.len();
        let rows = self.offsets.len();
        scratch.phases.reset(rows, count);
        let step = self.offsets.step();
        if let Some(step) = step {
            fill_delays(channel, -step, &mut scratch.turns);
            scratch.step.reset(1, count);
            fill_phasors(Level::current(), &scratch.turns, &mut scratch.step.re, &mut scratch.step.im);
        }
        let stride = if step.is_some() { STRIDE } else { 1 };
        for k in (0..rows).step_by(stride) {
            let offset = self.offsets.coordinate(k).unwrap_or(0.0);
            fill_delays(channel, -offset, &mut scratch.turns);
            let (re, im) = scratch.phases.row_mut(k);
            fill_phasors(Level::current(), &scratch.turns, re, im);
            let end = (k + stride).min(rows);
            if end > k + 1 {
                let step = (&scratch.step.re[..], &scratch.step.im[..]);
                kernel::advance(Level::current(), &mut scratch.phases, k + 1, end, step);
            }
        }
    }

    /// The impulse response: the delay of each path and guide term, s, and its matrix, `[component, rx, tx]`.
    ///
    /// ```text
    /// H[r, t](τ) = Σ_c M_c[r, t] δ(τ − τ_c)
    /// ```
    /// Equation (2) of [^molisch].
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
    /// The band is `B` about the carrier, taps are `1/B` apart, and the filter rings before the first delay as
    /// well as after the last, so start a few taps early.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the bandwidth is above 0 and both numbers are finite; [`Error::TooFew`] for no
    /// taps.
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

    /// The matrix at the first frequency, `[rx, tx]`.
    ///
    /// # Errors
    /// As [`Transfer::response`].
    pub fn matrix(&self, channel: &Realisation) -> Result<Array2<C64>> {
        let response = self.response(channel)?;
        Ok(response.data().index_axis(mmw_core::ndarray::Axis(0), 0).to_owned())
    }

    /// The matrix of a flat transfer into memory that is reused, `[rx, tx]`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more than one frequency; the others as [`Transfer::response_into`].
    pub fn matrix_into(
        &self,
        channel: &Realisation,
        scratch: &mut TransferScratch,
        out: &mut ArrayRef2<C64>,
    ) -> Result<()> {
        if self.offsets.len() != 1 {
            return Err(Error::invalid("transfer", "a single matrix needs a single frequency"));
        }
        let mut view = out.view_mut().insert_axis(mmw_core::ndarray::Axis(0));
        self.response_into(channel, scratch, &mut view)
    }
}

fn sinc(x: f64) -> f64 {
    let turn = std::f64::consts::PI * x;
    if turn.abs() < 1e-9 { 1.0 } else { turn.sin() / turn }
}

/// `factor · τ` of paths and guide terms in turn.
fn fill_delays(channel: &Realisation, factor: f64, out: &mut Vec<f64>) {
    out.clear();
    out.extend(channel.paths.iter().map(|path| factor * path.delay_s));
    out.extend(channel.guides.iter().map(|term| factor * term.delay_s));
}
