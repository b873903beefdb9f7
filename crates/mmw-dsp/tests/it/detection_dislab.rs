//! A recording of a room, as others made it, where it is at hand.

use crate::detection::near;
use mmw_dsp::Board;
use mmw_dsp::capture::{Capture, CaptureOptions};
use mmw_dsp::mmw_core::C32;
use mmw_dsp::ndarray::Array3;
use mmw_dsp::{DirectionFinder, Fmcw, Point, Processor, ProcessorConfig};
use std::path::PathBuf;

fn room() -> Option<(Fmcw, Array3<C32>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/radar/dislab");
    let (bin, json) = (folder.join("adc_data.bin"), folder.join("mmwaveDevice.mmwave.json"));
    if !bin.exists() {
        println!("skipped: {} is not here", bin.display());
        return None;
    }
    let options = CaptureOptions { board: Some(Board::Iwr6843Isk), ..Default::default() };
    let mut capture = Capture::open_with(&bin, &json, &options).unwrap();
    let fmcw = capture.config().check().unwrap();
    Some((fmcw, capture.read_frame(0).unwrap()))
}

fn found(doa: DirectionFinder) -> Option<Vec<Point>> {
    let (fmcw, cube) = room()?;
    let mut radar = Processor::new(&fmcw, &ProcessorConfig { doa, ..ProcessorConfig::default() }).unwrap();
    Some(radar.process(&cube).unwrap().points().unwrap())
}

#[test]
fn nothing_of_it_moves_stands_at_the_rim_or_at_the_last_bin() {
    let Some(points) = found(DirectionFinder::Fft) else { return };
    // Leakage at the last bin, 20.042 m, is no target.
    assert!(points.iter().all(|p| p.range_m < 19.9), "{points:?}");
    let strong: Vec<&Point> = points.iter().filter(|p| p.snr_db > 10.0).collect();
    assert!(strong.len() > 40);
    for point in strong {
        // Five velocity cells; three of the published cells' neighbours flicker within one.
        assert!(point.velocity_m_s.unwrap().abs() < 0.1, "{point:?}");
        assert!(!point.velocity_ambiguous, "{point:?}");
        assert!(point.azimuth_rad.is_none_or(|a| a.abs() < 89_f64.to_radians()), "{point:?}");
    }
}

/// Azimuth and elevation of the strongest target by each method, degrees.
#[test]
fn all_methods_see_the_strongest_target_within_two_degrees() {
    let Some(fft) = found(DirectionFinder::Fft) else { return };
    let strongest = fft[0];
    let mut seen = Vec::new();
    println!("target of {:.3} m, {:.1} dB", strongest.range_m, strongest.snr_db);
    for &doa in DirectionFinder::ALL {
        let points = found(doa).unwrap();
        let there = |p: &&Point| (p.range_m - strongest.range_m).abs() < 1e-9;
        let angles: Vec<[f64; 2]> = points
            .iter()
            .filter(there)
            .filter_map(|p| Some([p.azimuth_rad?.to_degrees(), p.elevation_rad?.to_degrees()]))
            .collect();
        println!("{doa:18} {angles:8.3?} of {} points", points.len());
        assert_eq!(angles.len(), 1, "{doa}");
        seen.push(angles[0]);
    }
    for axis in [0, 1] {
        let (least, most) =
            seen.iter().fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(x[axis]), b.max(x[axis])));
        assert!(most - least < 2.0, "{least} to {most}");
    }
}

#[test]
fn both_estimators_see_the_strongest_five_alike() {
    let (Some(fft), Some(music)) = (found(DirectionFinder::Fft), found(DirectionFinder::Music)) else {
        return;
    };
    for (a, b) in fft.iter().zip(&music).take(5) {
        near(b.range_m, a.range_m, 1e-9);
        near(b.azimuth_rad.map(f64::to_degrees), a.azimuth_rad.unwrap().to_degrees(), 2.0);
        near(b.elevation_rad.map(f64::to_degrees), a.elevation_rad.unwrap().to_degrees(), 2.0);
    }
    // One target at 1.05 m, not two.
    assert_eq!(music.iter().filter(|p| (p.range_m - 1.05).abs() < 0.03).count(), 1);
}
