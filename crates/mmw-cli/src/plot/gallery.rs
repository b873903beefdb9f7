//! Every kind of picture, also of data that has no extent, drawn by the tests. Set `MMW_GALLERY` to a
//! folder to keep and look at them.

use super::{ColourRange, CurvePlot, MapPlot, Scale, ScatterPlot};
use crate::testing::TempFolder;
use mmw_core::ndarray::{Array1, Array2};
use mmw_core::{Axis, DataArray1, DataArray2};
use mmw_dsp::Point;
use std::path::PathBuf;

/// A folder for pictures, kept when asked for.
struct Gallery {
    folder: PathBuf,
    _temporary: TempFolder,
}

impl Gallery {
    fn new() -> Self {
        let temporary = TempFolder::new("gallery");
        let folder = std::env::var_os("MMW_GALLERY").map_or(temporary.path().to_owned(), PathBuf::from);
        Self { folder, _temporary: temporary }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Two targets over noise, in dB: rows are velocity, columns range.
fn range_doppler(rows: usize, columns: usize) -> DataArray2<f32> {
    let mut state = 1_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        -10.0 * (-((state >> 11) as f64 + 1.0).log2() + 53.0).max(1e-3).log10()
    };
    let lobe = |r: f64, c: f64, level: f64, i: usize, j: usize| {
        let (dr, dc) = ((i as f64 - r) / 1.2, (j as f64 - c) / 1.5);
        level - 4.3 * (dr * dr + dc * dc)
    };
    let data = Array2::from_shape_fn((rows, columns), |(i, j)| {
        let targets = lobe(80.0, 60.0, 55.0, i, j).max(lobe(40.0, 150.0, 38.0, i, j));
        targets.max(-noise()) as f32
    });
    let step = 3.94 / rows as f64;
    let axes = vec![
        Axis::uniform("velocity", "m/s", -1.97, step, rows).unwrap(),
        Axis::uniform("range", "m", 0.0, 0.041_82, columns).unwrap(),
    ];
    DataArray2::new("power", "dB", data, axes).unwrap()
}

fn decode(path: &std::path::Path) -> (u32, u32, Vec<u8>) {
    let bytes = std::fs::read(path).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, info.height, pixels)
}

#[test]
fn a_map_is_drawn_either_way_round() {
    let gallery = Gallery::new();
    let map = range_doppler(128, 256);
    let path = gallery.path("map.png");
    let plot = MapPlot::new(&map).title("Range and velocity of two targets, frame 12");
    plot.save(&path).unwrap();
    let (width, height, pixels) = decode(&path);
    assert_eq!((width, height), (960, 720));
    let bright = pixels.as_chunks::<3>().0.iter().filter(|p| **p == [0xfd, 0xe7, 0x25]).count();
    assert!(bright > 0, "the peak has the last colour");
    MapPlot::new(&map).x_dimension(0).range(ColourRange::Full).save(&gallery.path("map-turned.png")).unwrap();
}

#[test]
fn a_map_of_two_hundred_and_fifty_six_by_one_hundred_and_twenty_eight_is_drawn_fast() {
    let map = range_doppler(128, 256);
    let gallery = Gallery::new();
    let path = gallery.path("fast.png");
    let time = || {
        let start = std::time::Instant::now();
        MapPlot::new(&map).save(&path).unwrap();
        start.elapsed().as_secs_f64()
    };
    let least = (0..8).map(|_| time()).fold(f64::INFINITY, f64::min);
    println!("map of 256x128: {:.1} ms", least * 1e3);
    // A busy machine may be ten times slower than an idle one, on which it takes less than 0.1 s.
    assert!(least < 1.0, "{least} s");
}

#[test]
fn a_large_map_loses_no_target() {
    let gallery = Gallery::new();
    let mut data = Array2::from_elem((3000, 4000), -40.0_f64);
    data[[1234, 3210]] = 20.0;
    let axes = vec![Axis::index("chirp", 3000), Axis::index("sample", 4000)];
    let map = DataArray2::new("power", "dB", data, axes).unwrap();
    let path = gallery.path("map-large.png");
    MapPlot::new(&map).save(&path).unwrap();
    let (width, _, pixels) = decode(&path);
    // Left of the colour bar, some pixel has left the floor of viridis.
    let rows = pixels.chunks(3 * width as usize);
    let lit =
        rows.flat_map(|row| row[3 * 120..3 * 800].as_chunks::<3>().0).filter(|p| p[1] > 0x70 && p[1] < 0xf0);
    assert!(lit.count() > 0);
}

#[test]
fn maps_without_extent_are_drawn() {
    let gallery = Gallery::new();
    let axis = |name: &'static str, n| Axis::uniform(name, "m", 1.0, -0.5, n).unwrap();
    for (rows, columns) in [(1, 1), (1, 40), (40, 1), (2, 2)] {
        for (value, name) in [(0.0, "zero"), (-300.0, "floor"), (1e12, "huge")] {
            let data = Array2::from_elem((rows, columns), value);
            let map = DataArray2::new(name, "dB", data, vec![axis("y", rows), axis("x", columns)]).unwrap();
            MapPlot::new(&map).save(&gallery.path(&format!("map-{rows}x{columns}-{name}.png"))).unwrap();
        }
    }
    let ramp = Array2::from_shape_fn((5, 8), |(i, j)| 1e-9 * (i * j) as f64);
    let y = Axis::explicit("angle", "deg", vec![50.0, 20.0, 5.0, -5.0, -60.0]).unwrap();
    let x =
        Axis::explicit("frequency", "Hz", (0..8).map(|i| 60e9 + f64::from(i * i) * 1e8).collect()).unwrap();
    let map = DataArray2::new("delay", "s", ramp, vec![y, x]).unwrap();
    MapPlot::new(&map).save(&gallery.path("map-explicit.png")).unwrap();
}

#[test]
fn maps_that_cannot_be_drawn_are_refused() {
    let gallery = Gallery::new();
    let path = gallery.path("refused.png");
    let axes = || vec![Axis::index("y", 2), Axis::index("x", 2)];
    let mut map = DataArray2::new("p", "dB", Array2::<f64>::zeros((2, 2)), axes()).unwrap();
    assert_eq!(MapPlot::new(&map).x_dimension(2).save(&path).unwrap_err().kind(), "domain");
    assert_eq!(MapPlot::new(&map).save(&gallery.path("refused.svg")).unwrap_err().kind(), "usage");
    for depth in [-1.0, 0.0, f64::NAN] {
        assert!(MapPlot::new(&map).range(ColourRange::BelowPeak(depth)).save(&path).is_err());
    }
    map.data_mut()[[1, 0]] = f64::NEG_INFINITY;
    assert_eq!(MapPlot::new(&map).save(&path).unwrap_err().kind(), "not_finite");
    let empty = DataArray2::new(
        "p",
        "",
        Array2::<f64>::zeros((0, 2)),
        vec![Axis::index("y", 0), Axis::index("x", 2)],
    );
    assert_eq!(MapPlot::new(&empty.unwrap()).save(&path).unwrap_err().kind(), "too_few");
    assert!(!path.exists());
}

fn angle_errors() -> CurvePlot {
    let snr = || (-10..=30).map(f64::from);
    CurvePlot::new("Error of the direction of arrival, 8 elements, 64 snapshots", "SNR (dB)", "RMSE (deg)")
        .line("MUSIC", snr().map(|s| (s, 2.0 * 10_f64.powf(-s / 20.0) + 3.0 * (-s / 3.0 - 2.0).exp())))
        .line("Capon", snr().map(|s| (s, 3.1 * 10_f64.powf(-s / 22.0) + 0.05)))
        .line("conventional beamformer", snr().map(|s| (s, 2.5 * 10_f64.powf(-s / 20.0) + 0.6)))
        .dots("printed in the source", [(0.0, 2.6), (10.0, 0.7), (20.0, 0.25)])
        .dashed("Cramér–Rao bound", snr().map(|s| (s, 1.7 * 10_f64.powf(-s / 20.0))))
        .horizontal("half a beamwidth", 6.4)
        .vertical("threshold", -4.0)
        .y_scale(Scale::Log)
}

#[test]
fn curves_are_drawn_as_svg_and_png() {
    let gallery = Gallery::new();
    angle_errors().save(&gallery.path("curves.svg")).unwrap();
    angle_errors().save(&gallery.path("curves.png")).unwrap();
    let axis = Axis::uniform("range", "m", 0.0, 0.0418, 256).unwrap();
    let data = Array1::from_shape_fn(256, |i| -20.0 * ((i as f64 - 99.3).abs() / 2.0 + 1.0).log10());
    let spectrum = DataArray1::new("power", "dB", data, vec![axis]).unwrap();
    CurvePlot::of(&spectrum).y_limits(-30.0, 5.0).save(&gallery.path("curve-one.svg")).unwrap();
}

#[test]
fn curves_without_extent_and_long_ones_are_drawn() {
    let gallery = Gallery::new();
    let plot = || CurvePlot::new("", "frequency (Hz)", "loss");
    plot().line("one point", [(6e10, 1e-7)]).save(&gallery.path("curve-point.svg")).unwrap();
    plot().line("constant", [(1.0, 5.0), (1.0, 5.0)]).save(&gallery.path("curve-constant.png")).unwrap();
    let gap = [(1.0, 1.0), (10.0, 0.0), (100.0, 1e-9), (1000.0, 1e-3), (1e9, -4.0)];
    plot()
        .line("gaps", gap)
        .x_scale(Scale::Log)
        .y_scale(Scale::Log)
        .save(&gallery.path("curve-log.svg"))
        .unwrap();
    let long = (0..1_000_000).map(|i| (f64::from(i) * 1e3, (f64::from(i) * 1e-4).sin()));
    let path = gallery.path("curve-long.svg");
    plot().line("a million points", long).save(&path).unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() < 200_000);
}

#[test]
fn curves_that_cannot_be_drawn_are_refused() {
    let path = Gallery::new().path("refused.svg");
    let plot = || CurvePlot::new("t", "x", "y");
    assert_eq!(plot().save(&path).unwrap_err().kind(), "too_few");
    assert_eq!(plot().line("a", [(0.0, f64::NAN)]).save(&path).unwrap_err().kind(), "not_finite");
    assert_eq!(
        plot().line("a", [(0.0, -1.0)]).y_scale(Scale::Log).save(&path).unwrap_err().kind(),
        "too_few"
    );
    assert!(plot().line("a", [(-1e308, 0.0), (1e308, 1.0)]).save(&path).is_err());
    assert!(plot().line("a", [(0.0, 0.0)]).x_limits(0.0, f64::NAN).save(&path).is_err());
}

#[test]
fn point_clouds_are_drawn() {
    let gallery = Gallery::new();
    let points: Vec<Point> = (0..140)
        .map(|i| {
            let t = f64::from(i) * 0.137;
            let wall = i % 3 == 0;
            Point {
                x_m: Some(if wall { 3.0 } else { -1.0 + 0.4 * t.sin() }),
                y_m: Some(if wall { 1.0 + t * 0.4 } else { 5.0 + 0.4 * (1.7 * t).cos() }),
                z_m: Some(if wall { 0.3 * (t * 3.0).sin() } else { 0.9 * (0.9 * t).sin() }),
                velocity_m_s: Some(if wall { 0.0 } else { 1.4 * (2.1 * t).sin() }),
                snr_db: 20.0,
                ..Point::default()
            }
        })
        .collect();
    ScatterPlot::new("Point cloud of one frame", &points).save(&gallery.path("cloud.png")).unwrap();
    ScatterPlot::new("No points", &[]).max_velocity_m_s(3.0).save(&gallery.path("cloud-empty.png")).unwrap();
    ScatterPlot::new("One point", &points[..1]).save(&gallery.path("cloud-one.png")).unwrap();
    let bad = [Point { x_m: Some(f64::NAN), ..Point::default() }];
    assert_eq!(ScatterPlot::new("", &bad).save(&gallery.path("bad.png")).unwrap_err().kind(), "not_finite");
    let far =
        [Point { x_m: Some(1e308), ..Point::default() }, Point { x_m: Some(-1e308), ..Point::default() }];
    assert!(ScatterPlot::new("", &far).save(&gallery.path("bad.png")).is_err());
}
