//! What a file holds.

use super::words::{Format, Mode, NoisePoint, Note, Parameter, Version};
use crate::network::Waves;
use crate::nport::{Kind, NPort, References};
use mmw_core::ndarray::{Array2, Array3};
use mmw_core::{C64, DataArray3, Error, Result, check};

/// A Touchstone file: matrices `[frequency, to port, from port]` with what the ports are normalised to.
///
/// # Examples
/// ```
/// use linkbudget::network::{Network, Part, PartKind};
/// use linkbudget::touchstone::{Format, Touchstone};
/// use mmw_core::ndarray::array;
///
/// let network = Network::new(vec![Part::new(PartKind::ShuntC, 77.83e-15)])?;
/// let s = network.n_port(&array![57e9, 60e9, 64e9], 50.0, 50.0)?;
/// let text = Touchstone::of(&s).to_text(Format::RealImaginary);
/// assert!(text.starts_with("# HZ S RI R 50\n"));
/// assert_eq!(Touchstone::parse(&text, "c1.s2p")?.n_port()?, s);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Touchstone {
    pub(super) version: Version,
    pub(super) format: Format,
    pub(super) parameter: Parameter,
    pub(super) frequencies_hz: Vec<f64>,
    pub(super) matrices: Array3<C64>,
    pub(super) references: References,
    pub(super) waves: Waves,
    pub(super) propagation: Option<Array2<C64>>,
    pub(super) modes: Option<Vec<Mode>>,
    pub(super) noise: Vec<NoisePoint>,
    pub(super) comments: Vec<String>,
    pub(super) notes: Vec<Note>,
}

impl Touchstone {
    /// S-parameters that are normalised to `reference_ohm` at every port.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the resistance is finite and above zero; [`Error::Shape`] unless the data is
    /// `[frequency, port, port]`; [`Error::TooFew`] without a frequency; [`Error::Domain`] for a negative
    /// one; [`Error::NotFinite`].
    pub fn new(s: DataArray3<C64>, reference_ohm: f64) -> Result<Self> {
        check::positive("reference_ohm", reference_ohm)?;
        let references = References::uniform(reference_ohm, s.data().dim().1.max(1))?;
        let (matrices, axes) = s.into_parts();
        let frequencies_hz = axes.first().map(mmw_core::Axis::to_vec).unwrap_or_default();
        Ok(Self::of(&NPort::new(frequencies_hz, matrices, references, Waves::Power)?))
    }

    /// The S-parameters of a network.
    #[must_use]
    pub fn of(network: &NPort) -> Self {
        Self {
            version: Version::V1_0,
            format: Format::RealImaginary,
            parameter: Parameter::S,
            frequencies_hz: network.frequencies_hz().to_vec(),
            matrices: network.s().clone(),
            references: network.references().clone(),
            waves: network.waves(),
            propagation: None,
            modes: None,
            noise: Vec::new(),
            comments: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The network, by its S-parameters. Rows and columns of mixed modes keep their order; a differential one
    /// is normalised to the sum of the impedances of its ports, a common one to the same in parallel.
    ///
    /// # Errors
    /// As [`NPort::of`]; [`Error::Invalid`] for a mode of two ports with different references.
    pub fn n_port(&self) -> Result<NPort> {
        let kind = match self.parameter {
            Parameter::S => Kind::S,
            Parameter::Y => Kind::Y,
            Parameter::Z => Kind::Z,
            Parameter::H => Kind::H,
            Parameter::G => Kind::G,
        };
        let references = self.mode_references()?;
        NPort::of(kind, self.frequencies_hz.clone(), &self.matrices, references, self.waves)
    }

    fn mode_references(&self) -> Result<References> {
        let Some(modes) = &self.modes else { return Ok(self.references.clone()) };
        let ohm = self.references.ohm();
        let mut turned = ohm.clone();
        for (mut row, own) in turned.rows_mut().into_iter().zip(ohm.rows()) {
            for (slot, mode) in row.iter_mut().zip(modes) {
                let one = |port: usize| own.get(port - 1).copied().unwrap_or_default();
                let pair = |plus, minus| match (one(plus), one(minus)) {
                    (a, b) if a == b => Ok(a),
                    (a, b) => Err(Error::invalid(
                        "modes",
                        format!("{mode} of ports at {a} and {b} ohm has no one reference"),
                    )),
                };
                *slot = match *mode {
                    Mode::Single(port) => one(port),
                    Mode::Differential(plus, minus) => pair(plus, minus)? * 2.0,
                    Mode::Common(plus, minus) => pair(plus, minus)? / 2.0,
                };
            }
        }
        References::varying(turned)
    }

    /// The version that the file keeps to.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// How the file writes complex numbers.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// What the matrices are.
    #[must_use]
    pub fn parameter(&self) -> Parameter {
        self.parameter
    }

    /// How many ports there are.
    #[must_use]
    pub fn ports(&self) -> usize {
        self.matrices.dim().1
    }

    /// Frequencies, Hz, in the order of the file.
    #[must_use]
    pub fn frequencies_hz(&self) -> &[f64] {
        &self.frequencies_hz
    }

    /// The matrices, `[frequency, to port, from port]`, in ohm and siemens whatever the file is normalised
    /// to.
    #[must_use]
    pub fn matrices(&self) -> &Array3<C64> {
        &self.matrices
    }

    /// The matrices with their axes.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the frequencies rise or fall strictly.
    pub fn data(&self) -> Result<DataArray3<C64>> {
        crate::network::s_array(self.frequencies_hz.clone(), self.matrices.clone())
    }

    /// What the ports are normalised to.
    #[must_use]
    pub fn references(&self) -> &References {
        &self.references
    }

    /// Which waves S-parameters are ratios of; travelling ones at impedances that HFSS writes into comments.
    #[must_use]
    pub fn waves(&self) -> Waves {
        self.waves
    }

    /// Propagation constants of the ports that HFSS writes into comments, `[frequency, port]` or `[1, port]`.
    #[must_use]
    pub fn propagation(&self) -> Option<&Array2<C64>> {
        self.propagation.as_ref()
    }

    /// What rows and columns belong to, if they are not simply ports.
    #[must_use]
    pub fn modes(&self) -> Option<&[Mode]> {
        self.modes.as_deref()
    }

    /// Noise parameters of a two-port; none in most files.
    #[must_use]
    pub fn noise(&self) -> &[NoisePoint] {
        &self.noise
    }

    /// Comments that stand on lines of their own, without their mark.
    #[must_use]
    pub fn comments(&self) -> &[String] {
        &self.comments
    }

    /// What was unusual about the file and changed none of its numbers: an option line that is missing,
    /// frequencies that fall.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }
}
