//! Both windows and both transforms of a cube.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use mmw_benches::{group, peers::Python, random};
use mmw_core::C32;
use mmw_core::ndarray::Array3;
use mmw_dsp::range_doppler::{Backend, RangeDoppler, RangeDopplerConfig};
use mmw_dsp::{Fmcw, FmcwConfig};
use mmwcore::{ComplexFftSpec, FftWindow, fft_complex_axis};
use serde_json::json;
use std::hint::black_box;

/// The source's frame, 12 x 128 x 256.
pub(crate) fn transforms(criterion: &mut Criterion) {
    let fmcw = Fmcw::new(FmcwConfig::iwr1843()).expect("sound");
    let config = RangeDopplerConfig::from_fmcw(&fmcw);
    let shape = config.input_shape();
    let cube = random::cube(shape, 1);
    let mut output = Array3::from_elem(config.output_shape(), C32::new(0.0, 0.0));
    let mut group = group(criterion, "mmw-dsp/range_doppler/12x128x256");

    for (label, backend) in [("ours", None), ("ours-portable", Some(Backend::Portable))] {
        let plan = match backend {
            None => RangeDoppler::<f32>::new(config),
            Some(backend) => RangeDoppler::with_backend(config, backend),
        }
        .expect("sound");
        let mut scratch = plan.scratch();
        group.bench_function(label, |b| {
            b.iter(|| plan.process_into(black_box(&cube), &mut scratch, black_box(&mut output)));
        });
    }

    group.bench_function("memcpy", |b| {
        let (from, to) = (cube.as_slice().expect("whole"), output.as_slice_mut().expect("whole"));
        b.iter(|| black_box(&mut *to).copy_from_slice(black_box(from)));
    });

    // mmwcore leaves the output as [channel, doppler, range]: it is spared the transpose.
    group.bench_function("mmwcore-0.3.0", |b| {
        let data = cube.as_slice().expect("whole");
        let range = ComplexFftSpec::new(shape[2], FftWindow::Hann, false, false, false).expect("sound");
        let doppler = ComplexFftSpec::new(shape[1], FftWindow::Hann, false, true, false).expect("sound");
        b.iter(|| {
            let (spectra, shape) = fft_complex_axis(black_box(data), &shape, 2, range)?;
            fft_complex_axis(&spectra, &shape, 1, doppler)
        });
    });

    let mut python = Python::start();
    let arguments = json!({ "shape": shape });
    python.bench(&mut group, "scipy", "mmw_dsp.range_doppler_scipy", &arguments);
    let job = "mmw_dsp.range_doppler_scipy_overwrite";
    python.bench(&mut group, "scipy-overwrite", job, &arguments);
    python.bench(&mut group, "numpy", "mmw_dsp.range_doppler_numpy", &arguments);
    python.bench(&mut group, "mkl", "mmw_dsp.range_doppler_mkl", &arguments);
    group.finish();
}
