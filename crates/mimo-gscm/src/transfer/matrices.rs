//! Transfer matrices on a grid of frequencies.

use super::components::Components;
use super::end::End;
use super::kernel;
use super::planes::Planes;
use super::spread::Side;
use super::squint::Squint;
use super::station::Station;
use crate::path::Realisation;
use crate::phasor::{fill_phasors, phasor};
use mmw_core::ndarray::{Array2, Array3, ArrayRef2, ArrayRef3};
use mmw_core::simd::Level;
use mmw_core::{Axis, C64, DataArray3, Error, Result, check};

/// Greatest error of a phase that wave vectors at the carrier may leave, rad: a sixteenth of a turn.
pub(super) const MOST_PHASE_ERROR_RAD: f64 = std::f64::consts::PI / 8.0;

/// Steps of the recurrence in frequency between two exact phasors: its error stays below 1e-14.
const STRIDE: usize = 32;

/// The transfer matrices of channels between two arrays, on a grid of frequencies.
///
/// ```text
/// H[r, t](f) = Σᵢ aᵢ e^{jφᵢ} g_R(Ω_R,i) g_T(Ω_T,i) e^{j⟨k(Ω_R,i), x_r⟩} e^{j⟨k(Ω_T,i), x_t⟩} e^{−j2πfτᵢ}
///            + Σ_w W_w[r, t] e^{−j2πfτ_w}
/// ```
/// Equations (2) and (3) of [^molisch] transformed to frequency, with the matrices `W` of the guides; `f` is
/// the offset from the carrier. The paper takes the wave vectors `k` at the carrier, as if a wave passed all
/// antennas at one instant. That turns phases wrong by up to [`Transfer::phase_error_rad`]. Where it exceeds
/// π/8 at an end of the band, each pair of antennas gets its own delay: `k` is taken at `f_c + f` (beam
/// squint). What the band does not separate keeps the form of the paper, to the bit.
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
    pub(super) receive: End,
    pub(super) transmit: End,
    pub(super) carrier_hz: f64,
    offsets: Axis,
    phase_error_rad: f64,
    exact: bool,
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
    squints: [Squint; 2],
    ends: Vec<End>,
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
        let farthest_hz = offsets_hz.iter().map(f64::abs).fold(0.0, f64::max);
        let phase_error_rad = phase_error_rad([&receive, &transmit], farthest_hz / carrier_hz);
        let exact = phase_error_rad > MOST_PHASE_ERROR_RAD;
        Ok(Self { receive, transmit, offsets: offsets_hz, carrier_hz, phase_error_rad, exact })
    }

    /// The greatest error of a phase, rad, that wave vectors at the carrier leave at the ends of the band.
    ///
    /// ```text
    /// ε = 2π |f|/c · (max |x_r| + max |x_t|)
    /// ```
    /// Reached by a path along both arrays; `x` is from the reference point of each. Above π/8, the error
    /// that is borne at Fraunhofer's distance, [`Transfer::has_exact_delays`].
    #[must_use]
    pub fn phase_error_rad(&self) -> f64 {
        self.phase_error_rad
    }

    /// Whether each pair of antennas has its own delay.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::{study::Band, transfer::{Station, Transfer}};
    /// let array = Station::linear(2, 8.0, 2e9)?;
    /// let of = |bandwidth_hz| {
    ///     Transfer::new(&array, &array, 2e9, Band { bandwidth_hz, bins: 3 }.offsets_hz()?)
    /// };
    /// assert!(!of(10e6)?.has_exact_delays() && of(1e9)?.has_exact_delays());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn has_exact_delays(&self) -> bool {
        self.exact
    }

    /// The same with a delay for each pair of antennas, whatever the band.
    #[must_use]
    pub fn with_exact_delays(self) -> Self {
        Self { exact: true, ..self }
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
        if let Some(flat) = out.as_slice_mut() {
            self.combine(channel, scratch, flat);
        } else {
            let mut whole = Array3::zeros(self.shape());
            if let Some(flat) = whole.as_slice_mut() {
                self.combine(channel, scratch, flat);
            }
            out.assign(&whole);
        }
        check::all_finite_complex("transfer matrices", out)
    }

    fn combine(&self, channel: &Realisation, scratch: &mut TransferScratch, out: &mut [C64]) {
        if self.exact {
            return self.combine_exactly(channel, scratch, out);
        }
        scratch.components.fill(channel, &self.receive, &self.transmit);
        if self.offsets.len() == 1 && self.offsets.coordinate(0) == Some(0.0) {
            scratch.components.sum(&mut scratch.sums);
            let (re, im) = scratch.sums.row(0);
            out.iter_mut().zip(re.iter().zip(im)).for_each(|(z, (&re, &im))| *z = C64::new(re, im));
        } else {
            self.combine_all(channel, scratch, out);
        }
    }

    /// A delay for each pair of antennas: the responses of both ends turn with frequency, by recurrence on a
    /// uniform grid.
    fn combine_exactly(&self, channel: &Realisation, scratch: &mut TransferScratch, out: &mut [C64]) {
        let [_, rows, columns] = self.shape();
        let step_hz = self.offsets.step();
        let stride = if step_hz.is_some() { STRIDE } else { 1 };
        let [receive, transmit] = &mut scratch.squints;
        receive.fill(Side::Receive, &self.receive, &channel.paths, |path| path.arrival);
        transmit.fill(Side::Transmit, &self.transmit, &channel.paths, |path| path.departure);
        for end in [&mut *receive, &mut *transmit] {
            end.set_step(step_hz.unwrap_or(0.0), self.carrier_hz);
        }
        scratch.ends.clear();
        scratch.ends.extend([self.receive.clone(), self.transmit.clone()]);
        for (k, (offset, matrix)) in self.offsets.iter().zip(out.chunks_exact_mut(rows * columns)).enumerate()
        {
            let [receive, transmit] = &mut scratch.squints;
            for end in [&mut *receive, &mut *transmit] {
                if k % stride == 0 { end.start(offset, self.carrier_hz) } else { end.advance() }
            }
            if channel.paths.is_empty() {
                matrix.fill(C64::default());
            } else {
                kernel::combine(Level::current(), &receive.shares, &transmit.shares, matrix);
            }
            if !channel.guides.is_empty() {
                self.add_guides(channel, offset, scratch, matrix);
            }
        }
    }

    /// Guides at one offset, with the arrays as large as they are in its wavelengths.
    fn add_guides(
        &self,
        channel: &Realisation,
        offset_hz: f64,
        scratch: &mut TransferScratch,
        out: &mut [C64],
    ) {
        let ratio = 1.0 + offset_hz / self.carrier_hz;
        let [receive, transmit] = &mut scratch.ends[..] else { return };
        receive.scale(&self.receive, ratio);
        transmit.scale(&self.transmit, ratio);
        scratch.components.fill_guides(channel, receive, transmit);
        for (index, term) in channel.guides.iter().enumerate() {
            let turned = phasor(-offset_hz * term.delay_s);
            let (re, im) = scratch.components.guide(index);
            out.iter_mut().zip(re.iter().zip(im)).for_each(|(z, (&re, &im))| *z += C64::new(re, im) * turned);
        }
    }

    /// Frequencies off the carrier: the sums run along the entries of the matrices.
    fn combine_all(&self, channel: &Realisation, scratch: &mut TransferScratch, out: &mut [C64]) {
        if channel.paths.is_empty() && channel.guides.is_empty() {
            return out.fill(C64::default());
        }
        self.fill_phases(channel, scratch);
        scratch.components.matrices(&mut scratch.matrices);
        kernel::combine(Level::current(), &scratch.phases, &scratch.matrices, out);
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

/// The error of a phase by wave vectors at the carrier, at an offset of `ratio` carriers.
pub(super) fn phase_error_rad(ends: [&End; 2], ratio: f64) -> f64 {
    std::f64::consts::TAU * ratio * ends.map(End::extent_in_waves).iter().sum::<f64>()
}

/// `factor · τ` of paths and guide terms in turn.
pub(super) fn fill_delays(channel: &Realisation, factor: f64, out: &mut Vec<f64>) {
    out.clear();
    out.extend(channel.paths.iter().map(|path| factor * path.delay_s));
    out.extend(channel.guides.iter().map(|term| factor * term.delay_s));
}
