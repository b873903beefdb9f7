//! What `--help` says below the options of the commands that read captures.

use mmw_dsp::Board;

/// Boards, configuration files, and what to do about a wrong refusal.
pub(super) fn of_captures() -> String {
    let names: Vec<&str> = Board::ALL.iter().map(|board| board.name()).collect();
    let mut boards = vec!["Boards (--board):".to_owned()];
    for name in names {
        match boards.last_mut() {
            Some(line) if line.len() + name.len() < 90 => *line += &format!(" {name}"),
            _ => boards.push(format!("  {name}")),
        }
    }
    format!("{}\n\n{CONFIGURATIONS}\n\n{OVERRULED}", boards.join("\n"))
}

/// The same, and what the answer of `mmw radar process` means.
pub(super) fn of_process() -> String {
    format!("{POINTS}\n\n{}", of_captures())
}

const POINTS: &str = "\
Points:
  range      m, from the antennas
  velocity   m/s; positive: the target goes away
  azimuth    degrees in the table, radians in JSON and CSV (azimuth_rad);
             positive: to the right, as the radar looks out
  elevation  the same; positive: up
  SNR        dB, of the cell of the map over the noise around it
  ?          behind a velocity: it may be off by multiples of the velocity interval; behind an angle:
             these antennas do not tell it from others (velocity_ambiguous, angle_ambiguous)
  *          one direction leaves more than a tenth of the power over the antennas unexplained
             (unexplained_share in JSON, from 0 to 1): several targets in the cell, or antennas that
             are not calibrated
Nothing, or null, stands where the antennas or a single chirp leave a value open.";

const CONFIGURATIONS: &str = "\
A configuration in .toml, where the radar's own file is missing (transmitters and receivers are counts or
lists of numbers from 0, in firing order):
  board = \"awr1843\"
  start_frequency_hz = 77e9
  slope_hz_per_s = 70e12       # 70 MHz/us
  adc_start_s = 6e-6           # from the start of the ramp
  sample_rate_hz = 5e6
  samples = 256                # a chirp
  chirps = 64                  # a frame, of each transmitter
  chirp_interval_s = 160e-6    # idle time plus ramp
  frame_period_s = 50e-3
  sampling = \"complex1x\"       # or \"real\", \"complex2x\"
  transmitters = [0, 2]
  receivers = 4
  capture = { format = \"dca1000\", lanes = 2 }";

const OVERRULED: &str = "\
Refused or doubted by mistake? What an option says is believed before what the file says: --lanes,
--iq-swap, --wrap-u16 false. --as-told ends every refusal of the words of a .bin file,
--allow-partial-last-frame that of its size. A doubt (on standard error, layout_doubts in JSON) changes
nothing in the answer; but where a transmitter seems to be inverted, velocities are marked as ambiguous.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_board_in_lines_that_fit() {
        let help = of_process();
        assert!(Board::ALL.iter().all(|board| help.contains(board.name())), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 105), "{help}");
    }
}
