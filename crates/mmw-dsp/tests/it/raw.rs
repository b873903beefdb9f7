//! Frames in the words of their capture against the cubes that they hold: the same bits.

use crate::capture::waveform;
use mmw_dsp::capture::{AdcLayout, FrameCodec, LvdsLanes};
use mmw_dsp::mmw_core::C32;
use mmw_dsp::ndarray::Array3;
use mmw_dsp::range_doppler::{Backend, RangeDoppler, RangeDopplerConfig};
use mmw_dsp::{Firing, Fmcw, FmcwConfig, MtiKind, Processor, ProcessorConfig, Sampling, forms};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

/// Words of all values.
fn words(codec: &FrameCodec, seed: u64) -> Vec<u8> {
    let mut rng = SmallRng::seed_from_u64(seed);
    (0..codec.frame_bytes()).map(|_| rng.random()).collect()
}

/// Lengths that fill the lanes, and lengths that leave some of them empty.
fn waveforms() -> impl Iterator<Item = FmcwConfig> {
    let sizes = [(16, 32), (13, 22), (20, 16)];
    let kinds = [
        (Sampling::Complex1x, Firing::InTurn),
        (Sampling::Complex1x, Firing::Blocks),
        (Sampling::Real, Firing::InTurn),
    ];
    sizes.into_iter().flat_map(move |(chirps, samples)| {
        kinds.map(|(sampling, firing)| FmcwConfig { firing, ..waveform(2, 3, chirps, samples, sampling) })
    })
}

fn layouts() -> impl Iterator<Item = AdcLayout> {
    [LvdsLanes::Two, LvdsLanes::Four]
        .into_iter()
        .flat_map(|lanes| [false, true].map(|iq_swap| AdcLayout { lanes, iq_swap }))
}

#[test]
fn the_transform_of_the_words_is_that_of_the_cube() {
    for config in waveforms() {
        let fmcw = Fmcw::new(config.clone()).unwrap();
        let lengths = RangeDopplerConfig::from_fmcw(&fmcw);
        // Powers of two for the lanes, beyond the samples where those are none.
        let lengths = RangeDopplerConfig {
            range_fft: lengths.samples.next_power_of_two(),
            doppler_fft: lengths.chirps.next_power_of_two(),
            ..lengths
        };
        for layout in layouts() {
            let codec = layout.codec(&config, &[2, 0, 3]).unwrap();
            let bytes = words(&codec, 7);
            for backend in Backend::ALL {
                let Ok(plan) = RangeDoppler::<f32>::with_backend(lengths, *backend) else { continue };
                let expected = plan.process(&codec.decode(&bytes).unwrap()).unwrap();
                let mut spectrum = Array3::from_elem(lengths.output_shape(), C32::default());
                let frame = codec.frame(&bytes).unwrap();
                plan.process_raw_into(frame, &mut plan.scratch(), &mut spectrum).unwrap();
                assert_eq!(spectrum, expected, "{config:?} {layout:?} {backend:?}");
            }
        }
    }
}

#[test]
fn a_processor_finds_the_same_in_words_and_cube_with_and_without_filters() {
    let config = FmcwConfig { chirps: 32, samples: 64, ..FmcwConfig::iwr1843() };
    let fmcw = Fmcw::new(config.clone()).unwrap();
    for mti in [MtiKind::None, MtiKind::MeanPhasor] {
        for coupling_bins in [0, 2] {
            for layout in layouts() {
                let codec = layout.codec(&config, &[0, 1, 2, 3]).unwrap();
                let bytes = words(&codec, 3);
                let chain = ProcessorConfig { mti, coupling_bins, ..ProcessorConfig::default() };
                let [mut raw, mut decoded] = [(); 2].map(|()| Processor::new(&fmcw, &chain).unwrap());
                let cube = codec.decode(&bytes).unwrap();
                for index in 0..2 {
                    let (a, b) = (
                        raw.process_raw(codec.frame(&bytes).unwrap()).unwrap(),
                        decoded.process(&cube).unwrap(),
                    );
                    assert_eq!(a.index(), index);
                    assert_eq!(a.spectrum(), b.spectrum());
                    assert_eq!(a.power(), b.power());
                    assert_eq!(*a.power(), forms::channel_power(a.spectrum()).unwrap());
                    assert_eq!(a.points().unwrap(), b.points().unwrap());
                }
            }
        }
    }
}

#[test]
fn a_frame_of_another_length_or_waveform_is_refused() {
    let config = waveform(1, 2, 16, 16, Sampling::Complex1x);
    let codec = AdcLayout { lanes: LvdsLanes::Two, iq_swap: false }.codec(&config, &[0, 1]).unwrap();
    let bytes = words(&codec, 1);
    assert_eq!(codec.frame(&bytes[1..]).unwrap_err().kind(), "shape");
    let other = Fmcw::new(waveform(1, 2, 16, 32, Sampling::Complex1x)).unwrap();
    let mut radar = Processor::new(&other, &ProcessorConfig::default()).unwrap();
    assert_eq!(radar.process_raw(codec.frame(&bytes).unwrap()).unwrap_err().kind(), "shape");
}
