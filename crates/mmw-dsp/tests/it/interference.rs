//! Bursts of other radars: found where they are, and the map of the quiet frame restored.

use mmw_core::C32;
use mmw_core::ndarray::Array3;
use mmw_core::random::Streams;
use mmw_dsp::interference::{find_interference, repair_interference};
use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
use mmw_dsp::{Board, Fmcw, FmcwConfig, Processor, ProcessorConfig, Sampling};
use rand::RngExt;

fn scene() -> Simulator {
    let targets = vec![
        PointTarget::polar(2.0, 0.3, 0.0, 0.0, 1.0).with_snr_db(15.0),
        PointTarget::polar(5.0, -0.4, 0.0, 1.1, 1.0).with_snr_db(0.0),
        PointTarget::polar(8.0, 0.1, 0.0, -0.8, 1.0).with_snr_db(-25.0),
    ];
    Simulator::new(Scene { targets, ..Scene::preset(Board::Iwr1843) }).unwrap()
}

/// Sweeps of another radar across the band, in `hit` of the chirps of each transmitter: the beat falls from
/// one end of the band to the other within 48 samples. Returns the cells that it is in.
fn interfere(cube: &mut Array3<C32>, amplitude: f32, hit: f64, seed: u64) -> Vec<[usize; 3]> {
    let (channels, chirps, samples) = cube.dim();
    let mut rng = Streams::new(seed).stream(0);
    let mut cells = Vec::new();
    for first in (0..channels).step_by(4) {
        for chirp in 0..chirps {
            if rng.random::<f64>() > hit {
                continue;
            }
            let start = rng.random_range(0..samples - 48);
            let phase: f32 = rng.random_range(0.0..std::f32::consts::TAU);
            for i in 0..48 {
                let t = i as f32 - 24.0;
                for receiver in 0..4 {
                    let turn = phase + 0.065 * t * t + 0.7 * receiver as f32;
                    cube[[first + receiver, chirp, start + i]] += C32::from_polar(amplitude, turn);
                    cells.push([first + receiver, chirp, start + i]);
                }
            }
        }
    }
    cells
}

#[test]
fn bursts_are_found_and_the_quiet_map_comes_back() {
    let simulator = scene();
    let quiet = simulator.frame(0, &mut Streams::new(3).stream(0)).unwrap();
    assert!(find_interference(&quiet, 4).unwrap().is_empty());
    let median_db = |cube: &Array3<C32>| {
        let mut radar = Processor::new(simulator.fmcw(), &ProcessorConfig::default()).unwrap();
        let frame = radar.process(cube).unwrap();
        let mut power: Vec<f32> = frame.power().iter().copied().collect();
        power.sort_by(f32::total_cmp);
        (10.0 * f64::from(power[power.len() / 2]).log10(), frame.points().unwrap())
    };
    let rms = (quiet.iter().map(|z| f64::from(z.norm_sqr())).sum::<f64>() / quiet.len() as f64).sqrt();
    let (floor, points) = median_db(&quiet);
    assert_eq!(points.len(), 3, "{points:?}");
    for (share, hit) in [(10.0, 0.03), (30.0, 0.1), (100.0, 0.05)] {
        let mut cube = quiet.clone();
        let cells = interfere(&mut cube, (share * rms) as f32, hit, 7);
        let (raised, _) = median_db(&cube);
        let (found, filled) = repair_interference(&mut cube, 4).unwrap();
        assert_eq!(filled, found.len());
        let marked = |[channel, chirp, sample]: &[usize; 3]| {
            found.iter().any(|f| (f.channel, f.chirp) == (*channel, *chirp) && f.samples.contains(sample))
        };
        let missed = cells.iter().filter(|cell| !marked(cell)).count();
        let extra = found.iter().map(|f| f.samples.len()).sum::<usize>() + missed - cells.len();
        let (repaired, after) = median_db(&cube);
        println!(
            "{share} times the rms in {hit} of the chirps: {missed} of {} missed, {extra} more; noise {:.2} dB, \
             repaired {:.2} dB over that of the quiet frame",
            cells.len(),
            raised - floor,
            repaired - floor
        );
        assert_eq!(missed, 0);
        // Two samples at each end of a burst of 48.
        assert!(12 * extra <= cells.len() + 12, "{extra}");
        assert!(raised - floor > 3.0 && (repaired - floor).abs() < 0.2);
        assert_eq!(after.len(), points.len(), "{after:?}");
        for (a, b) in points.iter().zip(&after) {
            assert!((a.range_m - b.range_m).abs() < 0.01 && (a.snr_db - b.snr_db).abs() < 0.5, "{a:?} {b:?}");
        }
    }
}

#[test]
fn what_is_no_cube_of_receivers_is_refused() {
    let cube = Array3::<C32>::zeros((12, 64, 16));
    assert!(find_interference(&cube, 4).unwrap().is_empty());
    assert_eq!(find_interference(&cube, 5).unwrap_err().kind(), "invalid");
    assert_eq!(find_interference(&cube, 0).unwrap_err().kind(), "too_few");
    assert_eq!(find_interference(&Array3::<C32>::zeros((4, 7, 16)), 4).unwrap_err().kind(), "too_few");
    assert!(find_interference(&Array3::<C32>::zeros((4, 8, 0)), 4).unwrap().is_empty());
    let wrong = Array3::from_elem((4, 8, 4), C32::new(f32::NAN, 0.0));
    assert_eq!(find_interference(&wrong, 4).unwrap_err().kind(), "not_finite");
}

#[test]
fn the_chain_repairs_what_it_is_asked_to_and_counts_the_samples() {
    let simulator = scene();
    let quiet = simulator.frame(0, &mut Streams::new(3).stream(0)).unwrap();
    let mut cube = quiet.clone();
    let rms = (quiet.iter().map(|z| f64::from(z.norm_sqr())).sum::<f64>() / quiet.len() as f64).sqrt();
    let cells = interfere(&mut cube, (30.0 * rms) as f32, 0.1, 9);
    let plain = ProcessorConfig::default();
    let asked = ProcessorConfig { repair_interference: true, ..plain.clone() };
    let points = |config: &ProcessorConfig, cube: &Array3<C32>| {
        let mut radar = Processor::new(simulator.fmcw(), config).unwrap();
        let frame = radar.process(cube).unwrap();
        (frame.points().unwrap(), [frame.interfered_samples(), frame.repaired_samples()])
    };
    let (calm, none) = points(&plain, &quiet);
    assert_eq!((points(&asked, &quiet).0, none), (calm.clone(), [0, 0]), "a quiet frame stays as it is");
    let (ghosts, none) = points(&plain, &cube);
    let (found, [interfered, repaired]) = points(&asked, &cube);
    println!(
        "{} of {} points, repaired {}; {interfered} samples, {repaired}",
        ghosts.len(),
        calm.len(),
        found.len()
    );
    // What is not repaired makes points of its own.
    assert!(ghosts.len() > 2 * calm.len() && found.len() == calm.len() && none == [0, 0]);
    // The ends of a burst go with it: 4 samples of 48, more where two meet.
    assert!(
        repaired == interfered && interfered >= cells.len() * 19 / 20 && interfered < cells.len() * 5 / 4
    );
}

#[test]
fn real_samples_and_few_chirps_are_not_repaired() {
    let asked = ProcessorConfig { repair_interference: true, ..ProcessorConfig::default() };
    let refused =
        |config: FmcwConfig| Processor::new(&Fmcw::new(config).unwrap(), &asked).unwrap_err().to_string();
    let real = refused(FmcwConfig { sampling: Sampling::Real, ..FmcwConfig::iwr1843() });
    assert!(real.contains("repair_interference"), "{real}");
    let few = refused(FmcwConfig { chirps: 7, ..FmcwConfig::iwr1843() });
    assert!(few.contains("repair_interference") && few.contains('8'), "{few}");
}
