//! `mmw link ladder`: element values, components and S-parameters of a ladder, or of a list of parts.

use super::order::Family;
use super::values::{part, resistance};
use crate::error::{Error, Result};
use crate::question::{Question, Readable, line, needed, word};
use linkbudget::ladder::{First, Ladder, LadderSpec, ReflectionZeros, Terminations};
use linkbudget::network::{Network, Part};
use linkbudget::response::Cutoff;
use mmw_core::C64;
use mmw_core::ndarray::Array1;
use serde::Serialize;

/// The parameters of the command: those of a ladder, or a list of parts.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// butterworth or chebyshev
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present = "parts",
        conflicts_with = "parts",
        value_parser = word::<Family>
    )]
    response: Option<Family>,

    /// Number of elements
    #[arg(long, value_name = "COUNT", conflicts_with = "parts", required_unless_present = "parts")]
    order: Option<usize>,

    /// Chebyshev ripple, dB
    #[arg(long, value_name = "DB", conflicts_with = "parts")]
    ripple_db: Option<f64>,

    /// What the cut-off means, for Chebyshev: `ripple_edge` or `three_db`
    #[arg(
        long,
        value_name = "NAME",
        default_value = "ripple_edge",
        conflicts_with = "parts",
        value_parser = word::<Cutoff>
    )]
    cutoff: Cutoff,

    /// Resistance of the source, ohm; 0 is an ideal voltage source, "infinite" a current source
    #[arg(long, value_name = "OHM", value_parser = resistance)]
    source_ohm: f64,

    /// Resistance of the load, ohm; 0 is a short, "infinite" an open
    #[arg(long, value_name = "OHM", value_parser = resistance)]
    load_ohm: f64,

    /// Element next to the source: shunt (capacitor) or series (inductor)
    #[arg(long, value_name = "NAME", default_value = "shunt", conflicts_with = "parts", value_parser = word::<First>)]
    first: First,

    /// Half-plane of the reflection zeros: right or left; by default that of published tables
    #[arg(long, value_name = "NAME", conflicts_with = "parts", value_parser = word::<ReflectionZeros>)]
    reflection_zeros: Option<ReflectionZeros>,

    /// Cut-off frequency, Hz: also gives the components, F and H
    #[arg(long, value_name = "HZ", conflicts_with = "parts")]
    cutoff_hz: Option<f64>,

    /// Frequencies, Hz: also gives S21 and S11 there
    #[arg(long, value_name = "HZ,HZ,...", value_delimiter = ',')]
    frequencies_hz: Option<Vec<f64>>,

    /// Parts from the source instead of a ladder: shunt_c:78e-15,series_l:598e-12
    #[arg(long, value_name = "KIND:VALUE,...", value_delimiter = ',', value_parser = part)]
    parts: Option<Vec<Part>>,
}

/// Elements, components and S-parameters; what was not asked for is left out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    elements: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s21: Option<Vec<C64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s11: Option<Vec<C64>>,
    #[serde(skip)]
    frequencies_hz: Vec<f64>,
    #[serde(skip)]
    first: First,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let Self { source_ohm, load_ohm, .. } = *self;
        let mut answer = Answer::default();
        let network = if let Some(parts) = &self.parts {
            needed(
                self.frequencies_hz.as_ref(),
                "frequencies_hz",
                "parts are answered by S-parameters there",
            )?;
            Some(Network::new(parts.clone())?)
        } else {
            let ladder = self.ladder()?;
            answer.first = ladder.spec().first;
            answer.elements = Some(ladder.elements().to_vec());
            let components = self.cutoff_hz.map(|cutoff_hz| ladder.components(cutoff_hz)).transpose()?;
            let network =
                components.as_ref().map(|values| Network::low_pass(values, answer.first)).transpose()?;
            answer.components = components;
            network
        };
        if let Some(frequencies_hz) = &self.frequencies_hz {
            let network = needed(network.as_ref(), "cutoff_hz", "S-parameters need it")?;
            for (name, ohm) in [("source_ohm", source_ohm), ("load_ohm", load_ohm)] {
                if !(ohm > 0.0 && ohm.is_finite()) {
                    let reason =
                        "S-parameters need a resistor at each end; leave out frequencies_hz for the elements";
                    return Err(Error::Core(mmw_core::Error::invalid(name, reason)));
                }
            }
            let s = network.s_parameters(&Array1::from(frequencies_hz.clone()), source_ohm, load_ohm)?;
            let entry = |to: usize| s.data().outer_iter().map(|s| s[[to, 0]]).collect();
            (answer.s21, answer.s11) = (Some(entry(1)), Some(entry(0)));
            answer.frequencies_hz.clone_from(frequencies_hz);
        }
        Ok(answer)
    }
}

impl Parameters {
    fn ladder(&self) -> Result<Ladder> {
        let family =
            needed(self.response.as_ref(), "response", "butterworth or chebyshev, or a list of parts")?;
        let spec = LadderSpec {
            response: family.response(self.ripple_db)?,
            order: needed(self.order.as_ref(), "order", "the number of elements")?,
            cutoff: self.cutoff,
            terminations: terminations(self.source_ohm, self.load_ohm),
            first: self.first,
            reflection_zeros: self.reflection_zeros,
        };
        Ok(spec.synthesise()?)
    }
}

fn terminations(source_ohm: f64, load_ohm: f64) -> Terminations {
    if source_ohm == f64::INFINITY {
        Terminations::CurrentSource { load_ohm }
    } else if load_ohm == f64::INFINITY {
        Terminations::OpenLoad { source_ohm }
    } else {
        Terminations::new(source_ohm, load_ohm)
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, element) in self.elements.iter().flatten().enumerate() {
            let (letter, unit) = match self.first.at(index) {
                First::Shunt => ('C', "F"),
                First::Series => ('L', "H"),
            };
            let name = format!("{letter}{}", index + 1);
            lines.push(match self.components.as_ref().and_then(|values| values.get(index)) {
                Some(value) => format!("{} {value:>16.6e} {unit}", line(&name, *element, "")),
                None => line(&name, *element, ""),
            });
        }
        if !self.frequencies_hz.is_empty() {
            lines.push("\nfrequency Hz         S21 dB         S11 dB".to_owned());
        }
        let waves = self.s21.iter().flatten().zip(self.s11.iter().flatten());
        for (frequency_hz, (s21, s11)) in self.frequencies_hz.iter().zip(waves) {
            let db = |z: &C64| 20.0 * z.norm().log10();
            lines.push(format!("{frequency_hz:<12.5e} {:>14.4} {:>14.4}", db(s21), db(s11)));
        }
        lines
    }
}
