//! Touchstone files: what other programs write, what is wrong, and the way back.

use linkbudget::mmw_core::{C64, Error};
use linkbudget::ndarray::{Array3, array};
use linkbudget::network::{Network, Part, PartKind, Waves};
use linkbudget::nport::{NPort, References};
use linkbudget::touchstone::{Format, Layout, MatrixFormat, Mode, Parameter, Touchstone, Version};
use proptest::prelude::*;
use std::path::Path;

fn network() -> Network {
    Network::new(vec![
        Part::new(PartKind::SeriesR, 5.0),
        Part::new(PartKind::ShuntC, 20e-15),
        Part::new(PartKind::SeriesL, 0.1e-9),
    ])
    .unwrap()
}

#[test]
fn files_come_back() {
    let s = network().s_parameters(&array![1e9, 57e9, 60.5e9, 110e9], 50.0, 50.0).unwrap();
    let file = Touchstone::new(s.clone(), 50.0).unwrap();
    for (format, bound) in
        [(Format::RealImaginary, 0.0), (Format::MagnitudeAngle, 1e-15), (Format::DecibelAngle, 1e-14)]
    {
        let back = Touchstone::parse(file.to_text(format), "x.s2p").unwrap();
        assert_eq!(back.parameter(), Parameter::S);
        assert_eq!(back.data().unwrap().axes()[0], s.axes()[0]);
        let worst = back.matrices().iter().zip(s.data()).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
        assert!(worst <= bound, "{format:?}: {worst:e}");
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("round_trip.s2p");
    file.write(&path, Format::RealImaginary).unwrap();
    assert_eq!(Touchstone::read(&path).unwrap(), file);
    assert_eq!(Touchstone::read(Path::new("no/such/file.s2p")).unwrap_err().kind(), "io");
}

#[test]
fn defaults_second_option_lines_and_noise_are_understood() {
    // Order 11, 21, 12, 22; defaults GHz, S, MA, 50 ohm; comments, blank lines, a second option line, noise.
    let text = "! instrument\n#\n\n1.5 0.1 90 0.2 0 0.3 180 0.4 -90 ! first\n# HZ S RI R 1\n\
                2 0.5 0 0.6 0 0.7 0 0.8 0\n! noise\n1 2.0 0.5 10 0.3\n2 2.1 0.5 10 0.3\n";
    let file = Touchstone::parse(text, "x.s2p").unwrap();
    assert_eq!(file.references().resistance_ohm(), Some(50.0));
    assert_eq!(file.frequencies_hz(), [1.5e9, 2e9]);
    let m = file.matrices();
    assert!((m[[0, 0, 0]] - C64::new(0.0, 0.1)).norm() < 1e-16);
    assert!((m[[0, 1, 0]] - C64::new(0.2, 0.0)).norm() < 1e-16);
    assert!((m[[0, 0, 1]] - C64::new(-0.3, 0.0)).norm() < 1e-16);
    assert!((m[[1, 1, 1]] - C64::new(0.8, 0.0)).norm() < 1e-16);
    let noise = file.noise();
    assert_eq!((noise.len(), noise[0].frequency_hz, noise[1].minimum_figure_db), (2, 1e9, 2.1));
    assert_eq!(noise[0].resistance_ohm, 15.0, "version 1 divides by the reference");
    assert_eq!(file.comments(), [" instrument", " noise"]);
    assert_eq!((file.notes().len(), file.notes()[0].line), (1, 5));
}

/// The message about a text, which must name this line.
pub(crate) fn refused(text: impl AsRef<[u8]>, name: &str, line: usize) -> String {
    let error = Touchstone::parse(text.as_ref(), name).map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), "format");
    let message = error.to_string();
    assert!(
        message.starts_with(&format!("{name}: ")) && message.ends_with(&format!("in line {line}")),
        "{message}"
    );
    message
}

#[test]
fn broken_files_say_where() {
    for (text, byte) in [
        ("", 0),
        ("1 2 3", 0),
        ("# GHz S RI R 50\n", 16),
        ("# GHz S RI R 0\n1 0 0 0 0 0 0 0 0", 13),
        ("# furlongs\n", 2),
        ("# GHz S RI R 50\n1 2 3\n", 16),
        ("# GHz S RI R 50\n1 0 0 0 0 0 0 0 nan\n", 32),
        ("# GHz S RI R 50\n2 0 0 0 0 0 0 0 0\n-1 0 0 0 0 0 0 0 0\n", 34),
        ("# GHz S DB R 50\n1 1e9 0 0 0 0 0 0 0\n", 16),
    ] {
        match Touchstone::parse(text, "bad.s2p") {
            Err(Error::Format { offset, .. }) => assert_eq!(offset, byte, "{text:?}"),
            other => panic!("{text:?}: {other:?}"),
        }
    }
}

#[test]
fn what_two_readings_fit_is_refused_with_its_line() {
    let head = "# GHz S RI R 50\n";
    let s2p = |rest: &str, line| refused(format!("{head}{rest}"), "x.s2p", line);
    // Another network's lines, a line of the end that is cut off, a comma that may be a point.
    assert!(s2p("1 0 0\n2 0 0\n3 0 0\n", 2).contains("lines of a network of 1 port"));
    assert!(refused(format!("{head}1 0 0 0 0 0 0 0 0\n"), "x.s1p", 2).contains("of 2 ports"));
    assert!(s2p("1 0 0 0 0 0 0 0 0\n2 0 0 0 0\n", 3).contains("cut off"));
    assert!(s2p("1,5 0 0 0 0 0 0 0 0\n", 2).contains("decimal point"));
    s2p("1 0 0 0 0 0 0 0\n2 0 0 0 0 0 0 0 0\n", 2);
    s2p("1 0 0 0 0 0 0 0 0\n0.5 0 0 0 0\n0.6 0 0 0\n", 4);
    s2p("1 -inf 0 0 0 0 0 0 0\n", 2);
    s2p("1 0 0 0 0 0 0 0 1_0\n", 2);
    refused(format!("{head}1 0 0\n"), "sweep.txt", 1);
    refused("# GHz S RI MA R 50\n1 0 0\n", "x.s1p", 1);
    refused("# GHz S RI R 50 75 30\n1 0 0 0 0 0 0 0 0\n", "x.s2p", 1);
    refused("# GHz H RI R 50\n1 0 0\n", "x.s1p", 1);
    refused("# GHz Z RI R 50 75\n1 0 0 0 0 0 0 0 0\n", "x.s2p", 1);
    refused(b"#\x00 \x00G\x00", "x.s2p", 1);
    refused("[Number of Ports] 1\n# GHz S RI R 50\n1 0 0\n", "x.s1p", 1);
    let v2 = |middle: &str, rest: &str| {
        format!("[Version] 2.1\n# GHz S RI R 50\n[Number of Ports] 2\n{middle}[Network Data]\n{rest}")
    };
    let order = "[Two-Port Data Order] 12_21\n";
    assert!(refused(v2("", "1 0 0 0.1 0 0.2 0 0 0\n[End]\n"), "x.ts", 3).contains("[Two-Port Data Order]"));
    refused(v2(&format!("{order}[Number of Frequencies] 2\n"), "1 0 0 0 0 0 0 0 0\n[End]\n"), "x.ts", 5);
    refused(v2(&format!("{order}[Reference] 50\n"), "1 0 0 0 0 0 0 0 0\n"), "x.ts", 5);
    refused(v2(&format!("{order}[Colour] red\n"), "1 0 0 0 0 0 0 0 0\n"), "x.ts", 5);
    refused(v2(&format!("{order}{order}"), "1 0 0 0 0 0 0 0 0\n"), "x.ts", 5);
    refused(v2(&format!("{order}[Mixed-Mode Order] D1,2 D1,2\n"), "1 0 0 0 0 0 0 0 0\n"), "x.ts", 5);
    refused(v2(order, "1 0 0 0 0 0 0 0 0\n[End]\n2 0 0 0 0 0 0 0 0\n"), "x.ts", 8);
    refused(
        "# GHz S MA R 50\n1 0.1 0\n! Port Impedance 50 0\n2 0.1 0\n! Port Impedance 50 0\n3 0.1 0\n",
        "x.s1p",
        3,
    );
}

#[test]
fn version_2_is_read_with_all_its_keywords() {
    let text = "[Version] 2.0\n! a comment\n#\n[Number of Ports] 2\n[Two-Port Data Order] 12_21\n[Number of Frequencies] 1\n\
                [Number of Noise Frequencies] 1\n[Reference] 50\n25.0 ! port 2\n[Begin Information]\n[Maker] us\n[End Information]\n\
                [Network Data]\n2 .95 0 3.57 0 .04 0 .66 0\n[Noise Data]\n4 .7 .64 69 19\n[End]\n";
    let file = Touchstone::parse(text, "x.ts").unwrap();
    assert_eq!((file.version(), file.notes().len()), (Version::V2_0, 0));
    assert_eq!(file.references().resistances_ohm(), Some(vec![50.0, 25.0]));
    assert_eq!([file.matrices()[[0, 0, 1]].re, file.matrices()[[0, 1, 0]].re], [3.57, 0.04]);
    assert_eq!(file.noise()[0].resistance_ohm, 19.0, "version 2 does not divide");
    assert_eq!(file.comments(), [" a comment", "[Maker] us"]);

    let lost = text.replace("[End Information]\n", "");
    assert!(refused(lost, "x.ts", 12).contains("[End Information] before"));
    // The mark of DOS where a text ends.
    assert_eq!(Touchstone::parse(format!("{text}\x1a"), "x.ts").unwrap(), file);

    let half = |format: &str, data: &str| {
        let head =
            "[Version] 2.1\n# Hz Y RI R 1\n[Number of Ports] 3\n[Number of Frequencies] 1\n[Matrix Format] ";
        Touchstone::parse(format!("{head}{format}\n[Network Data]\n{data}\n[End]"), "x.ts").unwrap()
    };
    let (lower, upper) =
        (half("Lower", "1 1 0\n2 0 3 0\n4 0 5 0 6 0"), half("upper", "1 1 0 2 0 4 0\n3 0 5 0\n6 0"));
    assert_eq!(lower.matrices(), upper.matrices());
    assert_eq!([(0, 1), (0, 2), (1, 2)].map(|(i, j)| lower.matrices()[[0, i, j]].re), [2.0, 4.0, 5.0]);

    // The six-port of the specification's own example, its rows cut to one frequency.
    let row = " 1 0".repeat(6);
    let data = format!("5{}", format!("{row}\n").repeat(6));
    let modes = "[Version] 2.0\n# MHz Y RI R 50\n[Number of Ports] 6\n[Number of Frequencies] 1\n[Reference] 50 75 75 50 0.01 0.01\n\
                 [Mixed-Mode Order] D2,3 D6,5 C2,3 C6,5 S4 S1\n[Network Data]\n";
    let file = Touchstone::parse(format!("{modes}{data}[End]\n"), "x.ts").unwrap();
    assert_eq!(file.modes().unwrap()[1], Mode::Differential(6, 5));
    let seen = Touchstone::parse(file.to_text(Format::RealImaginary), "x.ts").unwrap();
    assert_eq!((seen.modes(), seen.matrices()), (file.modes(), file.matrices()));
}

#[test]
fn impedances_in_comments_are_the_references() {
    let text = "! Touchstone file exported from HFSS 2020.1.0\n# GHz S MA R 50.000000\n! Modal data exported\n\
                1 0.1 10 0.9 -20 0.9 -20 0.2 -40\n! Gamma ! 0.1 20 0.2 21\n! Port Impedance 270.1 0.1 91.5 0.0\n\
                2 0.1 10 0.9 -20 0.9 -20 0.2 -40\n! Gamma ! 0.1 40 0.2 41\n! Port Impedance268.2 0.1\n! 90.4 0.0\n";
    let file = Touchstone::parse(text, "x.s2p").unwrap();
    assert_eq!((file.waves(), file.references().at(1)[1]), (Waves::Travelling, C64::new(90.4, 0.0)));
    assert_eq!(file.propagation().unwrap()[[1, 1]], C64::new(0.2, 41.0));
    assert_eq!(file.comments().len(), 2);
    let back = Touchstone::parse(file.to_text(Format::RealImaginary), "x.s2p").unwrap();
    assert_eq!(
        (back.references(), back.waves(), back.propagation()),
        (file.references(), file.waves(), file.propagation())
    );
}

/// Two frequencies of the two-port that most of the folder's files hold.
fn usual(file: &Touchstone) -> bool {
    let entry = |m: f64, degrees: f64| C64::from_polar(m, degrees.to_radians());
    let first = [entry(0.1, 10.0), entry(0.05, 30.0), entry(0.9, -20.0), entry(0.2, -40.0)];
    let second = [entry(0.2, 11.0), entry(0.06, 31.0), entry(0.8, -25.0), entry(0.3, -41.0)];
    let near = |index: usize, truth: [C64; 4]| {
        file.matrices()
            .outer_iter()
            .nth(index)
            .is_some_and(|m| m.iter().zip(truth).all(|(a, b)| (a - b).norm() < 1e-15))
    };
    file.matrices().dim() == (2, 2, 2) && near(0, first) && near(1, second)
}

#[test]
fn dialects_that_people_hand_in_are_read_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/files/touchstone");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: {} is not here", folder.display());
        return;
    };
    let refused = ["ts23_", "ts29_", "ts30_", "ts43_", "ts49_", "ts50_", "ts54_", "ts57_", "ts58_"];
    let noted = ["ts15_", "ts16_", "ts17_", "ts19_", "ts20_", "ts21_", "ts28_", "ts35_", "ts46_", "ts53_"];
    let mut usual_files = 0;
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is = |list: &[&str]| list.iter().any(|start| name.starts_with(start));
        match Touchstone::read(&path) {
            Err(error) => {
                assert!(is(&refused) && error.to_string().contains(" in line "), "{error}");
            }
            Ok(file) => {
                assert!(!is(&refused), "{name} is read as {file:?}");
                assert_eq!(!file.notes().is_empty(), is(&noted), "{name}: {:?}", file.notes());
                usual_files += usize::from(usual(&file));
                let text = file.to_text(Format::RealImaginary);
                let back = Touchstone::parse(text, &name).unwrap();
                assert_eq!(back.noise().len(), file.noise().len());
                assert_eq!(
                    (back.frequencies_hz(), back.references()),
                    (file.frequencies_hz(), file.references())
                );
            }
        }
    }
    // ts32 lists 12 first, ts19 to ts21 have other frequencies, ts22 and ts37 to ts44 and others hold
    // other numbers.
    assert_eq!(usual_files, 24);
}

fn entry() -> impl Strategy<Value = C64> {
    (-1.5..1.5, -1.5..1.5).prop_map(|(re, im)| C64::new(re, im))
}

proptest! {
    #[test]
    fn any_network_comes_back_from_any_version(
        ports in 1_usize..=9,
        points in 1_usize..4,
        entries in prop::collection::vec(entry(), 9 * 9 * 3),
        ohm in prop::collection::vec((0.01..500.0, prop::bool::ANY), 9),
        real in 0..3,
    ) {
        let s = Array3::from_shape_vec((points, ports, ports), entries[..points * ports * ports].to_vec()).unwrap();
        let ohm: Vec<C64> = ohm[..ports].iter().map(|&(ohm, imaginary)| match real {
            0 => C64::new(50.0, 0.0),
            1 => C64::new(ohm, 0.0),
            _ => C64::new(ohm, if imaginary { ohm } else { -1.0 }),
        }).collect();
        let frequencies_hz = (0..points).map(|i| 1e9 * (i as f64 + 0.1)).collect();
        let network = NPort::new(frequencies_hz, s, References::constant(&ohm).unwrap(), Waves::Pseudo).unwrap();
        let file = Touchstone::of(&network);
        for version in [None, Some(Version::V2_0), Some(Version::V2_1)] {
            let text = file.to_text_as(&Layout { version, ..Layout::default() }).unwrap();
            let name = if version.is_some() { "x.ts".to_string() } else { format!("x.s{ports}p") };
            let back = Touchstone::parse(&text, &name).unwrap();
            prop_assert_eq!(back.matrices(), file.matrices());
            prop_assert_eq!(back.references(), file.references());
            prop_assert!(back.notes().is_empty(), "{:?}", back.notes());
        }
        let lower = Layout { matrix: MatrixFormat::Lower, ..Layout::default() };
        prop_assert_eq!(file.to_text_as(&lower).is_ok(), ports == 1);
    }

    #[test]
    fn all_parameters_come_back_from_both_normalisations(entries in prop::collection::vec(entry(), 4), letter in "[SYZHG]") {
        let numbers: String = entries.iter().map(|z| format!(" {} {}", z.re, z.im)).collect();
        let file = Touchstone::parse(format!("# GHz {letter} RI R 73\n1{numbers}\n"), "x.s2p").unwrap();
        for version in [Version::V1_0, Version::V2_1] {
            let text = file.to_text_as(&Layout { version: Some(version), ..Layout::default() }).unwrap();
            let back = Touchstone::parse(text, "x.s2p").unwrap();
            for (a, b) in back.matrices().iter().zip(file.matrices()) {
                // Over the reference and back are two roundings.
                prop_assert!((a - b).norm() <= 4e-16 * b.norm());
            }
        }
        // Impedances are as many ohm, hybrid parameters of 11 too.
        let scale = match letter.as_str() { "Z" | "H" => 73.0, "Y" | "G" => 1.0 / 73.0, _ => 1.0 };
        prop_assert!((file.matrices()[[0, 0, 0]] - entries[0] * scale).norm() <= 1e-15 * scale);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "(#|!|\\[|\\]|[ 0-9.eE+\\-a-zA-Zäß\r\n\t])*", bytes in prop::collection::vec(0_u8.., 0..80)) {
        let _ = Touchstone::parse(&text, "any.s2p");
        let _ = Touchstone::parse(format!("# GHz S RI R 50\n{text}"), "any.s2p");
        let _ = Touchstone::parse(format!("[Version] 2.0\n# GHz S RI\n[Number of Ports] 1\n{text}[Network Data]\n{text}"), "any.ts");
        let _ = Touchstone::parse(bytes, "any.s1p");
    }
}
