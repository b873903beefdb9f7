//! The tensor where it is asked for: the numbers of the whole one.

use mmw_core::ndarray::{Array3, Axis, s};
use mmw_core::random::Streams;
use mmw_core::{C32, Error};
use mmw_dsp::forms::AngleMaps;
use mmw_dsp::{Fmcw, FmcwConfig};
use rand::RngExt;

fn spectrum(shape: (usize, usize, usize)) -> Array3<C32> {
    let mut rng = Streams::new(5).stream(0);
    Array3::from_shape_fn(shape, |_| C32::new(rng.random::<f32>() - 0.5, rng.random::<f32>() - 0.5))
}

#[test]
fn values_cells_ranges_and_directions_are_those_of_the_whole_tensor_to_the_bit() {
    let fmcw = Fmcw::new(FmcwConfig { chirps: 6, samples: 10, ..FmcwConfig::iwr1843() }).unwrap();
    let maps = AngleMaps::new(&fmcw, 31, 11, 8).unwrap().with_tensor_angles(13, 5).unwrap();
    let spectrum = spectrum((12, 10, 8));
    let lazy = maps.lazy_tensor(&spectrum).unwrap();
    let whole = maps.tensor(&spectrum).unwrap();
    assert_eq!(lazy.shape(), [10, 8, 5, 13]);
    assert_eq!(lazy.axes().map(|axis| axis.name()), ["range", "velocity", "elevation", "azimuth"]);
    let whole = whole.data();
    for ((range, velocity, elevation, azimuth), &power) in whole.indexed_iter() {
        assert_eq!(lazy.value([range, velocity, elevation, azimuth]).unwrap(), power);
    }
    assert_eq!(lazy.cell([3, 7]).unwrap().data(), &whole.slice(s![3, 7, .., ..]));
    assert_eq!(lazy.direction([4, 2]).unwrap().data(), &whole.slice(s![.., .., 4, 2]));
    assert_eq!(lazy.range(9).unwrap().data(), &whole.index_axis(Axis(0), 9));
}

#[test]
fn indices_beyond_the_tensor_and_powers_that_overflow_are_errors() {
    let fmcw = Fmcw::new(FmcwConfig { chirps: 6, samples: 10, ..FmcwConfig::iwr1843() }).unwrap();
    let maps = AngleMaps::new(&fmcw, 31, 11, 8).unwrap();
    assert!(matches!(maps.lazy_tensor(&spectrum((12, 10, 7))), Err(Error::Shape { .. })));
    assert!(matches!(maps.clone().with_tensor_angles(1, 5), Err(Error::TooFew { .. })));
    let mut spectrum = spectrum((12, 10, 8));
    spectrum[[0, 4, 4]] = C32::new(f32::NAN, 0.0);
    spectrum.slice_mut(s![.., 5, 5]).fill(C32::new(1e30, 0.0));
    let lazy = maps.lazy_tensor(&spectrum).unwrap();
    for wrong in [[10, 0, 0, 0], [0, 8, 0, 0], [0, 0, 9, 0], [0, 0, 0, 33]] {
        assert!(matches!(lazy.value(wrong), Err(Error::Domain { .. })), "{wrong:?}");
    }
    assert!(lazy.value([3, 4, 0, 0]).is_ok());
    assert!(matches!(lazy.cell([4, 4]), Err(Error::NotFinite { .. })));
    spectrum[[0, 4, 4]] = C32::ZERO;
    let lazy = maps.lazy_tensor(&spectrum).unwrap();
    assert!(matches!(lazy.range(5), Err(Error::Invalid { .. })));
    assert!(matches!(lazy.direction([0, 40]), Err(Error::Domain { .. })));
}
