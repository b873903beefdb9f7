//! Captures that others published, where they are at hand.

use mmw_dsp::FmcwConfig;
use mmw_dsp::capture::{Capture, CaptureConfig, CaptureFormat, FormatKind};
#[cfg(feature = "config-files")]
use mmw_dsp::capture::{CaptureOptions, parse_toml};
use mmw_dsp::mmw_core::C64;
#[cfg(feature = "config-files")]
use mmw_dsp::{Board, Fmcw};
use std::f64::consts::TAU;
use std::path::PathBuf;

/// The file, unless it is absent, which is said.
pub(crate) fn radar_data(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/radar").join(name);
    if !path.exists() {
        println!("skipped: {} is not here", path.display());
    }
    path.exists().then_some(path)
}

#[cfg(feature = "config-files")]
#[test]
fn the_static_room_is_one_frame_with_the_resolutions_that_its_publisher_states() {
    let (Some(bin), Some(json)) =
        (radar_data("dislab/adc_data.bin"), radar_data("dislab/mmwaveDevice.mmwave.json"))
    else {
        return;
    };
    let options = CaptureOptions { board: Some(Board::Iwr6843Isk), ..Default::default() };
    let mut capture = Capture::open_with(&bin, &json, &options).unwrap();
    assert_eq!((capture.frames(), capture.shape()), (1, [12, 85, 512]));
    assert_eq!(capture.announced_otherwise(), Some(100));
    assert_eq!(capture.config().transmitters, [0, 1, 2]);
    let fmcw = Fmcw::new(capture.config().fmcw.clone()).unwrap();
    // The publisher's figures have three digits.
    assert!((fmcw.range_resolution_m() / 0.0392 - 1.0).abs() < 3e-3, "{}", fmcw.range_resolution_m());
    assert!(
        (fmcw.velocity_resolution_m_s() / 0.0229 - 1.0).abs() < 3e-3,
        "{}",
        fmcw.velocity_resolution_m_s()
    );
    // The words themselves: loop 1, TX 2, RX 3, samples 100 and 101 by the arithmetic of the layout.
    let bytes = std::fs::read(&bin).unwrap();
    let word = |i: usize| f32::from(i16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]]));
    let first = (((3 + 2) * 4 + 3) * 512 + 100) * 2;
    let cube = capture.read_frame(0).unwrap();
    assert_eq!((cube[[11, 1, 100]].re, cube[[11, 1, 100]].im), (word(first), word(first + 2)));
    assert_eq!((cube[[11, 1, 101]].re, cube[[11, 1, 101]].im), (word(first + 1), word(first + 3)));
    let wrong = CaptureOptions { lanes: Some(mmw_dsp::capture::LvdsLanes::Four), ..Default::default() };
    let notes = Capture::open_with(&bin, &json, &wrong).unwrap().config().notes.clone();
    assert_eq!(notes, ["`lanes = 4` overrules the configuration, which says 2"]);
}

#[cfg(feature = "config-files")]
#[test]
fn the_fan_is_a_thousand_frames_of_one_chirp() {
    let Some(bin) = radar_data("vibration/fan_on.bin") else { return };
    // LogFile.txt: ProfileConfig 0, 77 GHz, idle 100 us, ADC start 6 us, ramp end 130 us, 29.98 MHz/us.
    let text = r#"
        board = "awr1642"
        start_frequency_hz = 77e9
        slope_hz_per_s = 29.98e12
        adc_start_s = 6e-6
        sample_rate_hz = 10e6
        samples = 256
        chirps = 1
        chirp_interval_s = 230e-6
        frame_period_s = 1e-3
        sampling = "complex1x"
        transmitters = 1
        receivers = 4
        capture = { format = "dca1000", lanes = 2, frames = 1000 }
    "#;
    let config = parse_toml(text, "fan.toml".as_ref(), &CaptureOptions::default()).unwrap();
    let mut capture = Capture::open(&bin, &config).unwrap();
    assert_eq!((capture.frames(), capture.announced_otherwise()), (1000, None));
    assert!((config.check().unwrap().range_resolution_m() - 0.195).abs() < 5e-4);
    let mut cube = mmw_dsp::mmw_core::ComplexArray3::<f32>::zeros((4, 1, 256));
    let mut largest = 0.0_f32;
    for frame in 0..1000 {
        capture.read_frame_into(frame, &mut cube).unwrap();
        largest = cube.iter().fold(largest, |m, z| m.max(z.re.abs()).max(z.im.abs()));
    }
    assert!(largest > 100.0 && largest < 32767.0, "{largest}");
}

#[test]
fn the_published_numpy_frame_needs_its_signs_back() {
    let Some(npy) = radar_data("openradar/simple_frame_1.npy") else { return };
    assert_eq!(FormatKind::of_path(&npy), Some(FormatKind::Npy));
    // One channel of two transmitters in turn: one transmitter that repeats every two chirps.
    let fmcw = FmcwConfig {
        start_frequency_hz: 77e9,
        slope_hz_per_s: 60e12,
        sample_rate_hz: 2.5e6,
        samples: 128,
        chirps: 128,
        chirp_interval_s: 2.0 * 92e-6,
        transmitters: 1,
        receivers: 1,
        antennas: None,
        ..FmcwConfig::iwr1843()
    };
    let format = |wrap_u16| CaptureFormat::Npy { axes: "chirp,sample".parse().unwrap(), wrap_u16 };
    let error = Capture::open(&npy, &CaptureConfig::new(fmcw.clone(), format(None)).unwrap()).unwrap_err();
    assert!(error.to_string().starts_with("wrap_u16"), "{error}");
    let mut capture = Capture::open(&npy, &CaptureConfig::new(fmcw, format(Some(true))).unwrap()).unwrap();
    let cube = capture.read_frame(0).unwrap();
    // numpy.load shows 18+65400j and 86+65417j.
    assert_eq!((cube[[0, 0, 0]].re, cube[[0, 0, 0]].im), (18.0, 65400.0 - 65536.0));
    assert_eq!((cube[[0, 0, 1]].re, cube[[0, 0, 1]].im), (86.0, 65417.0 - 65536.0));
    // Words without their sign would reach 92681; the largest true sample is 193.13.
    assert!(cube.iter().all(|z| z.norm() < 193.2));
    // The one mover, at range bin 41 and Doppler bin -8 (Hann on both axes).
    let hann = |i: usize| 0.5 - 0.5 * (TAU * i as f64 / 127.0).cos();
    let power = |doppler: f64| {
        let line: C64 = cube
            .indexed_iter()
            .map(|((_, n, s), z)| {
                let turns = (41.0 * s as f64 + doppler * n as f64) / 128.0;
                C64::new(z.re.into(), z.im.into()) * C64::from_polar(hann(n) * hann(s), -TAU * turns)
            })
            .sum();
        line.norm_sqr()
    };
    let strongest = (-64..64).max_by(|&a, &b| power(f64::from(a)).total_cmp(&power(f64::from(b))));
    assert_eq!(strongest, Some(-8));
}
