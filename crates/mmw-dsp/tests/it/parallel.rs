//! What the feature `rayon` changes: channels and pieces of images are shared out over threads.

use mmw_dsp::mmw_core::{Axis, C32, C64, Error, Result};
use mmw_dsp::ndarray::Array3;
use mmw_dsp::range_doppler::{RangeDoppler, RangeDopplerConfig};
use mmw_dsp::sar::{PhaseHistory, PlanarScan, RangeMigration, RangeMigrationConfig, back_project};
use mmw_dsp::{Fmcw, FmcwConfig, Processor, ProcessorConfig, Window};

fn plan() -> Result<RangeDoppler<f32>> {
    let fmcw = Fmcw::new(FmcwConfig { chirps: 16, ..FmcwConfig::iwr1843() })?;
    RangeDoppler::new(RangeDopplerConfig::from_fmcw(&fmcw))
}

/// The spectra of one frame on 1, 2, 3, 5 and 16 threads: more and fewer than the twelve channels, and some
/// that divide them with a rest.
fn spectra(plan: &RangeDoppler<f32>, cube: &Array3<C32>) -> Result<Vec<Array3<C32>>> {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads to be had").install(|| plan.process(cube))
    };
    [1, 2, 3, 5, 16].into_iter().map(on).collect()
}

fn cube(plan: &RangeDoppler<f32>) -> Array3<C32> {
    let at = |k: usize| (1.7 * k as f64 * k as f64).sin() as f32;
    let [_, chirps, samples] = plan.config().input_shape();
    Array3::from_shape_fn(plan.config().input_shape(), |(c, m, n)| {
        let k = (c * chirps + m) * samples + n;
        C32::new(at(k), at(k + 1))
    })
}

#[test]
fn spectra_have_the_same_bits_on_any_number_of_threads() -> Result<()> {
    let plan = plan()?;
    let spectra = spectra(&plan, &cube(&plan))?;
    assert!(spectra.iter().all(|spectrum| *spectrum == spectra[0]));
    Ok(())
}

/// On one thread the powers are summed as channels are transformed, on more after all of them.
#[test]
fn powers_have_the_same_bits_on_any_number_of_threads() -> Result<()> {
    let fmcw = Fmcw::new(FmcwConfig { chirps: 16, ..FmcwConfig::iwr1843() })?;
    let cube = cube(&plan()?);
    let on = |threads: usize| -> Result<_> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads to be had").install(|| {
            let mut radar = Processor::new(&fmcw, &ProcessorConfig::default())?;
            Ok(radar.process(&cube)?.power().to_owned())
        })
    };
    let one = on(1)?;
    for threads in [2, 3, 16] {
        assert!(on(threads)? == one, "{threads} threads");
    }
    Ok(())
}

#[test]
fn a_sample_that_is_no_number_is_found_in_any_share() -> Result<()> {
    let plan = plan()?;
    for channel in [0, 5, 11] {
        let mut cube = cube(&plan);
        cube[[channel, 3, 7]].im = f32::NAN;
        assert!(matches!(spectra(&plan, &cube), Err(Error::NotFinite { .. })), "channel {channel}");
    }
    Ok(())
}

#[test]
fn aperture_images_have_the_same_bits_on_any_number_of_threads() -> Result<()> {
    let axis = |name, len: usize| Axis::uniform(name, "m", -5e-4 * (len - 1) as f64, 1e-3, len);
    let (y, x) = (axis("y", 9)?, axis("x", 14)?);
    let places: Vec<_> = y.iter().flat_map(|y| x.iter().map(move |x| [x, y, 0.0])).collect();
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 2e8, 20)?;
    let point = ([2e-3, 1e-3, 0.1], C64::new(1.0, 0.0));
    let history = PhaseHistory::<f32>::of_points(&[point], places.clone(), places, frequency)?;
    let scan = PlanarScan::from_history(history.clone(), y, x)?;
    let z = Axis::uniform("z", "m", 0.08, 5e-3, 9)?;
    let config = RangeMigrationConfig { z, voxels: [16, 16], points: [25, 32], window: Window::Hann };
    let plan = RangeMigration::new(config, 20)?;
    let on = |threads: usize| -> Result<_> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads to be had").install(|| {
            let migrated = plan.image(&scan)?;
            let [z, y, x] = [0, 1, 2].map(|dim| migrated.axes()[dim].clone());
            Ok((migrated, back_project(&history, [z, y, x], Window::Hann)?))
        })
    };
    let one = on(1)?;
    for threads in [2, 3] {
        assert!(on(threads)? == one, "{threads} threads");
    }
    Ok(())
}
