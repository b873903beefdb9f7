//! Multipliers of the detectors against references of 30 digits.
//!
//! Each row holds a multiplier and its false-alarm probability, computed with mpmath in 50 digits by other
//! means than ours. OS and TM: the transform of the ordered sample by exact integration from the greatest
//! cell down, where every step is a polynomial times an exponential, as a series in the look. GO and SO:
//! quadrature in `x`, and inclusion and exclusion. Geometric mean: the trapezoid rule on the Mellin-Barnes
//! integral until 33 digits stand; for two cells of one look it agrees with the law of a product, a Bessel
//! function, to 20 digits. Clutter map: multiplying out the factors of the transform.
#![allow(clippy::excessive_precision, reason = "the digits of the references")]

use mmw_dsp::cfar::{
    ca_multiplier, clutter_map_false_alarm_probability, clutter_map_multiplier, go_false_alarm_probability,
    go_multiplier, log_false_alarm_probability, log_multiplier, os_false_alarm_probability, os_multiplier,
    so_false_alarm_probability, so_multiplier, tm_false_alarm_probability, tm_multiplier,
};
use mmw_dsp::mmw_core::Result;

/// Both ways agree to 1e-10.
fn assert_law(
    name: &str,
    [alpha, p]: [f64; 2],
    probability: impl Fn(f64) -> Result<f64>,
    multiplier: impl Fn(f64) -> Result<f64>,
) {
    let found = probability(alpha).unwrap() / p - 1.0;
    let back = multiplier(p).unwrap() / alpha - 1.0;
    println!("{name} {alpha} {p:e}: {found:+.1e} {back:+.1e}");
    assert!(found.abs() < 1e-10, "{name} {alpha} {p:e}: probability off by {found:e}");
    assert!(back.abs() < 1e-10, "{name} {alpha} {p:e}: multiplier off by {back:e}");
}

#[test]
fn ordered_statistics_have_the_probabilities_of_the_references() {
    for (n, k, looks, law) in [
        (16, 12, 1, [20.95, 1.00160799483953937e-6]),
        (8, 6, 4, [3.0, 0.00292934683900520113789]),
        (16, 12, 4, [4.5, 1.17739159799899409574e-5]),
        (24, 18, 12, [2.25, 7.83394674762405184978e-5]),
        (5, 1, 3, [30.0, 0.00159324705020711317585]),
        (20, 20, 2, [2.5, 0.000350292339175814137677]),
        (100, 75, 12, [2.0, 0.000259725851133714138457]),
        (36, 18, 7, [9.0, 1.74263570571423094022e-15]),
        (100, 75, 4, [3.5, 3.23212736390555550554e-5]),
    ] {
        let name = format!("os {n} {k} {looks}");
        let probability = |alpha| os_false_alarm_probability(n, k, looks, alpha);
        assert_law(&name, law, probability, |p| os_multiplier(n, k, looks, p));
    }
}

#[test]
fn trimmed_means_have_the_probabilities_of_the_references() {
    for (n, trim, looks, law) in [
        (16, [0, 4], 1, [12.0, 0.0048828125]),
        (24, [2, 6], 1, [20.5, 7.82359353439766884978e-5]),
        (8, [1, 2], 2, [6.0, 0.00518166310956378199429]),
        (16, [0, 4], 4, [4.5, 0.00119136173331928637090]),
        (16, [3, 0], 4, [2.0, 0.0272654688554469587591]),
        (16, [4, 4], 4, [5.0, 6.4574769176530247070590623e-5]),
        (24, [6, 6], 12, [2.25, 0.000984067145827225538939]),
        (5, [1, 2], 3, [8.0, 0.000669015807890037834607]),
        (5, [1, 1], 3, [0.5, 0.823172779209008803884]),
        (4, [1, 1], 2, [100.0, 5.08185901699496750516e-9]),
        (100, [10, 25], 4, [3.5, 0.00306298043319123424202]),
        (100, [0, 50], 12, [2.75, 0.00118049515420262897362]),
        (36, [9, 9], 7, [9.0, 1.55185841100864619408e-16]),
        (544, [136, 136], 4, [4.0, 0.000242747629131465503059]),
    ] {
        let name = format!("tm {n} {trim:?} {looks}");
        let probability = |alpha| tm_false_alarm_probability(n, trim, looks, alpha);
        assert_law(&name, law, probability, |p| tm_multiplier(n, trim, looks, p));
    }
}

#[test]
fn greatest_and_smallest_means_have_the_probabilities_of_the_references() {
    for (cells, looks, alpha, greatest, smallest) in [
        ([16, 16], 1, 15.7242, 1.00002222215733328489e-6, 3.40508517835218528677e-5),
        ([8, 8], 4, 4.0, 0.000129599045058632378441, 0.00122383615776683126608),
        ([12, 20], 12, 2.25, 0.000343927596411688521871, 0.00131698420893738805398),
        ([300, 244], 4, 3.5, 0.000406657702624601432682, 0.000597306725923723638839),
        ([40, 40], 2, 12.0, 1.68854568911516534089e-9, 2.81473431206782490302e-8),
    ] {
        let name = format!("{cells:?} {looks}");
        let probability = |alpha| go_false_alarm_probability(cells, looks, alpha);
        assert_law(&format!("go {name}"), [alpha, greatest], probability, |p| go_multiplier(cells, looks, p));
        let probability = |alpha| so_false_alarm_probability(cells, looks, alpha);
        assert_law(&format!("so {name}"), [alpha, smallest], probability, |p| so_multiplier(cells, looks, p));
    }
}

#[test]
fn geometric_means_have_the_probabilities_of_the_references() {
    for (n, looks, law) in [
        (1, 1, [30.0, 1.0 / 31.0]),
        (2, 1, [40.0, 0.00674905475460911189615]),
        (16, 1, [20.0, 0.000376688099649449728843]),
        (16, 4, [5.0, 0.000108363580372336948001]),
        (24, 12, [2.25, 0.00120601439414774246605]),
        (100, 4, [3.75, 0.00104854628683629304496]),
        (544, 1, [13.5, 0.000550040737560235401711]),
        (544, 12, [2.2, 0.00120024473011053610356]),
        (5, 3, [0.5, 0.848192949098278665991]),
        (36, 7, [9.0, 3.21212289965931824299e-16]),
        (8, 1, [1000.0, 6.58614811415811961752e-13]),
    ] {
        let probability = |alpha| log_false_alarm_probability(n, looks, alpha);
        assert_law(&format!("log {n} {looks}"), law, probability, |p| log_multiplier(n, looks, p));
    }
}

#[test]
fn clutter_maps_have_the_probabilities_of_the_references() {
    for (weight, frames, looks, law) in [
        (0.1, usize::MAX, 1, [9.0, 0.000573339059986423009210]),
        (0.5, usize::MAX, 1, [40.0, 3.19018301594715462013e-5]),
        (0.02, usize::MAX, 1, [8.0, 0.000453701817104366890441]),
        (0.1, usize::MAX, 4, [3.5, 0.000955373153209845903922]),
        (0.25, usize::MAX, 12, [2.5, 0.000343855167233847479256]),
        (0.1, 5, 1, [9.0, 0.0147071621426599770134]),
        (0.1, 2, 4, [4.0, 0.0205808391287923984091]),
        (0.5, 1, 2, [12.0, 0.0168411470186618115612]),
        (0.0625, 30, 12, [2.25, 0.000733546795127641845654]),
    ] {
        let probability = |alpha| clutter_map_false_alarm_probability(weight, frames, looks, alpha);
        let name = format!("clutter map {weight} {frames} {looks}");
        assert_law(&name, law, probability, |p| clutter_map_multiplier(weight, frames, looks, p));
    }
}

/// Multipliers for one false alarm in a thousand of 144 training cells, halves of 72, the 108th least, and a
/// clutter map of weight 0.1: mpmath with 40 digits by quadrature over the noise estimate where ours is over
/// the cell, cut where 10⁻¹⁴ of it is left; the geometric mean along the line of the Mellin-Barnes integral.
#[test]
fn multipliers_are_those_of_the_quadrature_over_the_noise() {
    const P: f64 = 1e-3;
    for (looks, [ca, go, so, os, log, map]) in [
        (
            1,
            [
                7.07612099562861633882175312382,
                6.680834465875782232508276,
                7.664057975718238113571092,
                5.211245797302380297207393,
                12.7252767827879640410727560971,
                8.2185609528906232817656483931,
            ],
        ),
        (
            4,
            [
                3.29421534570081443512788011636,
                3.19698067820941415366735749079,
                3.419960119793315892463076,
                2.60407269544330206404567765562,
                3.75291218621497503222007991718,
                3.48330176077083670089117328895,
            ],
        ),
    ] {
        for (name, found, reference) in [
            ("ca", ca_multiplier(144, looks, P), ca),
            ("go", go_multiplier([72, 72], looks, P), go),
            ("so", so_multiplier([72, 72], looks, P), so),
            ("os", os_multiplier(144, 108, looks, P), os),
            ("log", log_multiplier(144, looks, P), log),
            ("clutter map", clutter_map_multiplier(0.1, usize::MAX, looks, P), map),
        ] {
            let off = found.unwrap() / reference - 1.0;
            println!("{name} {looks}: {off:+.1e}");
            assert!(off.abs() < 1e-10, "{name} {looks}: off by {off:e}");
        }
    }
}

#[test]
fn what_no_law_is_known_for_is_an_error() {
    let kind = |result: Result<f64>| result.unwrap_err().kind();
    assert_eq!(kind(tm_multiplier(10, [5, 5], 1, 1e-3)), "domain");
    assert_eq!(kind(tm_multiplier(10, [usize::MAX, 5], 1, 1e-3)), "domain");
    assert_eq!(kind(tm_multiplier(10, [1, 1], 2000, 1e-3)), "domain");
    assert_eq!(kind(tm_multiplier(0, [0, 0], 1, 1e-3)), "too_few");
    assert_eq!(kind(log_multiplier(10, 0, 1e-3)), "too_few");
    assert_eq!(kind(log_multiplier(10, 1, f64::NAN)), "domain");
    assert_eq!(kind(log_false_alarm_probability(10, 1, -1.0)), "domain");
    assert_eq!(kind(clutter_map_multiplier(0.0, 1, 1, 1e-3)), "domain");
    assert_eq!(kind(clutter_map_multiplier(1.5, 1, 1, 1e-3)), "domain");
    assert_eq!(kind(clutter_map_multiplier(0.5, 0, 1, 1e-3)), "too_few");
    for probability in [tm_false_alarm_probability(9, [2, 2], 3, 0.0), log_false_alarm_probability(9, 3, 0.0)]
    {
        assert_eq!(probability.unwrap(), 1.0);
    }
}
