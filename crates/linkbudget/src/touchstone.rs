//! Touchstone 1.1 two-port files (`.s2p`): writing and reading.

use mmw_core::ndarray::{Array3, ArrayRef1};
use mmw_core::{C64, DataArray3, Error, Result, check};
use std::path::Path;

/// How complex numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Format {
    /// `RI`: real and imaginary part; exact on the way back.
    #[default]
    RealImaginary,
    /// `MA`: magnitude and angle in degrees.
    MagnitudeAngle,
    /// `DB`: `20 log10` of the magnitude and angle in degrees; zero is written as −1000 dB.
    DecibelAngle,
}

mmw_core::named!(Format, "format" {
    RealImaginary = "real_imaginary",
    MagnitudeAngle = "magnitude_angle",
    DecibelAngle = "decibel_angle",
});

/// What the matrices are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Parameter {
    /// Scattering parameters.
    #[default]
    S,
    /// Admittances, over the reference conductance.
    Y,
    /// Impedances, over the reference resistance.
    Z,
    /// Hybrid `h`, normalised likewise.
    H,
    /// Hybrid `g`, normalised likewise.
    G,
}

mmw_core::named!(Parameter, "parameter" { S = "s", Y = "y", Z = "z", H = "h", G = "g" });

/// A two-port file: matrices `[frequency, to port, from port]` with one reference resistance.
///
/// # Examples
/// ```
/// use linkbudget::network::{Network, Part, PartKind};
/// use linkbudget::touchstone::{Format, Touchstone};
/// use mmw_core::ndarray::array;
///
/// let network = Network::new(vec![Part::new(PartKind::ShuntC, 77.83e-15)])?;
/// // Version 1.1 knows one resistance for both ports: normalise to it before writing.
/// let s = network.s_parameters(&array![57e9, 60e9, 64e9], 50.0, 50.0)?;
/// let text = Touchstone::new(s.clone(), 50.0)?.to_text(Format::RealImaginary);
/// assert!(text.starts_with("# HZ S RI R 50\n"));
/// assert_eq!(Touchstone::parse(&text, "c1.s2p")?.data().data(), s.data());
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Touchstone {
    parameter: Parameter,
    reference_ohm: f64,
    data: DataArray3<C64>,
}

impl Touchstone {
    /// S-parameters that are normalised to `reference_ohm` at both ports.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the resistance is finite and above zero; [`Error::Shape`] unless the data is
    /// `[frequency, 2, 2]`; [`Error::TooFew`] without a frequency; [`Error::Invalid`] unless the frequencies
    /// rise; [`Error::NotFinite`].
    pub fn new(s: DataArray3<C64>, reference_ohm: f64) -> Result<Self> {
        check::positive("reference_ohm", reference_ohm)?;
        let points = s.data().dim().0;
        check::at_least("frequencies", points, 1)?;
        check::same_shape("s", &[points, 2, 2], s.data().shape())?;
        check::all_finite_complex("s", s.data())?;
        let frequencies_hz = s.axes().first().map(mmw_core::Axis::to_vec).unwrap_or_default();
        let rising = frequencies_hz.is_sorted_by(|a, b| a < b);
        if !rising || frequencies_hz.first().is_some_and(|f| *f < 0.0) {
            return Err(Error::invalid("frequencies", "must rise from 0 Hz or above"));
        }
        Ok(Self { parameter: Parameter::S, reference_ohm, data: s })
    }

    /// What the matrices are.
    #[must_use]
    pub fn parameter(&self) -> Parameter {
        self.parameter
    }

    /// The resistance that both ports are normalised to, ohm.
    #[must_use]
    pub fn reference_ohm(&self) -> f64 {
        self.reference_ohm
    }

    /// The matrices, `[frequency, to port, from port]`, frequencies in Hz.
    #[must_use]
    pub fn data(&self) -> &DataArray3<C64> {
        &self.data
    }

    /// The file's text: frequencies in Hz, then 11, 21, 12, 22 as the format has it for two-ports.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::touchstone::{Format, Touchstone};
    /// let file = Touchstone::parse("# GHz S RI R 50\n60 0 0 1 0 1 0 0 0\n", "through.s2p")?;
    /// assert_eq!(file.to_text(Format::MagnitudeAngle), "# HZ S MA R 50\n6e10 0e0 0e0 1e0 0e0 1e0 0e0 0e0 0e0\n");
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn to_text(&self, format: Format) -> String {
        let letter = match self.parameter {
            Parameter::S => 'S',
            Parameter::Y => 'Y',
            Parameter::Z => 'Z',
            Parameter::H => 'H',
            Parameter::G => 'G',
        };
        let word = match format {
            Format::RealImaginary => "RI",
            Format::MagnitudeAngle => "MA",
            Format::DecibelAngle => "DB",
        };
        let mut text = format!("# HZ {letter} {word} R {}\n", self.reference_ohm);
        let frequencies = self.data.axes().first().into_iter().flat_map(mmw_core::Axis::iter);
        for (frequency_hz, matrix) in frequencies.zip(self.data.data().outer_iter()) {
            text.push_str(&format!("{frequency_hz:e}"));
            // Columns first: the order of version 1 for two-ports only.
            for entry in matrix.t().iter() {
                let (x, y) = encode(*entry, format);
                text.push_str(&format!(" {x:e} {y:e}"));
            }
            text.push('\n');
        }
        text
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(&self, path: &Path, format: Format) -> Result<()> {
        std::fs::write(path, self.to_text(format)).map_err(|error| Error::io(path, "write", &error))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Io`]; as [`Touchstone::parse`].
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "open", &error))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Parses the text of a two-port file; `name` appears in errors.
    ///
    /// All units (`HZ KHZ MHZ GHZ`), formats (`RI MA DB`) and parameters (`S Y Z H G`) are understood, in any
    /// case and order; what the option line leaves out is `GHZ S MA R 50`. Noise data is skipped.
    ///
    /// # Errors
    /// [`Error::Format`] with the byte offset of the trouble.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::touchstone::Touchstone;
    ///
    /// let file = Touchstone::parse("! an attenuator\n# mhz s db r 75\n100 -40 0 -6 0 -6 0 -40 0\n", "a.s2p")?;
    /// assert_eq!(file.reference_ohm(), 75.0);
    /// assert!((file.data().data()[[0, 1, 0]].re - 0.501_187).abs() < 1e-6);
    /// let error = Touchstone::parse("# GHz S RI R 50\n1 0 0 x", "bad.s2p").unwrap_err();
    /// assert_eq!(error.to_string(), "bad.s2p: at byte 22: expected a number, found x");
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn parse(text: &str, name: &str) -> Result<Self> {
        let mut options: Option<Options> = None;
        let mut frequencies_hz: Vec<f64> = Vec::new();
        let mut entries: Vec<C64> = Vec::new();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let start = offset;
            offset += line.len();
            let content = line.split('!').next().unwrap_or_default();
            if content.trim().is_empty() {
                continue;
            }
            let words = words(content, start);
            if content.trim_start().starts_with('#') {
                // Only the first option line counts, as the specification says.
                if options.is_none() {
                    options = Some(Options::parse(&words, name)?);
                }
                continue;
            }
            let trouble = |at: usize, expected: &str, found: &str| trouble(name, at, expected, found);
            let Some(options) = &options else {
                return Err(trouble(start, "an option line that starts with #", content.trim()));
            };
            let numbers = parse_numbers(&words, name)?;
            let [frequency, rest @ ..] = numbers.as_slice() else { continue };
            let frequency_hz = frequency * options.unit_hz;
            let last_hz = frequencies_hz.last().copied();
            // Noise parameters follow the network data, five numbers a line, and start over in frequency.
            if rest.len() == 4 && last_hz.is_some_and(|last| frequency_hz <= last) {
                break;
            }
            if rest.len() != 8 {
                return Err(trouble(start, "9 numbers of a two-port", &format!("{}", numbers.len())));
            }
            if !(frequency_hz.is_finite() && frequency_hz >= 0.0 && last_hz.is_none_or(|f| f < frequency_hz))
            {
                return Err(trouble(start, "a frequency above the one before", &frequency.to_string()));
            }
            frequencies_hz.push(frequency_hz);
            let (pairs, _) = rest.as_chunks::<2>();
            let matrix: Vec<C64> = pairs.iter().map(|pair| decode(*pair, options.format)).collect();
            if let Some(entry) = matrix.iter().find(|z| !(z.re.is_finite() && z.im.is_finite())) {
                return Err(trouble(start, "finite parameters", &entry.to_string()));
            }
            let [m11, m21, m12, m22] = matrix.as_slice() else { continue };
            entries.extend([m11, m12, m21, m22]);
        }
        let Some(options) = options else {
            return Err(trouble(name, text.len(), "an option line that starts with #", "the end"));
        };
        if frequencies_hz.is_empty() {
            return Err(trouble(name, text.len(), "a line of 9 numbers", "the end"));
        }
        let data = Array3::from_shape_vec((frequencies_hz.len(), 2, 2), entries)
            .map_err(|error| trouble(name, text.len(), "whole matrices", &error.to_string()))?;
        let frequencies: &ArrayRef1<f64> = &mmw_core::ndarray::Array1::from(frequencies_hz);
        let data = crate::network::s_array(frequencies, data)?;
        Ok(Self { parameter: options.parameter, reference_ohm: options.reference_ohm, data })
    }
}

/// The option line.
struct Options {
    unit_hz: f64,
    parameter: Parameter,
    format: Format,
    reference_ohm: f64,
}

impl Options {
    fn parse(words: &[(usize, &str)], name: &str) -> Result<Self> {
        let mut options = Self {
            unit_hz: 1e9,
            parameter: Parameter::S,
            format: Format::MagnitudeAngle,
            reference_ohm: 50.0,
        };
        let mut words = words.iter();
        while let Some(&(at, word)) = words.next() {
            match word.trim_start_matches('#').to_ascii_uppercase().as_str() {
                "" => {}
                "HZ" => options.unit_hz = 1.0,
                "KHZ" => options.unit_hz = 1e3,
                "MHZ" => options.unit_hz = 1e6,
                "GHZ" => options.unit_hz = 1e9,
                "S" => options.parameter = Parameter::S,
                "Y" => options.parameter = Parameter::Y,
                "Z" => options.parameter = Parameter::Z,
                "H" => options.parameter = Parameter::H,
                "G" => options.parameter = Parameter::G,
                "RI" => options.format = Format::RealImaginary,
                "MA" => options.format = Format::MagnitudeAngle,
                "DB" => options.format = Format::DecibelAngle,
                "R" => {
                    let (at, word) = words.next().copied().unwrap_or((at, "the end of the line"));
                    options.reference_ohm = word
                        .parse()
                        .ok()
                        .filter(|ohm: &f64| ohm.is_finite() && *ohm > 0.0)
                        .ok_or_else(|| trouble(name, at, "a resistance above 0", word))?;
                }
                _ => return Err(trouble(name, at, "a unit, a parameter, a format or R", word)),
            }
        }
        Ok(options)
    }
}

/// The words of a line with their byte offsets in the file.
fn words(line: &str, start: usize) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(begin) = rest.find(|c: char| !c.is_whitespace()) {
        let (_, tail) = rest.split_at(begin);
        let (word, after) = tail.split_at(tail.find(char::is_whitespace).unwrap_or(tail.len()));
        found.push((start + line.len() - tail.len(), word));
        rest = after;
    }
    found
}

fn parse_numbers(words: &[(usize, &str)], name: &str) -> Result<Vec<f64>> {
    let parse = |&(at, word): &(usize, &str)| {
        word.parse::<f64>().ok().filter(|x| x.is_finite()).ok_or_else(|| trouble(name, at, "a number", word))
    };
    words.iter().map(parse).collect()
}

fn encode(z: C64, format: Format) -> (f64, f64) {
    match format {
        Format::RealImaginary => (z.re, z.im),
        Format::MagnitudeAngle => (z.norm(), z.arg().to_degrees()),
        Format::DecibelAngle => ((20.0 * z.norm().log10()).max(-1000.0), z.arg().to_degrees()),
    }
}

fn decode([x, y]: [f64; 2], format: Format) -> C64 {
    match format {
        Format::RealImaginary => C64::new(x, y),
        Format::MagnitudeAngle => C64::from_polar(x, y.to_radians()),
        Format::DecibelAngle => C64::from_polar(10_f64.powf(x / 20.0), y.to_radians()),
    }
}

fn trouble(name: &str, offset: usize, expected: &str, found: &str) -> Error {
    Error::Format {
        path: name.to_string(),
        offset: offset as u64,
        expected: expected.to_string(),
        found: found.chars().take(60).collect(),
    }
}
