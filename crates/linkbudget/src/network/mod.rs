//! Two-ports made of lumped parts: chain matrix, S-parameters, loss, group delay and input impedance.

mod part;

mod chain;

mod lossless;
mod sweep;

pub use part::{Part, PartKind, Quality};
pub use sweep::loss_db;
pub(crate) use sweep::s_array;

use chain::Chain;
pub use chain::{Abcd, Waves};
use mmw_core::ndarray::{Array1, Array3, ArrayRef1, ArrayRef3};
use mmw_core::{C64, DataArray1, DataArray3, Error, Result, check};

/// A cascade of parts, checked; the first part is next to the generator.
///
/// # Examples
/// ```
/// use linkbudget::network::{Network, Part, PartKind};
/// use mmw_core::ndarray::array;
///
/// // A shunt capacitor that matches 50 ohm at its corner: half the power is lost.
/// let corner_hz = 1.0 / (2.0 * std::f64::consts::PI * 25.0 * 1e-12);
/// let network = Network::new(vec![Part::new(PartKind::ShuntC, 1e-12)])?;
/// let s = network.s_parameters(&array![corner_hz], 50.0, 50.0)?;
/// assert!((s.data()[[0, 1, 0]].norm_sqr() - 0.5).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct Network {
    parts: Vec<Part>,
}

mmw_core::checked_serde!(Network, |network| Network::new(network.parts.clone()).map(|_| ()));

impl Network {
    /// Checks the parts.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a part; [`Error::Domain`] for a value outside 1e-60 to 1e60 or a quality
    /// factor that is not above zero; [`Error::Invalid`] for a resistor with a quality factor and for a
    /// capacitor of a resonator that does not stand behind its inductor.
    pub fn new(parts: Vec<Part>) -> Result<Self> {
        check::at_least("parts", parts.len(), 1)?;
        parts.iter().try_for_each(Part::check)?;
        let mut before = None;
        for part in &parts {
            if part.kind.partner().is_some_and(|inductor| before != Some(inductor)) {
                let reason = format!("a {} stands behind its inductor", part.kind);
                return Err(Error::invalid("parts", reason));
            }
            before = Some(part.kind);
        }
        Ok(Self { parts })
    }

    /// Parts that are known to be in range.
    pub(crate) fn of_checked(parts: Vec<Part>) -> Self {
        Self { parts }
    }

    /// The parts from the generator to the load.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The same parts with this loss in every capacitor and inductor.
    ///
    /// # Errors
    /// As [`Network::new`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::network::{Network, Part, PartKind, Quality};
    /// use mmw_core::ndarray::array;
    /// // A series inductor of Q = 10 at 50 ohm has 5 ohm of its own.
    /// let inductor = Network::new(vec![Part::new(PartKind::SeriesL, 50.0 / (2.0 * std::f64::consts::PI * 60e9))])?;
    /// let lossy = inductor.with_quality(Quality::Lossless, Quality::Constant { q: 10.0 })?;
    /// assert!((lossy.abcd(60e9)?.b.re - 5.0).abs() < 1e-12);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn with_quality(&self, capacitors: Quality, inductors: Quality) -> Result<Self> {
        let change = |part: &Part| match part.kind {
            kind if kind.is_capacitor() => Part { quality: capacitors, ..*part },
            PartKind::ShuntL | PartKind::SeriesL => Part { quality: inductors, ..*part },
            _ => *part,
        };
        Self::new(self.parts.iter().map(change).collect())
    }

    /// The chain matrix at one frequency.
    ///
    /// # Errors
    /// [`Error::Domain`] for a negative frequency, a part without a finite immittance there (a shunt inductor
    /// at zero frequency), or an entry beyond `f64`.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::network::{Network, Part, PartKind};
    /// let network = Network::new(vec![Part::new(PartKind::SeriesR, 10.0), Part::new(PartKind::ShuntR, 40.0)])?;
    /// let abcd = network.abcd(1e9)?;
    /// assert_eq!((abcd.a.re, abcd.b.re, abcd.c.re, abcd.d.re), (1.25, 10.0, 0.025, 1.0));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn abcd(&self, frequency_hz: f64) -> Result<Abcd> {
        let chain = Chain::new(&self.parts, frequency_hz)?;
        let scale = chain.scale();
        let [a, b, c, d] = chain.entries.map(|z| z * scale);
        if [a, b, c, d].iter().all(|z| z.re.is_finite() && z.im.is_finite()) {
            Ok(Abcd { a, b, c, d })
        } else {
            Err(Error::domain("frequency_hz", frequency_hz, "low enough for a finite chain matrix"))
        }
    }

    /// S-parameters between two resistors: `[frequency, to port, from port]`.
    ///
    /// ```text
    /// S11 = (A RL + B − C RS RL − D RS) / Δ,   S21 = S12 = 2 √(RS RL) / Δ,   S22 = (−A RL + B − C RS RL + D RS) / Δ
    /// Δ = A RL + B + C RS RL + D RS
    /// ```
    /// Table I of Frickey[^frickey]. Each port is normalised to its own resistor; `|S21|²` is the transducer
    /// gain. A cascade of lossless shunt capacitors and series inductors has real `A` and `D` and imaginary
    /// `B` and `C`, and is evaluated several frequencies at a time.
    ///
    /// # Errors
    /// [`Error::Domain`] as [`Network::abcd`] and for a resistance outside 1e-30 to 1e30; [`Error::Invalid`]
    /// unless the frequencies rise or fall strictly.
    ///
    /// [^frickey]: Frickey, "Conversions between S, Z, Y, h, ABCD, and T parameters which are valid for
    ///     complex source and load impedances", IEEE Trans. MTT 42(2), 1994.
    pub fn s_parameters(
        &self,
        frequencies_hz: &ArrayRef1<f64>,
        source_ohm: f64,
        load_ohm: f64,
    ) -> Result<DataArray3<C64>> {
        let mut data = Array3::zeros((frequencies_hz.len(), 2, 2));
        self.s_parameters_into(frequencies_hz, source_ohm, load_ohm, &mut data)?;
        s_array(frequencies_hz.to_vec(), data)
    }

    /// [`Network::s_parameters`] into an array `[frequency, 2, 2]` that is there already; allocates nothing.
    ///
    /// # Errors
    /// As [`Network::s_parameters`], but the frequencies may come in any order; [`Error::Shape`] when the
    /// array has another shape.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::network::{Network, Part, PartKind};
    /// use mmw_core::C64;
    /// use mmw_core::ndarray::{Array3, array};
    /// let network = Network::new(vec![Part::new(PartKind::ShuntC, 1e-12)])?;
    /// let mut s = Array3::from_elem((2, 2, 2), C64::new(0.0, 0.0));
    /// network.s_parameters_into(&array![0.0, 1e12], 50.0, 50.0, &mut s)?;
    /// assert_eq!(s[[0, 1, 0]], C64::new(1.0, 0.0));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn s_parameters_into(
        &self,
        frequencies_hz: &ArrayRef1<f64>,
        source_ohm: f64,
        load_ohm: f64,
        s: &mut ArrayRef3<C64>,
    ) -> Result<()> {
        check::same_shape("s", &[frequencies_hz.len(), 2, 2], s.shape())?;
        check::in_range("source_ohm", source_ohm, 1e-30, 1e30)?;
        check::in_range("load_ohm", load_ohm, 1e-30, 1e30)?;
        if let (Some(f), Some(out)) = (frequencies_hz.as_slice(), s.as_slice_mut())
            && lossless::s_parameters(&self.parts, f, source_ohm, load_ohm, out)?
        {
            return Ok(());
        }
        let (source, load) = (C64::new(source_ohm, 0.0), C64::new(load_ohm, 0.0));
        for (mut matrix, &frequency_hz) in s.outer_iter_mut().zip(frequencies_hz) {
            let chain = Chain::new(&self.parts, frequency_hz)?;
            let entries = chain.s_parameters(source, load, Waves::Power)?;
            matrix.iter_mut().zip(entries).for_each(|(slot, entry)| *slot = entry);
        }
        Ok(())
    }

    /// S-parameters between complex impedances, one of each for every frequency: an antenna as the load.
    ///
    /// ```text
    /// power waves:  S11 = (A ZL + B − C ZS* ZL − D ZS*) / Δ,   S21 = 2 √(Re ZS Re ZL) / Δ
    ///               S22 = (−A ZL* + B − C ZS ZL* + D ZS) / Δ
    /// pseudo waves: no conjugates; S21 = 2 (ZL/|ZL|) |ZS| √(Re ZL / Re ZS) / Δ
    /// travelling waves: no conjugates; S21 = 2 √ZS √ZL / Δ
    /// ```
    /// Frickey, IEEE Trans. MTT 42(2), 1994, Table I, for the first; Marks and Williams, J. Res. NIST 97(5),
    /// 1992, for the second, and the definition of the waves for the third.
    ///
    /// # Errors
    /// As [`Network::s_parameters`]; [`Error::Shape`] when the lengths differ; [`Error::Domain`] for an
    /// impedance whose real part is not above zero.
    pub fn s_parameters_between(
        &self,
        frequencies_hz: &ArrayRef1<f64>,
        source_ohm: &ArrayRef1<C64>,
        load_ohm: &ArrayRef1<C64>,
        waves: Waves,
    ) -> Result<DataArray3<C64>> {
        check::same_len("source_ohm", frequencies_hz.len(), source_ohm.len())?;
        check::same_len("load_ohm", frequencies_hz.len(), load_ohm.len())?;
        let mut data = Array3::zeros((frequencies_hz.len(), 2, 2));
        let terminations = source_ohm.iter().zip(load_ohm);
        for ((mut matrix, &frequency_hz), (&source, &load)) in
            data.outer_iter_mut().zip(frequencies_hz).zip(terminations)
        {
            check_impedance("source_ohm", source)?;
            check_impedance("load_ohm", load)?;
            let entries = Chain::new(&self.parts, frequency_hz)?.s_parameters(source, load, waves)?;
            matrix.iter_mut().zip(entries).for_each(|(slot, entry)| *slot = entry);
        }
        s_array(frequencies_hz.to_vec(), data)
    }

    /// Loss between the power that the generator can give and the power in the load, dB: `−20 log10 |S21|`.
    /// Finite however great.
    ///
    /// # Errors
    /// As [`Network::s_parameters`], but the frequencies may come in any order.
    pub fn transducer_loss_db(
        &self,
        frequencies_hz: &ArrayRef1<f64>,
        source_ohm: f64,
        load_ohm: f64,
    ) -> Result<Array1<f64>> {
        check::in_range("source_ohm", source_ohm, 1e-30, 1e30)?;
        check::in_range("load_ohm", load_ohm, 1e-30, 1e30)?;
        let (source, load) = (C64::new(source_ohm, 0.0), C64::new(load_ohm, 0.0));
        crate::map::map(frequencies_hz, |frequency_hz| {
            Chain::new(&self.parts, frequency_hz)?.transducer_loss_db(source, load)
        })
    }

    /// [`Network::transducer_loss_db`] between complex impedances, one of each for every frequency: a filter
    /// that feeds an antenna.
    ///
    /// # Errors
    /// As [`Network::s_parameters_between`], but the frequencies may come in any order.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::dipole::Dipole;
    /// use linkbudget::ladder::LadderSpec;
    /// use linkbudget::network::Network;
    /// use mmw_core::C64;
    /// use mmw_core::ndarray::{Array1, array};
    ///
    /// let network = Network::from_ladder(&LadderSpec::butterworth(7, 50.0, 73.0).synthesise()?, 10e9)?;
    /// let f = array![57e9, 60e9, 64e9];
    /// let antenna_ohm = Dipole::half_wave_60_ghz().impedance_ohm_array(&f)?;
    /// let source_ohm = Array1::from_elem(3, C64::new(50.0, 0.0));
    /// let loaded_db = network.transducer_loss_between_db(&f, &source_ohm, &antenna_ohm)?;
    /// let ideal_db = network.transducer_loss_db(&f, 50.0, 73.0)?;
    /// // Deep in the stop-band only the real part of the antenna's admittance counts.
    /// assert!((loaded_db[1] - ideal_db[1]).abs() < 2.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn transducer_loss_between_db(
        &self,
        frequencies_hz: &ArrayRef1<f64>,
        source_ohm: &ArrayRef1<C64>,
        load_ohm: &ArrayRef1<C64>,
    ) -> Result<Array1<f64>> {
        check::same_len("source_ohm", frequencies_hz.len(), source_ohm.len())?;
        check::same_len("load_ohm", frequencies_hz.len(), load_ohm.len())?;
        let ends = source_ohm.iter().zip(load_ohm);
        let loss_db = |(&frequency_hz, (&source, &load)): (&f64, (&C64, &C64))| {
            check_impedance("source_ohm", source)?;
            check_impedance("load_ohm", load)?;
            Chain::new(&self.parts, frequency_hz)?.transducer_loss_db(source, load)
        };
        frequencies_hz.iter().zip(ends).map(loss_db).collect()
    }

    /// Group delay of `S21`, s: analytic, not a difference of phases.
    ///
    /// ```text
    /// τ = −dφ21/dω = Im(Δ' / Δ),   Δ = A RL + B + C RS RL + D RS
    /// ```
    /// The definition, with `Δ` of [^delta]; the derivative of each part's immittance is carried through the
    /// cascade.
    ///
    /// # Errors
    /// As [`Network::s_parameters`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::ladder::LadderSpec;
    /// use linkbudget::network::Network;
    /// use mmw_core::ndarray::array;
    ///
    /// // A Butterworth ladder of order 3 delays by 2 s at zero frequency and 1 rad/s.
    /// let ladder = LadderSpec::butterworth(3, 1.0, 1.0).synthesise()?;
    /// let network = Network::low_pass(ladder.elements(), ladder.spec().first)?;
    /// let delay_s = network.group_delay_s(&array![0.0], 1.0, 1.0)?;
    /// assert!((delay_s.data()[0] - 2.0).abs() < 1e-14);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    /// [^delta]: As in [`Network::s_parameters`].
    pub fn group_delay_s(
        &self,
        frequencies_hz: &ArrayRef1<f64>,
        source_ohm: f64,
        load_ohm: f64,
    ) -> Result<DataArray1<f64>> {
        check::in_range("source_ohm", source_ohm, 1e-30, 1e30)?;
        check::in_range("load_ohm", load_ohm, 1e-30, 1e30)?;
        let (source, load) = (C64::new(source_ohm, 0.0), C64::new(load_ohm, 0.0));
        let delay_s = crate::map::map(frequencies_hz, |frequency_hz| {
            let (denominator, derivative) = Chain::new(&self.parts, frequency_hz)?.denominator(source, load);
            check::finite("group delay", (derivative / denominator).im)
        })?;
        DataArray1::new("group delay", "s", delay_s, vec![sweep::frequency_axis(frequencies_hz)?])
    }

    /// Impedance seen at port 1 with a load at port 2, ohm.
    ///
    /// ```text
    /// Z = (A ZL + B) / (C ZL + D)
    /// ```
    /// The first row of the chain matrix over the second, with `V2 = ZL I2`[^chain].
    ///
    /// # Errors
    /// As [`Network::abcd`]; [`Error::Domain`] for a load that is not finite; [`Error::Singular`] where the
    /// impedance is infinite.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::network::{Network, Part, PartKind};
    /// use mmw_core::C64;
    /// let pad = Network::new(vec![Part::new(PartKind::SeriesR, 25.0), Part::new(PartKind::ShuntR, 50.0)])?;
    /// assert_eq!(pad.input_impedance_ohm(60e9, C64::new(50.0, 0.0))?, C64::new(50.0, 0.0));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^chain]: Pozar, *Microwave Engineering*, section 4.4.
    pub fn input_impedance_ohm(&self, frequency_hz: f64, load_ohm: C64) -> Result<C64> {
        check::finite("load_ohm", load_ohm.re + load_ohm.im)?;
        let [a, b, c, d] = Chain::new(&self.parts, frequency_hz)?.entries;
        let impedance = (a * load_ohm + b) / (c * load_ohm + d);
        if impedance.re.is_finite() && impedance.im.is_finite() {
            Ok(impedance)
        } else {
            Err(Error::Singular { name: "input admittance".into() })
        }
    }
}

fn check_impedance(name: &'static str, impedance: C64) -> Result<()> {
    check::in_range(name, impedance.re, 1e-30, 1e30)?;
    check::in_range(name, impedance.im, -1e30, 1e30)?;
    Ok(())
}
