//! Slant paths, clouds and the statistics of rain against ITU-Rpy, numerical integrals and the validation
//! tables of Study Group 3 (see `tests/data/README.md`), and whole links by hand.

use crate::tables::{Worst, number, numbers, relative, table};
use linkbudget::atmosphere::{Atmosphere, StandardPressure};
use linkbudget::budget::LinkConfig;
use linkbudget::cloud::{cloud_coefficient_db_m3_per_km_g, slant_cloud_db};
use linkbudget::gas::{LineByLine, Revision};
use linkbudget::hop::{Hop, HopConfig, Reach, Route};
use linkbudget::path_loss::{Gas, Obstacle, Rain};
use linkbudget::rain::Polarisation;
use linkbudget::rain_statistics::{Availability, RainFading, SlantClimate};
use linkbudget::slant::SlantPath;

#[test]
fn slant_gases_are_the_integral_along_the_bent_ray() {
    let mut worst = Worst::default();
    for row in table("slant_paths")["gas"].as_array().unwrap() {
        let row = row.as_array().unwrap();
        let [f, elevation_deg, low_km, high_km, oxygen, vapour] = [0, 1, 2, 3, 5, 6].map(|i| number(&row[i]));
        let path = SlantPath {
            elevation_rad: elevation_deg.to_radians(),
            from_altitude_m: low_km * 1e3,
            to_altitude_m: high_km * 1e3,
            pressure: row[4].as_str().unwrap().parse().unwrap(),
        };
        let loss = path.gas_loss(f * 1e9, Revision::P676V12).unwrap();
        let place = || format!("{row:?}");
        worst.see(relative(loss.oxygen_db, oxygen), place);
        worst.see(relative(loss.vapour_db, vapour), place);
    }
    // Layers grow by 1 % each, to 1 % of their altitude: the midpoint rule errs by their thickness squared
    // over 24 scale heights squared, at 10 km by (0.1/2)^2/24 of the vapour there.
    worst.within("P.676 slant", 1e-4);
}

#[test]
fn the_pressure_of_the_standard_atmosphere_moves_oxygen_by_0_83_percent() {
    let at_60_ghz = |pressure| {
        let air = Atmosphere::standard_as(0.0, pressure).unwrap();
        LineByLine::new(air, Revision::P676V12).unwrap().specific_attenuation(60e9).unwrap().total_db_per_km()
    };
    let (dry, total) = (at_60_ghz(StandardPressure::Dry), at_60_ghz(StandardPressure::Total));
    // The first is the row of 60 GHz in the validation table of Study Group 3, 14.77831664 dB/km.
    assert!((dry - 14.778_316_64).abs() < 1e-8, "{dry}");
    assert!((100.0 * (1.0 - total / dry) - 0.83).abs() < 0.005, "{dry} {total}");
    assert_eq!(
        Atmosphere::standard(0.0).unwrap(),
        Atmosphere::standard_as(0.0, StandardPressure::Dry).unwrap()
    );
}

#[test]
fn layers_meet_where_a_path_is_cut() {
    let path = |from_altitude_m, to_altitude_m| {
        let up = SlantPath::to_space(std::f64::consts::FRAC_PI_2);
        SlantPath { from_altitude_m, to_altitude_m, ..up }
            .gas_loss(60e9, Revision::P676V12)
            .unwrap()
            .total_db()
    };
    let (whole, parts) = (path(0.0, 20e3), path(0.0, 3e3) + path(3e3, 20e3));
    assert!((parts / whole - 1.0).abs() < 1e-5, "{whole} {parts}");
}

#[test]
fn clouds_match_p840() {
    let mut worst = Worst::default();
    for row in table("slant_paths")["cloud"].as_array().unwrap() {
        let [f, celsius, expected] = numbers(row).try_into().unwrap();
        let got = cloud_coefficient_db_m3_per_km_g(f * 1e9, celsius + 273.15).unwrap();
        worst.see(relative(got, expected), || row.to_string());
    }
    worst.within("P.840-8", 1e-12);
    // Validation tables of Study Group 3 for P.840-8, 0.3 % of the year: content of liquid, kg/m², elevation,
    // degrees, GHz, dB. Its contents have ten digits.
    for [content, elevation_deg, f, expected] in [
        [1.641_289_077, 31.076_991_24, 14.25, 0.591_366_62],
        [1.641_289_077, 31.076_991_24, 29.0, 2.302_830_70],
        [1.254_176_128, 40.232_036, 14.25, 0.361_147_32],
        [1.117_630_129, 46.359_692_61, 29.0, 1.118_493_96],
        [2.152_560_931, 22.278_334_68, 29.0, 4.112_259_48],
        [3.090_031_167, 52.678_984_86, 29.0, 2.814_132_78],
    ] {
        let got = slant_cloud_db(f * 1e9, f64::to_radians(elevation_deg), content).unwrap();
        assert!((got - expected).abs() < 2e-8, "{content} {f}: {got} for {expected}");
    }
}

#[test]
fn rain_on_level_paths_matches_p530() {
    let mut worst = Worst::default();
    for row in table("slant_paths")["terrestrial_rain"].as_array().unwrap() {
        let [f, tilt_deg, km, rate, percent, expected] = numbers(row).try_into().unwrap();
        let polarisation = if tilt_deg == 0.0 { Polarisation::Horizontal } else { Polarisation::Vertical };
        let fading = RainFading::terrestrial(f * 1e9, km * 1e3, rate, polarisation).unwrap();
        worst.see(relative(fading.exceeded_db(percent / 100.0).unwrap(), expected), || row.to_string());
    }
    worst.within("P.530-17", 1e-12);
}

#[test]
fn rain_on_slant_paths_matches_the_validation_table() {
    let path = format!("{}/tests/data/p618_rain.csv", env!("CARGO_MANIFEST_DIR"));
    let mut worst = Worst::default();
    for line in std::fs::read_to_string(path).unwrap().lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let [latitude_deg, station_km, f, elevation_deg, tilt_deg, percent, rate, slant_km, expected] =
            cells.try_into().unwrap();
        let elevation_rad = elevation_deg.to_radians();
        let climate = SlantClimate {
            rate_001_mm_h: rate,
            polarisation: Polarisation::Tilted { tilt_rad: tilt_deg.to_radians() },
            latitude_rad: latitude_deg.to_radians(),
            rain_height_m: 1e3 * (station_km + slant_km * elevation_rad.sin()),
        };
        let fading = RainFading::slant(f * 1e9, elevation_rad, station_km * 1e3, &climate).unwrap();
        worst.see(relative(fading.exceeded_db(percent / 100.0).unwrap(), expected), || line.to_owned());
    }
    // The table gives its inputs and results with nine or ten digits.
    worst.within("P.618-13", 2e-8);
}

#[test]
fn availability_is_the_inverse_of_the_fade() {
    let fading = RainFading::terrestrial(38e9, 3000.0, 42.0, Polarisation::Vertical).unwrap();
    for fraction in [1.5e-5, 1e-4, 3.3e-4, 9e-3] {
        let Availability::Fraction(works) =
            fading.availability(fading.exceeded_db(fraction).unwrap()).unwrap()
        else {
            panic!("outside");
        };
        assert!((1.0 - works - fraction).abs() < 1e-12, "{fraction}: {works}");
    }
    assert_eq!(fading.availability(-0.1).unwrap(), Availability::Fraction(0.0));
    assert_eq!(fading.availability(0.01).unwrap(), Availability::AtMost(0.99));
    assert!(fading.exceeded_db(2e-2).is_err() && fading.exceeded_db(9e-6).is_err());
    let dry = RainFading::terrestrial(38e9, 3000.0, 0.0, Polarisation::Vertical).unwrap();
    assert_eq!(dry.exceeded_db(1e-4).unwrap(), 0.0);
}

#[test]
fn a_whole_link_adds_up_by_hand() {
    let ends = LinkConfig {
        tx_power_dbm: 12.0,
        tx_gain_db: 30.0,
        rx_gain_db: 32.0,
        system_loss_db: 1.5,
        bandwidth_hz: 1e9,
        noise_figure_db: 7.0,
        required_snr_db: 11.0,
        ..LinkConfig::dipoles_at_60_ghz()
    };
    let rain = Rain { rate_mm_h: 30.0, polarisation: Polarisation::Vertical };
    let mut config =
        HopConfig::level(60e9, 500.0, ends).through(Gas::Constant { oxygen_db_per_km: 14.0 }, Some(rain));
    config.obstacles =
        vec![Obstacle { name: "glass".into(), loss_db: 2.0 }, Obstacle { name: "leaf".into(), loss_db: 1.0 }];
    (config.polarisation_loss_db, config.implementation_loss_db) = (0.5, 1.25);
    let dry = Hop::new(config.clone()).unwrap();
    // 12 + 30 + 32 − 1.5 − 121.990 (68.010808 + 20 log10 500) − 7 − 3 − 0.5 − 1.25.
    let received =
        12.0 + 30.0 + 32.0 - 1.5 - (68.010_808_229_556 + 20.0 * 500_f64.log10()) - 7.0 - 3.0 - 1.75;
    assert!((dry.received_dbm() - received).abs() < 1e-10, "{}", dry.received_dbm());
    // −173.975 dBm/Hz, 90 dB of bandwidth, 7 dB of noise: −76.975 dBm.
    assert!((dry.snr_db() - (received + 76.975)).abs() < 1e-3);
    assert!((dry.margin_db() - (received + 76.975 - 11.0)).abs() < 1e-3);
    let sum: f64 = dry.steps().iter().map(|step| step.change_db).sum();
    assert!((sum - dry.received_dbm()).abs() < 1e-12);

    config.outage_fraction = Some(1e-4);
    let wet = Hop::new(config.clone()).unwrap();
    let fade_db = wet.fading().unwrap().exceeded_db(1e-4).unwrap();
    assert!((dry.margin_db() - wet.margin_db() - fade_db).abs() < 1e-12);
    assert_eq!(dry.availability().unwrap(), wet.availability().unwrap());

    // At its range nothing is left, and rain shortens it.
    let Some(Reach::Within(metres)) = wet.range_m().unwrap() else { panic!("no range") };
    if let Route::Level { distance_m, .. } = &mut config.route {
        *distance_m = metres;
    }
    assert!(Hop::new(config).unwrap().margin_db().abs() < 1e-9);
    let Some(Reach::Within(farther)) = dry.range_m().unwrap() else { panic!("no range") };
    assert!(farther > metres);
}

#[test]
fn what_no_law_knows_is_refused_by_name() {
    let ends = LinkConfig::dipoles_at_60_ghz();
    let mut lone = HopConfig::level(60e9, 1.0, ends);
    lone.outage_fraction = Some(1e-4);
    assert!(Hop::new(lone).unwrap_err().to_string().contains("outage_fraction"));
    let rain = Rain { rate_mm_h: 30.0, polarisation: Polarisation::Vertical };
    let never = HopConfig { outage_fraction: Some(2.0), ..HopConfig::level(60e9, 1e3, ends) };
    let error = Hop::new(never.through(Gas::None, Some(rain))).unwrap_err().to_string();
    assert!(error.starts_with("outage_fraction is 2,"), "{error}");
    let far = HopConfig::level(60e9, 61e3, ends).through(Gas::None, Some(rain));
    assert!(Hop::new(far).unwrap_err().to_string().contains("distance_m"));
    assert!(
        slant_cloud_db(20e9, 0.05, 1.0).is_err() && cloud_coefficient_db_m3_per_km_g(201e9, 273.15).is_err()
    );
    let climate = SlantClimate {
        rate_001_mm_h: 30.0,
        polarisation: Polarisation::Circular,
        latitude_rad: 0.9,
        rain_height_m: 3000.0,
    };
    assert!(RainFading::slant(56e9, 0.5, 0.0, &climate).unwrap_err().to_string().contains("P.618"));
    assert!(RainFading::slant(20e9, 0.0, 0.0, &climate).is_err());
    // Above the rain there is none.
    assert_eq!(RainFading::slant(20e9, 0.5, 4000.0, &climate).unwrap().exceeded_db(1e-4).unwrap(), 0.0);
    let path = SlantPath { to_altitude_m: 2000.0, ..SlantPath::to_space(0.5) };
    let route = Route::Slant { path, liquid_kg_m2: 0.0, rain: Some(climate) };
    let low = HopConfig { route, ..HopConfig::level(20e9, 1.0, ends) };
    assert!(Hop::new(low).unwrap_err().to_string().contains("rain_height_m"));
}
