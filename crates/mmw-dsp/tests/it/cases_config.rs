//! Situations in which other people's recordings and configurations come, with known truth.
//!
//! The captures are made here by the convention of the demonstration of TI's SDK 1.2 for the xWR16xx: antennas
//! count from right to left as the radar looks out, so channel `k` of a target on the right has the phase
//! `+π k sin(azimuth)`. Nothing of the crate's own geometry enters.

use crate::common::{Noise, TempFile};
use mmw_dsp::capture::{Capture, CaptureOptions, LvdsLanes};
use mmw_dsp::mmw_core::C64;
use mmw_dsp::{Board, Point, Processor, ProcessorConfig};
use std::f64::consts::{PI, TAU};
use std::path::{Path, PathBuf};

const C: f64 = 299_792_458.0;
const START_HZ: f64 = 77e9;
const SLOPE_HZ_PER_S: f64 = 60e12;
const RATE_HZ: f64 = 5e6;
const ADC_START_S: f64 = 5e-6;
const CHIRP_S: f64 = 60e-6;

/// A frame of one target: where it is, how the chirps are sent, and what noise lies on a sample.
#[derive(Clone, Copy)]
struct Case {
    range_m: f64,
    velocity_m_s: f64,
    azimuth_rad: f64,
    tx: usize,
    loops: usize,
    samples: usize,
    /// All chirps of a transmitter before those of the next.
    blocks: bool,
}

const MOVER: Case = Case {
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
    fn samples(self) -> Vec<C64> {
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

    fn config(self) -> String {
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
fn two_lanes(samples: &[C64]) -> Vec<u8> {
    let words = samples.as_chunks::<2>().0.iter().flat_map(|[a, b]| [a.re, b.re, a.im, b.im]);
    words.flat_map(|part| (part.round() as i16).to_le_bytes()).collect()
}

/// A file beside the project, unless it is absent, which is said.
fn beside(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/radar/cases").join(name);
    if !path.exists() {
        println!("skipped: {} is not here", path.display());
    }
    path.exists().then_some(path)
}

fn on(board: Board) -> CaptureOptions {
    CaptureOptions { board: Some(board), lanes: Some(LvdsLanes::Two), ..CaptureOptions::default() }
}

/// The strongest point of the first frame.
fn strongest(capture: &Path, config: &Path, options: &CaptureOptions) -> Point {
    let mut capture = Capture::open_with(capture, config, options).unwrap();
    let fmcw = capture.config().check().unwrap();
    let mut radar = Processor::new(&fmcw, &ProcessorConfig::default()).unwrap();
    let frame = radar.process(&capture.read_frame(0).unwrap()).unwrap();
    frame.points().unwrap().into_iter().max_by(|a, b| a.snr_db.total_cmp(&b.snr_db)).unwrap()
}

/// What the noise leaves open at 40 dB a sample and 64 x 16 samples a channel: below 0.1 degrees, 2 mm and
/// 1 mm/s each; ten times that also covers the range cells of 8 channels that the target walks through.
fn assert_is(point: Point, case: Case) {
    let degrees = (point.azimuth_rad - case.azimuth_rad).to_degrees();
    assert!(degrees.abs() < 0.5, "{} degrees", point.azimuth_rad.to_degrees());
    assert!((point.range_m - case.range_m).abs() < 0.02, "{} m", point.range_m);
    assert!((point.velocity_m_s - case.velocity_m_s).abs() < 0.02, "{} m/s", point.velocity_m_s);
}

fn run(name: &str, case: Case, samples: &[C64], config: &str, options: &CaptureOptions) -> Point {
    let capture = TempFile::new(&format!("{name}.bin"), &two_lanes(samples));
    let config = TempFile::new(&format!("{name}.cfg"), config.as_bytes());
    let point = strongest(capture.path(), config.path(), options);
    assert_is(point, case);
    point
}

#[test]
fn a_target_on_the_right_is_seen_on_the_right() {
    let point = run("c01", MOVER, &MOVER.samples(), &MOVER.config(), &on(Board::Awr1642));
    assert!(point.x_m > 1.6 && point.y_m > 3.5, "{point:?}");
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

/// `antGeometry0` and `antGeometry1` of TI's people-tracking demonstration, place along x and z of each channel
/// in half wavelengths against its own origin.
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
        let half = 0.5 * C / 60e9;
        for (channel, place) in array.positions_m().iter().enumerate() {
            let [across, _, up] = place.map(|p| p / half);
            assert!((across - f64::from(x[channel])).abs() < 1e-9, "{board:?} {channel}");
            assert!((up - f64::from(z[channel])).abs() < 1e-9, "{board:?} {channel}");
        }
    }
}

#[test]
fn boards_answer_to_the_names_that_people_type() {
    for board in Board::ALL {
        assert_eq!(Board::from_name(board.name()).unwrap(), board);
        assert_eq!(Board::from_name(&board.name().to_uppercase()).unwrap(), board);
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
        assert_eq!(Board::from_name(name).unwrap(), board, "{name}");
    }
    for (name, words) in [
        ("iwr6843", "iwr6843isk-ods"),
        ("bgt60atr24c", "--antennas FILE"),
        ("iwr", "known are iwr1443, awr1642"),
        ("", "known are"),
    ] {
        let said = Board::from_name(name).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
}
