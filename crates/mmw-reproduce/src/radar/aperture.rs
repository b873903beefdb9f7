//! Synthetic apertures: the image of a point, and letters of 200 points at three distances.

use super::SOURCE;
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section, Table};
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::{Axis, C32, C64, DataArray2, DataArray3, Result};
use mmw_dsp::ndarray::{ArrayView1, Axis as Dim};
use mmw_dsp::sar::{
    PhaseHistory, Place, PlanarScan, PointResponse, RangeMigration, RangeMigrationConfig, back_project,
};
use mmw_dsp::window::Window;
use mmw_plot::{ColourRange, MapPlot};

/// Positions of a side of the aperture and their step.
const SIDE: usize = 72;
const STEP_M: f64 = 1.7e-3;
const START_HZ: f64 = 77e9;
const BAND_HZ: f64 = 4e9;
const FREQUENCIES: usize = 40;
/// Voxels to each side, in the steps of the positions.
const VOXELS: [usize; 2] = [60, 100];
/// Three letters of seven rows each, and how far each is.
const LETTERS: [([&str; 7], f64); 3] = [
    ([" ### ", "#   #", "#    ", " ### ", "    #", "#   #", " ### "], 0.36),
    ([" ### ", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"], 0.48),
    (["#### ", "#   #", "#   #", "#### ", "# #  ", "#  # ", "#   #"], 0.60),
];
/// Points that the strokes are made of.
const POINTS: usize = 200;
/// What the pictures show, below the brightest pixel.
const SHOWN_DB: f32 = 20.0;

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let mut section = Section::new(
        "Synthetic aperture",
        "A radar with a band of 4 GHz at 77 GHz records 72 x 72 positions, 1.7 mm apart. Range migration with the sum of \
         tones in place of Stolt's interpolation; 200 points make three letters, each 12 cm behind the one before.",
    );
    let points = letters();
    let image = migrate(&record(&points)?)?;
    let magnitude = image.map("magnitude", "", |z| z.norm());
    let front = projection(&magnitude, 0)?;
    draw(setup, "radar/sar-front.png", "Greatest magnitude over the distance", &front)?;
    draw(setup, "radar/sar-above.png", "Greatest magnitude over the height", &projection(&magnitude, 1)?)?;
    section.figures.push(Figure::new("radar/sar-front.png", "All planes from the front: three letters."));
    section.figures.push(Figure::new("radar/sar-above.png", "From above: each letter at its distance."));
    let mut table = Table::new("Points of the letters", ["distance (m)", "points", "seen in the projection"]);
    let mut seen = 0;
    for (_, z) in LETTERS {
        let own: Vec<_> = points.iter().filter(|(place, _)| (place[2] - z).abs() < 1e-9).collect();
        let found = own.iter().filter(|(place, _)| is_bright(&front, place)).count();
        table.push([format!("{z:.2}"), own.len().to_string(), found.to_string()])?;
        seen += found;
    }
    section.tables.push(table);
    let lone = Lone::new()?;
    let mut table = Table::new(
        "Image of one point",
        ["axis", "place (mm)", "width (mm)", "theory (mm)", "sidelobe (dB)"],
    );
    for (axis, (response, theory_m)) in ["x", "y", "z"].into_iter().zip(&lone.cuts) {
        let [place_m, width_m, sidelobe_db] = *response;
        let text =
            [1e3 * place_m, 1e3 * width_m, 1e3 * theory_m, sidelobe_db].map(|value| format!("{value:.2}"));
        let [place, width, theory, sidelobe] = text;
        table.push([axis.to_owned(), place, width, theory, sidelobe])?;
    }
    section.tables.push(table);
    section.ledger = ledger(&lone, seen);
    Ok(section)
}

/// The strokes of the letters in points, as many on each stretch.
fn letters() -> Vec<(Place, C64)> {
    const CELL_M: f64 = 8e-3;
    let mut cells: Vec<Place> = vec![];
    for (letter, (rows, z)) in LETTERS.into_iter().enumerate() {
        for (i, row) in rows.into_iter().enumerate() {
            for (j, _) in row.char_indices().filter(|(_, mark)| *mark == '#') {
                let left = (letter as f64 - 1.0) * 6.5 + j as f64 - 2.0;
                cells.push([CELL_M * left, CELL_M * (3.0 - i as f64), z]);
            }
        }
    }
    // Between neighbours, as many as it takes.
    let mut points = cells.clone();
    for share in [0.5, 0.25, 0.75, 0.125, 0.625] {
        for (n, a) in cells.iter().enumerate() {
            for b in &cells[n + 1..] {
                let near = a[2] == b[2] && (a[0] - b[0]).hypot(a[1] - b[1]) < 1.5 * CELL_M;
                if near && points.len() < POINTS {
                    points.push([0, 1, 2].map(|dim| a[dim] + share * (b[dim] - a[dim])));
                }
            }
        }
    }
    // A resolution cell grows with the square of the distance, and holds as many more points.
    let nearest_m = LETTERS[0].1;
    let strength = |place: Place| C64::new((nearest_m / place[2]).powi(2), 0.0);
    points.into_iter().map(|place| (place, strength(place))).collect()
}

fn record(points: &[(Place, C64)]) -> Result<PlanarScan<f32>> {
    let side = |name: &'static str| Axis::uniform(name, "m", -0.5 * STEP_M * (SIDE - 1) as f64, STEP_M, SIDE);
    let (y, x) = (side("y")?, side("x")?);
    let places: Vec<Place> = y.iter().flat_map(|y| x.iter().map(move |x| [x, y, 0.0])).collect();
    let frequency = Axis::uniform("frequency", "Hz", START_HZ, BAND_HZ / FREQUENCIES as f64, FREQUENCIES)?;
    PlanarScan::from_history(PhaseHistory::of_points(points, places.clone(), places, frequency)?, y, x)
}

fn migrate(scan: &PlanarScan<f32>) -> Result<DataArray3<C32>> {
    let z = Axis::uniform("z", "m", 0.28, 0.01, 41)?;
    let config = RangeMigrationConfig { z, voxels: VOXELS, points: [160, 200], window: Window::Hann };
    RangeMigration::new(config, FREQUENCIES)?.image(scan)
}

fn projection(magnitude: &DataArray3<f32>, over: usize) -> Result<DataArray2<f32>> {
    let greatest = |line: ArrayView1<'_, f32>| line.iter().fold(0.0_f32, |most, &x| most.max(x));
    let values = magnitude.data().map_axis(Dim(over), greatest);
    let most = values.iter().fold(f32::MIN_POSITIVE, |most, &x| most.max(x));
    let db = values.mapv(|x| 20.0 * (x / most).max(1e-6).log10());
    let axes = (0..3).filter(|dim| *dim != over).map(|dim| magnitude.axes()[dim].clone());
    DataArray2::new("magnitude", "dB", db, axes.collect())
}

fn draw(setup: &Setup<'_>, file: &str, title: &str, map: &DataArray2<f32>) -> Result<()> {
    MapPlot::new(map).title(title).range(ColourRange::BelowPeak(f64::from(SHOWN_DB))).draw(setup, file)
}

/// Whether the pixel of a point, or one beside it, is one that the picture shows. Points that share a
/// resolution cell add up with their phases, so that some of them fade.
fn is_bright(front: &DataArray2<f32>, place: &Place) -> bool {
    let [y, x] = front.axes() else { return false };
    let (i, j) = (y.nearest(place[1]), x.nearest(place[0]));
    let beside = |at: usize, len: usize| at.saturating_sub(1)..(at + 2).min(len);
    let mut pixels = beside(i, y.len()).flat_map(|i| beside(j, x.len()).map(move |j| [i, j]));
    pixels.any(|pixel| front.data()[pixel] > -SHOWN_DB)
}

/// One point before the same aperture.
struct Lone {
    /// Along x, y and z: place, width and strongest sidelobe, and the width by theory.
    cuts: [([f64; 3], f64); 3],
    /// The two images at the peak, dB apart.
    difference_db: f64,
}

impl Lone {
    fn new() -> Result<Self> {
        const PLACE: Place = [0.01, -0.02, 0.6];
        let scan = record(&[(PLACE, C64::new(1.0, 0.0))])?;
        let z = Axis::uniform("z", "m", 0.3, 0.0125, 49)?;
        let config =
            RangeMigrationConfig { z, voxels: [100, 100], points: [216, 216], window: Window::Rectangular };
        let image = RangeMigration::new(config, FREQUENCIES)?.image(&scan)?;
        let [z, y, x] = [0, 1, 2].map(|dim| image.axes()[dim].clone());
        let at = [z.nearest(PLACE[2]), y.nearest(PLACE[1]), x.nearest(PLACE[0])];
        let response = |axis: &Axis, dim: usize| -> Result<[f64; 3]> {
            let mut view = image.data().view();
            for other in (0..3).filter(|other| *other != dim) {
                view.collapse_axis(Dim(other), at[other]);
            }
            let line: mmw_dsp::ndarray::Array1<C32> = view.iter().copied().collect();
            let found = PointResponse::of_cut(&line)?;
            Ok([axis.at(found.peak), found.width * axis.step().unwrap_or(0.0), found.peak_sidelobe_db])
        };
        let wavelength_m = SPEED_OF_LIGHT_M_S / (START_HZ + 0.5 * BAND_HZ);
        let across = 0.886 * wavelength_m * PLACE[2] / (2.0 * STEP_M * SIDE as f64);
        let along = 0.886 * SPEED_OF_LIGHT_M_S / (2.0 * BAND_HZ);
        let one = |axis: &Axis, index: usize| Axis::explicit("at", "m", vec![axis.at(index as f64)]);
        let voxel = [one(&z, at[0])?, one(&y, at[1])?, one(&x, at[2])?];
        let slow = back_project(&scan.history()?, voxel, Window::Rectangular)?;
        let (fast, slow) = (image.data()[at], slow.data()[[0; 3]]);
        Ok(Self {
            cuts: [(response(&x, 2)?, across), (response(&y, 1)?, across), (response(&z, 0)?, along)],
            difference_db: 20.0 * f64::from(((fast - slow).norm() / slow.norm()).max(1e-9)).log10(),
        })
    }
}

fn ledger(lone: &Lone, seen: usize) -> Vec<LedgerRow> {
    const TEST: &str = "sar::both_images_of_a_point_are_at_its_place_and_as_sharp_as_theory_says";
    let antenna_m = 100.0 * (SPEED_OF_LIGHT_M_S / 1e9) / 0.1;
    let [x, y, z] = &lone.cuts;
    let place = |name: &str, cut: &([f64; 3], f64), truth_mm: f64| {
        // A tenth of a resolution cell.
        Check::new(name, 1e3 * cut.0[0]).known("truth", truth_mm, 100.0 * cut.1)
    };
    vec![
        SOURCE
            .row("SAR, antenna for 0.1 m at 100 m and 1 GHz", TEST)
            .printed("300 m")
            .ours(format!("{antenna_m:.1} m; an aperture that sends and receives needs half of it"))
            .check(Check::new("antenna (m)", antenna_m).prints(300.0, 0.5))
            .reproduced(),
        SOURCE
            .row("SAR, p = IFT3D{Stolt{FT2D{s*}}}", "sar::the_two_images_agree")
            .printed("the reflectivity")
            .ours(format!(
                "within {:.0} dB of back-projection at the peak; {seen} of {POINTS} points in the projection",
                lone.difference_db
            ))
            .check(place("x of the peak (mm)", x, 10.0))
            .check(place("y of the peak (mm)", y, -20.0))
            .check(place("z of the peak (mm)", z, 600.0))
            .check(Check::new("points seen", seen as f64).at_least(0.95 * POINTS as f64, 0.0))
            .reproduced(),
    ]
}
