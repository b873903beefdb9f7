//! `mmw link ladder`: element values, components and S-parameters of a ladder, or of a list of parts.

use super::built::{Built, Yield, built, resistors};
use super::values::{part, resistance};
use crate::error::Result;
use crate::question::{Question, Readable, contradiction, line, needed, word};
use linkbudget::ladder::{
    Band, Branch, Family, First, LadderSpec, ReflectionZeros, SelectiveSpec, Terminations,
};
use linkbudget::network::{Network, Part, PartKind};
use linkbudget::response::{Cutoff, Response};
use mmw_core::C64;
use mmw_core::ndarray::Array1;
use serde::{Deserialize, Serialize};

/// The families.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    Butterworth,
    Chebyshev,
    InverseChebyshev,
    Elliptic,
    Bessel,
}

/// What passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Passes {
    LowPass,
    HighPass,
    BandPass,
    BandStop,
}

/// Resistance of the generator: a number, or that of an even Chebyshev at its limit.
#[derive(Debug, Clone, Copy)]
enum Source {
    Ohm(f64),
    Limit,
}

fn source(text: &str) -> std::result::Result<Source, String> {
    if text == "limit" { Ok(Source::Limit) } else { resistance(text).map(Source::Ohm) }
}

/// The parameters of the command: those of a ladder, or a list of parts.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// butterworth, chebyshev, `inverse_chebyshev`, elliptic or bessel
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present = "parts",
        conflicts_with = "parts",
        value_parser = word::<Shape>
    )]
    response: Option<Shape>,

    /// Number of elements
    #[arg(long, value_name = "COUNT", conflicts_with = "parts", required_unless_present = "parts")]
    order: Option<usize>,

    /// Ripple of the pass-band (chebyshev, elliptic), dB
    #[arg(long, value_name = "DB", conflicts_with = "parts")]
    ripple_db: Option<f64>,

    /// Least loss of the stop-band (`inverse_chebyshev`, elliptic), dB
    #[arg(long, value_name = "DB", conflicts_with = "parts")]
    stopband_db: Option<f64>,

    /// What the cut-off means: `ripple_edge` (of the stop-band for `inverse_chebyshev`; default where there
    /// is a ripple) or `three_db`
    #[arg(long, value_name = "NAME", conflicts_with = "parts", value_parser = word::<Cutoff>)]
    cutoff: Option<Cutoff>,

    /// What passes: `low_pass`, `high_pass`, `band_pass` or `band_stop`
    #[arg(long, value_name = "NAME", default_value = "low_pass", conflicts_with = "parts", value_parser = word::<Passes>)]
    band: Passes,

    /// Resistance of the generator, ohm; 0 is an ideal voltage source, "infinite" a current source, "limit"
    /// the nearest to the load that an even Chebyshev works with
    #[arg(long, value_name = "OHM", value_parser = source)]
    source_ohm: Source,

    /// Resistance of the load, ohm; 0 is a short, "infinite" an open
    #[arg(long, value_name = "OHM", value_parser = resistance)]
    load_ohm: f64,

    /// Element next to the generator: shunt (capacitor) or series (inductor)
    #[arg(long, value_name = "NAME", default_value = "shunt", conflicts_with = "parts", value_parser = word::<First>)]
    first: First,

    /// Half-plane of the reflection zeros (butterworth, chebyshev): right or left; by default that of
    /// published tables
    #[arg(long, value_name = "NAME", conflicts_with = "parts", value_parser = word::<ReflectionZeros>)]
    reflection_zeros: Option<ReflectionZeros>,

    /// Cut-off frequency, Hz: also gives the components, F and H
    #[arg(long, value_name = "HZ", conflicts_with = "parts")]
    cutoff_hz: Option<f64>,

    /// Lower edge of a band, Hz
    #[arg(long, value_name = "HZ", conflicts_with = "parts", requires = "high_hz")]
    low_hz: Option<f64>,

    /// Upper edge of a band, Hz
    #[arg(long, value_name = "HZ", conflicts_with = "parts", requires = "low_hz")]
    high_hz: Option<f64>,

    #[command(flatten)]
    built: Built,

    /// Frequencies, Hz: also gives S21 and S11 there
    #[arg(long, value_name = "HZ,HZ,...", value_delimiter = ',')]
    frequencies_hz: Option<Vec<f64>>,

    /// Parts from the generator instead of a ladder: shunt_c:78e-15,series_l:598e-12
    #[arg(long, value_name = "KIND:VALUE,...", value_delimiter = ',', value_parser = part)]
    parts: Option<Vec<Part>>,
}

/// Elements, components and S-parameters; what was not asked for is left out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    /// Where the limit was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ohm: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elements: Option<Vec<f64>>,
    /// In place of elements where there are resonators.
    #[serde(skip_serializing_if = "Option::is_none")]
    branches: Option<Vec<Element>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Vec<f64>>,
    /// Where components do not say it all: other bands, resonators, preferred values, lossy parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<Part>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s21: Option<Vec<C64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s11: Option<Vec<C64>>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "yield")]
    passing: Option<Yield>,
    #[serde(skip)]
    frequencies_hz: Vec<f64>,
    #[serde(skip)]
    first: First,
}

/// A branch: its element, and the one that makes it a resonator.
#[derive(Debug, Serialize)]
struct Element {
    main: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<f64>,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        self.built.check()?;
        let mut answer = Answer::default();
        let (network, source_ohm) = if let Some(parts) = &self.parts {
            let Source::Ohm(source_ohm) = self.source_ohm else {
                return Err(contradiction("source_ohm", "has a limit with an even Chebyshev only"));
            };
            if !self.built.asks() {
                needed(
                    self.frequencies_hz.as_ref(),
                    "frequencies_hz",
                    "parts are answered by S-parameters there",
                )?;
            }
            (Some(Network::new(parts.clone())?), source_ohm)
        } else {
            self.ladder(&mut answer)?
        };
        let network = match network {
            Some(network) if self.built.changes() => {
                let network = self.built.network(&network)?;
                answer.parts = Some(network.parts().to_vec());
                Some(network)
            }
            _ if self.built.changes() => Some(built(None)?.clone()),
            network => network,
        };
        if let Some(frequencies_hz) = &self.frequencies_hz {
            let network = built(network.as_ref())?;
            resistors(source_ohm, self.load_ohm)?;
            let s = network.s_parameters(&Array1::from(frequencies_hz.clone()), source_ohm, self.load_ohm)?;
            let entry = |to: usize| s.data().outer_iter().map(|s| s[[to, 0]]).collect();
            (answer.s21, answer.s11) = (Some(entry(1)), Some(entry(0)));
            answer.frequencies_hz.clone_from(frequencies_hz);
        }
        if self.built.asks() {
            resistors(source_ohm, self.load_ohm)?;
            answer.passing = self.built.yields(built(network.as_ref())?, source_ohm, self.load_ohm)?;
        }
        Ok(answer)
    }
}

impl Parameters {
    /// The elements and what they become; the network where its frequencies are known, and the generator's
    /// resistance.
    fn ladder(&self, answer: &mut Answer) -> Result<(Option<Network>, f64)> {
        let shape = needed(self.response.as_ref(), "response", "a family, or a list of parts")?;
        let order = needed(self.order.as_ref(), "order", "the number of elements")?;
        self.check(shape)?;
        let cutoff = self.cutoff.unwrap_or(match shape {
            Shape::Bessel => Cutoff::ThreeDb,
            _ => Cutoff::RippleEdge,
        });
        answer.first = self.first;
        let ripple_db = || needed(self.ripple_db.as_ref(), "ripple_db", "the family has a ripple, dB");
        let stopband_db =
            || needed(self.stopband_db.as_ref(), "stopband_db", "the family has a stop-band, dB");
        let response = match shape {
            Shape::Butterworth => Ok(Response::Butterworth),
            Shape::Chebyshev => Ok(Response::Chebyshev { ripple_db: ripple_db()? }),
            Shape::Bessel => Err(Family::Bessel),
            Shape::InverseChebyshev => Err(Family::InverseChebyshev { stopband_db: stopband_db()? }),
            Shape::Elliptic => Err(Family::Elliptic { ripple_db: ripple_db()?, stopband_db: stopband_db()? }),
        };
        let spec = |response, source_ohm| LadderSpec {
            response,
            order,
            cutoff,
            terminations: terminations(source_ohm, self.load_ohm),
            first: self.first,
            reflection_zeros: self.reflection_zeros,
        };
        let source_ohm = match (self.source_ohm, response) {
            (Source::Ohm(ohm), _) => ohm,
            (Source::Limit, Ok(response @ Response::Chebyshev { .. })) if order.is_multiple_of(2) => {
                let ratio = spec(response, self.load_ohm).limit_ratio()?;
                let ohm =
                    if self.first == First::Shunt { self.load_ohm * ratio } else { self.load_ohm / ratio };
                answer.source_ohm = Some(ohm);
                ohm
            }
            _ => return Err(contradiction("source_ohm", "has a limit with an even Chebyshev only")),
        };
        let (prototype, closed) = match response {
            Ok(response) => {
                let ladder = spec(response, source_ohm).synthesise()?;
                (ladder.prototype(), Some(ladder))
            }
            Err(family) => {
                let terminations = terminations(source_ohm, self.load_ohm);
                let spec = SelectiveSpec { family, order, cutoff, terminations, first: self.first };
                (spec.synthesise()?, None)
            }
        };
        answer.tell(prototype.branches());
        let Some(band) = self.frequencies()? else { return Ok((None, source_ohm)) };
        let network = prototype.network(band)?;
        match (&closed, band) {
            (Some(ladder), Band::LowPass { cutoff_hz }) => {
                answer.components = Some(ladder.components(cutoff_hz)?)
            }
            _ => answer.parts = Some(network.parts().to_vec()),
        }
        Ok((Some(network), source_ohm))
    }

    /// Refuses what has no effect on a family.
    fn check(&self, shape: Shape) -> Result<()> {
        let closed = matches!(shape, Shape::Butterworth | Shape::Chebyshev);
        for (given, used, name) in [
            (self.ripple_db.is_some(), matches!(shape, Shape::Chebyshev | Shape::Elliptic), "ripple_db"),
            (
                self.stopband_db.is_some(),
                matches!(shape, Shape::InverseChebyshev | Shape::Elliptic),
                "stopband_db",
            ),
            (self.reflection_zeros.is_some(), closed, "reflection_zeros"),
        ] {
            // A batch may spell out what is absent for Butterworth.
            if given && !used {
                return Err(contradiction(name, "has no effect on this family"));
            }
        }
        let flat = matches!(shape, Shape::Butterworth | Shape::Bessel);
        if flat && self.cutoff == Some(Cutoff::RippleEdge) {
            return Err(contradiction("cutoff", "is the 3 dB point of this family, which has no ripple"));
        }
        Ok(())
    }

    /// The band with its frequencies; none without them.
    fn frequencies(&self) -> Result<Option<Band>> {
        let edges = self.low_hz.zip(self.high_hz);
        let one = matches!(self.band, Passes::LowPass | Passes::HighPass);
        match (self.cutoff_hz, edges) {
            (Some(_), _) if !one => Err(contradiction("cutoff_hz", "is low_hz and high_hz of a band")),
            (_, Some(_)) if one => Err(contradiction("low_hz", "and high_hz are of a band: give cutoff_hz")),
            (None, None) if self.band == Passes::LowPass => Ok(None),
            (None, None) => Err(contradiction("band", "has no effect without its frequencies")),
            (Some(cutoff_hz), _) => Ok(Some(match self.band {
                Passes::HighPass => Band::HighPass { cutoff_hz },
                _ => Band::LowPass { cutoff_hz },
            })),
            (None, Some((low_hz, high_hz))) => Ok(Some(match self.band {
                Passes::BandStop => Band::BandStop { low_hz, high_hz },
                _ => Band::BandPass { low_hz, high_hz },
            })),
        }
    }
}

impl Answer {
    /// Elements, or branches where there are resonators.
    fn tell(&mut self, branches: &[Branch]) {
        let element = |branch: &Branch| match *branch {
            Branch::Resonator { main, other } => Element { main, other: Some(other) },
            Branch::Single(main) => Element { main, other: None },
            _ => Element { main: 0.0, other: None },
        };
        let all: Vec<Element> = branches.iter().map(element).collect();
        if all.iter().any(|element| element.other.is_some()) {
            self.branches = Some(all);
        } else {
            self.elements = Some(all.iter().map(|element| element.main).collect());
        }
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
        lines.extend(self.source_ohm.map(|ohm| line("source", ohm, "ohm")));
        for (index, Element { main, other }) in self.branches.iter().flatten().enumerate() {
            let [letter, beside] = if self.first.at(index) == First::Shunt { ['C', 'L'] } else { ['L', 'C'] };
            let behind = other.map_or_else(String::new, |other| format!(" with {beside} {other:.6}"));
            lines.push(format!("{}{behind}", line(&format!("{letter}{}", index + 1), *main, "")));
        }
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
        let part = |part: &Part| format!("{:<14}{:>16.6e} {}", part.kind.to_string(), part.value, unit(part));
        lines.extend(self.parts.iter().flatten().map(part));
        if let Some(Yield { fraction, standard_error }) = self.passing {
            lines.push(line("yield", fraction, &format!("± {standard_error:.4}")));
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

fn unit(part: &Part) -> &'static str {
    match part.kind {
        PartKind::ShuntC | PartKind::SeriesC | PartKind::SeriesTankC | PartKind::ShuntTrapC => "F",
        PartKind::SeriesL | PartKind::ShuntL => "H",
        _ => "ohm",
    }
}
