//! Free space, gases and rain against ITU-Rpy 0.4.0 (see `tests/data/README.md`).

use crate::tables::{Worst, number, numbers, relative, table};
use linkbudget::atmosphere::Atmosphere;
use linkbudget::free_space::free_space_loss_db;
use linkbudget::gas::{LineByLine, Revision};
use linkbudget::ndarray::Array1;
use linkbudget::rain::{Polarisation, RainLaw};

#[test]
fn gases_match_p676_in_four_atmospheres() {
    let (mut scalar, mut array) = (Worst::default(), Worst::default());
    for set in table("p676_gas")["sets"].as_array().unwrap() {
        let air = Atmosphere {
            dry_pressure_hpa: number(&set["P_hpa"]),
            temperature_k: number(&set["T_k"]),
            vapour_density_g_m3: number(&set["rho_gm3"]),
        };
        let gas = LineByLine::new(air, Revision::P676V12).unwrap();
        let rows: Vec<Vec<f64>> = set["data"].as_array().unwrap().iter().map(numbers).collect();
        for row in &rows {
            let got = gas.specific_attenuation(row[0] * 1e9).unwrap();
            let place = || format!("{} {} GHz", set["tag"], row[0]);
            scalar.see(relative(got.oxygen_db_per_km, row[1]), place);
            scalar.see(relative(got.vapour_db_per_km, row[2]), place);
            scalar.see(relative(got.total_db_per_km(), row[3]), place);
        }
        let frequencies_hz: Array1<f64> = rows.iter().map(|row| row[0] * 1e9).collect();
        let totals = gas.total_db_per_km(&frequencies_hz).unwrap();
        let parts = gas.specific_attenuation_array(&frequencies_hz).unwrap();
        for ((row, total), part) in rows.iter().zip(&totals).zip(&parts) {
            array.see(relative(*total, row[3]), || format!("{} GHz", row[0]));
            array.see(relative(part.oxygen_db_per_km, row[1]), || format!("{} GHz", row[0]));
        }
    }
    // The sum over lines cancels by up to two digits between resonances.
    scalar.within("P.676", 1e-12);
    array.within("P.676 arrays", 1e-12);
}

#[test]
fn rain_matches_p838() {
    let mut worst = Worst::default();
    let named =
        [("h", Polarisation::Horizontal), ("v", Polarisation::Vertical), ("c", Polarisation::Circular)];
    for row in table("p838_rain")["rows"].as_array().unwrap() {
        for (letter, polarisation) in named {
            let place = || format!("{} GHz {letter}", row["f_ghz"]);
            let law = RainLaw::p838(number(&row["f_ghz"]) * 1e9, polarisation, 0.0).unwrap();
            worst.see(relative(law.k, number(&row[format!("k_{letter}")])), place);
            worst.see(relative(law.alpha, number(&row[format!("alpha_{letter}")])), place);
            for rate in [5, 25, 50, 100, 150] {
                if let Some(gamma) = row.get(format!("gamma_{letter}_R{rate}_db_per_km")) {
                    let got = law.specific_attenuation_db_per_km(f64::from(rate)).unwrap();
                    worst.see(relative(got, number(gamma)), place);
                }
            }
        }
    }
    worst.within("P.838-3", 1e-12);
}

#[test]
fn a_vertical_path_has_no_polarisation_in_rain() {
    let zenith = |p| RainLaw::p838(60e9, p, std::f64::consts::FRAC_PI_2).unwrap();
    let (h, v) = (zenith(Polarisation::Horizontal), zenith(Polarisation::Vertical));
    assert!(relative(h.k, v.k) < 1e-15 && relative(h.alpha, v.alpha) < 1e-15);
    let tilted = RainLaw::p838(60e9, Polarisation::Tilted { tilt_rad: 0.0 }, 0.0).unwrap();
    assert_eq!(tilted, RainLaw::p838(60e9, Polarisation::Horizontal, 0.0).unwrap());
}

#[test]
fn free_space_loses_twenty_decibels_a_decade() {
    let at = |d| free_space_loss_db(60e9, d).unwrap();
    assert!((at(10.0) - at(1.0) - 20.0).abs() < 1e-12);
    // The paper's "100 dB required based on (2)" holds at 39.8 m with the right constant.
    assert!((at(39.8) - 100.0).abs() < 0.02);
    assert!(free_space_loss_db(60e9, 1e-4).is_err(), "inside the near field");
    assert!(free_space_loss_db(1e300, 1e300).unwrap().is_finite());
}

#[test]
fn the_standard_atmosphere_matches_the_1976_tables() {
    // U.S. Standard Atmosphere 1976, geometric altitude: temperature K, pressure hPa.
    let rows = [
        (0.0, 288.15, 1013.25),
        (2000.0, 275.154, 795.01),
        (5000.0, 255.676, 540.48),
        (15_000.0, 216.650, 121.11),
        (30_000.0, 226.509, 11.970),
        (50_000.0, 270.650, 0.79779),
        (80_000.0, 198.639, 0.010_524),
        (90_000.0, 186.867, 0.001_835_9),
        (100_000.0, 195.08, 0.000_320_11),
    ];
    for (altitude_m, temperature_k, pressure_hpa) in rows {
        let air = Atmosphere::standard(altitude_m).unwrap();
        // The tables round to 10 mK above 90 km and to four or five digits of pressure.
        assert!((air.temperature_k - temperature_k).abs() < 8e-3, "{altitude_m}: {air:?}");
        assert!(relative(air.dry_pressure_hpa, pressure_hpa) < 2e-4, "{altitude_m}: {air:?}");
    }
    assert!(Atmosphere::standard(-1.0).is_err() && Atmosphere::standard(100_001.0).is_err());
}

#[test]
fn oxygen_falls_with_altitude() {
    let oxygen = |altitude_m| {
        let gas = LineByLine::new(Atmosphere::standard(altitude_m).unwrap(), Revision::P676V12).unwrap();
        gas.specific_attenuation(60e9).unwrap().oxygen_db_per_km
    };
    let falls: Vec<f64> = (0..20).map(|km| oxygen(1000.0 * f64::from(km))).collect();
    assert!(falls.windows(2).all(|w| w[1] < w[0]), "{falls:?}");
}

#[test]
fn a_vacuum_attenuates_nothing() {
    let air = Atmosphere { dry_pressure_hpa: 0.0, temperature_k: 288.15, vapour_density_g_m3: 0.0 };
    let gas = LineByLine::new(air, Revision::P676V12).unwrap();
    assert_eq!(gas.specific_attenuation(60e9).unwrap().total_db_per_km(), 0.0);
    assert_eq!(gas.specific_attenuation(50.474_214e9).unwrap().total_db_per_km(), 0.0);
}

#[test]
fn absurd_air_and_frequencies_are_refused() {
    let bad = [f64::NAN, f64::INFINITY, -1.0];
    for x in bad {
        let reference = Atmosphere::p676_reference();
        for air in [
            Atmosphere { dry_pressure_hpa: x, ..reference },
            Atmosphere { temperature_k: x, ..reference },
            Atmosphere { vapour_density_g_m3: x, ..reference },
        ] {
            assert!(LineByLine::new(air, Revision::P676V12).is_err(), "{air:?}");
        }
        let gas = LineByLine::new(reference, Revision::P676V12).unwrap();
        assert!(gas.specific_attenuation(x).is_err());
        assert!(gas.total_db_per_km(&Array1::from(vec![60e9, x])).is_err());
        assert!(RainLaw::p838(x, Polarisation::Vertical, 0.0).is_err());
        let law = RainLaw::p838(60e9, Polarisation::Vertical, 0.0).unwrap();
        assert!(law.specific_attenuation_db_per_km(x).is_err());
    }
}

#[test]
fn gases_keep_their_digits_in_thin_and_in_thick_air() {
    let (mut oxygen, mut vapour) = (Worst::default(), Worst::default());
    for line in include_str!("../data/p676_extreme.csv").lines().filter(|line| !line.starts_with('#')) {
        let row: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
        let air = Atmosphere { dry_pressure_hpa: row[1], temperature_k: row[2], vapour_density_g_m3: row[3] };
        let gas = LineByLine::new(air, Revision::P676V12).unwrap();
        let got = gas.specific_attenuation(row[0] * 1e9).unwrap();
        oxygen.see(relative(got.oxygen_db_per_km, row[4]), || line.to_string());
        vapour.see(relative(got.vapour_db_per_km, row[5]), || line.to_string());
    }
    // Interference between lines cancels most of the far wings of oxygen.
    oxygen.within("oxygen, 40 digits", 1e-12);
    vapour.within("vapour, 40 digits", 1e-13);
}
