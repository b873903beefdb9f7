//! Bad input is answered by an error.

use mmw_sets::metrics::{AveragePrecision, Confusion, Detection, Place, ols, position_error, suppress};
use mmw_sets::mmw_sense::{CloudPoint, PointCloud};
use mmw_sets::{FeatureConfig, PointFeatures, WindowConfig, cruw};
use proptest::prelude::*;

#[test]
fn metrics_refuse_what_is_no_place_class_or_share() {
    assert!(Place::new(0.0, 0.0).is_err() && Place::new(f64::NAN, 0.0).is_err());
    assert!(Place::new(1.0, 4.0).is_err() && Place::new(1.0, f64::INFINITY).is_err());
    let place = Place::new(1.0, 0.0).unwrap();
    let nowhere = Place { range_m: f64::NAN, azimuth_rad: 0.0 };
    assert!(ols(place, nowhere, 0.01).is_err() && ols(nowhere, place, 0.01).is_err());
    assert!(ols(place, place, 0.0).is_err());
    let one = Detection { class: 0, place, confidence: 0.5 };
    let bad = [
        Detection { confidence: f64::NAN, ..one },
        Detection { place: nowhere, ..one },
        Detection { class: 1, ..one },
    ];
    let mut measure = AveragePrecision::new(vec![0.01]).unwrap();
    for detection in bad {
        assert!(suppress(&[detection], &[0.01], 0.3).is_err());
        assert!(measure.frame(&[], &[detection]).is_err());
    }
    assert!(measure.frame(&[(1, place)], &[]).is_err() && measure.frame(&[(0, nowhere)], &[]).is_err());
    assert!(suppress(&[one], &[0.01], f64::NAN).is_err() && suppress(&[one], &[], 0.3).is_err());
    assert!(AveragePrecision::new(vec![]).is_err() && AveragePrecision::new(vec![f64::NAN]).is_err());
    assert!(
        Confusion::new(0).is_err()
            && Confusion::of(2, &[0], &[]).is_err()
            && Confusion::of(2, &[2], &[0]).is_err()
    );
    assert_eq!(Confusion::new(2).unwrap().accuracy(), None);
    assert!(position_error(&[[0.0; 3]], &[[0.0; 3]], 0.95).is_err());
    assert!(position_error(&[[0.0; 3]; 9], &[[f64::NAN; 3]; 9], 0.95).is_err());
    assert!(position_error(&[[0.0; 3]; 9], &[[0.0; 3]; 9], 1.0).is_err());
    assert!(position_error(&[[0.0; 3]; 3], &[[0.0; 3]; 3], 0.95).is_err());
}

#[test]
fn windows_and_features_out_of_their_domain_are_refused() {
    let new = |change: fn(&mut FeatureConfig, &mut WindowConfig)| {
        let (mut config, mut windows) = (FeatureConfig::radhar(), WindowConfig::radhar());
        change(&mut config, &mut windows);
        PointFeatures::new(config, windows)
    };
    assert!(new(|_, windows| windows.frames = 0).is_err() && new(|_, windows| windows.stride = 0).is_err());
    assert!(new(|_, windows| windows.frames = 1 << 40).is_err());
    assert!(new(|config, _| config.frame_period_s = 0.0).is_err());
    assert!(new(|config, _| config.body_m = f64::NAN).is_err());
    let features = new(|_, _| {}).unwrap();
    let at = |position_m| CloudPoint { position_m, velocity_m_s: Some(1.0), snr_db: None };
    let nowhere = PointCloud { frame: 0, time_s: 0.0, points: vec![at([f64::NAN; 3])] };
    assert!(features.of(&vec![nowhere; 60]).is_err() && features.of(&[]).is_err());
    assert!(features.samples(&[], 2).is_err());
    let one = new(|_, windows| windows.frames = 1).unwrap();
    let far = PointCloud { frame: 0, time_s: 0.0, points: vec![at([1e9, -1e9, 1e9]); 5] };
    assert!(one.of(&[far]).unwrap().iter().all(|x| x.is_finite()));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_of_annotations_panic(text in "[0-9 .\\-a-z\\n\u{e9}]{0,80}") {
        drop(cruw::annotations("a.txt", &text));
    }

    #[test]
    fn likeness_is_a_share_and_greatest_at_the_place_itself(
        r in 0.01_f64..1e5, a in -3.1_f64..3.1, q in 0.01_f64..1e5, b in -3.1_f64..3.1, kappa in 1e-6_f64..10.0,
    ) {
        let (truth, other) = (Place::new(r, a).unwrap(), Place::new(q, b).unwrap());
        let like = ols(truth, other, kappa).unwrap();
        prop_assert!((0.0..=1.0).contains(&like));
        prop_assert_eq!(ols(truth, truth, kappa).unwrap(), 1.0);
    }
}
