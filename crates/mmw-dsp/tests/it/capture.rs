//! Layouts of DCA1000 words, and the reader and writer of such files.

use crate::common::TempFile;
use mmw_dsp::capture::{
    AdcLayout, Capture, CaptureConfig, CaptureFormat, CaptureReader, CaptureWriter, LvdsLanes,
};
use mmw_dsp::mmw_core::{C32, C64, ComplexArray3, Error};
use mmw_dsp::ndarray::{Array3, s};
use mmw_dsp::{FmcwConfig, Sampling};
use proptest::prelude::*;

/// A waveform of that size without known antennas, whose times fit for any size.
pub(crate) fn waveform(
    tx: usize,
    rx: usize,
    chirps: usize,
    samples: usize,
    sampling: Sampling,
) -> FmcwConfig {
    FmcwConfig {
        transmitters: tx,
        receivers: rx,
        chirps,
        samples,
        sampling,
        antennas: None,
        chirp_interval_s: 1e-3,
        frame_period_s: 10.0,
        ..FmcwConfig::iwr1843()
    }
}

fn bytes(words: &[i16]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_le_bytes()).collect()
}

fn layout(lanes: LvdsLanes, iq_swap: bool) -> AdcLayout {
    AdcLayout { lanes, iq_swap }
}

fn dca(fmcw: FmcwConfig, lanes: LvdsLanes) -> CaptureConfig {
    CaptureConfig::new(fmcw, CaptureFormat::Dca1000(layout(lanes, false))).unwrap()
}

// SWRA581, "xWR16xx and IWR6843 with DCA1000": two I, then two Q, of one receiver after the other.
#[test]
fn two_complex_lanes_carry_two_in_phase_words_and_then_two_quadrature_words() {
    let config = waveform(1, 2, 1, 4, Sampling::Complex1x);
    let codec = layout(LvdsLanes::Two, false).codec(&config, &[0, 1]).unwrap();
    let file = [1_i16, 2, -1, -2, 3, 4, -3, -4, 11, 12, -11, -12, 13, 14, -13, -14];
    let cube = codec.decode::<f64>(&bytes(&file)).unwrap();
    let expected = |r: usize, s: usize| {
        let x = (10 * r + s + 1) as f64;
        C64::new(x, -x)
    };
    assert_eq!(cube, Array3::from_shape_fn((2, 1, 4), |(r, _, s)| expected(r, s)));
}

#[test]
fn two_real_lanes_carry_the_samples_in_a_row() {
    let config = waveform(1, 2, 1, 3, Sampling::Real);
    let codec = layout(LvdsLanes::Two, false).codec(&config, &[0, 1]).unwrap();
    let cube = codec.decode::<f32>(&bytes(&[1, 2, 3, -1, -2, -3])).unwrap();
    let real = |x: f32| C32::new(x, 0.0);
    assert_eq!(cube.iter().copied().collect::<Vec<_>>(), [1.0, 2.0, 3.0, -1.0, -2.0, -3.0].map(real));
}

// SWRA581, "xWR12xx and xWR14xx with DCA1000": a word of each receiver, I of all four before Q of all four;
// lanes of receivers that are off carry zeros.
#[test]
fn four_complex_lanes_carry_one_word_a_receiver() {
    let config = waveform(1, 2, 1, 2, Sampling::Complex2x);
    let codec = layout(LvdsLanes::Four, false).codec(&config, &[1, 3]).unwrap();
    let file = [0_i16, 1, 0, 3, 0, -1, 0, -3, 0, 11, 0, 13, 0, -11, 0, -13];
    let cube = codec.decode::<f32>(&bytes(&file)).unwrap();
    let z = |x: f32| C32::new(x, -x);
    assert_eq!(cube.iter().copied().collect::<Vec<_>>(), [1.0, 11.0, 3.0, 13.0].map(z));
}

#[test]
fn four_real_lanes_carry_one_word_a_receiver() {
    let config = waveform(1, 4, 1, 3, Sampling::Real);
    let codec = layout(LvdsLanes::Four, false).codec(&config, &[0, 1, 2, 3]).unwrap();
    let cube = codec.decode::<f32>(&bytes(&[0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23])).unwrap();
    assert_eq!(cube, Array3::from_shape_fn((4, 1, 3), |(r, _, s)| C32::new((10 * s + r) as f32, 0.0)));
}

#[test]
fn a_swap_exchanges_the_parts_of_complex_samples_alone() {
    let file = bytes(&[1, 2, 3, 4]);
    let complex = waveform(1, 1, 1, 2, Sampling::Complex1x);
    let cube = layout(LvdsLanes::Two, true).codec(&complex, &[0]).unwrap().decode::<f32>(&file).unwrap();
    assert_eq!(cube.as_slice().unwrap(), [C32::new(3.0, 1.0), C32::new(4.0, 2.0)]);
    let real = waveform(1, 1, 1, 4, Sampling::Real);
    let cube = layout(LvdsLanes::Two, true).codec(&real, &[0]).unwrap().decode::<f32>(&file).unwrap();
    assert_eq!(cube[[0, 0, 3]], C32::new(4.0, 0.0));
}

#[test]
fn chirps_of_one_transmitter_are_outermost_and_transmitters_come_next() {
    let config = waveform(3, 2, 4, 2, Sampling::Complex1x);
    let mut words = Vec::new();
    for chirp in 0..4_i16 {
        for tx in 0..3 {
            for rx in 0..2 {
                let at = |sample: i16| 1000 * chirp + 100 * tx + 10 * rx + sample;
                words.extend([at(0), at(1), -at(0), -at(1)]);
            }
        }
    }
    let codec = layout(LvdsLanes::Two, false).codec(&config, &[0, 1]).unwrap();
    let cube = codec.decode::<f32>(&bytes(&words)).unwrap();
    for ((channel, chirp, sample), z) in cube.indexed_iter() {
        let x = (1000 * chirp + 100 * (channel / 2) + 10 * (channel % 2) + sample) as f32;
        assert_eq!(*z, C32::new(x, -x));
    }
}

#[test]
fn encoding_rounds_saturates_and_counts_what_it_clips() {
    let config = waveform(1, 1, 1, 2, Sampling::Complex1x);
    let codec = layout(LvdsLanes::Two, false).codec(&config, &[0]).unwrap();
    let cube =
        Array3::from_shape_vec((1, 1, 2), vec![C32::new(1.5, -1e9), C32::new(32767.4, 32767.5)]).unwrap();
    let mut file = vec![0; 8];
    assert_eq!(codec.encode_into(&cube, &mut file).unwrap(), 2);
    assert_eq!(file, bytes(&[2, 32767, -32768, 32767]));
}

#[test]
fn shapes_and_values_that_do_not_fit_are_errors() {
    let config = waveform(1, 2, 1, 2, Sampling::Complex1x);
    let two = layout(LvdsLanes::Two, false);
    let codec = two.codec(&config, &[0, 1]).unwrap();
    assert!(matches!(codec.decode::<f32>(&[0; 15]), Err(Error::Shape { .. })));
    let mut strided = ComplexArray3::<f32>::zeros((2, 1, 4));
    let error = codec.decode_into(&[0; 16], &mut strided.slice_mut(s![.., .., ..;2])).unwrap_err();
    assert_eq!(error.kind(), "invalid");
    let nan = ComplexArray3::from_elem((2, 1, 2), C32::new(0.0, f32::NAN));
    assert!(matches!(codec.encode_into(&nan, &mut [0; 16]), Err(Error::NotFinite { index: 0, .. })));
    assert!(matches!(two.codec(&config, &[0]), Err(Error::Shape { .. })));
    assert!(matches!(two.codec(&config, &[1, 1]), Err(Error::Invalid { .. })));
    assert!(matches!(layout(LvdsLanes::Four, false).codec(&config, &[0, 4]), Err(Error::Domain { .. })));
    let error = two.codec(&waveform(1, 1, 1, 3, Sampling::Complex1x), &[0]).unwrap_err();
    assert_eq!(error.to_string(), "samples: 3 is odd, but two lanes carry complex samples in pairs");
    for zero in [
        waveform(0, 1, 1, 2, Sampling::Real),
        waveform(1, 0, 1, 2, Sampling::Real),
        waveform(1, 1, 0, 2, Sampling::Real),
    ] {
        let receivers: Vec<usize> = (0..zero.receivers).collect();
        assert!(matches!(two.codec(&zero, &receivers), Err(Error::TooFew { .. })));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn encoding_is_the_inverse_of_decoding_in_every_layout(
        (tx, chirps, pairs) in (1_usize..4, 1_usize..5, 1_usize..20),
        receivers in proptest::sample::subsequence(vec![0_usize, 1, 2, 3], 1..=4).prop_shuffle(),
        lanes in prop_oneof![Just(LvdsLanes::Two), Just(LvdsLanes::Four)],
        sampling in prop_oneof![Just(Sampling::Real), Just(Sampling::Complex1x), Just(Sampling::Complex2x)],
        iq_swap in any::<bool>(),
        words in proptest::collection::vec(any::<i16>(), 4 * 4 * 40 * 2 * 3),
    ) {
        let config = waveform(tx, receivers.len(), chirps, 2 * pairs, sampling);
        let codec = layout(lanes, iq_swap).codec(&config, &receivers).unwrap();
        let mut words = words.into_iter().cycle();
        let cube = Array3::from_shape_simple_fn(codec.shape(), || {
            let re = f32::from(words.next().unwrap());
            let im = if sampling == Sampling::Real { 0.0 } else { f32::from(words.next().unwrap()) };
            C32::new(re, im)
        });
        let mut file = vec![0xa5; codec.frame_bytes()];
        prop_assert_eq!(codec.encode_into(&cube, &mut file).unwrap(), 0);
        prop_assert_eq!(&codec.decode::<f32>(&file).unwrap(), &cube);
        let double = codec.decode::<f64>(&file).unwrap();
        prop_assert!(double.iter().zip(&cube).all(|(a, b)| a.re == f64::from(b.re) && a.im == f64::from(b.im)));
    }
}

#[test]
fn frames_come_back_in_any_order_as_they_were_written() {
    let config = dca(waveform(2, 4, 3, 6, Sampling::Complex1x), LvdsLanes::Two);
    let frame = |f: u64| {
        Array3::from_shape_fn((8, 3, 6), |(c, n, s)| C32::new((c * 20 + n * 6 + s) as f32, f as f32))
    };
    let file = TempFile::new("order.bin", b"an older file");
    let mut writer = CaptureWriter::create(file.path(), &config).unwrap();
    for f in 0..5 {
        writer.write_frame(&frame(f)).unwrap();
    }
    assert_eq!(writer.clipped(), 0);
    assert_eq!(std::fs::read(file.path()).unwrap(), b"an older file");
    assert_eq!(writer.finish().unwrap(), 5);
    let mut capture = Capture::open(file.path(), &config).unwrap();
    assert_eq!((capture.frames(), capture.shape()), (5, [8, 3, 6]));
    for f in [3, 0, 4, 4, 1] {
        assert_eq!(capture.read_frame(f).unwrap(), frame(f));
    }
    let middle: Vec<_> = capture.frames_in(1..4).collect::<Result<_, _>>().unwrap();
    assert_eq!(middle, [frame(1), frame(2), frame(3)]);
    let error = capture.read_frame(5).unwrap_err();
    assert_eq!(error.to_string(), "frame index is 5, but must be below 5, the number of frames");
    assert!(matches!(
        capture.read_frame_into(0, &mut ComplexArray3::<f64>::zeros((8, 3, 5))),
        Err(Error::Shape { .. })
    ));
}

#[test]
fn an_abandoned_file_leaves_nothing_behind() {
    let config = dca(waveform(1, 1, 1, 2, Sampling::Complex1x), LvdsLanes::Two);
    let path = std::env::temp_dir().join(format!("mmw-dsp-{}-abandoned.bin", std::process::id()));
    let mut writer = CaptureWriter::create(&path, &config).unwrap();
    writer.write_frame(&ComplexArray3::<f32>::zeros((1, 1, 2))).unwrap();
    assert!(path.with_extension("bin.partial").exists());
    drop(writer);
    let partial = path.with_extension("bin.partial");
    assert!(!path.exists() && !partial.exists());
}

#[test]
fn a_file_that_ends_within_a_frame_is_an_error_that_says_where() {
    let mut config = dca(waveform(1, 4, 2, 8, Sampling::Complex1x), LvdsLanes::Two);
    let frame_bytes = config.codec().unwrap().frame_bytes();
    assert_eq!(frame_bytes, 4 * 2 * 8 * 4);
    let file = TempFile::new("short.bin", &[1, 0, 2, 0].repeat((3 * frame_bytes + 100) / 4));
    let error = CaptureReader::open(file.path(), &config).unwrap_err();
    let Error::Format { path, offset, expected, found } = &error else { panic!("{error}") };
    assert_eq!((path.as_str(), *offset), (file.path().to_str().unwrap(), 3 * frame_bytes as u64));
    assert_eq!(
        expected,
        "a frame of 256 bytes: 2 chirps of 1 transmitters, 4 receivers, 8 complex samples, 2 lanes"
    );
    assert!(found.starts_with("100 bytes more than 3 whole frames"), "{found}");

    config.allow_partial_last_frame = true;
    assert_eq!(CaptureReader::open(file.path(), &config).unwrap().frames(), 3);
    for (name, len, found) in
        [("empty.bin", 0, "an empty file"), ("stub.bin", 255, "255 bytes more than 0 whole frames")]
    {
        let file = TempFile::new(name, &vec![0; len]);
        let error = CaptureReader::open(file.path(), &config).unwrap_err();
        assert!(
            matches!(&error, Error::Format { offset: 0, found: f, .. } if f.starts_with(found)),
            "{error}"
        );
    }
}

#[test]
fn a_size_that_fits_the_other_number_of_lanes_is_pointed_out() {
    let config = dca(waveform(1, 3, 2, 8, Sampling::Complex1x), LvdsLanes::Two);
    let file = TempFile::new("lanes.bin", &[1; 4 * 2 * 8 * 4]);
    let error = CaptureReader::open(file.path(), &config).unwrap_err();
    assert!(error.to_string().contains("with 4 lanes it would be 1 whole frames"), "{error}");
}

#[test]
fn what_is_no_file_is_an_error() {
    let config = dca(waveform(1, 1, 1, 2, Sampling::Real), LvdsLanes::Two);
    assert!(matches!(
        CaptureReader::open("no/such.bin".as_ref(), &config),
        Err(Error::Io { action: "open", .. })
    ));
    assert!(CaptureReader::open(&std::env::temp_dir(), &config).is_err());
    assert!(CaptureWriter::create("..".as_ref(), &config).is_err());
    assert!(
        matches!(Capture::open("frames.npy".as_ref(), &config), Err(Error::Missing { name, .. }) if name == "axes")
    );
}
