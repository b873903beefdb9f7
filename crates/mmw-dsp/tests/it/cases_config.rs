//! Situations in which other people's recordings and configurations come, with known truth.
//!
//! The captures are made here by the convention of the demonstration of TI's SDK 1.2 for the xWR16xx: antennas
//! count from right to left as the radar looks out, so channel `k` of a target on the right has the phase
//! `+π k sin(azimuth)`. Nothing of the crate's own geometry enters.

use crate::common::{Noise, TempFile};
#[cfg(feature = "serde")]
use mmw_dsp::capture::antennas_from_file;
use mmw_dsp::capture::{Capture, CaptureConfig, CaptureOptions, LvdsLanes, parse_studio_log, parse_ti_cfg};
use mmw_dsp::mmw_core::{C64, Error};
use mmw_dsp::tdm::Calibration;
use mmw_dsp::{Board, Point, Processor, ProcessorConfig, Sampling};
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

/// Receivers 2 and 4 fed from the other side, which the configuration says.
#[test]
fn inverted_receivers_are_put_right_by_the_configuration() {
    let mut samples = MOVER.samples();
    for (i, z) in samples.iter_mut().enumerate() {
        if i / MOVER.samples % 2 == 1 {
            *z = -*z;
        }
    }
    let pairs = " 1 0 -1 0".repeat(4);
    let command = format!("compRangeBiasAndRxChanPhase 0.0{pairs}\nsensorStart");
    let config = MOVER.config().replace("sensorStart", &command);
    let capture = TempFile::new("c15.bin", &two_lanes(&samples));
    let config = TempFile::new("c15.cfg", config.as_bytes());
    assert_is(calibrated(capture.path(), config.path()), MOVER);
    if let (Some(bin), Some(cfg)) =
        (beside("c15_inverted_receivers.bin"), beside("c15_inverted_receivers.cfg"))
    {
        assert_is(calibrated(&bin, &cfg), MOVER);
    }
}

/// The strongest point, with the weights and the range bias of the configuration.
fn calibrated(capture: &Path, config: &Path) -> Point {
    let mut capture = Capture::open_with(capture, config, &on(Board::Awr1642)).unwrap();
    let fmcw = capture.config().check().unwrap();
    let config = ProcessorConfig {
        calibration: capture.config().channel_weights.clone().map(|w| Calibration::from_weights(w).unwrap()),
        range_bias_m: capture.config().range_bias_m,
        ..ProcessorConfig::default()
    };
    let mut radar = Processor::new(&fmcw, &config).unwrap();
    let frame = radar.process(&capture.read_frame(0).unwrap()).unwrap();
    frame.points().unwrap()[0]
}

/// TI's order: transmitter by transmitter of the device, its four receivers running fastest, all of them.
#[test]
fn weights_are_picked_by_the_numbers_of_the_antennas() {
    let pairs: String = (0..12).map(|i| format!(" {} 0.5", i + 1)).collect();
    let text = format!(
        "channelCfg 10 5 0\nadcCfg 2 1\nadcbufCfg -1 0 0 1 1\n\
         profileCfg 0 77 47.2 5 12.8 0 0 60 1 64 5000 0 0 30\nchirpCfg 0 0 0 0 0 0 0 4\n\
         chirpCfg 1 1 0 0 0 0 0 1\nframeCfg 0 1 16 1 50 1 0\ncompRangeBiasAndRxChanPhase 0.25{pairs}"
    );
    let options = on(Board::Iwr1843);
    let config = parse_ti_cfg(&text, "a.cfg".as_ref(), &options).unwrap();
    assert_eq!((&config.transmitters[..], &config.receivers[..]), (&[2, 0][..], &[1, 3][..]));
    let weights: Vec<f64> = config.channel_weights.unwrap().iter().map(|w| w.re).collect();
    assert_eq!(weights, [10.0, 12.0, 2.0, 4.0]);
    assert!((config.range_bias_m - 0.25).abs() < 1e-15);
    for (from, to, words) in [
        (" 12 0.5", " 12", "compRangeBiasAndRxChanPhase"),
        (&pairs[..], " 1 0 1 0", "2 complex weights do not reach"),
    ] {
        let error = parse_ti_cfg(&text.replacen(from, to, 1), "a.cfg".as_ref(), &options).unwrap_err();
        assert!(error.to_string().contains(words) && error.to_string().contains("a.cfg:8"), "{error}");
    }
}

/// A `.npy` file of version 1 with an array in C order.
fn npy(shape: &str, words: impl Iterator<Item = i16>) -> Vec<u8> {
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

const PROFILE: &str = "profileCfg 0 77 47.2 5 12.8 0 0 60 1 64 5000 0 0 30\n";

fn read(text: &str) -> Result<CaptureConfig, Error> {
    let options = CaptureOptions { lanes: Some(LvdsLanes::Two), iq_swap: Some(false), ..Default::default() };
    parse_ti_cfg(text, "d.cfg".as_ref(), &options)
}

#[test]
fn two_profiles_with_equal_values_are_one() {
    let second = PROFILE.replace("profileCfg 0", "profileCfg 1");
    let text = MOVER.config().replace(PROFILE, &format!("{PROFILE}{second}"));
    let text = text.replace("chirpCfg 1 1 0", "chirpCfg 1 1 1");
    assert_eq!(read(&text).unwrap(), read(&MOVER.config()).unwrap());
    let error = read(&text.replace("profileCfg 1 77 47.2", "profileCfg 1 77 47.3")).unwrap_err();
    assert!(error.to_string().contains("profiles that differ"), "{error}");
}

/// All chirps of one transmitter, then of the next: one chirp interval from chirp to chirp, the second
/// transmitter sixteen of them later.
#[test]
fn blocks_of_chirps_are_put_in_their_places() {
    let case = Case { blocks: true, ..MOVER };
    let config = MOVER
        .config()
        .replace("chirpCfg 0 0 0", "chirpCfg 0 15 0")
        .replace("chirpCfg 1 1 0", "chirpCfg 16 31 0")
        .replace("frameCfg 0 1 16", "frameCfg 0 31 1");
    let fmcw = read(&config).unwrap().check().unwrap();
    assert_eq!((fmcw.config().chirps, fmcw.config().transmitters), (16, 2));
    assert!((fmcw.repetition_s() - CHIRP_S).abs() < 1e-12);
    assert!((fmcw.tx_delay_s(1) - 16.0 * CHIRP_S).abs() < 1e-12);
    run("d06", case, &case.samples(), &config, &on(Board::Awr1642));
    let error = read(&config.replace("frameCfg 0 31 1", "frameCfg 0 31 2")).unwrap_err().to_string();
    assert!(error.contains("d.cfg:11") && error.contains("gaps in time"), "{error}");
}

/// The 29xx: samples stand in the frame command too, converters are real, four transmitters.
#[test]
fn a_frame_command_of_eight_values_is_read() {
    let text = "channelCfg 15 15 0\nadcCfg 2 0\nadcbufCfg -1 1 0 1 1\n\
                profileCfg 0 77 5 6 40 0 0 60 1 256 15000 0 0 30\nchirpCfg 0 0 0 0 0 0 0 1\n\
                chirpCfg 1 1 0 0 0 0 0 2\nchirpCfg 2 2 0 0 0 0 0 4\nchirpCfg 3 3 0 0 0 0 0 8\n\
                frameCfg 0 3 64 7 256 100 1 0\nlvdsStreamCfg -1 0 1 0\n";
    let config = parse_ti_cfg(text, "d02.cfg".as_ref(), &on(Board::Awr2944)).unwrap();
    let waveform = &config.fmcw;
    assert_eq!((waveform.transmitters, waveform.chirps, waveform.samples), (4, 64, 256));
    assert_eq!((waveform.sampling, config.frames), (Sampling::Real, Some(7)));
    assert!((waveform.frame_period_s - 0.1).abs() < 1e-12);
    let error = read(&text.replace("64 7 256", "64 7 128")).unwrap_err().to_string();
    assert!(error.contains("d.cfg:9") && error.contains("256 samples"), "{error}");
}

/// The low-power devices. Two chirps of 34 us a burst, a burst each 200 us.
#[test]
fn the_dialect_of_the_low_power_devices_is_read() {
    let text = "sensorStop 0\nchannelCfg 7 3 0\nchirpComnCfg 20 0 0 128 1 28 0\nchirpTimingCfg 6 28 0 75 60\n\
                adcDataSource 0 adc.bin\nframeCfg 2 0 200 64 100 0\nlvdsStreamCfg 1 1\n\
                compRangeBiasAndRxChanPhase 0.1 1 0 -1 0 1 0 -1 0 1 0 -1 0\nsensorStart 0 0 0 0\n";
    let config = read(text).unwrap();
    let fmcw = config.check().unwrap();
    assert_eq!((fmcw.config().transmitters, fmcw.config().receivers), (2, 3));
    assert_eq!((fmcw.config().chirps, fmcw.config().samples), (64, 128));
    assert_eq!((fmcw.config().sampling, config.frames), (Sampling::Real, None));
    assert!((fmcw.config().sample_rate_hz - 5e6).abs() < 1e-6);
    assert!((fmcw.config().adc_start_s - 5.6e-6).abs() < 1e-12);
    assert!((fmcw.repetition_s() - 200e-6).abs() < 1e-12 && (fmcw.tx_delay_s(1) - 34e-6).abs() < 1e-12);
    assert!((fmcw.config().slope_hz_per_s - 75e12).abs() < 1.0);
    let signs: Vec<f64> = config.channel_weights.unwrap().iter().map(|w| w.re).collect();
    assert_eq!(signs, [1.0, -1.0, 1.0, -1.0, 1.0, -1.0]);
    // Both transmitters at once with phases: ranges and velocities are right, angles cannot be had.
    let together = text.replace("128 1 28", "128 4 28");
    let config = read(&together).unwrap();
    assert!(config.fmcw.antennas.is_none() && config.notes[0].contains("BPM"), "{:?}", config.notes);
    let error = parse_ti_cfg(&together, "d.cfg".as_ref(), &on(Board::Iwrl6432)).unwrap_err().to_string();
    assert!(error.contains("BPM") && error.contains("leave --board"), "{error}");
    for (from, to, words) in [
        ("128 1 28", "128 0 28", "d.cfg:3"),
        ("frameCfg 2 0 200", "frameCfg 4 0 200", "d.cfg:6"),
        ("frameCfg 2 0 200", "frameCfg 3 0 200", "a multiple of the 2 transmitters"),
        ("6 28 0 75 60", "6 28 0 -75 60", "falling ramps"),
        ("channelCfg 7 3", "channelCfg 153 255", "a mask from 1 to 7"),
    ] {
        let error = read(&text.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(words), "{to}: {error}");
    }
}

#[test]
fn what_cannot_be_read_rightly_is_refused_with_its_line() {
    let cases = [
        ("dfeDataOutputMode 1", "dfeDataOutputMode 3", "d.cfg:4"),
        ("sensorStart", "bpmCfg -1 1 0 1\nsensorStart", "d.cfg:13"),
        ("lvdsStreamCfg -1 0", "lvdsStreamCfg -1 1", "d.cfg:12"),
        ("lvdsStreamCfg -1 0 1", "lvdsStreamCfg -1 0 4", "d.cfg:12"),
        ("adcbufCfg -1 0 0 1 1", "adcbufCfg -1 0 0 0 1", "d.cfg:7"),
        ("chirpCfg 0 0 0 0 0 0 0 1", "chirpCfg 0 0 0 0 0 0 0 3", "d.cfg:9"),
        ("0 0 60 1 64", "0 0 -60 1 64", "d.cfg:8"),
        (PROFILE, &format!("{PROFILE}{PROFILE}"), "d.cfg:9"),
    ];
    for (from, to, place) in cases {
        assert!(MOVER.config().contains(from), "{from}");
        let error = read(&MOVER.config().replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(place), "{to}: {error}");
    }
}

#[test]
fn line_ends_marks_and_turns_of_other_editors_are_read() {
    let plain = read(&MOVER.config()).unwrap();
    let file =
        TempFile::new("d10.cfg", format!("\u{feff}{}", MOVER.config().replace('\n', "\r\n")).as_bytes());
    let options = CaptureOptions { lanes: Some(LvdsLanes::Two), iq_swap: Some(false), ..Default::default() };
    assert_eq!(CaptureConfig::from_file(file.path(), &options).unwrap(), plain);
    let commented = MOVER.config().replace("adcCfg", "# a comment\n// another\nadcCfg");
    assert_eq!(read(&commented).unwrap(), plain);
    let twice = MOVER
        .config()
        .replace("frameCfg 0 1 16", "chirpCfg 2 2 0 0 0 0 0 1\nchirpCfg 3 3 0 0 0 0 0 2\nframeCfg 0 3 8");
    assert_eq!(read(&twice).unwrap(), plain);
}

/// Every configuration beside the project is read or refused as the table beside it says.
#[test]
fn the_configurations_beside_the_project_are_read_or_refused() {
    let options = CaptureOptions { lanes: Some(LvdsLanes::Two), iq_swap: Some(false), ..Default::default() };
    let outcome = |name: &str| beside(name).map(|path| CaptureConfig::from_file(&path, &options));
    for name in ["d00_ok", "d01_l_sdk", "d02_eight_value_frame", "d05_equal_profiles", "d06_blocks_of_chirps"]
    {
        let read = outcome(&format!("{name}.cfg"));
        assert!(read.as_ref().is_none_or(Result::is_ok), "{name}: {read:?}");
    }
    for name in ["d10_bom_crlf", "d11_other_comments", "d16_turns_twice_a_loop"] {
        let read = outcome(&format!("{name}.cfg"));
        assert!(read.as_ref().is_none_or(Result::is_ok), "{name}: {read:?}");
    }
    let refused = [
        "d03_subframes",
        "d04_bpm",
        "d07_lvds_header",
        "d08_lvds_cp_adc_cq",
        "d09_interleaved",
        "d12_two_tx_at_once",
        "d13_negative_slope",
        "d15_profile_twice",
    ];
    for name in refused {
        let Some(read) = outcome(&format!("{name}.cfg")) else { continue };
        let error = read.unwrap_err().to_string();
        assert!(error.contains(&format!("{name}.cfg:")), "{name}: {error}");
    }
}

#[cfg(feature = "serde")]
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

/// The log beside the vibration captures: the settings at the last start of the sensor, in register units.
#[test]
fn the_log_of_mmwave_studio_configures_a_capture() {
    let log = "01-Jan-2026 14:10:47: API:select_chip_version,AR1642,0,\n\
               01-Jan-2026 14:11:08: API:ChannelConfig,3,15,0,\n\
               01-Jan-2026 14:11:08: API:AdcOutConfig,2,1,0,\n\
               01-Jan-2026 14:11:08: API:DataFmtConfig,15,2,1,0,1,0,\n\
               01-Jan-2026 14:11:14: API:DataPathConfig,1,1,0,2,0,\n\
               01-Jan-2026 14:11:17: API:LaneConfig,3,0,\n\
               01-Jan-2026 14:11:27: API:ProfileConfig,0,1435384036,10000,600,13000,0,0,621,0,256,10000,0,0,30,0,\n\
               01-Jan-2026 14:11:30: API:ChirpConfig,0,0,0,0,0,0,0,1,0,\n\
               01-Jan-2026 14:11:30: API:ChirpConfig,1,1,0,0,0,0,0,2,0,\n\
               01-Jan-2026 14:12:47: API:FrameConfig,0,1,500,32,8000000,0,128,0,\n\
               01-Jan-2026 14:13:30: API:SensorStart,0,\n\
               01-Jan-2026 14:14:40: API:ProfileConfig,0,1435384036,10000,600,6000,0,0,1346,0,64,2000,0,0,30,0,\n";
    let read = |text: &str| parse_studio_log(text, "LogFile.txt".as_ref(), &CaptureOptions::default());
    let config = read(log).unwrap();
    let fmcw = config.check().unwrap();
    assert_eq!((fmcw.config().samples, fmcw.config().chirps, config.frames), (256, 32, Some(500)));
    assert_eq!((&config.transmitters[..], &config.receivers[..]), (&[0, 1][..], &[0, 1, 2, 3][..]));
    assert!((fmcw.config().chirp_interval_s - 230e-6).abs() < 1e-12);
    assert!((fmcw.config().frame_period_s - 40e-3).abs() < 1e-12);
    // The publisher states 77 GHz, 29.98 MHz/us and 0.195 m.
    assert!((fmcw.config().start_frequency_hz - 77e9).abs() < 1e3);
    assert!((fmcw.config().slope_hz_per_s - 29.98e12).abs() < 5e9, "{}", fmcw.config().slope_hz_per_s);
    assert!((fmcw.range_resolution_m() - 0.195).abs() < 5e-4);
    for (from, to, words) in [
        ("LaneConfig,3", "LaneConfig,1", "line 6"),
        ("API:FrameConfig", "API:Frame", "API:FrameConfig is not given"),
        ("13000,0,0,621", "13000,0,0,-621", "falling ramps"),
        ("AdcOutConfig,2", "AdcOutConfig,x", "to be a number"),
        ("DataPathConfig,1,1", "DataPathConfig,1,6", "ADC samples alone"),
    ] {
        let error = read(&log.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(words), "{to}: {error}");
    }
}

#[test]
fn the_log_beside_the_vibration_captures_is_read() {
    let Some(log) = beside("../vibration/LogFile.txt") else { return };
    let config = CaptureConfig::from_file(&log, &CaptureOptions::default()).unwrap();
    let fmcw = config.check().unwrap();
    assert_eq!((fmcw.config().receivers, config.frames), (4, Some(500)));
    assert!((fmcw.config().start_frequency_hz - 77e9).abs() < 1e3);
}

#[cfg(feature = "serde")]
#[test]
fn a_setup_of_mmwave_studio_leads_to_the_configuration_beside_it() {
    let (Some(setup), Some(bin), Some(json)) = (
        beside("../dislab/CaptureSetup.setup.json"),
        beside("../dislab/adc_data.bin"),
        beside("../dislab/mmwaveDevice.mmwave.json"),
    ) else {
        return;
    };
    let options = CaptureOptions { board: Some(Board::Iwr6843Isk), ..CaptureOptions::default() };
    let direct = Capture::open_with(&bin, &json, &options).unwrap();
    let led = Capture::open_with(&bin, &setup, &options).unwrap();
    assert_eq!(led.config(), direct.config());
    let text = std::fs::read_to_string(&setup).unwrap();
    let folder = TempFile::new("lost.setup.json", text.as_bytes());
    let error = CaptureConfig::from_file(folder.path(), &options).unwrap_err().to_string();
    assert!(error.contains("put mmwaveDevice.mmwave.json beside it"), "{error}");
    let filled = text.replace("\"numZeroFillBytes\": 0", "\"numZeroFillBytes\": 1456");
    let copy = std::fs::read_to_string(&json).unwrap();
    let name = format!("mmw-dsp-{}-copy.mmwave.json", std::process::id());
    let _config = TempFile::new("copy.mmwave.json", copy.as_bytes());
    let filled = filled.replace("mmwaveDevice.mmwave.json", &name);
    let setup = TempFile::new("filled.setup.json", filled.as_bytes());
    let config = CaptureConfig::from_file(setup.path(), &options).unwrap();
    assert!(config.notes[0].contains("1456 bytes"), "{:?}", config.notes);
}

#[cfg(feature = "serde")]
#[test]
fn the_configuration_of_infineon_is_read() {
    let text = r#"{"device_config": {"fmcw_single_shape": {"rx_antennas": [1, 3], "tx_antennas": [1],
        "tx_power_level": 31, "if_gain_dB": 60, "lower_frequency_Hz": 61020098000,
        "upper_frequency_Hz": 61479902000, "num_chirps_per_frame": 16, "num_samples_per_chirp": 128,
        "chirp_repetition_time_s": 7e-05, "frame_repetition_time_s": 5e-3, "sample_rate_Hz": 2330000}}}"#;
    let file = TempFile::new("infineon.json", text.as_bytes());
    let options = CaptureOptions { board: Some(Board::Bgt60Tr13c), ..CaptureOptions::default() };
    let config = CaptureConfig::from_file(file.path(), &options).unwrap();
    let fmcw = config.check().unwrap();
    assert_eq!((&config.receivers[..], fmcw.config().chirps), (&[0, 2][..], 16));
    assert_eq!(fmcw.config().sampling, Sampling::Real);
    // c / 2B with B = 459.804 MHz.
    assert!((fmcw.range_resolution_m() - C / (2.0 * 459.804e6)).abs() < 1e-9);
    let frame = (0..2 * 16 * 128).map(|i| (i % 4096) as i16);
    let array = TempFile::new("infineon.npy", &npy("(1, 2, 16, 128)", frame));
    let mut capture = Capture::open_with(array.path(), file.path(), &options).unwrap();
    assert_eq!(capture.read_frame(0).unwrap()[[1, 0, 1]].re, f32::from(16_i16 * 128 + 1));
    for (from, to, words) in [
        ("\"tx_antennas\": [1]", "\"tx_antennas\": [1, 2]", "mimo_mode"),
        ("[1, 3]", "[0, 3]", "the number of an antenna, from 1"),
        ("\"sample_rate_Hz\": 2330000", "\"rate\": 1", "fmcw_single_shape.sample_rate_Hz is not given"),
        ("61479902000", "61000000000", "slope_hz_per_s"),
    ] {
        let file = TempFile::new("wrong-infineon.json", text.replace(from, to).as_bytes());
        let error =
            CaptureConfig::from_file(file.path(), &CaptureOptions::default()).unwrap_err().to_string();
        assert!(error.contains(words), "{to}: {error}");
    }
}
