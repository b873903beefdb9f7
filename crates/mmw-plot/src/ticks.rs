//! Where ticks stand and what they say.

/// One tick of an axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    /// Where, in the unit of the data.
    pub(crate) value: f64,
    /// What stands there, in the unit of the label; empty for a minor tick.
    pub(crate) label: String,
    /// A power of ten to be set as a raised number behind the label.
    pub(crate) exponent: Option<i32>,
}

/// An axis label and the factor by which tick labels are divided: 77e9 Hz reads as 77 under "GHz".
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scaling {
    /// The label with its prefix.
    pub(crate) label: String,
    /// What the numbers are divided by.
    pub(crate) divisor: f64,
}

/// Units that take SI prefixes; others get a power of ten.
const PREFIXED: [&str; 7] = ["Hz", "s", "m", "W", "V", "A", "F"];
/// Exponents of ten with a prefix.
const PREFIXES: [(i32, &str); 9] =
    [(-15, "f"), (-12, "p"), (-9, "n"), (-6, "µ"), (-3, "m"), (3, "k"), (6, "M"), (9, "G"), (12, "T")];

/// Chooses a prefix, when the numbers up to `magnitude` are unwieldy: 10 000 and above, or below 0.01.
pub(crate) fn scaling(label: &str, magnitude: f64) -> Scaling {
    let plain = Scaling { label: label.to_owned(), divisor: 1.0 };
    if !(magnitude.is_finite() && magnitude > 0.0) || (0.01..10_000.0).contains(&magnitude) {
        return plain;
    }
    let exponent = ((magnitude.log10() / 3.0).floor() as i32) * 3;
    let divisor = 10_f64.powi(exponent);
    let (name, unit) = match label.strip_suffix(')').and_then(|l| l.rsplit_once(" (")) {
        Some((name, unit)) => (name, unit),
        None => (label, ""),
    };
    let prefix = PREFIXES.iter().find(|(e, _)| *e == exponent && PREFIXED.contains(&unit));
    let label = match prefix {
        Some((_, prefix)) => format!("{name} ({prefix}{unit})"),
        None if unit.is_empty() => format!("{name} (1e{exponent})"),
        None => format!("{name} (1e{exponent} {unit})"),
    };
    if divisor.is_finite() && divisor > 0.0 { Scaling { label, divisor } } else { plain }
}

/// The smallest of 1, 2, 5, 10, … times a power of ten that cuts `span` into at most `at_most` pieces.
fn step(span: f64, at_most: usize) -> f64 {
    let rough = span / at_most.max(1) as f64;
    let power = 10_f64.powi(rough.log10().floor() as i32);
    let multiple = [1.0, 2.0, 5.0].into_iter().find(|m| m * power >= rough * (1.0 - 1e-9)).unwrap_or(10.0);
    multiple * power
}

/// Ticks from `low` to `high` at multiples of 1, 2 or 5 times a power of ten, about `at_most` of them.
/// Labels are divided by `divisor`.
pub(crate) fn linear(low: f64, high: f64, at_most: usize, divisor: f64) -> Vec<Tick> {
    let span = high - low;
    let step = step(span, at_most);
    if !(span > 0.0 && step.is_finite() && step > 0.0) {
        return Vec::new();
    }
    let decimals = (-(step / divisor).log10().floor()).clamp(0.0, 12.0) as usize;
    // A hair of slack keeps a tick that rounding has pushed just past the end.
    let first = (low / step - 1e-6).ceil();
    let last = (high / step + 1e-6).floor();
    let count = (last - first).clamp(-1.0, 1000.0) as i64 + 1;
    (0..count)
        .map(|i| {
            let value = (first + i as f64) * step;
            Tick { value, label: number(value / divisor, decimals), exponent: None }
        })
        .collect()
}

/// Ticks of a logarithmic axis: powers of ten with labels (thinned to `at_most`), the multiples between as
/// minor ticks; labelled 1-2-5 when the axis spans little more than a decade.
pub(crate) fn logarithmic(low: f64, high: f64, at_most: usize) -> Vec<Tick> {
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let decades = f64::from(last - first);
    let every = (decades / at_most.max(1) as f64).ceil().max(1.0) as i32;
    let narrow = high / low < 60.0;
    let plain = low >= 0.99e-2 && high <= 1.01e4;
    let mut ticks = Vec::new();
    for exponent in first..=last {
        let power = 10_f64.powi(exponent);
        for multiple in 1..10 {
            let value = f64::from(multiple) * power;
            if value < low * (1.0 - 1e-9) || value > high * (1.0 + 1e-9) {
                continue;
            }
            let labelled = if narrow { matches!(multiple, 1 | 2 | 5) } else { multiple == 1 };
            let labelled = labelled && exponent.rem_euclid(every) == 0;
            if !labelled && decades > 12.0 {
                continue;
            }
            let decimals = usize::try_from(-exponent).unwrap_or(0);
            ticks.push(match (labelled, plain || narrow) {
                (false, _) => Tick { value, label: String::new(), exponent: None },
                (true, true) if plain => Tick { value, label: number(value, decimals), exponent: None },
                (true, true) => Tick { value, label: format!("{multiple}·10"), exponent: Some(exponent) },
                (true, false) => Tick { value, label: "10".to_owned(), exponent: Some(exponent) },
            });
        }
    }
    ticks
}

/// A number with a true minus sign and no "−0".
fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|c| c == '0' || c == '.') => digits.to_owned(),
        Some(digits) => format!("\u{2212}{digits}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).filter(|label| !label.is_empty()).collect()
    }

    #[test]
    fn ticks_are_multiples_of_one_two_or_five() {
        assert_eq!(labels(&linear(0.0, 10.7, 8, 1.0)), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(
            labels(&linear(-1.97, 1.97, 8, 1.0)),
            ["−1.5", "−1.0", "−0.5", "0.0", "0.5", "1.0", "1.5"]
        );
        assert_eq!(labels(&linear(0.0, 0.3, 3, 1.0)), ["0.0", "0.1", "0.2", "0.3"]);
        assert_eq!(labels(&linear(76e9, 81e9, 6, 1e9)), ["76", "77", "78", "79", "80", "81"]);
    }

    #[test]
    fn degenerate_spans_have_no_ticks_and_do_not_hang() {
        assert!(linear(1.0, 1.0, 8, 1.0).is_empty());
        assert!(linear(1e300, 1e300 + 1.0, 8, 1.0).is_empty());
        assert!(linear(0.0, f64::INFINITY, 8, 1.0).is_empty());
        assert!(linear(1e16, 1e16 + 4.0, 8, 1.0).len() <= 1001);
    }

    #[test]
    fn unwieldy_numbers_get_a_prefix() {
        assert_eq!(
            scaling("frequency (Hz)", 81e9),
            Scaling { label: "frequency (GHz)".into(), divisor: 1e9 }
        );
        assert_eq!(scaling("range (m)", 9.0), Scaling { label: "range (m)".into(), divisor: 1.0 });
        assert_eq!(scaling("delay (s)", 3e-7).label, "delay (ns)");
        assert_eq!(scaling("slope (Hz/s)", 7e13).label, "slope (1e12 Hz/s)");
        assert_eq!(scaling("count", 2e6).label, "count (1e6)");
    }

    #[test]
    fn decades_are_labelled_and_thinned() {
        let ticks = logarithmic(1e-6, 1.0, 8);
        let exponents: Vec<i32> = ticks.iter().filter_map(|tick| tick.exponent).collect();
        assert_eq!(exponents, [-6, -5, -4, -3, -2, -1, 0]);
        let ticks = logarithmic(1e-30, 1.0, 8);
        assert!(ticks.iter().filter(|tick| tick.exponent.is_some()).count() <= 9);
        assert_eq!(labels(&logarithmic(1.0, 20.0, 8)), ["1", "2", "5", "10", "20"]);
    }
}
