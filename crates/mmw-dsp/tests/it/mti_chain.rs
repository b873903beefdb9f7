//! Clutter filters in the whole chain: slow movers keep their velocity, and nothing is seen that
//! is not there.

use mmw_dsp::capture::{Capture, CaptureOptions, LvdsLanes};
use mmw_dsp::mmw_core::random::Streams;
use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
use mmw_dsp::{Board, Fmcw, FmcwConfig, MtiKind, Point, Processor, ProcessorConfig};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

fn waveform() -> FmcwConfig {
    FmcwConfig { chirps: 64, samples: 128, frame_period_s: 40e-3, ..FmcwConfig::awr1642() }
}

#[test]
fn slow_movers_have_their_velocity_with_every_filter_or_no_point() {
    let mut rng = SmallRng::seed_from_u64(3);
    for &mti in MtiKind::ALL {
        let (mut seen, mut asked) = (0, 0);
        for step in 1..=30 {
            let cells = 0.1 * f64::from(step);
            let template = Scene { fmcw: waveform(), ..Scene::preset(Board::Awr1642) };
            let fmcw = Simulator::new(template.clone()).unwrap().fmcw().clone();
            let velocity = cells * fmcw.velocity_resolution_m_s();
            let mover =
                PointTarget::polar(rng.random_range(4.0..9.0), 0.2, 0.0, velocity, 1.0).with_snr_db(0.0);
            let simulator = Simulator::new(Scene { targets: vec![mover], frames: 2, ..template }).unwrap();
            let mut radar =
                Processor::new(&fmcw, &ProcessorConfig { mti, ..ProcessorConfig::default() }).unwrap();
            for frame in 0..2 {
                let cube = simulator.frame(frame, &mut Streams::new(9).stream(frame as u64)).unwrap();
                let points = radar.process(&cube).unwrap().points().unwrap();
                let truth = simulator.truth(frame).unwrap()[0];
                asked += 1;
                seen += points.len();
                for point in points {
                    let error =
                        (point.velocity_m_s.unwrap() - truth.velocity_m_s) / fmcw.velocity_resolution_m_s();
                    assert!(error.abs() < 0.1, "{mti:?} {cells}: {error} {point:?}");
                }
            }
        }
        println!("{mti:?}: {seen} points of {asked}");
        assert!(seen > asked / 3, "{mti:?}: {seen} of {asked}");
    }
}

#[test]
fn random_scenes_have_no_ghosts_with_any_filter() {
    const SCENES: usize = 1000;
    let mut rng = SmallRng::seed_from_u64(1000);
    let mut ghosts = [0; 4];
    let mut points_of = [0; 4];
    for scene in 0..SCENES {
        let template = Scene { fmcw: waveform(), frames: 2, ..Scene::preset(Board::Awr1642) };
        let targets: Vec<PointTarget> = (0..rng.random_range(1..=6))
            .map(|_| {
                let still = rng.random_range(0.0..1.0) < 0.25;
                let velocity = if still { 0.0 } else { rng.random_range(-6.0..6.0) };
                PointTarget::polar(
                    rng.random_range(2.0..20.0),
                    rng.random_range(-0.8..0.8),
                    0.0,
                    velocity,
                    1.0,
                )
                .with_snr_db(rng.random_range(-20.0..10.0))
            })
            .collect();
        let simulator = Simulator::new(Scene { targets, ..template }).unwrap();
        let fmcw = simulator.fmcw();
        let cubes: Vec<_> = (0..2)
            .map(|f| simulator.frame(f, &mut Streams::new(scene as u64).stream(f as u64)).unwrap())
            .collect();
        for (kind, &mti) in MtiKind::ALL.iter().enumerate() {
            let config = ProcessorConfig { mti, ..ProcessorConfig::default() };
            let mut radar = Processor::new(fmcw, &config).unwrap();
            radar.process(&cubes[0]).unwrap();
            let points = radar.process(&cubes[1]).unwrap().points().unwrap();
            let truth = simulator.truth(1).unwrap();
            for point in &points {
                let near = truth.iter().any(|t| {
                    let v = point.velocity_m_s.unwrap() - t.velocity_m_s;
                    let fold = 2.0 * fmcw.max_velocity_m_s();
                    let v = v - fold * (v / fold).round();
                    (point.range_m - t.range_m).abs() < 2.0 * fmcw.range_resolution_m()
                        && v.abs() < 2.0 * fmcw.velocity_resolution_m_s()
                });
                if !near {
                    ghosts[kind] += 1;
                    if ghosts[kind] < 6 {
                        println!("{mti:?} scene {scene}: {point:?}");
                        for t in &truth {
                            println!("    {:.3} m {:.3} m/s", t.range_m, t.velocity_m_s);
                        }
                    }
                }
            }
            points_of[kind] += points.len();
        }
    }
    println!("ghosts {ghosts:?} of {points_of:?}");
    assert_eq!(ghosts, [0; 4]);
}

fn case(name: &str, mti: MtiKind) -> Option<Vec<Point>> {
    let folder =
        std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/radar/cases");
    let (bin, cfg) = (folder.join(format!("{name}.bin")), folder.join(format!("{name}.cfg")));
    if !bin.exists() {
        println!("skipped: {} is not here", bin.display());
        return None;
    }
    let options = CaptureOptions { lanes: Some(LvdsLanes::Two), ..Default::default() };
    let mut capture = Capture::open_with(&bin, &cfg, &options).unwrap();
    let fmcw = Fmcw::new(capture.config().fmcw.clone()).unwrap();
    let mut radar = Processor::new(&fmcw, &ProcessorConfig { mti, ..ProcessorConfig::default() }).unwrap();
    let points = radar.process(&capture.read_frame(0).unwrap()).unwrap().points().unwrap();
    Some(points)
}

#[test]
fn two_targets_of_a_capture_are_within_two_hundredths_of_a_cell() {
    let Some(points) = case("c18_two_targets", MtiKind::None) else { return };
    assert_eq!(points.len(), 2, "{points:?}");
    for truth_m in [2.2, 3.0588] {
        assert!(points.iter().any(|p| (p.range_m - truth_m).abs() < 0.02 * 0.195), "{truth_m}: {points:?}");
    }
}

#[test]
fn a_slow_mover_of_a_capture_keeps_its_velocity_or_has_no_point() {
    for &mti in MtiKind::ALL {
        let Some(points) = case("c19_slow_mover", mti) else { return };
        // The first frame has no difference.
        assert_eq!(points.len(), usize::from(mti != MtiKind::FrameDifference), "{mti:?} {points:?}");
        for p in points {
            assert!(
                (p.velocity_m_s.unwrap() - 0.3015).abs() < 0.005 && (p.range_m - 4.0).abs() < 0.005,
                "{mti:?} {p:?}"
            );
        }
    }
}
