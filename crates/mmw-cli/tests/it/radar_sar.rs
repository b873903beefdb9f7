//! `mmw radar sar` and the scans that `mmw radar simulate` makes: image, files, warnings and refusals.

use super::radar::{json, text};
use super::{TempFolder, mmw, stderr};
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// One transmitter and one receiver, 4 GHz in 64 samples, two points before it.
const SCENE: &str = "seed = 3\n\n[fmcw]\nstart_frequency_hz = 77e9\nslope_hz_per_s = 78e12\nadc_start_s = 0.0\n\
    sample_rate_hz = 1.25e6\nsamples = 64\nchirps = 2\nchirp_interval_s = 60e-6\nframe_period_s = 5e-3\n\
    sampling = \"complex1x\"\ntransmitters = 1\nreceivers = 1\n\n[fmcw.antennas]\n\
    tx_positions_m = [[0.0, 0.0, 0.0]]\nrx_positions_m = [[0.0, 0.0, 0.0]]\n\n\
    [[target]]\nposition_m = [0.01, 0.4, -0.02]\nsnr_db = 20.0\n\n\
    [[target]]\nposition_m = [-0.02, 0.5, 0.01]\nsnr_db = 14.0\n";

/// A square of positions, row by row, every second row from the right.
fn raster(side: usize, step_mm: f64) -> String {
    let mut text = "x_m,y_m,z_m\n".to_owned();
    for i in 0..side {
        for j in 0..side {
            let j = if i % 2 == 0 { j } else { side - 1 - j };
            let at = |n: usize| 1e-3 * step_mm * (n as f64 - 0.5 * (side - 1) as f64);
            writeln!(text, "{:.5},{:.5},0", at(j), at(i)).unwrap();
        }
    }
    text
}

fn scan(folder: &TempFolder, places: &str) -> [PathBuf; 3] {
    let [scene, rail, capture] = ["scene.toml", "rail.csv", "scan.bin"].map(|name| folder.path().join(name));
    std::fs::write(&scene, SCENE).unwrap();
    std::fs::write(&rail, places).unwrap();
    let report = json(&[
        "radar",
        "simulate",
        text(&scene),
        "--trajectory",
        text(&rail),
        "-o",
        text(&capture),
        "--json",
    ]);
    assert_eq!(report["frames"].as_u64().unwrap() as usize, places.lines().count() - 1);
    [capture, folder.path().join("scan.config.toml"), rail]
}

fn near(report: &Value, place: [f64; 3]) {
    for (name, at) in ["x", "y", "z"].into_iter().zip(place) {
        let cut = &report[name];
        let (found, width) = (cut["peak_m"].as_f64().unwrap(), cut["width_m"].as_f64().unwrap());
        assert!((found - at).abs() < 0.1 * width, "{name}: {found} {at} {width}");
    }
}

#[test]
fn a_simulated_scan_is_imaged_by_both_algorithms_and_written_for_others() {
    let folder = TempFolder::new("sar");
    let [capture, config, rail] = scan(&folder, &raster(32, 1.6));
    let out = folder.path().join("out");
    let command =
        ["radar", "sar", text(&capture), "--config", text(&config), "--trajectory", text(&rail), "--json"];
    let migrated = json(&[&command[..], &["-o", text(&out)]].concat());
    assert_eq!(migrated["algorithm"], "range_migration");
    assert_eq!((migrated["positions"].as_u64(), migrated["channels"].as_u64()), (Some(1024), Some(1)));
    near(&migrated, [0.01, -0.02, 0.4]);
    // An even band and a second target beside: -13.26 dB and a little.
    let sidelobe = migrated["z"]["peak_sidelobe_db"].as_f64().unwrap();
    assert!((-14.5..-5.0).contains(&sidelobe), "{migrated}");
    let projected = json(&[&command[..], &["--algorithm", "back_projection"]].concat());
    assert_eq!(projected["algorithm"], "back_projection");
    near(&projected, [0.01, -0.02, 0.4]);
    let magnitude = |report: &Value| report["peak"]["magnitude"].as_f64().unwrap();
    assert!((magnitude(&migrated) / magnitude(&projected) - 1.0).abs() < 0.1, "{migrated} {projected}");

    for name in ["slice_xy", "slice_xz", "slice_yz", "projection_xy", "projection_xz", "projection_yz"] {
        let png = std::fs::read(out.join(format!("{name}.png"))).unwrap();
        assert!(png.starts_with(b"\x89PNG"), "{name}");
    }
    let [depth, rows, columns]: [usize; 3] =
        [0, 1, 2].map(|dim| migrated["voxels"][dim].as_u64().unwrap() as usize);
    let npy = std::fs::read(out.join("image.npy")).unwrap();
    assert!(String::from_utf8_lossy(&npy[..128]).contains(&format!("({depth}, {rows}, {columns}, )")));
    assert!(
        npy.ends_with(&npy[npy.len() - 8 * depth * rows * columns..])
            && out.join("image.axes.json").is_file()
    );
    vtk(&out.join("image.vti"), [columns, rows, depth]);
}

/// The header names the extent, and what is appended is as long as it says.
fn vtk(path: &Path, extent: [usize; 3]) {
    let bytes = std::fs::read(path).unwrap();
    let mark = b"<AppendedData encoding=\"raw\">\n_";
    let start = bytes.windows(mark.len()).position(|window| window == mark).unwrap() + mark.len();
    let header = String::from_utf8_lossy(&bytes[..start]);
    let [x, y, z] = extent.map(|count| count - 1);
    assert!(header.contains(&format!("WholeExtent=\"0 {x} 0 {y} 0 {z}\"")), "{header}");
    let length = u64::from_le_bytes(bytes[start..start + 8].try_into().unwrap()) as usize;
    assert_eq!(length, 4 * extent.iter().product::<usize>());
    assert!(bytes[start + 8 + length..].starts_with(b"\n</AppendedData>"));
}

#[test]
fn what_a_scan_lacks_is_named() {
    let folder = TempFolder::new("sar-refused");
    let [capture, config, rail] = scan(&folder, &raster(8, 4.0));
    let run = |more: &[&str]| {
        let command = ["radar", "sar", text(&capture), "--config", text(&config)];
        let output = mmw(&[&command[..], more].concat()).output().unwrap();
        (output.status.code(), stderr(&output))
    };
    let (status, said) = run(&[]);
    assert!(status == Some(2) && said.contains("trajectory is not given"), "{said}");
    // 4 mm apart, echoes from 45 degrees aside.
    let wide = ["--trajectory", text(&rail), "--x-m", "-0.3..0.3", "--y-m", "0..0", "--z-m", "0.3..0.4"];
    let (status, said) = run(&wide);
    assert!(
        status == Some(0) && said.contains("4.000 mm apart along x") && said.contains("more than one place"),
        "{said}"
    );
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let short = write("short.csv", "0,0,0\n0.001,0,0\n0.002,0,0\n");
    let (status, said) = run(&["--trajectory", text(&short)]);
    assert!(
        status == Some(1) && said.contains("one position per frame or one for each of its 2 chirps"),
        "{said}"
    );
    let lone = write("lone.csv", "0,0,0\n");
    let (status, said) = run(&["--trajectory", text(&lone)]);
    assert!(status == Some(1) && said.contains("at least 2"), "{said}");
    let odd = write("odd.csv", "x_m,y_m,z_m\n0,0,zero\n");
    let (status, said) = run(&["--trajectory", text(&odd)]);
    assert!(status == Some(1) && said.contains("line 2") && said.contains("odd.csv"), "{said}");
    let (status, said) = run(&["--trajectory", text(&rail), "--z-m", "-1..0.4"]);
    assert!(status == Some(1) && said.contains("z_m"), "{said}");
    let (status, said) = run(&["--trajectory", text(&rail), "--x-m", "0.3..0.1"]);
    assert!(status == Some(2) && said.contains("lower first"), "{said}");
}

#[test]
fn a_path_off_the_grid_is_back_projected_and_focused() {
    let folder = TempFolder::new("sar-path");
    // A rail that bends, one place per frame.
    let mut places = "x_m,y_m,z_m\n".to_owned();
    for i in -30..=30 {
        let x = 1e-3 * f64::from(i);
        writeln!(places, "{x:.5},{:.5},0", 0.4 * x * x / 0.03).unwrap();
    }
    let [capture, config, rail] = scan(&folder, &places);
    let command =
        ["radar", "sar", text(&capture), "--config", text(&config), "--trajectory", text(&rail), "--json"];
    let more = ["--y-m", "-0.02..-0.02", "--autofocus", "minimum_entropy"];
    let report = json(&[&command[..], &more].concat());
    assert_eq!(
        (&report["algorithm"], &report["autofocus"]),
        (&"back_projection".into(), &"minimum_entropy".into())
    );
    assert!(report["warnings"][0].as_str().unwrap().contains("back-projection, since"), "{report}");
    assert!(report["y"].is_null());
}

/// The scene and the commands of `docs/sar.md`, as a reader types them.
#[test]
fn the_recipe_in_the_documentation_leads_to_an_image() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sar.md");
    let page = std::fs::read_to_string(page).unwrap();
    let block = |language: &str| {
        let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
        rest.split_once("```").unwrap().0
    };
    let folder = TempFolder::new("sar-recipe");
    std::fs::write(folder.path().join("scene.toml"), block("toml")).unwrap();
    // The places that the page's awk prints; a bare machine may lack it.
    let commands = block("sh");
    assert!(commands.contains("i < 32") && commands.contains("(j - 15.5) * 0.0016"), "{commands}");
    let place = |index: i32| 0.0016 * (f64::from(index) - 15.5);
    let rows = (0..32).flat_map(|i| (0..32).map(move |j| format!("{:.6},{:.6},0\n", place(j), place(i))));
    let places: String = std::iter::once("x_m,y_m,z_m\n".to_owned()).chain(rows).collect();
    std::fs::write(folder.path().join("rail.csv"), places).unwrap();
    for line in commands.lines().filter_map(|line| line.strip_prefix("mmw ")) {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let output = mmw(&arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{line}: {}", stderr(&output));
    }
    for name in ["image.npy", "image.vti", "slice_xy.png", "projection_xz.png"] {
        assert!(folder.path().join("image").join(name).is_file(), "{name}");
    }
    // What the page says of JSON.
    for name in ["algorithm", "positions", "integrated_sidelobe_db", "damaged_frames"] {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}
