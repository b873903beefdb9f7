//! From what a file holds to its text.

use super::decode::unit_ohm;
use super::file::Touchstone;
use super::words::{Format, MatrixFormat, Parameter, Version};
use crate::network::Waves;
use mmw_core::ndarray::ArrayView2;
use mmw_core::{C64, Error, Result};
use std::fmt::Write;

/// How a file is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct Layout {
    /// How complex numbers are written.
    pub format: Format,
    /// The version; by default the first that can hold all there is.
    pub version: Option<Version>,
    /// Which entries are written; other than all only in version 2.
    pub matrix: MatrixFormat,
}

impl Touchstone {
    /// The text of the file in the first version that can hold all there is, frequencies in Hz.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::touchstone::{Format, Touchstone};
    /// let file = Touchstone::parse("# GHz S RI R 50\n60 0 0 1 0 1 0 0 0\n", "through.s2p")?;
    /// let text = file.to_text(Format::MagnitudeAngle);
    /// assert_eq!(text, "# HZ S MA R 50\n6e10 0e0 0e0 1e0 0e0 1e0 0e0 0e0 0e0\n");
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn to_text(&self, format: Format) -> String {
        let version = self.least_version();
        self.write_text(format, version, MatrixFormat::Full)
    }

    /// The text of the file in a chosen version and matrix format.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a version that cannot hold what there is (mixed modes, references of their own
    /// for ports) or half of a matrix that is not symmetric.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::touchstone::{Layout, MatrixFormat, Touchstone, Version};
    /// let file = Touchstone::parse("# GHz S RI R 50 75\n60 0 0 1 0 1 0 0 0\n", "through.s2p")?;
    /// let (version, matrix) = (Some(Version::V2_1), MatrixFormat::Lower);
    /// let layout = Layout { version, matrix, ..Layout::default() };
    /// let text = file.to_text_as(&layout)?;
    /// assert!(text.contains("[Reference] 50 75\n[Matrix Format] Lower\n[Network Data]\n6e10 0e0 0e0 1e0 0e0 "));
    /// let error = file.to_text_as(&Layout { version: Some(Version::V1_0), ..layout }).unwrap_err();
    /// assert!(error.to_string().starts_with("version: 1.0 cannot hold"));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn to_text_as(&self, layout: &Layout) -> Result<String> {
        let half = layout.matrix != MatrixFormat::Full;
        let least = if half { self.least_version().max(Version::V2_0) } else { self.least_version() };
        let version = layout.version.unwrap_or(least);
        if version < least {
            let reason = format!("{version} cannot hold this network: {least} can");
            return Err(Error::invalid("version", reason));
        }
        let symmetric = || self.matrices.outer_iter().all(|matrix| matrix == matrix.t());
        if half && !symmetric() {
            return Err(Error::invalid(
                "matrix format",
                format!("{} holds symmetric matrices only: use full", layout.matrix),
            ));
        }
        Ok(self.write_text(layout.format, version, layout.matrix))
    }

    /// The first version that holds what there is.
    fn least_version(&self) -> Version {
        let resistances = self.references.resistances_ohm();
        let one = self.references.resistance_ohm();
        match self.parameter {
            _ if self.modes.is_some() => Version::V2_0,
            Parameter::S if one.is_some() || resistances.is_none() => Version::V1_0,
            Parameter::S => Version::V1_1,
            _ if one.is_some() => Version::V1_0,
            _ => Version::V2_0,
        }
    }

    fn write_text(&self, format: Format, version: Version, matrix: MatrixFormat) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_head(&mut text, format, version, matrix);
        let _ = self.write_data(&mut text, format, version, matrix);
        text
    }

    fn write_head(
        &self,
        text: &mut String,
        format: Format,
        version: Version,
        matrix: MatrixFormat,
    ) -> std::fmt::Result {
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
        for comment in &self.comments {
            writeln!(text, "!{comment}")?;
        }
        let resistances = self.references.resistances_ohm();
        if resistances.is_none() {
            let waves = if self.waves == Waves::Travelling { "traveling" } else { self.waves.name() };
            writeln!(text, "! S-parameter uses the {waves} definition")?;
        }
        let keywords = version.has_keywords();
        if keywords {
            writeln!(text, "[Version] {version}")?;
        }
        // Where comments give the impedances, R must stand and says nothing.
        let all = resistances.unwrap_or_else(|| vec![50.0]);
        let one = self.references.resistance_ohm();
        write!(text, "# HZ {letter} {word} R")?;
        let on_line = if keywords || one.is_some() { &all[..1] } else { &all[..] };
        on_line.iter().try_for_each(|ohm| write!(text, " {ohm}"))?;
        writeln!(text)?;
        if !keywords {
            return Ok(());
        }
        let ports = self.ports();
        writeln!(text, "[Number of Ports] {ports}")?;
        if ports == 2 {
            writeln!(text, "[Two-Port Data Order] 12_21")?;
        }
        writeln!(text, "[Number of Frequencies] {}", self.frequencies_hz.len())?;
        if !self.noise.is_empty() {
            writeln!(text, "[Number of Noise Frequencies] {}", self.noise.len())?;
        }
        if all.len() == ports {
            write!(text, "[Reference]")?;
            all.iter().try_for_each(|ohm| write!(text, " {ohm}"))?;
            writeln!(text)?;
        }
        if matrix != MatrixFormat::Full {
            writeln!(
                text,
                "[Matrix Format] {}",
                if matrix == MatrixFormat::Lower { "Lower" } else { "Upper" }
            )?;
        }
        if let Some(modes) = &self.modes {
            write!(text, "[Mixed-Mode Order]")?;
            modes.iter().try_for_each(|mode| write!(text, " {mode}"))?;
            writeln!(text)?;
        }
        writeln!(text, "[Network Data]")
    }

    fn write_data(
        &self,
        text: &mut String,
        format: Format,
        version: Version,
        matrix: MatrixFormat,
    ) -> std::fmt::Result {
        let keywords = version.has_keywords();
        let ohm = if keywords { 1.0 } else { self.references.resistance_ohm().unwrap_or(1.0) };
        let comments = self.references.resistances_ohm().is_none();
        for ((index, frequency_hz), entries) in
            self.frequencies_hz.iter().enumerate().zip(self.matrices.outer_iter())
        {
            write!(text, "{frequency_hz:e}")?;
            self.write_matrix(text, &entries, format, matrix, (keywords, ohm))?;
            if let Some(propagation) = &self.propagation {
                let row = propagation.row(if propagation.nrows() == 1 { 0 } else { index });
                write_pairs(text, "! Gamma", row.iter())?;
            }
            if comments {
                write_pairs(text, "! Port Impedance", self.references.at(index).iter())?;
            }
        }
        if keywords && !self.noise.is_empty() {
            writeln!(text, "[Noise Data]")?;
        }
        for point in &self.noise {
            let ohm = if keywords { 1.0 } else { self.references.at(0).first().map_or(1.0, |z| z.re) };
            let resistance = point.resistance_ohm / ohm;
            let (figure, magnitude) = (point.minimum_figure_db, point.optimum_magnitude);
            let (frequency_hz, angle_deg) = (point.frequency_hz, point.optimum_angle_deg);
            writeln!(text, "{frequency_hz:e} {figure:e} {magnitude:e} {angle_deg:e} {resistance:e}")?;
        }
        if keywords { writeln!(text, "[End]") } else { Ok(()) }
    }

    fn write_matrix(
        &self,
        text: &mut String,
        entries: &ArrayView2<'_, C64>,
        format: Format,
        matrix: MatrixFormat,
        (keywords, ohm): (bool, f64),
    ) -> std::fmt::Result {
        let ports = entries.nrows();
        // Columns first for two-ports of version 1; from three ports on, a line for each row, four pairs at
        // most.
        let turned = ports == 2 && !keywords;
        for i in 0..ports {
            let mut on_line = 0;
            if i > 0 && ports > 2 {
                text.push('\n');
            }
            for j in (0..ports).filter(|&j| matrix.holds(i, j)) {
                if on_line == 4 && ports > 2 {
                    text.push('\n');
                    on_line = 0;
                }
                on_line += 1;
                let place = if turned { [j, i] } else { [i, j] };
                let (x, y) = encode(entries[place] / unit_ohm(self.parameter, place, ohm), format);
                write!(text, " {x:e} {y:e}")?;
            }
        }
        text.push('\n');
        Ok(())
    }
}

fn write_pairs<'a>(text: &mut String, word: &str, values: impl Iterator<Item = &'a C64>) -> std::fmt::Result {
    text.push_str(word);
    for z in values {
        write!(text, " {:e} {:e}", z.re, z.im)?;
    }
    text.push('\n');
    Ok(())
}

fn encode(z: C64, format: Format) -> (f64, f64) {
    match format {
        Format::RealImaginary => (z.re, z.im),
        Format::MagnitudeAngle => (z.norm(), z.arg().to_degrees()),
        Format::DecibelAngle => ((20.0 * z.norm().log10()).max(-1000.0), z.arg().to_degrees()),
    }
}
