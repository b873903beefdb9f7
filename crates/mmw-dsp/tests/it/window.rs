//! Windows against SciPy, their figures of merit, and bad input.

use mmw_dsp::mmw_core::Error;
use mmw_dsp::window::Window;
use proptest::prelude::*;

const ALL: [Window; 7] = [
    Window::Rectangular,
    Window::Hann,
    Window::Hamming,
    Window::BlackmanHarris,
    Window::Kaiser { beta: 6.0 },
    Window::Taylor { nbar: 5, sidelobe_db: 35.0 },
    Window::DolphChebyshev { sidelobe_db: 60.0 },
];

#[test]
fn weights_agree_with_scipy() {
    let mut rows = 0;
    for line in include_str!("../data/windows.csv").lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split(',');
        let window = fields.next().unwrap().parse::<Window>().unwrap();
        let periodic = fields.next() == Some("periodic");
        let n: usize = fields.next().unwrap().parse().unwrap();
        let expected: Vec<f64> = fields.map(|field| field.parse().unwrap()).collect();
        let weights = if periodic { window.weights::<f64>(n) } else { window.symmetric(n) }.unwrap();
        assert_eq!(weights.len(), expected.len());
        for (w, e) in weights.iter().zip(&expected) {
            // The tolerance stands in the file, with its reason.
            assert!((w - e).abs() <= 1e-13, "{line}: {w} is not {e}");
        }
        rows += 1;
    }
    assert_eq!(rows, 100);
}

#[test]
fn figures_of_merit_are_those_of_harris_table_1() {
    // F. J. Harris, Proc. IEEE 66(1), 1978, table I: coherent gain and ENBW as printed, to two decimals
    // (the four-term minimum Blackman-Harris has 0.36 and 2.00).
    for (window, gain, enbw_bins) in [
        (Window::Rectangular, 1.0, 1.0),
        (Window::Hann, 0.50, 1.50),
        (Window::Hamming, 0.54, 1.36),
        (Window::BlackmanHarris, 0.36, 2.00),
        (Window::Kaiser { beta: 2.0 * std::f64::consts::PI }, 0.49, 1.50),
        (Window::DolphChebyshev { sidelobe_db: 60.0 }, 0.48, 1.51),
    ] {
        assert!((window.coherent_gain(4096).unwrap() - gain).abs() < 0.0101, "{window}");
        assert!((window.enbw_bins(4096).unwrap() - enbw_bins).abs() < 0.0101, "{window}");
    }
}

#[test]
fn chebyshev_sidelobes_all_stand_at_the_level_asked_for() {
    let n = 32;
    let window = Window::DolphChebyshev { sidelobe_db: 50.0 }.symmetric::<f64>(n).unwrap();
    let response = |f: f64| {
        let phase = |i: usize| 2.0 * std::f64::consts::PI * f * i as f64;
        let (re, im) = window
            .iter()
            .enumerate()
            .fold((0.0, 0.0), |(re, im), (i, w)| (re + w * phase(i).cos(), im - w * phase(i).sin()));
        f64::hypot(re, im)
    };
    let level_db = |k: usize| 20.0 * (response(k as f64 / 8192.0) / response(0.0)).log10();
    let sidelobes: Vec<f64> = (1..4095)
        .filter(|&k| level_db(k) > level_db(k - 1) && level_db(k) > level_db(k + 1))
        .map(level_db)
        .collect();
    // n - 1 zeros of the polynomial leave 14 sidelobes on each side of an even length of 32, the last at
    // half the sample rate; a grid of 8192 meets each peak to within 1e-3 dB.
    assert!(sidelobes.len() >= 13);
    assert!(sidelobes.iter().all(|level| (level + 50.0).abs() < 1e-3), "{sidelobes:?}");
}

#[test]
fn names_round_trip_and_unknown_ones_list_what_exists() {
    for window in ALL {
        assert_eq!(window.to_string().parse::<Window>().unwrap(), window);
    }
    for name in ["", "han", "kaiser", "kaiser:x", "taylor:4", "taylor:-1:30", "chebyshev:80:1"] {
        let message = name.parse::<Window>().unwrap_err().to_string();
        assert!(message.contains("blackman_harris"), "{message}");
    }
}

#[test]
fn parameters_and_lengths_out_of_range_are_errors() {
    for window in [
        Window::Kaiser { beta: f64::NAN },
        Window::Kaiser { beta: -1.0 },
        Window::Kaiser { beta: 701.0 },
        Window::Taylor { nbar: 0, sidelobe_db: 30.0 },
        Window::Taylor { nbar: 4, sidelobe_db: 0.0 },
        Window::DolphChebyshev { sidelobe_db: f64::INFINITY },
    ] {
        for n in [1, 2, 16] {
            assert!(matches!(window.weights::<f64>(n), Err(Error::Domain { .. })), "{window} {n}");
            assert!(window.symmetric::<f32>(n).is_err());
            assert!(window.coherent_gain(n).is_err() && window.enbw_bins(n).is_err());
        }
        assert!(window.to_string().parse::<Window>().is_err());
    }
    for window in ALL {
        assert!(matches!(window.weights::<f64>(0), Err(Error::TooFew { .. })));
        assert!(matches!(window.weights::<f64>(usize::MAX), Err(Error::Domain { .. })));
    }
}

proptest! {
    #[test]
    fn symmetric_weights_are_symmetric_and_periodic_ones_are_their_beginning(
        which in 0..ALL.len(), n in 2..200usize,
    ) {
        let symmetric = ALL[which].symmetric::<f64>(n).unwrap();
        for i in 0..n {
            prop_assert_eq!(symmetric[i], symmetric[n - 1 - i]);
        }
        let periodic = ALL[which].weights::<f64>(n - 1).unwrap();
        if n > 2 {
            prop_assert_eq!(periodic.to_vec(), symmetric.to_vec()[..n - 1].to_vec());
        }
    }

    #[test]
    fn no_window_beats_the_rectangular_one_in_noise_bandwidth(which in 0..ALL.len(), n in 1..300usize) {
        // Cauchy and Schwarz: (sum w)^2 <= N sum w^2. The slack is the rounding of 300 additions.
        prop_assert!(ALL[which].enbw_bins(n).unwrap() >= 1.0 - 1e-13);
    }
}

#[test]
fn no_chirp_of_a_few_is_thrown_away() {
    for window in ALL.into_iter().chain([Window::Taylor { nbar: 4, sidelobe_db: 30.0 }]) {
        for n in 1..=Window::SHORT {
            let weights = window.taper::<f64>(n).unwrap();
            assert!(weights.iter().all(|&w| w > 0.0), "{window} {n}: {weights}");
            // Symmetric to the bit, so its centre is that of the axis.
            assert!(weights.iter().eq(weights.iter().rev()), "{window} {n}: {weights}");
            // Two equal weights are all that two samples can have.
            if n == 2 {
                assert_eq!(weights[0], weights[1]);
            }
        }
    }
}
