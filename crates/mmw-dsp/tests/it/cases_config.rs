//! Situations in which other people's recordings and configurations come, with known truth.
//!
//! The captures are made here by the convention of the demonstration of TI's SDK 1.2 for the xWR16xx:
//! antennas count from right to left as the radar looks out, so channel `k` of a target on the right has the
//! phase `+π k sin(azimuth)`. Nothing of the crate's own geometry enters.

use crate::common::{Noise, TempFile};
use mmw_dsp::capture::{Capture, CaptureOptions, LvdsLanes};
#[cfg(feature = "config-files")]
use mmw_dsp::capture::{CaptureConfig, antennas_from_file};
use mmw_dsp::mmw_core::C64;
use mmw_dsp::{Board, Point, Processor, ProcessorConfig};
use std::f64::consts::{PI, TAU};
use std::path::{Path, PathBuf};

pub(crate) const C: f64 = 299_792_458.0;
const START_HZ: f64 = 77e9;
const SLOPE_HZ_PER_S: f64 = 60e12;
const RATE_HZ: f64 = 5e6;
const ADC_START_S: f64 = 5e-6;
pub(crate) const CHIRP_S: f64 = 60e-6;

/// A frame of one target: where it is, how the chirps are sent, and what noise lies on a sample.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) range_m: f64,
    pub(crate) velocity_m_s: f64,
    pub(crate) azimuth_rad: f64,
    pub(crate) tx: usize,
    pub(crate) loops: usize,
    pub(crate) samples: usize,
    /// All chirps of a transmitter before those of the next.
    pub(crate) blocks: bool,
}

pub(crate) const MOVER: Case = Case {
    range_m: 4.0,
    velocity_m_s: 1.0,
    azimuth_rad: 25.0 * PI / 180.0,
    tx: 2,
    loops: 16,
    samples: 64,
    blocks: false,
};

impl Case {
    /// Samples in the order in which they are sent: chirp, receiver, sample. Amplitude 300, noise 3 a part.
    pub(crate) fn samples(self) -> Vec<C64> {
        let mut noise = Noise::new(1);
        let mut all = Vec::new();
        for chirp in 0..self.loops * self.tx {
            let tx = if self.blocks { chirp / self.loops } else { chirp % self.tx };
            let delay_s = 2.0 * (self.range_m + self.velocity_m_s * chirp as f64 * CHIRP_S) / C;
            for rx in 0..4 {
                let channel = (tx * 4 + rx) as f64;
                for n in 0..self.samples {
                    let at_s = ADC_START_S + n as f64 / RATE_HZ;
                    let cycles = (START_HZ + SLOPE_HZ_PER_S * at_s) * delay_s;
                    let phase = TAU * cycles + PI * self.azimuth_rad.sin() * channel;
                    all.push(C64::from_polar(300.0, phase) + noise.complex() * (3.0 * 2.0_f64.sqrt()));
                }
            }
        }
        all
    }

    pub(crate) fn config(self) -> String {
        let masks: usize = (0..self.tx).map(|t| 1 << t).sum();
        let chirp = |t: usize| format!("chirpCfg {t} {t} 0 0 0 0 0 {}\n", 1 << t);
        let chirps: String = (0..self.tx).map(chirp).collect();
        format!(
            "% made here\nsensorStop\nflushCfg\ndfeDataOutputMode 1\nchannelCfg 15 {masks} 0\nadcCfg 2 1\n\
             adcbufCfg -1 0 0 1 1\nprofileCfg 0 77 47.2 5 12.8 0 0 60 1 {} 5000 0 0 30\n{chirps}\
             frameCfg 0 {} {} 1 50 1 0\nlvdsStreamCfg -1 0 1 0\nsensorStart\n",
            self.samples,
            self.tx - 1,
            self.loops,
        )
    }
}

/// Two lanes: pairs of samples, `I I Q Q`.
pub(crate) fn two_lanes(samples: &[C64]) -> Vec<u8> {
    let words = samples.as_chunks::<2>().0.iter().flat_map(|[a, b]| [a.re, b.re, a.im, b.im]);
    words.flat_map(|part| (part.round() as i16).to_le_bytes()).collect()
}

/// A file beside the project, unless it is absent, which is said.
pub(crate) fn beside(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/radar/cases").join(name);
    if !path.exists() {
        println!("skipped: {} is not here", path.display());
    }
    path.exists().then_some(path)
}

pub(crate) fn on(board: Board) -> CaptureOptions {
    CaptureOptions { board: Some(board), lanes: Some(LvdsLanes::Two), ..CaptureOptions::default() }
}

/// The strongest point of the first frame.
pub(crate) fn strongest(capture: &Path, config: &Path, options: &CaptureOptions) -> Point {
    let mut capture = Capture::open_with(capture, config, options).unwrap();
    let fmcw = capture.config().check().unwrap();
    let mut radar = Processor::new(&fmcw, &ProcessorConfig::default()).unwrap();
    let frame = radar.process(&capture.read_frame(0).unwrap()).unwrap();
    frame.points().unwrap().into_iter().max_by(|a, b| a.snr_db.total_cmp(&b.snr_db)).unwrap()
}

/// The bound is below 0.01 degrees, 1 mm and 1 mm/s; what is allowed beside it is the layout's: half a
/// wavelength at 77 GHz, where the case has half a wavelength at its own carrier (0.25 degrees at 25), and
/// the mean of a walk of 2 cm.
pub(crate) fn assert_is(point: Point, case: Case) {
    let azimuth_rad = point.azimuth_rad.unwrap();
    assert!((azimuth_rad - case.azimuth_rad).abs().to_degrees() < 0.3, "{azimuth_rad} rad");
    assert!((point.range_m - case.range_m).abs() < 0.02, "{} m", point.range_m);
    let velocity_m_s = point.velocity_m_s.unwrap();
    assert!((velocity_m_s - case.velocity_m_s).abs() < 0.02, "{velocity_m_s} m/s");
}

pub(crate) fn run(name: &str, case: Case, samples: &[C64], config: &str, options: &CaptureOptions) -> Point {
    let capture = TempFile::new(&format!("{name}.bin"), &two_lanes(samples));
    let config = TempFile::new(&format!("{name}.cfg"), config.as_bytes());
    let point = strongest(capture.path(), config.path(), options);
    assert_is(point, case);
    point
}

#[test]
fn a_target_on_the_right_is_seen_on_the_right() {
    let point = run("c01", MOVER, &MOVER.samples(), &MOVER.config(), &on(Board::Awr1642));
    assert!(point.x_m > Some(1.6) && point.y_m > Some(3.5), "{point:?}");
}

#[test]
fn the_recorded_target_on_the_right_is_seen_on_the_right() {
    let (Some(bin), Some(cfg)) = (beside("c01_right_target.bin"), beside("c01_right_target.cfg")) else {
        return;
    };
    assert_is(strongest(&bin, &cfg, &on(Board::Awr1642)), MOVER);
}

/// Three transmitters in a row are on no board, hence the places are given.
#[test]
fn three_transmitters_in_a_row_see_the_same_side_as_a_board() {
    let case = Case { velocity_m_s: 1.5, tx: 3, loops: 12, ..MOVER };
    let capture = TempFile::new("c11.bin", &two_lanes(&case.samples()));
    let config = TempFile::new("c11.cfg", case.config().as_bytes());
    let mut capture = Capture::open_with(
        capture.path(),
        config.path(),
        &CaptureOptions { lanes: Some(LvdsLanes::Two), ..CaptureOptions::default() },
    )
    .unwrap();
    let mut waveform = capture.config().fmcw.clone();
    let row = Board::Awr1642.layout();
    let [first, second] = row.tx_positions_m[..] else { panic!("two transmitters") };
    waveform.antennas = Some(mmw_dsp::AntennaLayout {
        tx_positions_m: vec![first, second, [2.0 * second[0], 0.0, 0.0]],
        ..row
    });
    let fmcw = mmw_dsp::Fmcw::new(waveform).unwrap();
    let mut radar = Processor::new(&fmcw, &ProcessorConfig::default()).unwrap();
    let frame = radar.process(&capture.read_frame(0).unwrap()).unwrap();
    assert_is(frame.points().unwrap()[0], case);
}

#[cfg(feature = "config-files")]
#[test]
fn places_that_do_not_reach_the_antennas_in_use_are_refused_by_their_field() {
    let case = Case { tx: 2, ..MOVER };
    let config = TempFile::new("reach.cfg", case.config().as_bytes());
    let mut places = Board::Awr1642.layout();
    places.tx_positions_m.truncate(1);
    let options =
        CaptureOptions { lanes: Some(LvdsLanes::Two), antennas: Some(places), ..CaptureOptions::default() };
    let error = CaptureConfig::from_file(config.path(), &options).unwrap_err().to_string();
    assert!(error.contains("`tx_positions_m`") && error.contains("[0, 1]"), "{error}");
}

/// The phases of TI's tables: the row of the raised transmitter has `2 w_x − w_z` against the first.
#[test]
fn a_raised_transmitter_hears_a_high_target_first() {
    for board in [Board::Iwr1443, Board::Iwr1843, Board::Iwr6843Isk, Board::Awr2243, Board::Awr2944] {
        let array = board.layout().virtual_array().unwrap();
        let place = |channel: usize| array.positions_m()[channel];
        let half = 0.5 * C / board.design_frequency_hz();
        let step = if board == Board::Awr2944 { 1.6 } else { 1.0 };
        assert!((place(4)[2] - place(0)[2] - step * half).abs() < 1e-9, "{board:?}");
        assert!((place(4)[0] - place(0)[0] + 2.0 * half).abs() < 1e-9, "{board:?}");
        assert!((place(8)[0] - place(3)[0] + half).abs() < 1e-9, "{board:?}");
    }
}

/// The demonstration of the low-power devices takes the phase along a row with the sign turned:
/// row 1 is above.
#[test]
fn the_second_receiver_of_the_low_power_board_stands_above_the_others() {
    let layout = Board::Iwrl6432.layout();
    let half = 0.5 * C / Board::Iwrl6432.design_frequency_hz();
    let heights: Vec<f64> = layout.rx_positions_m.iter().map(|place| place[2] / half).collect();
    assert!(
        heights.iter().zip([0.0, 1.0, 0.0]).all(|(z, expected)| (z - expected).abs() < 1e-9),
        "{heights:?}"
    );
}

/// `antGeometry0` and `antGeometry1` of TI's people-tracking demonstration, place along x and z of each
/// channel in half wavelengths against its own origin.
#[test]
fn the_boards_with_two_dimensional_arrays_stand_as_in_their_demonstrations() {
    type Row = [i8; 12];
    let isk: [Row; 2] =
        [[0, -1, -2, -3, -2, -3, -4, -5, -4, -5, -6, -7], [-1, -1, -1, -1, 0, 0, 0, 0, -1, -1, -1, -1]];
    let ods: [Row; 2] =
        [[0, 0, -1, -1, -2, -2, -3, -3, -2, -2, -3, -3], [0, -1, -1, 0, 0, -1, -1, 0, -2, -3, -3, -2]];
    let aop: [Row; 2] =
        [[-1, -1, 0, 0, -3, -3, -2, -2, -1, -1, 0, 0], [-1, 0, -1, 0, -3, -2, -3, -2, -3, -2, -3, -2]];
    let tables = [(Board::Iwr6843Isk, isk), (Board::Iwr6843IskOds, ods), (Board::Iwr6843Aop, aop)];
    for (board, [x, z]) in tables {
        let array = board.layout().virtual_array().unwrap();
        // `gAntennaSpacing` of TI's antenna_geometry.c (2024) for the ODS: 2.426 mm.
        let half = 0.5 * C / if board == Board::Iwr6843IskOds { 61.8e9 } else { 60e9 };
        assert!(board != Board::Iwr6843IskOds || (half - 2.426e-3).abs() < 1e-6);
        for (channel, place) in array.positions_m().iter().enumerate() {
            let [across, _, up] = place.map(|p| p / half);
            assert!((across - f64::from(x[channel])).abs() < 1e-9, "{board:?} {channel}");
            assert!((up - f64::from(z[channel])).abs() < 1e-9, "{board:?} {channel}");
        }
    }
}

#[test]
fn boards_answer_to_the_names_that_people_type() {
    for &board in Board::ALL {
        assert_eq!(board.name().parse::<Board>().unwrap(), board);
        assert_eq!(board.name().to_uppercase().parse::<Board>().unwrap(), board);
    }
    let names = [
        ("awr1843", Board::Iwr1843),
        ("iwr1843boost", Board::Iwr1843),
        ("AWR1843BOOST-EVM", Board::Iwr1843),
        ("xWR1443", Board::Iwr1443),
        ("awr1443", Board::Iwr1443),
        ("iwr1642", Board::Awr1642),
        ("iwr6843isk_ods", Board::Iwr6843IskOds),
        ("iwr6843ods", Board::Iwr6843IskOds),
        ("IWR6843AOPEVM", Board::Iwr6843Aop),
        ("awr6843isk", Board::Iwr6843Isk),
        ("awr2243", Board::Awr2243),
        ("AWR2944EVM", Board::Awr2944),
        ("xwrl6432", Board::Iwrl6432),
        ("awrl6432boost", Board::Iwrl6432),
        ("BGT60TR13C", Board::Bgt60Tr13c),
    ];
    for (name, board) in names {
        assert_eq!(name.parse::<Board>().unwrap(), board, "{name}");
    }
    for (name, words) in [
        ("iwr6843", "iwr6843isk_ods"),
        ("bgt60atr24c", "the places of the antennas"),
        ("iwr", "known are iwr1443, awr1642"),
        ("", "known are"),
    ] {
        let said = name.parse::<Board>().unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
}

/// A `.npy` file of version 1 with an array in C order.
pub(crate) fn npy(shape: &str, words: impl Iterator<Item = i16>) -> Vec<u8> {
    let mut header = format!("{{'descr': '<i2', 'fortran_order': False, 'shape': {shape}}}");
    header += &" ".repeat(63 - (header.len() + 10) % 64);
    header.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(words.flat_map(i16::to_le_bytes));
    file
}

#[test]
fn an_array_with_an_axis_of_i_and_q_is_read() {
    let words = |z: &C64| [z.re.round() as i16, z.im.round() as i16];
    let samples = MOVER.samples();
    let array = npy("(16, 2, 4, 64, 2)", samples.iter().flat_map(words));
    let capture = TempFile::new("c14.npy", &array);
    let config = TempFile::new("c14.cfg", MOVER.config().as_bytes());
    let options = |axes: &str| CaptureOptions {
        board: Some(Board::Awr1642),
        npy_axes: Some(axes.parse().unwrap()),
        ..CaptureOptions::default()
    };
    assert_is(strongest(capture.path(), config.path(), &options("chirp,tx,rx,sample,iq")), MOVER);
    if let (Some(array), Some(cfg)) = (beside("c14_iq_last_axis.npy"), beside("c01_right_target.cfg")) {
        assert_is(strongest(&array, &cfg, &options("chirp,tx,rx,sample,iq")), MOVER);
    }
    // The parts as the outermost axis.
    let parts = samples.iter().map(|z| z.re).chain(samples.iter().map(|z| z.im));
    let array = npy("(2, 16, 2, 4, 64)", parts.map(|x| x.round() as i16));
    let capture = TempFile::new("c14-first.npy", &array);
    assert_is(strongest(capture.path(), config.path(), &options("iq,chirp,tx,rx,sample")), MOVER);
}

/// Recordings whose mixer has the other sign: targets beat at negative frequencies.
#[test]
fn conjugated_samples_are_turned_round() {
    let samples: Vec<C64> = MOVER.samples().iter().map(C64::conj).collect();
    let options = CaptureOptions { conjugate: true, ..on(Board::Awr1642) };
    run("conjugate", MOVER, &samples, &MOVER.config(), &options);
}

#[cfg(feature = "config-files")]
#[test]
fn the_places_of_antennas_come_from_a_file_of_their_own() {
    let capture = TempFile::new("places.bin", &two_lanes(&MOVER.samples()));
    let config = TempFile::new("places.cfg", MOVER.config().as_bytes());
    let metres = "tx_positions_m = [[0, 0, 0], [-7.787e-3, 0, 0]]\n\
                  rx_positions_m = [[0, 0, 0], [-1.9467e-3, 0, 0], [-3.8934e-3, 0, 0], [-5.8401e-3, 0, 0]]\n";
    let halves = "{\"design_frequency_hz\": 77e9, \"tx_half_wavelengths\": [[0, 0, 0], [-4, 0, 0]],\n\
                  \"rx_half_wavelengths\": [[0, 0, 0], [-1, 0, 0], [-2, 0, 0], [-3, 0, 0]]}";
    for (name, text) in [("places.toml", metres), ("places.json", halves)] {
        let file = TempFile::new(name, text.as_bytes());
        let options = CaptureOptions {
            antennas: Some(antennas_from_file(file.path()).unwrap()),
            lanes: Some(LvdsLanes::Two),
            ..CaptureOptions::default()
        };
        assert_is(strongest(capture.path(), config.path(), &options), MOVER);
        let both = CaptureOptions { board: Some(Board::Awr1642), ..options };
        let error = CaptureConfig::from_file(config.path(), &both).unwrap_err().to_string();
        assert!(error.contains("give either"), "{error}");
    }
    for (text, words) in [
        ("tx_positions_m = [[0, 0, 0]]", "rx_positions_m = [[x, y, z], …]"),
        ("tx_half_wavelengths = [[0, 0, 0]]", "design_frequency_hz"),
        ("tx_positions_m = [[0, 0]]", "TOML"),
        ("tx_position_m = [[0, 0, 0]]", "unknown field"),
        ("{\"tx_positions_m\": 3}", "JSON"),
    ] {
        let file = TempFile::new("wrong.places", text.as_bytes());
        let error = antennas_from_file(file.path()).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
}
