//! Nothing is read from a file that a plan would have refused (feature `config-files`, with which every type
//! can be read).
#![cfg(feature = "config-files")]

#[path = "doors_directions.rs"]
mod finders;

#[path = "doors_results.rs"]
mod further;

use mmw_checks::doors::Walk;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::array;
use mmw_core::{Axis, C64, DataArray};
use mmw_dsp::capture::*;
use mmw_dsp::cfar::{Cfar, CfarConfig, CfarKind, ClutterMapConfig, Detection, Edge, Swerling};
use mmw_dsp::compare::DetectionTrialsConfig;
use mmw_dsp::covariance::SourceCount;
use mmw_dsp::crlb::{TargetBound, ToneSignal};
use mmw_dsp::doa::{
    AngleEstimate, AngleGrid, AnglePeak, Music, MusicConfig, Resolvable, SingleFit, TwoTargets,
};
use mmw_dsp::missing::MissingSamples;
use mmw_dsp::peak::{GroupConfig, Peak, RefinedPeak};
use mmw_dsp::phase::Circle;
use mmw_dsp::processor::{Findings, Place, Reason, Rejected, StillFold};
use mmw_dsp::range_doppler::RangeDopplerConfig;
use mmw_dsp::simulate::{PointTarget, RadioFrontEnd, Scene, Simulator, Truth, Vibration};
use mmw_dsp::slow_time::Line;
use mmw_dsp::tdm::Calibration;
use mmw_dsp::vitals::{Demodulation, RatesAt, VitalMonitor, VitalsConfig};
use mmw_dsp::*;
use serde_json::json;

#[test]
fn every_type_refuses_damaged_input() {
    let mut walk = Walk::default();
    names(&mut walk);
    waveforms(&mut walk);
    captures(&mut walk);
    chain(&mut walk);
    findings(&mut walk);
    directions(&mut walk);
    finders::finders(&mut walk);
    scenes(&mut walk);
    vital_signs(&mut walk);
    images(&mut walk);
    further::results(&mut walk);
    walk.covers(env!("CARGO_MANIFEST_DIR"));
}

fn names(walk: &mut Walk) {
    walk.names(Board::ALL);
    walk.names(Sampling::ALL);
    walk.names(FormatKind::ALL);
    walk.names(Unsaid::ALL);
    walk.names(NpyAxis::ALL);
    walk.names(DamageKind::ALL);
    walk.names(Edge::ALL);
    walk.names(MtiKind::ALL);
    walk.names(Demodulation::ALL);
}

fn waveforms(walk: &mut Walk) {
    let plan = |config: &FmcwConfig| Fmcw::new(config.clone());
    let wrong = [
        ("/start_frequency_hz", json!(-77e9), "start_frequency_hz"),
        ("/samples", json!(0), "samples"),
        ("/samples", json!(-1), "-1"),
        ("/antennas/rx_positions_m", json!([[0.0, 0.0, 0.0]]), "rx_positions_m"),
        ("/sampling", json!("twice"), "twice"),
    ];
    walk.door_to(&FmcwConfig::iwr1843(), plan, &wrong);
    let fire = |firing: &Firing| Fmcw::new(FmcwConfig { firing: *firing, ..FmcwConfig::iwr1843() });
    walk.door_to(&Firing::InTurn, fire, &[("", json!("at once"), "at once")]);
    let bursts = Firing::Bursts { period_s: 500e-6 };
    walk.door_to(&bursts, fire, &[("/bursts/period_s", json!(-1.0), "period")]);
    let layout = Board::Awr1642.layout();
    let wrong =
        [("/tx_positions_m", json!([]), "positions"), ("/rx_positions_m/0", json!([0.0]), "length 1")];
    walk.door_to(&layout, AntennaLayout::virtual_array, &wrong);
}

fn captures(walk: &mut Walk) {
    walk.door(&LvdsLanes::Two, &[("", json!(3), "lanes")]);
    let layout = AdcLayout { lanes: LvdsLanes::Four, iq_swap: true };
    walk.door(&layout, &[("/lanes", json!(8), "lanes")]);
    let axes: NpyAxes = "frame,channel,chirp,sample".parse().unwrap();
    walk.door(
        &axes,
        &[("", json!("chirp,chirp"), "chirp"), ("", json!("sideways"), "sideways"), ("", json!(""), "axes")],
    );
    let bytes = ByteOptions { skip_bytes: 12, ..ByteOptions::default() };
    walk.door(&bytes, &[("/udp_port", json!(1 << 20), "1048576"), ("/skip_bytes", json!(-1), "-1")]);
    walk.door(&CaptureFormat::Dca1000(layout), &[("/dca1000/lanes", json!(0), "lanes")]);
    let npy = CaptureFormat::Npy { axes: axes.clone(), wrap_u16: None };
    walk.door(&npy, &[("/npy/axes", json!("rx,rx"), "rx")]);
    let options = CaptureOptions {
        board: Some(Board::Iwr1843),
        lanes: Some(LvdsLanes::Two),
        npy_axes: Some(axes),
        ..CaptureOptions::default()
    };
    walk.door(&options, &[("/board", json!("iwr1"), "iwr1"), ("/lanes", json!(1), "lanes")]);

    let two = CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Two, iq_swap: false });
    let config = CaptureConfig::new(FmcwConfig::awr1642(), two).unwrap();
    let config = CaptureConfig { channel_weights: Some(vec![C64::i(); 8]), ..config };
    let wrong = [
        ("/fmcw/samples", json!(0), "samples"),
        ("/transmitters", json!([0]), "transmitters"),
        ("/receivers/1", json!(0), "receivers"),
        ("/channel_weights", json!([]), "channel_weights"),
        ("/channel_weights/0", json!([1.0]), "length 1"),
        ("/range_bias_m", json!("near"), "near"),
    ];
    walk.door(&config, &wrong);

    let report = PacketReport {
        received: 3,
        lost: 1,
        lost_ranges: vec![1456..2912, 4368..5824],
        ..PacketReport::default()
    };
    walk.door(&report, &[("/lost", json!(-1), "-1")]);
    let place = SamplePlace { chirp: 1, channel: 2, sample: 3 };
    walk.door(&place, &[("/channel", json!(0.5), "0.5")]);
    let span = DamagedSpan { kind: DamageKind::ZeroRun, bytes: 4..8, first: place, last: place };
    walk.door(&span, &[("/kind", json!("rust"), "rust"), ("/bytes/end", json!(4), "must end")]);
    let missing = MissingSamples { channel: 1, chirp: 2, samples: 3..5 };
    walk.door(&missing, &[("/chirp", json!(-1), "-1"), ("/samples/start", json!(9), "must end")]);
    let setup = r#"{"configUsed": "a.json", "capturedFiles": {"files": [{"rawFileName": "adc.bin"}]}}"#;
    let setup = StudioSetup::parse(setup, "a.setup.json".as_ref()).unwrap();
    walk.door(&setup, &[("/capturedFiles/files/0/processedFileSummary/numZeroFillBytes", json!(-1), "-1")]);
    for name in ["File", "Correction", "Numbers", "Section", "Card", "Captured", "CapturedFile", "Summary"] {
        walk.within(name);
    }
}

fn chain(walk: &mut Walk) {
    for window in [Window::Rectangular, Window::Hann, Window::Hamming, Window::BlackmanHarris] {
        walk.door(&window, &[("", json!("triangle"), "triangle")]);
    }
    walk.door(&Window::Kaiser { beta: 3.0 }, &[("/kaiser/beta", json!(-3.0), "beta")]);
    let taylor = Window::Taylor { nbar: 4, sidelobe_db: 30.0 };
    walk.door(
        &taylor,
        &[("/taylor/nbar", json!(0), "nbar"), ("/taylor/sidelobe_db", json!(0.0), "sidelobe_db")],
    );
    let chebyshev = Window::DolphChebyshev { sidelobe_db: 60.0 };
    walk.door(&chebyshev, &[("/dolph_chebyshev/sidelobe_db", json!(-60.0), "sidelobe_db")]);

    let fmcw = Fmcw::new(FmcwConfig::awr1642()).unwrap();
    let processor = |config: &ProcessorConfig| Processor::new(&fmcw, config);
    let config = ProcessorConfig {
        doppler_window: taylor,
        calibration: Some(Calibration::from_weights(vec![C64::i(); 8]).unwrap()),
        clutter_map_weight: Some(0.2),
        ..ProcessorConfig::default()
    };
    let wrong = [
        ("/clutter_map_weight", json!(2.0), "weight"),
        ("/doppler_window/taylor/nbar", json!(0), "nbar"),
        ("/cfar/false_alarm_probability", json!(1.5), "false"),
        ("/min_range_m", json!(-1.0), "min_range_m"),
        ("/calibration", json!([]), "weights"),
        ("/calibration", json!([[1.0, 0.0]]), "calibration"),
        ("/map_angles", json!([181]), "length 1"),
        ("/mti", json!("magic"), "magic"),
    ];
    walk.door_to(&config, processor, &wrong);
    let weights = Calibration::from_weights(vec![C64::new(0.1, -0.7), C64::new(1.0 / 3.0, 2.0)]).unwrap();
    walk.door(&weights, &[("", json!([]), "weights")]);

    for kind in [CfarKind::Ca, CfarKind::Go, CfarKind::So] {
        walk.door(&kind, &[("", json!("xy"), "xy")]);
    }
    walk.door(&CfarKind::Os { rank: 0.75 }, &[("/os/rank", json!(1.5), "rank")]);
    walk.door(&CfarKind::Log, &[("", json!("xy"), "xy")]);
    let trimmed = CfarKind::Tm { low: 0.25, high: 0.5 };
    walk.door(&trimmed, &[("/tm/low", json!(0.5), "low"), ("/tm/high", json!(-0.5), "high")]);
    walk.door(&ClutterMapConfig::default(), &[("/weight", json!("x"), "x")]);
    walk.names(Swerling::ALL);
    let detector = |config: &CfarConfig| Cfar::<f32>::new(config, [64, 64]);
    let wrong = [
        ("/false_alarm_probability", json!(0.0), "false"),
        ("/looks", json!(0), "looks"),
        ("/train", json!([0, 0]), "train"),
        ("/guard", json!([-1, 0]), "-1"),
    ];
    walk.door_to(&CfarConfig::default(), detector, &wrong);
    walk.door(&GroupConfig::default(), &[("/half_width", json!([1]), "length 1")]);
    let transform = RangeDopplerConfig::from_fmcw(&fmcw);
    walk.door(&transform, &[("/range_fft", json!(0), "range_fft"), ("/samples", json!(0), "samples")]);
}

fn findings(walk: &mut Walk) {
    let detection = Detection { index: [3, 4], power: 2.0, noise: 0.1, snr: 20.0, threshold: 1.0 };
    walk.door(&detection, &[("/index", json!([1]), "length 1"), ("/power", json!("2"), "string")]);
    walk.door(&Peak { detection, cells: 3 }, &[("/cells", json!(-3), "-3")]);
    let refined = RefinedPeak {
        range_bin: 3.5,
        doppler_bin: -0.25,
        amplitudes: array![C64::i()],
        snr: 10.0,
        noise_power: 0.1,
        range_std_bins: Some(0.1),
        doppler_std_bins: None,
        peak_power: 2.0,
        leakage_power: 0.0,
        leakage_from: None,
        converged: true,
    };
    walk.door(&refined, &[("/amplitudes/dim", json!([2]), ""), ("/snr", json!([]), "sequence")]);
    let point = Point {
        frame: 7,
        range_m: 3.0,
        velocity_m_s: Some(-0.5),
        velocity_ambiguous: false,
        velocity_interval_m_s: Some(4.0),
        angle_ambiguous: false,
        unexplained_share: Some(0.01),
        azimuth_rad: Some(0.1),
        elevation_rad: None,
        x_m: Some(0.3),
        y_m: Some(2.9),
        z_m: None,
        snr_db: 20.0,
    };
    let detections = DetectionTrialsConfig::default();
    walk.door(&detections, &[("/looks", json!(-1), "-1"), ("/target", json!("six"), "six")]);
    walk.door(&point, &[("/frame", json!(-7), "-7"), ("/range_m", json!("3"), "string")]);
    let place = Place { range_m: 3.0, velocity_m_s: None };
    walk.door(&place, &[("/range_m", json!(true), "boolean")]);
    for reason in [
        Reason::BelowThreshold { snr_db: 3.0, threshold_db: 12.0, neighbour: place },
        Reason::Shoulder { of: place },
        Reason::TooNear { range_m: 0.1, min_range_m: 0.3 },
        Reason::Noise,
    ] {
        walk.door(&reason, &[("", json!("dislike"), "dislike")]);
    }
    let rejected = Rejected { index: [1, 2], reason: Reason::Filtered };
    walk.door(&rejected, &[("/index/0", json!(-1), "-1")]);
    let still_fold = StillFold { velocity_m_s: 7.9, cells: 5 };
    walk.door(&still_fold, &[("/velocity_m_s", json!("fast"), "string"), ("/cells", json!(-1), "-1")]);
    let found = Findings {
        points: vec![point],
        cells: vec![[3, 4]],
        rejected: vec![rejected],
        still_fold: Some(still_fold),
    };
    walk.door(&found, &[("/cells", json!([]), "cells"), ("/points", json!([]), "cells")]);
    let bound =
        TargetBound { range_m: 0.01, velocity_m_s: 0.02, azimuth_rad: Some(0.01), elevation_rad: None };
    walk.door(&bound, &[("/range_m", json!("near"), "near")]);
    let tone = ToneSignal { range_bin: 3.5, doppler_bin: 0.5, amplitudes: vec![C64::i()] };
    walk.door(&tone, &[("/amplitudes/0", json!([0.0]), "length 1")]);
    let line = Line { frequency_hz: 0.25, amplitude: 1.0, over_median: 30.0 };
    walk.door(&line, &[("/amplitude", json!("1"), "string")]);
    let wrong = [("/centre", json!([1.0]), "length 1"), ("/radius", json!(-2.0), "radius")];
    walk.door(&Circle { centre: C64::i(), radius: 2.0 }, &wrong);
}

fn vital_signs(walk: &mut Walk) {
    let config = VitalsConfig::new(20.0, 4e-3);
    let wrong = [
        ("/sample_rate_hz", json!(-20.0), "sample_rate_hz"),
        ("/wavelength_m", json!(0.0), "wavelength_m"),
        ("/demodulation", json!("squared"), "squared"),
    ];
    walk.door_to(&config, |config: &VitalsConfig| VitalMonitor::new(*config), &wrong);
    let rate = json!({"frequency_hz": 0.25, "confidence": 0.9});
    let at: RatesAt =
        serde_json::from_value(json!({"time_s": 15.0, "respiration": rate, "heart": null})).unwrap();
    walk.door(&at, &[("/respiration/confidence", json!("sure"), "sure"), ("/time_s", json!("now"), "now")]);
    let wrong = [("/frequency_hz", json!(-0.25), "frequency_hz"), ("/confidence", json!(1.5), "confidence")];
    walk.door(&at.respiration.unwrap(), &wrong);
}

fn images(walk: &mut Walk) {
    let cut = mmw_core::ndarray::Array1::from_shape_fn(64, |i| {
        let x = 0.25 * std::f64::consts::PI * (i as f64 - 31.3);
        C64::new(x.sin() / x, 0.0)
    });
    walk.door(&sar::PointResponse::of_cut(&cut).unwrap(), &[("/width", json!("wide"), "wide")]);
}

fn directions(walk: &mut Walk) {
    let direction = Direction::new(0.1, 0.2).unwrap();
    let peak = AnglePeak { direction, height: 3.0 };
    walk.door(&peak, &[("/direction/elevation_rad", json!(9.0), "elevation_rad")]);
    let azimuth = Axis::uniform("azimuth", "rad", -1.0, 1.0, 3).unwrap();
    let rows = vec![Axis::index("elevation", 1), azimuth];
    let spectrum = DataArray::new("spectrum", "", array![[1.0, 3.0, 1.0]], rows).unwrap();
    let estimate = AngleEstimate { spectrum: Some(spectrum), angles: vec![peak] };
    walk.door(&estimate, &[("/spectrum/axes", json!([]), "axes")]);
    walk.door(&Bearing::from(direction), &[("/azimuth_rad", json!("left"), "left")]);
    walk.door(&SingleFit { direction: Some(direction), share: 0.9 }, &[("/share", json!(1.5), "share")]);
    let pair = array![C64::new(1.0, 0.0), C64::new(0.2, 0.5), C64::new(-0.4, 0.1), C64::new(0.7, -0.2)];
    let four = AntennaArray::uniform_linear(4, 2e-3).unwrap();
    let fit = TwoTargets::new(&four, 4e-3).unwrap().fit(&pair).unwrap().unwrap();
    walk.door(&fit, &[("/share", json!(1.5), "share")]);
    walk.door(
        &Resolvable { azimuth: true, elevation: false, slanted: false },
        &[("/azimuth", json!(1), "boolean")],
    );

    let line = AntennaArray::uniform_linear(8, 2e-3).unwrap();
    let music = |config: &MusicConfig| {
        let grid = AngleGrid::azimuth_sector(1.0, 181)?;
        Music::new(&line, 4e-3, grid, *config)
    };
    let config = MusicConfig { sources: SourceCount::Given(2), smoothing: Some(6), ..MusicConfig::default() };
    let wrong = [
        ("/sources/given", json!(6), "sources"),
        ("/smoothing", json!(9), "smoothing"),
        ("/forward_backward", json!(1), "boolean"),
    ];
    walk.door_to(&config, music, &wrong);
    for rule in [SourceCount::Mdl, SourceCount::Aic, SourceCount::RandomMatrix] {
        walk.door(&rule, &[("", json!("bic"), "bic")]);
    }
}

fn scenes(walk: &mut Walk) {
    let breath =
        Vibration { amplitude_m: 4e-3, frequency_hz: 0.25, phase_rad: 0.5, direction: Some([0.0, 1.0, 0.0]) };
    let sleeper = PointTarget { vibration: Some(breath), ..PointTarget::polar(1.5, 0.0, 0.0, 0.0, 0.5) };
    let scene = Scene { targets: vec![sleeper.clone()], ..Scene::preset(Board::Awr1642) };
    let simulate = |scene: &Scene| Simulator::new(scene.clone());
    let wrong = [
        ("/frames", json!(0), "frames"),
        ("/fmcw/samples", json!(0), "samples"),
        ("/radio/adc_bits", json!(0), "adc_bits"),
        ("/target/0/rcs_m2", json!(-1.0), "rcs_m2"),
        ("/target/0/position_m", json!([1.0]), "length 1"),
    ];
    walk.door_to(&scene, simulate, &wrong);
    let target =
        |target: &PointTarget| Simulator::new(Scene { targets: vec![target.clone()], ..scene.clone() });
    walk.door_to(&sleeper, target, &[("/rcs_m2", json!(-0.5), "rcs_m2")]);
    let moved = |breath: &Vibration| target(&PointTarget { vibration: Some(*breath), ..sleeper.clone() });
    walk.door_to(
        &breath,
        moved,
        &[
            ("/frequency_hz", json!(-1.0), "frequency_hz"),
            ("/direction", json!([0.0, 0.0, 0.0]), "direction"),
        ],
    );
    let radio = |radio: &RadioFrontEnd| Simulator::new(Scene { radio: radio.clone(), ..scene.clone() });
    let wrong = [
        ("/noise_figure_db", json!(-1.0), "noise_figure_db"),
        ("/temperature_k", json!(-1.0), "temperature_k"),
    ];
    walk.door_to(&RadioFrontEnd::default(), radio, &wrong);
    walk.within("TargetRecord");
    let truth: Truth = Simulator::new(scene.clone()).unwrap().truth(0).unwrap()[0];
    walk.door(&truth, &[("/in_band", json!(0), "boolean")]);
}
