//! Every kind of picture, also of data that has no extent, drawn by the tests. Set `MMW_GALLERY` to a
//! folder to keep and look at them.

use crate::{
    ColourRange, CurvePlot, Format, MapPlot, Picture, PlanPlot, PowerPlot, Scale, ScatterPlot, SmithPlot,
    WaterfallPlot, median,
};
use mmw_core::ndarray::{Array1, Array2};
use mmw_core::{Axis, DataArray1, DataArray2, Result};

/// The picture in the format of its name, kept when asked for.
fn draw(name: &str, picture: &impl Picture) -> Result<Vec<u8>> {
    let bytes = picture.render(Format::of(name.as_ref())?)?;
    if let Some(folder) = std::env::var_os("MMW_GALLERY") {
        std::fs::write(std::path::Path::new(&folder).join(name), &bytes).unwrap();
    }
    Ok(bytes)
}

fn svg(name: &str, picture: &impl Picture) -> String {
    String::from_utf8(draw(name, picture).unwrap()).unwrap()
}

/// A decoded bitmap.
struct Pixels {
    width: usize,
    height: usize,
    rgb: Vec<[u8; 3]>,
}

impl Pixels {
    fn of(name: &str, picture: &impl Picture) -> Self {
        let bytes = draw(name, picture).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        let rgb = bytes.as_chunks::<3>().0.to_vec();
        Self { width: info.width as usize, height: info.height as usize, rgb }
    }

    /// Where a colour is, of the columns left of a colour bar.
    fn places(&self, colour: [u8; 3]) -> Vec<(usize, usize)> {
        let place = |i: usize| (i % self.width, i / self.width);
        let all = (0..self.rgb.len()).filter(|&i| self.rgb[i] == colour).map(place);
        all.filter(|&(x, _)| x < self.width - 160).collect()
    }
}

/// First and last colour of viridis.
const DARK: [u8; 3] = [0x44, 0x01, 0x54];
const BRIGHT: [u8; 3] = [0xfd, 0xe7, 0x25];

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

#[test]
fn a_map_is_drawn_either_way_round() {
    let map = range_doppler(128, 256);
    let plot = MapPlot::new(&map).title("Range and velocity of two targets, frame 12");
    let pixels = Pixels::of("map.png", &plot);
    assert_eq!((pixels.width, pixels.height), (960, 720));
    let upright = pixels.places(BRIGHT);
    let turned = MapPlot::new(&map).x_dimension(0).range(ColourRange::Full);
    let turned = Pixels::of("map-turned.png", &turned).places(BRIGHT);
    // The peak at velocity row 80 of 128 and range bin 60 of 256: high and to the left, turned low and to the
    // right.
    assert!(!upright.is_empty() && upright.iter().all(|&(x, y)| x < 400 && y < 360), "{upright:?}");
    assert!(!turned.is_empty() && turned.iter().all(|&(x, y)| x > 400 && y > 360), "{turned:?}");
}

#[test]
fn a_map_in_an_svg_is_the_bitmap_of_the_png_under_strokes_and_text() {
    let map = range_doppler(32, 64);
    let text = svg("map.svg", &MapPlot::new(&map));
    assert_eq!(text.matches("<image ").count(), 2, "map and colour bar");
    assert!(!text.contains("#FEED"), "no place is left empty");
    assert!(text.contains("velocity (m/s)") && text.contains("power (dB)"));
    assert!(text.find("<image ").unwrap() < text.find("<polyline").unwrap());
}

#[test]
fn a_map_of_two_hundred_and_fifty_six_by_one_hundred_and_twenty_eight_is_drawn_fast() {
    let map = range_doppler(128, 256);
    let time = || {
        let start = std::time::Instant::now();
        draw("fast.png", &MapPlot::new(&map)).unwrap();
        start.elapsed().as_secs_f64()
    };
    let least = (0..8).map(|_| time()).fold(f64::INFINITY, f64::min);
    println!("map of 256x128: {:.1} ms", least * 1e3);
    // A busy machine may be ten times slower than an idle one, on which it takes less than 0.1 s.
    assert!(least < 1.0, "{least} s");
}

#[test]
fn a_large_map_loses_no_target() {
    let mut data = Array2::from_elem((3000, 4000), -40.0_f64);
    data[[1234, 3210]] = 20.0;
    let axes = vec![Axis::index("chirp", 3000), Axis::index("sample", 4000)];
    let map = DataArray2::new("power", "dB", data, axes).unwrap();
    let lit = Pixels::of("map-large.png", &MapPlot::new(&map)).places(BRIGHT);
    assert_eq!(lit.len(), 1, "{lit:?}");
}

#[test]
fn a_map_without_contrast_has_the_middle_colour_all_over() {
    let axis = |name: &'static str, n| Axis::uniform(name, "m", 1.0, -0.5, n).unwrap();
    for (rows, columns) in [(1, 1), (1, 40), (40, 1), (2, 2)] {
        for (value, name) in [(0.0, "zero"), (-300.0, "floor"), (1e12, "huge")] {
            let data = Array2::from_elem((rows, columns), value);
            let map = DataArray2::new(name, "dB", data, vec![axis("y", rows), axis("x", columns)]).unwrap();
            let pixels = Pixels::of(&format!("map-{rows}x{columns}-{name}.png"), &MapPlot::new(&map));
            let middle = pixels.rgb[360 * 960 + 400];
            // Half way along viridis, which its table has at [0x21, 0x90, 0x8c].
            assert!(middle.iter().zip([0x21, 0x90, 0x8c]).all(|(a, b): (&u8, u8)| a.abs_diff(b) < 2));
            let area = pixels.places(middle).len();
            assert!(area > 600 * 500, "{rows}x{columns} {name}: {area} pixels");
        }
    }
}

#[test]
fn coordinates_rise_to_the_right_and_upwards_however_the_axis_runs() {
    let ramp = Array2::from_shape_fn((5, 8), |(i, j)| 1e-9 * (i * j) as f64);
    let y = Axis::explicit("angle", "deg", vec![50.0, 20.0, 5.0, -5.0, -60.0]).unwrap();
    let x =
        Axis::explicit("frequency", "Hz", (0..8).map(|i| 60e9 + f64::from(i * i) * 1e8).collect()).unwrap();
    let map = DataArray2::new("delay", "s", ramp, vec![y, x]).unwrap();
    let pixels = Pixels::of("map-explicit.png", &MapPlot::new(&map));
    // The greatest value belongs to -60 degrees and the highest frequency: the lower right corner, half of
    // the gap of 55 degrees to the next row high.
    let bright = pixels.places(BRIGHT);
    let (left, top) = bright.iter().fold((960, 720), |a, p| (a.0.min(p.0), a.1.min(p.1)));
    assert!(left > 600 && top > 300, "from {left}, {top}");
    // Zeros are the first row, which is the uppermost, and the first column.
    let dark = pixels.places(DARK);
    assert!(dark.iter().any(|&(x, y)| x > 600 && y < 200) && dark.iter().all(|&(x, y)| x < 200 || y < 200));
}

#[test]
fn powers_are_shown_over_their_median_with_time_to_the_right() {
    let axes = || {
        let time = Axis::uniform("time", "s", 0.0, 0.1, 30).unwrap();
        vec![time, Axis::uniform("elevation", "rad", -1.0, 0.05, 40).unwrap()]
    };
    let map = |corner: f64| {
        let power = Array2::from_shape_fn((30, 40), |cell| if cell == (26, 0) { corner } else { 3.0 });
        DataArray2::new("power", "", power, axes()).unwrap()
    };
    let pixels = Pixels::of("powers.png", &PowerPlot::new("Powers", &map(3e3)).unwrap());
    let bright = pixels.places(BRIGHT);
    // A late time and the least angle: towards the lower right corner.
    assert!(!bright.is_empty() && bright.iter().all(|&(x, y)| x > 650 && y > 550), "{bright:?}");
    let text = svg("powers.svg", &PowerPlot::new("Powers", &map(3e3)).unwrap());
    assert!(text.contains("elevation (°)") && text.contains("power over median (dB)"));
    assert_eq!((median(&map(3e3)), median(&map(3e3).map("", "", |_| 0.0_f64))), (3.0, f64::MIN_POSITIVE));
    assert_eq!(PowerPlot::new("", &map(f64::NAN)).unwrap_err().kind(), "not_finite");
}

#[test]
fn maps_that_cannot_be_drawn_are_refused() {
    let axes = || vec![Axis::index("y", 2), Axis::index("x", 2)];
    let mut map = DataArray2::new("p", "dB", Array2::<f64>::zeros((2, 2)), axes()).unwrap();
    let kind = |plot: MapPlot<'_, f64>| plot.render(Format::Png).unwrap_err().kind();
    assert_eq!(kind(MapPlot::new(&map).x_dimension(2)), "domain");
    for depth in [-1.0, 0.0, f64::NAN] {
        assert_eq!(kind(MapPlot::new(&map).range(ColourRange::BelowPeak(depth))), "domain");
    }
    map.data_mut()[[1, 0]] = f64::NEG_INFINITY;
    assert_eq!(kind(MapPlot::new(&map)), "not_finite");
    let axes = vec![Axis::index("y", 0), Axis::index("x", 2)];
    let empty = DataArray2::new("p", "", Array2::<f64>::zeros((0, 2)), axes).unwrap();
    assert_eq!(kind(MapPlot::new(&empty)), "too_few");
}

#[test]
fn a_refused_picture_leaves_no_file() {
    let path = std::env::temp_dir().join(format!("mmw-plot-refused-{}.svg", std::process::id()));
    assert_eq!(CurvePlot::new("t", "x", "y").save(&path).unwrap_err().kind(), "too_few");
    assert!(!path.exists());
    let plot = CurvePlot::new("t", "x", "y").line("", [(0.0, 1.0)]);
    plot.save(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), plot.render(Format::Svg).unwrap());
    std::fs::remove_file(&path).unwrap();
    assert_eq!(plot.save("no/such/folder/x.png").unwrap_err().kind(), "io");
    assert_eq!(plot.save("x.jpg").unwrap_err().kind(), "invalid");
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
fn each_curve_has_its_strokes_its_colour_and_its_name() {
    let text = svg("curves.svg", &angle_errors());
    let names = ["MUSIC", "Capon", "conventional beamformer", "printed in the source", "Cramér–Rao bound"];
    let others = ["half a beamwidth", "threshold", "SNR (dB)", "RMSE (deg)"];
    for name in names.into_iter().chain(others) {
        assert_eq!(text.matches(&format!("{name}\n")).count(), 1, "{name}");
    }
    // A curve of 41 points, the sample of the legend.
    let strokes = |colour: &str| text.matches(&format!("stroke=\"{colour}\"")).count();
    assert_eq!([strokes("#0072B2"), strokes("#D55E00"), strokes("#009E73")], [2, 2, 2]);
    assert!(strokes("#E69F00") > 20, "a dashed curve is many strokes");
    assert_eq!(text.matches("<circle").count(), 4, "three dots and the one of the legend");

    let pixels = Pixels::of("curves.png", &angle_errors());
    assert_eq!((pixels.width, pixels.height), (900, 600));
    for colour in crate::colour::CURVES.into_iter().take(5).map(|c| [c.0, c.1, c.2]) {
        assert!(pixels.rgb.iter().filter(|&&p| p == colour).count() > 50, "{colour:?}");
    }
}

#[test]
fn a_curve_of_an_array_is_labelled_by_its_axis_and_cut_at_the_limits() {
    let axis = Axis::uniform("range", "m", 0.0, 0.0418, 256).unwrap();
    let data = Array1::from_shape_fn(256, |i| -20.0 * ((i as f64 - 99.3).abs() / 2.0 + 1.0).log10());
    let spectrum = DataArray1::new("power", "dB", data, vec![axis]).unwrap();
    let text = svg("curve-one.svg", &CurvePlot::of(&spectrum).y_limits(-30.0, 5.0));
    assert!(text.contains("range (m)") && text.contains("power (dB)"));
    // Above -30 dB are the points within 61 bins of 99.3, and there is an end on either side.
    let start = text.find("stroke=\"#0072B2\"").unwrap();
    let points = text[start..].split("points=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(points.split_whitespace().count(), 123 + 1, "{points}");
}

#[test]
fn curves_without_extent_and_long_ones_are_drawn() {
    let plot = || CurvePlot::new("", "frequency (Hz)", "loss");
    let text = svg("curve-point.svg", &plot().line("one point", [(6e10, 1e-7)]));
    assert_eq!(text.matches("<circle").count(), 1, "a line without length is a dot");
    let constant = plot().line("constant", [(1.0, 5.0), (1.0, 5.0)]);
    assert!(Pixels::of("curve-constant.png", &constant).rgb.contains(&[0x00, 0x72, 0xb2]));
    let gap = [(1.0, 1.0), (10.0, 0.0), (100.0, 1e-9), (1000.0, 1e-3), (1e9, -4.0)];
    let logarithmic = plot().line("gaps", gap).x_scale(Scale::Log).y_scale(Scale::Log);
    let text = svg("curve-log.svg", &logarithmic);
    // A lone point, a piece of two, and the sample of the legend.
    assert_eq!((text.matches("<circle").count(), text.matches("stroke=\"#0072B2\"").count()), (1, 2));
    let long = (0..1_000_000).map(|i| (f64::from(i) * 1e3, (f64::from(i) * 1e-4).sin()));
    assert!(svg("curve-long.svg", &plot().line("a million points", long)).len() < 200_000);
}

#[test]
fn curves_that_cannot_be_drawn_are_refused() {
    let plot = || CurvePlot::new("t", "x", "y");
    let kind = |plot: CurvePlot| plot.render(Format::Svg).unwrap_err().kind();
    assert_eq!(kind(plot()), "too_few");
    assert_eq!(kind(plot().line("a", [(0.0, f64::NAN)])), "not_finite");
    assert_eq!(kind(plot().line("a", [(0.0, -1.0)]).y_scale(Scale::Log)), "too_few");
    assert_eq!(kind(plot().line("a", [(-1e308, 0.0), (1e308, 1.0)])), "domain");
    assert_eq!(kind(plot().line("a", [(0.0, 0.0)]).x_limits(0.0, f64::NAN)), "domain");
}

#[test]
fn a_waterfall_hangs_each_step_where_the_one_before_ended() {
    let plot = WaterfallPlot::new("300 m at 60 GHz", "level (dBm)")
        .step("transmitted", 10.0)
        .step("antennas", 76.0)
        .step("free space", -117.6)
        .reference("noise", -74.6);
    let text = svg("waterfall.svg", &plot);
    assert!(text.contains("+76.0\n") && text.contains("-117.6\n"));
    assert!(text.contains("free space\n") && text.contains("received\n") && text.contains("noise\n"));
    let pixels = Pixels::of("waterfall.png", &plot);
    assert_eq!((pixels.width, pixels.height), (1040, 640));
    // What raises is blue, what lowers orange: one begins where the other ends.
    let rows = |colour| pixels.places(colour).into_iter().map(|(_, y)| y);
    let (blue, orange) = ([0x00, 0x72, 0xb2], [0xd5, 0x5e, 0x00]);
    assert!(rows(blue).min().unwrap().abs_diff(rows(orange).min().unwrap()) <= 1);
    assert!(rows(orange).max() > rows(blue).max());
    assert!(plot.step("nothing", 0.0).total("left").render(Format::Png).is_ok());
    let kind = |plot: WaterfallPlot| plot.render(Format::Svg).unwrap_err().kind();
    assert_eq!(kind(WaterfallPlot::new("t", "y")), "too_few");
    assert!(WaterfallPlot::new("t", "y").step("a", f64::NAN).render(Format::Svg).is_err());
}

#[test]
fn a_smith_chart_holds_its_grid_and_grows_with_active_coefficients() {
    use mmw_core::C64;
    // A line of half a wavelength in front of 100 ohm: a circle of a third around the centre.
    let turned = |size: f64| {
        (0..=64).map(move |i| C64::from_polar(size, -f64::from(i) * std::f64::consts::TAU / 64.0))
    };
    let chart = |size| SmithPlot::new("100 ohm behind a line").curve("S11", turned(size));
    let text = svg("smith.svg", &chart(1.0 / 3.0));
    assert!(text.contains("S11\n") && text.contains("j0.5\n") && text.contains("−j2\n"));
    assert_eq!(text.matches("<circle").count(), 1, "a dot where the curve begins");
    // The page is 760 by 820 pixels; the arcs of the grid end at the rim, well within it.
    let pair = |word: &str| {
        word.split_once(',').map(|(x, y)| (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap()))
    };
    let lists = text.split("points=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let points: Vec<(f64, f64)> = lists.flat_map(|list| list.split_whitespace().filter_map(pair)).collect();
    let grid = points.iter().fold([f64::MAX, f64::MIN], |[low, high], &(x, _)| [low.min(x), high.max(x)]);
    assert!(
        points.len() > 2000 && grid[0] > 0.0 && grid[0] + grid[1] > 0.99 * 7600.0 && grid[1] < 7600.0,
        "{grid:?}"
    );
    draw("smith-active.png", &chart(1.6)).unwrap();
    draw("smith-empty.png", &SmithPlot::new("")).unwrap();
    let kind = |z: C64| SmithPlot::new("").curve("a", [z]).render(Format::Png).unwrap_err().kind();
    assert_eq!(kind(C64::new(f64::NAN, 0.0)), "not_finite");
}

#[test]
fn scatters_are_drawn_true_to_scale() {
    let dots: Vec<([f64; 3], f64)> = (0..140)
        .map(|i| {
            let t = f64::from(i) * 0.137;
            match i % 3 {
                0 => ([3.0, 1.0 + t * 0.4, 0.3 * (t * 3.0).sin()], 0.0),
                _ => {
                    let walker = [-1.0 + 0.4 * t.sin(), 5.0 + 0.4 * (1.7 * t).cos(), 0.9 * (0.9 * t).sin()];
                    (walker, 1.4 * (2.1 * t).sin())
                }
            }
        })
        .collect();
    draw("cloud.png", &ScatterPlot::new("Point cloud of one frame", dots.clone())).unwrap();
    let text = svg("cloud.svg", &ScatterPlot::new("Point cloud", dots.clone()).value_label("speed (m/s)"));
    assert_eq!(text.matches("<circle").count(), 2 * dots.len());
    assert!(text.contains("speed (m/s)") && text.contains("from above") && text.contains("from the side"));

    // A square of one metre is as wide as it is high, in pixels.
    let corners = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]].map(|[x, y]| ([x, y, 0.0], 0.0));
    let text = svg("square.svg", &ScatterPlot::new("", corners));
    let number = |tag: &str, name: &str| {
        let value = tag.split(&format!("{name}=\"")).nth(1).unwrap();
        value.split('"').next().unwrap().parse::<f64>().unwrap()
    };
    let circles: Vec<(f64, f64)> =
        text.split("<circle").skip(1).take(4).map(|tag| (number(tag, "cx"), number(tag, "cy"))).collect();
    let (wide, high) = (circles[1].0 - circles[0].0, circles[0].1 - circles[2].1);
    // One correction of the frame leaves less than two in a hundred.
    assert!(wide > 500.0 && (wide / high - 1.0).abs() < 0.02, "{wide} by {high} tenths of a pixel");
}

#[test]
fn scatters_without_dots_are_axes_and_those_that_cannot_be_drawn_are_refused() {
    let empty = ScatterPlot::new("No points", []).limit(3.0);
    assert_eq!(svg("cloud-empty.svg", &empty).matches("<circle").count(), 0);
    let one = ScatterPlot::new("One point", [([0.0, 3.0, 0.5], -1.0)]);
    // The one value has the last colour of its side.
    assert!(svg("cloud-one.svg", &one).contains("#0B3CB0"));
    let kind = |plot: ScatterPlot| plot.render(Format::Png).unwrap_err().kind();
    assert_eq!(kind(ScatterPlot::new("", [([f64::NAN, 0.0, 0.0], 0.0)])), "not_finite");
    assert_eq!(kind(ScatterPlot::new("", [([0.0; 3], f64::INFINITY)])), "not_finite");
    assert_eq!(kind(ScatterPlot::new("", [([1e308, 0.0, 0.0], 0.0), ([-1e308, 0.0, 0.0], 0.0)])), "domain");
    assert_eq!(kind(ScatterPlot::new("", []).limit(0.0)), "domain");
}

#[test]
fn plans_are_true_to_scale_and_name_their_paths() {
    let walk =
        |y: f64| (0..50).map(move |i| [0.08 * f64::from(i) - 2.0, y + 0.3 * (0.2 * f64::from(i)).sin()]);
    let seen = walk(3.0).chain(walk(5.0)).map(|[x, y]| [x + 0.1, y + 0.05]);
    let plan = PlanPlot::new("Two people").dots(seen).path("3", walk(3.0)).path("4", walk(5.0));
    draw("plan.png", &plan).unwrap();
    let text = svg("plan.svg", &plan);
    assert!(["\n3\n", "\n4\n", "Two people"].iter().all(|word| text.contains(word)), "{text}");
    draw("plan-empty.png", &PlanPlot::new("Nobody").path("", [])).unwrap();
    let kind = |plan: PlanPlot| plan.render(Format::Png).unwrap_err().kind();
    assert_eq!(kind(PlanPlot::new("").dots([[0.0, f64::NAN]])), "not_finite");
    assert_eq!(kind(PlanPlot::new("").path("", [[-1e308, 0.0], [1e308, 0.0]])), "domain");
}
