//! Netlists that ngspice runs.

use linkbudget::ladder::LadderSpec;
use linkbudget::mmw_core::C64;
use linkbudget::ndarray::Array1;
use linkbudget::network::{Network, Part, PartKind, Quality};
use linkbudget::response::Cutoff;
use linkbudget::spice::{AcSweep, netlist};
use std::process::Command;

fn networks() -> Vec<(Network, f64, f64)> {
    let butterworth = LadderSpec::butterworth(7, 50.0, 73.0).synthesise().unwrap();
    let chebyshev = LadderSpec::chebyshev(7, 0.01, Cutoff::ThreeDb, 50.0, 73.0).synthesise().unwrap();
    let at = Quality::At { q: 12.0, frequency_hz: 60e9 };
    let mixed = vec![
        Part::new(PartKind::SeriesR, 5.0),
        Part { quality: at, ..Part::new(PartKind::SeriesC, 0.2e-12) },
        Part { quality: at, ..Part::new(PartKind::ShuntL, 0.3e-9) },
        Part::new(PartKind::ShuntR, 900.0),
        Part { quality: at, ..Part::new(PartKind::SeriesL, 0.1e-9) },
        Part { quality: at, ..Part::new(PartKind::ShuntC, 20e-15) },
    ];
    vec![
        (Network::from_ladder(&butterworth, 10e9).unwrap(), 50.0, 73.0),
        (Network::from_ladder(&chebyshev, 19e9).unwrap().with_quality(at, at).unwrap(), 50.0, 73.0),
        (Network::new(mixed).unwrap(), 50.0, 20.0),
    ]
}

#[test]
fn ngspice_agrees_with_the_exported_netlist() {
    if Command::new("ngspice").arg("--version").output().is_err() {
        println!("skipped: ngspice is not installed");
        return;
    }
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let sweep = AcSweep { start_hz: 1e9, stop_hz: 110e9, points: 110, data_file: "ngspice_s.txt".into() };
    let frequencies_hz = Array1::linspace(1e9, 110e9, 110);
    for (index, (network, source_ohm, load_ohm)) in networks().into_iter().enumerate() {
        let text = netlist(&network, source_ohm, load_ohm, &sweep, "exported ladder").unwrap();
        let circuit = directory.join(format!("exported{index}.cir"));
        std::fs::write(&circuit, text).unwrap();
        let run = Command::new("ngspice").arg("-b").arg(&circuit).current_dir(directory).output().unwrap();
        let table = std::fs::read_to_string(directory.join("ngspice_s.txt"))
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&run.stderr)));
        std::fs::remove_file(directory.join("ngspice_s.txt")).unwrap();
        let s = network.s_parameters(&frequencies_hz, source_ohm, load_ohm).unwrap();
        let mut rows = 0;
        for (line, matrix) in table.lines().zip(s.data().outer_iter()) {
            let row: Vec<f64> = line.split_whitespace().map(|x| x.parse().unwrap()).collect();
            assert!((matrix[[1, 0]] - C64::new(row[1], row[2])).norm() < 1e-9, "{index}: {line}");
            assert!((matrix[[0, 0]] - C64::new(row[3], row[4])).norm() < 1e-9, "{index}: {line}");
            rows += 1;
        }
        assert_eq!(rows, 110);
    }
}

#[test]
fn netlists_refuse_what_spice_cannot_do() {
    let (network, ..) = networks().remove(0);
    let good = AcSweep { start_hz: 1e9, stop_hz: 2e9, points: 2, data_file: "s.txt".into() };
    assert!(netlist(&network, 50.0, 73.0, &good, "two\nlines").unwrap().starts_with("* two lines\n"));
    for bad in [
        AcSweep { start_hz: 0.0, ..good.clone() },
        AcSweep { stop_hz: 1e9, ..good.clone() },
        AcSweep { points: 1, ..good.clone() },
        AcSweep { data_file: "a b".into(), ..good.clone() },
        AcSweep { data_file: "x\n.end".into(), ..good.clone() },
    ] {
        assert!(netlist(&network, 50.0, 73.0, &bad, "").is_err(), "{bad:?}");
    }
    assert!(netlist(&network, f64::NAN, 73.0, &good, "").is_err());
    let constant = Quality::Constant { q: 10.0 };
    let lossy = network.with_quality(constant, constant).unwrap();
    assert!(netlist(&lossy, 50.0, 73.0, &good, "").is_err());
}
