//! The chain as a whole: simulated targets in, forms and points out.

use mmw_dsp::doa::snapshot_of;
use mmw_dsp::forms::{AngleMaps, History, channel_power, strongest_cells};
use mmw_dsp::mmw_core::geometry::Direction;
use mmw_dsp::mmw_core::random::Streams;
use mmw_dsp::mmw_core::{C32, Error};
use mmw_dsp::ndarray::{Array2, Array3, s};
use mmw_dsp::processor::Reason;
use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
use mmw_dsp::{Board, DirectionFinder, Fmcw, FmcwConfig, MtiKind, Processor, ProcessorConfig};

fn simulator(board: Board, targets: Vec<PointTarget>) -> Simulator {
    Simulator::new(Scene { frames: 3, targets, ..Scene::preset(board) }).unwrap()
}

fn cube(simulator: &Simulator, frame: usize) -> Array3<C32> {
    simulator.frame(frame, &mut Streams::new(5).stream(frame as u64)).unwrap()
}

#[test]
fn one_frame_gives_all_seven_forms() {
    let simulator =
        simulator(Board::Iwr1843, vec![PointTarget::polar(4.0, 0.4, 0.2, -0.6, 1.0).with_snr_db(-5.0)]);
    let fmcw = simulator.fmcw();
    let mut radar = Processor::new(fmcw, &ProcessorConfig::default()).unwrap();
    let mut history = History::new(fmcw, 128).unwrap();
    let frame = radar.process(&cube(&simulator, 0)).unwrap();
    history.push(frame.power()).unwrap();
    let truth = simulator.truth(0).unwrap()[0];

    let near = |got: f64, want: f64, tolerance: f64| assert!((got - want).abs() < tolerance, "{got} {want}");
    let cell_m = fmcw.range_resolution_m();
    let map = frame.range_doppler().peak().unwrap();
    near(map.coordinates[0], truth.range_m, cell_m);
    near(map.coordinates[1], truth.velocity_m_s, fmcw.velocity_resolution_m_s());
    near(history.range_time().unwrap().peak().unwrap().coordinates[0], truth.range_m, cell_m);
    let doppler_time = history.doppler_time().unwrap().peak().unwrap();
    near(doppler_time.coordinates[0], truth.velocity_m_s, fmcw.velocity_resolution_m_s());
    // A row sees u = cos el sin az, which the map calls sin az.
    let cone = (truth.elevation_rad.cos() * truth.azimuth_rad.sin()).asin();
    near(frame.range_azimuth().unwrap().peak().unwrap().coordinates[1], cone, 0.03);
    near(frame.range_elevation().unwrap().peak().unwrap().coordinates[1], truth.elevation_rad, 0.05);
    let tensor = frame.tensor().unwrap();
    let names: Vec<&str> = tensor.axes().iter().map(|axis| axis.name()).collect();
    assert_eq!(names, ["range", "velocity", "elevation", "azimuth"]);
    let cell = tensor.peak().unwrap();
    near(cell.coordinates[0], truth.range_m, cell_m);
    near(cell.coordinates[2], truth.elevation_rad, 0.15);
    near(cell.coordinates[3], truth.azimuth_rad, 0.06);
    let point = frame.points().unwrap()[0];
    near(point.range_m, truth.range_m, 1e-3);
    near(point.velocity_m_s.unwrap(), truth.velocity_m_s, 1e-3);
    near(point.azimuth_rad.unwrap(), truth.azimuth_rad, 5e-3);
    near(point.elevation_rad.unwrap(), truth.elevation_rad, 2e-2);
    near(point.x_m.unwrap(), truth.x_m, 0.03);
    near(point.z_m.unwrap(), truth.z_m, 0.08);
}

#[test]
fn the_angle_map_is_the_tensor_summed_over_the_other_angle() {
    // One Doppler bin with a plane wave in every channel: a row of 8 and a row of 4 add up without phase.
    let fmcw = Fmcw::new(FmcwConfig { chirps: 1, samples: 2, ..FmcwConfig::iwr1843() }).unwrap();
    let direction = Direction::new(0.35, 0.0).unwrap();
    let wave = snapshot_of(fmcw.virtual_array().unwrap(), fmcw.wavelength_m(), direction).unwrap();
    let spectrum =
        Array3::from_shape_fn((12, 2, 1), |(c, _, _)| C32::new(wave[c].re as f32, wave[c].im as f32));
    let maps = AngleMaps::new(&fmcw, 721, 31, 1).unwrap();
    let peak = maps.range_azimuth(&spectrum).unwrap().peak().unwrap();
    assert!((peak.coordinates[1] - 0.35).abs() < 0.003);
    // The wave's power in one channel is 1.
    assert!((peak.value - 1.0).abs() < 1e-3, "{}", peak.value);
    let tensor = maps.tensor(&spectrum).unwrap();
    assert!(tensor.data().iter().all(|&p| p <= 1.0 + 1e-5));
}

#[test]
fn channel_power_is_the_sum_over_channels() {
    let spectrum = Array3::from_shape_fn((3, 2, 2), |(c, r, d)| C32::new((c + r) as f32, d as f32));
    let naive =
        Array2::from_shape_fn((2, 2), |(r, d)| (0..3).map(|c| spectrum[[c, r, d]].norm_sqr()).sum::<f32>());
    assert_eq!(channel_power(&spectrum).unwrap(), naive);
}

#[test]
fn the_clutter_filters_leave_the_mover() {
    let still = PointTarget::polar(3.0, -0.2, 0.0, 0.0, 1.0).with_snr_db(10.0);
    let mover = PointTarget::polar(5.0, 0.1, 0.0, -0.7, 1.0).with_snr_db(-10.0);
    let simulator = simulator(Board::Iwr1843, vec![still, mover]);
    for mti in [MtiKind::Notch, MtiKind::FrameDifference, MtiKind::MeanPhasor] {
        let mut radar =
            Processor::new(simulator.fmcw(), &ProcessorConfig { mti, ..ProcessorConfig::default() }).unwrap();
        radar.process(&cube(&simulator, 0)).unwrap();
        let second = cube(&simulator, 1);
        let points = radar.process(&second).unwrap().points().unwrap();
        assert!((points[0].velocity_m_s.unwrap() + 0.7).abs() < 0.02, "{mti:?}: {:?}", points[0]);
        let residual = radar.mti_residual(&second).unwrap();
        assert!(residual < 0.15, "{mti:?}: {residual}");
    }
}

#[test]
fn music_separates_two_targets_in_one_cell() {
    // Both at the range and velocity of one cell, 0.35 rad apart: incoherent over the Doppler cells because
    // their velocities differ by a third of a cell.
    let pair = |azimuth, velocity| PointTarget::polar(4.0, azimuth, 0.0, velocity, 1.0).with_snr_db(0.0);
    let simulator = simulator(Board::Awr1642, vec![pair(-0.2, 0.5), pair(0.15, 0.6)]);
    let config = ProcessorConfig { doa: DirectionFinder::Music, ..ProcessorConfig::default() };
    let mut radar = Processor::new(simulator.fmcw(), &config).unwrap();
    let points = radar.process(&cube(&simulator, 0)).unwrap().points().unwrap();
    for truth in [-0.2, 0.15] {
        assert!(points.iter().any(|p| (p.azimuth_rad.unwrap() - truth).abs() < 0.02), "{truth}: {points:?}");
    }
}

#[test]
fn every_method_places_a_lone_target_and_the_subspaces_two_that_move_apart() {
    let at = |azimuth, velocity| PointTarget::polar(4.0, azimuth, 0.0, velocity, 1.0).with_snr_db(0.0);
    let lone = simulator(Board::Iwr1843, vec![at(0.3, 0.5)]);
    let pair = simulator(Board::Awr1642, vec![at(-0.2, 0.5), at(0.15, 0.6)]);
    for &doa in DirectionFinder::ALL {
        let config = ProcessorConfig { doa, ..ProcessorConfig::default() };
        let azimuths = |simulator: &Simulator| -> Vec<f64> {
            let mut radar = Processor::new(simulator.fmcw(), &config).unwrap();
            let points = radar.process(&cube(simulator, 0)).unwrap().points().unwrap();
            points.iter().filter_map(|point| point.azimuth_rad).collect()
        };
        let found = azimuths(&lone);
        assert!(found.len() == 1 && (found[0] - 0.3).abs() < 0.01, "{doa}: {found:?}");
        let found = azimuths(&pair);
        println!("{doa}: {found:?}");
        let subspace = matches!(
            doa,
            DirectionFinder::Music
                | DirectionFinder::RootMusic
                | DirectionFinder::Esprit
                | DirectionFinder::UnitaryEsprit
        );
        let near = |truth: f64| found.iter().any(|azimuth| (azimuth - truth).abs() < 0.02);
        assert!(!subspace || near(-0.2) && near(0.15), "{doa}: {found:?}");
    }
}

#[test]
fn maps_by_every_method_that_scans_have_the_targets_in_their_places() {
    let at = |azimuth| PointTarget::polar(4.0, azimuth, 0.0, 0.0, 1.0).with_snr_db(0.0);
    let apart = PointTarget::polar(4.0, 0.5, 0.0, 1.5, 1.0).with_snr_db(0.0);
    let simulator = simulator(Board::Awr1642, vec![at(-0.3), apart]);
    let row = (4.0 / simulator.fmcw().range_resolution_m()).round() as usize;
    let map = |doa| {
        let config = ProcessorConfig { doa, ..ProcessorConfig::default() };
        let mut radar = Processor::new(simulator.fmcw(), &config).unwrap();
        radar.process(&cube(&simulator, 0)).unwrap().range_azimuth().unwrap()
    };
    let fft = map(DirectionFinder::Fft);
    for &doa in DirectionFinder::ALL {
        let found = map(doa);
        assert_eq!(found.data().dim(), fft.data().dim(), "{doa}");
        let cells = found.data().row(row).to_vec();
        let summit = |from: usize, to: usize| {
            (from..to)
                .max_by(|&a, &b| cells[a].total_cmp(&cells[b]))
                .map(|i| found.axes()[1].at(i as f64))
                .unwrap()
        };
        // Steps of a degree, and the pull of a neighbour half a beam away.
        assert!((summit(0, 90) + 0.3).abs() < 0.04, "{doa}: {}", summit(0, 90));
        assert!((summit(90, 181) - 0.5).abs() < 0.04, "{doa}: {}", summit(90, 181));
    }
    let bartlett = map(DirectionFinder::Bartlett);
    let greatest = fft.data().iter().fold(0.0_f32, |a, &b| a.max(b));
    for (a, b) in fft.data().iter().zip(bartlett.data()) {
        // One row of antennas: the same beamformer, once in single precision.
        assert!((a - b).abs() < 1e-5 * greatest, "{a} {b}");
    }
    let maps = AngleMaps::new(simulator.fmcw(), 91, 31, 128).unwrap();
    let spectrum = Array3::<C32>::zeros((8, 256, 128));
    let refused = maps.range_azimuth_by(DirectionFinder::Esprit, &spectrum).unwrap_err().to_string();
    assert!(refused.contains("fft, bartlett, capon, music, iaa, sbl"), "{refused}");
    let empty = maps.range_azimuth_by(DirectionFinder::Music, &spectrum).unwrap();
    assert!(empty.data().iter().all(|&cell| cell == 0.0));
}

#[test]
fn methods_of_lines_are_refused_where_no_antennas_stand_in_one() {
    let fmcw = Fmcw::new(FmcwConfig::iwr1843()).unwrap();
    let mut config = fmcw.config().clone();
    let layout = config.antennas.as_mut().unwrap();
    layout.tx_positions_m = (0..3).map(|i| [0.0, 1e-3 * f64::from(i), 0.0]).collect();
    layout.rx_positions_m = (0..4).map(|i| [0.0, 3e-3 * f64::from(i), 0.0]).collect();
    let fmcw = Fmcw::new(config).unwrap();
    for doa in [DirectionFinder::RootMusic, DirectionFinder::Esprit, DirectionFinder::UnitaryEsprit] {
        let refused =
            Processor::new(&fmcw, &ProcessorConfig { doa, ..ProcessorConfig::default() }).unwrap_err();
        assert!(refused.to_string().contains("uniform line"), "{refused}");
    }
}

#[test]
fn a_clutter_map_finds_what_comes_and_not_what_stays() {
    let wall = || PointTarget::polar(6.0, 0.0, 0.0, 0.0, 1.0).with_snr_db(10.0);
    let scene = |targets| Scene { frames: 13, targets, ..Scene::preset(Board::Iwr1843) };
    let still = Simulator::new(scene(vec![wall()])).unwrap();
    let comes = PointTarget::polar(3.0, 0.2, 0.0, 1.0, 1.0).with_snr_db(0.0);
    let both = Simulator::new(scene(vec![wall(), comes])).unwrap();
    let config = ProcessorConfig { clutter_map_weight: Some(0.2), ..ProcessorConfig::default() };
    let mut radar = Processor::new(still.fmcw(), &config).unwrap();
    for frame in 0..12 {
        let points = radar.process(&cube(&still, frame)).unwrap().points().unwrap();
        assert!(points.is_empty(), "{frame}: {points:?}");
    }
    let frame = radar.process(&cube(&both, 12)).unwrap();
    let findings = frame.findings().unwrap();
    assert_eq!(findings.points.len(), 1, "{findings:?}");
    assert!((findings.points[0].range_m - 3.0).abs() < 0.05 + 12.0 * 0.08, "{findings:?}");
    // The wall is told as what it is: no louder than it was.
    let resolution_m = still.fmcw().range_resolution_m();
    let wall = [(6.0 / resolution_m).round() as usize, 64];
    assert!(matches!(frame.reason(&findings, wall).unwrap(), Some(Reason::BelowThreshold { .. })));
    let refused = ProcessorConfig { clutter_map_weight: Some(2.0), ..ProcessorConfig::default() };
    assert_eq!(Processor::new(still.fmcw(), &refused).unwrap_err().kind(), "domain");
}

#[test]
fn a_row_of_antennas_reports_azimuth_alone() {
    let simulator =
        simulator(Board::Awr1642, vec![PointTarget::polar(6.0, 0.3, 0.0, 2.0, 1.0).with_snr_db(0.0)]);
    let mut radar = Processor::new(simulator.fmcw(), &ProcessorConfig::default()).unwrap();
    assert_eq!(radar.resolves(), (true, false));
    let frame = radar.process(&cube(&simulator, 0)).unwrap();
    assert!(matches!(frame.range_elevation(), Err(Error::TooFew { .. })));
    let point = frame.points().unwrap()[0];
    assert!((point.azimuth_rad.unwrap() - 0.3).abs() < 5e-3);
    assert_eq!((point.elevation_rad, point.z_m), (None, None));
}

#[test]
fn without_a_layout_there_are_no_angles_and_it_says_so() {
    let simulator =
        simulator(Board::Iwr1843, vec![PointTarget::polar(4.0, 0.3, 0.0, 0.5, 1.0).with_snr_db(0.0)]);
    let fmcw = Fmcw::new(FmcwConfig { antennas: None, ..simulator.fmcw().config().clone() }).unwrap();
    let mut radar = Processor::new(&fmcw, &ProcessorConfig::default()).unwrap();
    assert_eq!(radar.resolves(), (false, false));
    let frame = radar.process(&cube(&simulator, 0)).unwrap();
    assert!(matches!(frame.range_azimuth(), Err(Error::Missing { .. })));
    let point = frame.points().unwrap()[0];
    assert_eq!((point.azimuth_rad, point.elevation_rad, point.x_m), (None, None, None));
    assert!(point.velocity_ambiguous);
    assert!((point.velocity_m_s.unwrap() - 0.5).abs() < 2e-3);
}

#[test]
fn maps_smaller_than_the_detector_are_processed() {
    for (chirps, samples) in [(1, 256), (2, 8), (3, 5), (128, 2)] {
        let config = FmcwConfig { chirps, samples, ..FmcwConfig::iwr1843() };
        let fmcw = Fmcw::new(config).unwrap();
        let cube = Array3::from_shape_fn(fmcw.cube_shape(), |(c, m, n)| {
            C32::new(((c * 7 + m * 3 + n * 5) % 11) as f32, ((c + m + n) % 7) as f32)
        });
        for &doa in DirectionFinder::ALL {
            let mut radar =
                Processor::new(&fmcw, &ProcessorConfig { doa, ..ProcessorConfig::default() }).unwrap();
            let points = radar.process(&cube).unwrap().points().unwrap();
            assert!(points.iter().all(|p| p.range_m.is_finite() && p.snr_db.is_finite()));
        }
    }
}

#[test]
fn a_cube_of_zeros_has_no_points_and_a_cube_with_nan_is_refused() {
    let fmcw = Fmcw::new(FmcwConfig::iwr1843()).unwrap();
    let mut radar = Processor::new(&fmcw, &ProcessorConfig::default()).unwrap();
    let mut cube = Array3::<C32>::zeros(fmcw.cube_shape());
    assert_eq!(radar.process(&cube).unwrap().points().unwrap(), []);
    cube[[3, 4, 5]].re = f32::NAN;
    assert!(matches!(radar.process(&cube), Err(Error::NotFinite { .. })));
    let wrong = Array3::<C32>::zeros((12, 256, 128));
    assert!(matches!(radar.process(&wrong), Err(Error::Shape { .. })));
}

#[test]
fn no_more_bins_of_coupling_are_taken_than_there_are() {
    let fmcw = Fmcw::new(FmcwConfig { chirps: 8, samples: 32, ..FmcwConfig::iwr1843() }).unwrap();
    let asked = |coupling_bins| ProcessorConfig { coupling_bins, ..ProcessorConfig::default() };
    assert!(Processor::new(&fmcw, &asked(32)).is_ok());
    let refused = Processor::new(&fmcw, &asked(1000)).unwrap_err();
    assert!(
        matches!(refused, Error::Domain { .. }) && refused.to_string().contains("at most 32"),
        "{refused}"
    );
}

#[test]
fn forms_refuse_what_is_not_a_number_and_what_overflows() {
    let fmcw = Fmcw::new(FmcwConfig { chirps: 8, samples: 16, ..FmcwConfig::iwr1843() }).unwrap();
    let maps = AngleMaps::new(&fmcw, 5, 3, 8).unwrap();
    for (value, finite) in [(f32::NAN, false), (f32::INFINITY, false), (1e19, true), (-3e38, true)] {
        let mut spectrum = Array3::from_elem((12, 16, 8), C32::new(1.0, 0.0));
        spectrum.slice_mut(s![.., 7, 3]).fill(C32::new(value, value));
        for error in [
            channel_power(&spectrum).unwrap_err(),
            maps.range_azimuth(&spectrum).unwrap_err(),
            maps.range_elevation(&spectrum).unwrap_err(),
            maps.tensor(&spectrum).unwrap_err(),
        ] {
            assert_eq!(matches!(error, Error::Invalid { .. }), finite, "{error}");
            assert_eq!(matches!(error, Error::NotFinite { .. }), !finite, "{error}");
        }
    }
    let mut history = History::new(&fmcw, 8).unwrap();
    let mut power = Array2::from_elem((16, 8), 1.0);
    power[[3, 4]] = f32::NAN;
    assert!(matches!(history.push(&power), Err(Error::NotFinite { .. })));
    power.fill(f32::MAX);
    assert!(matches!(history.push(&power), Err(Error::Invalid { .. })));
    assert_eq!(history.frames(), 0);
}

#[test]
fn cells_without_power_are_never_among_the_strongest() {
    let mut power = Array2::from_elem((4, 4), f32::NAN);
    power[[2, 1]] = 3.0;
    power[[0, 0]] = 0.0;
    assert_eq!(strongest_cells(&power, usize::MAX, [0, 0], 0), [[2, 1]]);
}
