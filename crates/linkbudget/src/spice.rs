//! SPICE netlists of networks, ready for `ngspice -b`.

use crate::network::{Network, Part, PartKind, Quality};
use mmw_core::{Error, Result, check};
use std::f64::consts::TAU;
use std::fmt::Write;

/// A linear sweep of an AC analysis.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct AcSweep {
    /// First frequency, Hz.
    pub start_hz: f64,
    /// Last frequency, Hz.
    pub stop_hz: f64,
    /// Number of frequencies, at least 2.
    pub points: usize,
    /// File that ngspice writes: frequency, real and imaginary part of `S21`, then of `S11`. One word of
    /// small letters, digits, `.`, `_` and `-`, because ngspice folds capitals.
    pub data_file: String,
}

mmw_core::checked_serde!(AcSweep, check_sweep);

/// A netlist that analyses the network between two resistors and writes `S21` and `S11` to a file.
///
/// ```text
/// S21 = 2 V_L √(RS/RL) / E,   S11 = 2 V_1 / E − 1
/// ```
/// Power waves[^kurokawa] at real terminations.
/// The generator is 1 V behind `source_ohm`. Values are printed with all their digits, and an option makes
/// ngspice write all of its own.
///
/// # Errors
/// [`Error::Domain`] for resistances or frequencies out of range; [`Error::Invalid`] for a quality factor
/// that is the same at all frequencies, which no resistor has, and for a file name with other letters.
///
/// # Examples
/// ```
/// use linkbudget::ladder::{First, LadderSpec};
/// use linkbudget::network::Network;
/// use linkbudget::spice::{AcSweep, netlist};
///
/// let ladder = LadderSpec::butterworth(3, 50.0, 50.0).synthesise()?;
/// let network = Network::from_ladder(&ladder, 10e9)?;
/// let sweep = AcSweep { start_hz: 1e9, stop_hz: 110e9, points: 110, data_file: "s.txt".into() };
/// let text = netlist(&network, 50.0, 50.0, &sweep, "Butterworth, 10 GHz")?;
/// assert!(text.contains("\nC1 n1 0 3.1830988618379") && text.contains("\nL2 n1 n2 1.59154943091895"));
/// # Ok::<(), mmw_core::Error>(())
/// ```
/// [^kurokawa]: Kurokawa, "Power waves and the scattering matrix", IEEE Trans. MTT 13(2), 1965.
pub fn netlist(
    network: &Network,
    source_ohm: f64,
    load_ohm: f64,
    sweep: &AcSweep,
    title: &str,
) -> Result<String> {
    check::in_range("source_ohm", source_ohm, 1e-30, 1e30)?;
    check::in_range("load_ohm", load_ohm, 1e-30, 1e30)?;
    check_sweep(sweep)?;
    let title: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut text = format!("* {title}\nVE e 0 DC 0 AC 1\nRS e n1 {source_ohm:e}\n");
    let mut node = 1;
    for (index, part) in network.parts().iter().enumerate() {
        let tail = network.parts().get(index + 1).map(|next| next.kind);
        node = write_part(&mut text, index + 1, part, tail, node)?;
    }
    let root = (source_ohm / load_ohm).sqrt();
    let AcSweep { start_hz, stop_hz, points, data_file } = sweep;
    let lines = [
        format!("RL n{node} 0 {load_ohm:e}"),
        format!(".ac lin {points} {start_hz:e} {stop_hz:e}"),
        ".control".to_string(),
        "set numdgt=16".to_string(),
        "set wr_singlescale".to_string(),
        "run".to_string(),
        format!("let s21 = {:e} * v(n{node})", 2.0 * root),
        "let s11 = 2 * v(n1) - 1".to_string(),
        format!("wrdata {data_file} s21 s11"),
        ".endc".to_string(),
        ".end".to_string(),
    ];
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

fn check_sweep(sweep: &AcSweep) -> Result<()> {
    check::positive("start_hz", sweep.start_hz)?;
    check::positive("stop_hz", sweep.stop_hz)?;
    check::at_least("points", sweep.points, 2)?;
    if sweep.stop_hz <= sweep.start_hz {
        return Err(Error::domain("stop_hz", sweep.stop_hz, "above start_hz"));
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    if sweep.data_file.is_empty() || !sweep.data_file.chars().all(plain) {
        return Err(Error::invalid(
            "data_file",
            "must be one word of small letters, digits, '.', '_' and '-'",
        ));
    }
    Ok(())
}

/// Writes one part that starts at `node`, before one of kind `tail`; returns the node behind it.
fn write_part(
    text: &mut String,
    number: usize,
    part: &Part,
    tail: Option<PartKind>,
    node: usize,
) -> Result<usize> {
    let loss_ohm_or_s = match part.quality {
        Quality::Lossless => None,
        Quality::At { q, frequency_hz } => Some(TAU * frequency_hz * part.value / q),
        Quality::Constant { .. } => {
            return Err(Error::invalid("quality", "no resistor has the same quality at all frequencies"));
        }
    };
    let behind = match part.kind {
        // The capacitor of a resonator to ground stands between its inductor and ground.
        PartKind::ShuntL if tail == Some(PartKind::ShuntTrapC) => format!("t{}", number + 1),
        PartKind::SeriesL | PartKind::SeriesC | PartKind::SeriesR => format!("n{}", node + 1),
        PartKind::SeriesTankC => format!("n{node}"),
        PartKind::ShuntC | PartKind::ShuntL | PartKind::ShuntR | PartKind::ShuntTrapC => "0".to_string(),
    };
    let from = match part.kind {
        PartKind::SeriesTankC => format!("n{}", node - 1),
        PartKind::ShuntTrapC => format!("t{number}"),
        _ => format!("n{node}"),
    };
    let value = part.value;
    let written = match (part.kind, loss_ohm_or_s) {
        (PartKind::SeriesR | PartKind::ShuntR, _) => writeln!(text, "R{number} {from} {behind} {value:e}"),
        (PartKind::SeriesL | PartKind::ShuntL, None) => {
            writeln!(text, "L{number} {from} {behind} {value:e}")
        }
        (PartKind::SeriesL | PartKind::ShuntL, Some(ohm)) => {
            writeln!(text, "L{number} {from} m{number} {value:e}\nRQ{number} m{number} {behind} {ohm:e}")
        }
        (_, None) => {
            writeln!(text, "C{number} {from} {behind} {value:e}")
        }
        (_, Some(siemens)) => {
            let ohm = 1.0 / siemens;
            writeln!(text, "C{number} {from} {behind} {value:e}\nRQ{number} {from} {behind} {ohm:e}")
        }
    };
    written.map_err(|error| Error::invalid("netlist", error.to_string()))?;
    let onward = matches!(part.kind, PartKind::SeriesL | PartKind::SeriesC | PartKind::SeriesR);
    Ok(if onward { node + 1 } else { node })
}
