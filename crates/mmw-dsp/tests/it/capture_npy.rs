//! `.npy` files: element types, orders, named axes.

use crate::capture::waveform;
use crate::common::TempFile;
use mmw_dsp::capture::{Capture, CaptureConfig, CaptureFormat, NpyReader};
use mmw_dsp::mmw_core::{C32, Error};
use mmw_dsp::ndarray::Array3;
use mmw_dsp::{FmcwConfig, Sampling};
use proptest::prelude::*;

/// What `numpy.save` would write.
pub(crate) fn npy(descr: &str, fortran: bool, shape: &[usize], data: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let lengths: String = shape.iter().map(|n| format!("{n}, ")).collect();
    let dict = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({lengths}), }}\n");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((dict.len() as u16).to_le_bytes());
    file.extend(dict.as_bytes());
    file.extend(data);
    file
}

fn config(fmcw: FmcwConfig, axes: &str, wrap_u16: Option<bool>) -> CaptureConfig {
    CaptureConfig::new(fmcw, CaptureFormat::Npy { axes: axes.parse().unwrap(), wrap_u16 }).unwrap()
}

#[test]
fn real_numbers_are_refused_where_the_configuration_says_complex() {
    let fmcw = waveform(1, 1, 2, 4, Sampling::Complex1x);
    let file = TempFile::new("real.npy", &npy("<f4", false, &[2, 4], &[1; 32]));
    let config = config(fmcw, "chirp,sample", None);
    let error = NpyReader::open(file.path(), &config).unwrap_err().to_string();
    assert!(error.contains("real numbers") && error.contains("iq"), "{error}");
    let mut real = config;
    real.fmcw.sampling = Sampling::Real;
    assert!(NpyReader::open(file.path(), &real).is_ok());
}

/// The element of the test arrays: every index leaves its mark.
fn element(frame: usize, channel: usize, chirp: usize, sample: usize) -> C32 {
    C32::new((1000 * frame + 100 * channel + sample) as f32, -(chirp as f32))
}

/// `numpy.save` of [`element`] with the axes in that order.
fn array(axes: &[&str], [frames, tx, rx, chirps, samples]: [usize; 5], fortran: bool) -> Vec<u8> {
    let length = |axis: &str| match axis {
        "frame" => frames,
        "tx" => tx,
        "rx" => rx,
        "channel" => tx * rx,
        "chirp" => chirps,
        _ => samples,
    };
    let shape: Vec<usize> = axes.iter().map(|a| length(a)).collect();
    let total: usize = shape.iter().product();
    let mut data = Vec::new();
    for flat in 0..total {
        let mut rest = flat;
        let mut index = vec![0; axes.len()];
        let fastest_first: Vec<usize> =
            if fortran { (0..axes.len()).collect() } else { (0..axes.len()).rev().collect() };
        for i in fastest_first {
            index[i] = rest % shape[i];
            rest /= shape[i];
        }
        let at = |name: &str| axes.iter().position(|a| *a == name).map_or(0, |i| index[i]);
        let channel = if axes.contains(&"channel") { at("channel") } else { at("tx") * rx + at("rx") };
        let z = element(at("frame"), channel, at("chirp"), at("sample"));
        data.extend(z.re.to_le_bytes());
        data.extend(z.im.to_le_bytes());
    }
    npy("<c8", fortran, &shape, &data)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_order_of_axes_and_memory_does_not_matter(
        axes in prop_oneof![
            Just(vec!["frame", "tx", "rx", "chirp", "sample"]).prop_shuffle(),
            Just(vec!["frame", "channel", "chirp", "sample"]).prop_shuffle(),
        ],
        fortran in any::<bool>(),
        sizes in (1_usize..4, 1_usize..3, 1_usize..4, 1_usize..4, 2_usize..6),
    ) {
        let (frames, tx, rx, chirps, samples) = sizes;
        let name = format!("{}-{fortran}.npy", axes.join("_"));
        let file = TempFile::new(&name, &array(&axes, [frames, tx, rx, chirps, samples], fortran));
        let config = config(waveform(tx, rx, chirps, samples, Sampling::Complex1x), &axes.join(","), None);
        let mut reader = NpyReader::open(file.path(), &config).unwrap();
        prop_assert_eq!(reader.frames(), frames as u64);
        for f in (0..frames).rev() {
            let expected = Array3::from_shape_fn((tx * rx, chirps, samples), |(c, n, s)| element(f, c, n, s));
            prop_assert_eq!(reader.read_frame(f as u64).unwrap(), expected);
        }
    }
}

#[test]
fn axes_that_are_not_named_have_length_one() {
    let file = TempFile::new("absent.npy", &array(&["chirp", "sample"], [1, 1, 1, 3, 4], false));
    let one = config(waveform(1, 1, 3, 4, Sampling::Complex1x), "chirp,sample", None);
    assert_eq!(Capture::open(file.path(), &one).unwrap().frames(), 1);
    let two = config(waveform(2, 1, 3, 4, Sampling::Complex1x), "chirp,sample", None);
    let error = Capture::open(file.path(), &two).unwrap_err();
    assert_eq!(
        error.to_string(),
        "axis \"tx\" of axes chirp,sample (absent: 1) has shape [1], but [2] is expected"
    );
    let three = config(waveform(1, 1, 3, 4, Sampling::Complex1x), "chirp,rx,sample", None);
    assert!(matches!(Capture::open(file.path(), &three), Err(Error::Invalid { name, .. }) if name == "axes"));
}

#[test]
fn every_element_type_is_read_in_both_byte_orders() {
    // The values 1, 2, 3 and 100, which all types hold, as two chirps of two real samples.
    let values = [1_u8, 2, 3, 100];
    let le = |bytes: usize, bits: &dyn Fn(u8) -> Vec<u8>| -> (Vec<u8>, Vec<u8>) {
        let little: Vec<u8> = values.iter().flat_map(|&v| bits(v)).collect();
        let big = little.chunks(bytes).flat_map(|c| c.iter().rev().copied().collect::<Vec<_>>()).collect();
        (little, big)
    };
    let integer = |bytes: usize| move |v: u8| [vec![v], vec![0; bytes - 1]].concat();
    let cases = [
        ("i1", le(1, &integer(1))),
        ("u1", le(1, &integer(1))),
        ("i2", le(2, &integer(2))),
        ("u2", le(2, &integer(2))),
        ("i4", le(4, &integer(4))),
        ("u4", le(4, &integer(4))),
        ("i8", le(8, &integer(8))),
        ("u8", le(8, &integer(8))),
        ("f4", le(4, &|v| f32::from(v).to_le_bytes().to_vec())),
        ("f8", le(8, &|v| f64::from(v).to_le_bytes().to_vec())),
    ];
    let config = config(waveform(1, 1, 2, 2, Sampling::Real), "chirp,sample", None);
    for (kind, (little, big)) in cases {
        for (order, data) in [("<", &little), (">", &big)] {
            let file = TempFile::new(
                &format!("type-{kind}.npy"),
                &npy(&format!("{order}{kind}"), false, &[2, 2], data),
            );
            let cube = NpyReader::open(file.path(), &config).unwrap().read_frame(0).unwrap();
            assert_eq!(cube.map(|z| z.re).as_slice().unwrap(), [1.0, 2.0, 3.0, 100.0], "{order}{kind}");
            assert!(cube.iter().all(|z| z.im == 0.0));
        }
    }
    let parts = |v: [f64; 4]| v.iter().flat_map(|x| x.to_be_bytes()).collect::<Vec<_>>();
    let config = config_of_one_chirp(None);
    let file = TempFile::new("type-c16.npy", &npy(">c16", false, &[2], &parts([1.0, -2.0, 3.0, -4.0])));
    let cube = NpyReader::open(file.path(), &config).unwrap().read_frame(0).unwrap();
    assert_eq!(cube.as_slice().unwrap(), [C32::new(1.0, -2.0), C32::new(3.0, -4.0)]);
}

fn config_of_one_chirp(wrap_u16: Option<bool>) -> CaptureConfig {
    config(waveform(1, 1, 1, 2, Sampling::Complex1x), "sample", wrap_u16)
}

fn complex_file(name: &str, parts: [f64; 4]) -> TempFile {
    let data: Vec<u8> = parts.iter().flat_map(|x| x.to_le_bytes()).collect();
    TempFile::new(name, &npy("<c16", false, &[2], &data))
}

#[test]
fn words_that_lost_their_sign_are_asked_about_and_get_it_back() {
    let file = complex_file("wrap.npy", [65535.0, 1.0, 32768.0, 32767.0]);
    let error = NpyReader::open(file.path(), &config_of_one_chirp(None)).unwrap_err();
    assert!(matches!(&error, Error::Invalid { name, .. } if name == "wrap_u16"), "{error}");
    assert!(error.to_string().contains("`wrap_u16"));
    let cube = NpyReader::open(file.path(), &config_of_one_chirp(Some(true))).unwrap().read_frame(0).unwrap();
    assert_eq!(cube.as_slice().unwrap(), [C32::new(-1.0, 1.0), C32::new(-32768.0, 32767.0)]);
    let cube =
        NpyReader::open(file.path(), &config_of_one_chirp(Some(false))).unwrap().read_frame(0).unwrap();
    assert_eq!(cube[[0, 0, 0]], C32::new(65535.0, 1.0));
    // A negative part, a fraction, or nothing above 32767: these are what they are.
    for (i, parts) in
        [[65535.0, -1.0, 0.0, 0.0], [65535.0, 0.5, 0.0, 0.0], [32767.0; 4]].into_iter().enumerate()
    {
        let file = complex_file(&format!("plain-{i}.npy"), parts);
        assert!(NpyReader::open(file.path(), &config_of_one_chirp(None)).is_ok());
    }
    let file = complex_file("half.npy", [65535.0, 0.5, 0.0, 0.0]);
    let mut reader = NpyReader::open(file.path(), &config_of_one_chirp(Some(true))).unwrap();
    assert!(matches!(reader.read_frame(0), Err(Error::Format { found, .. }) if found == "0.5"));
}

#[test]
fn an_element_that_is_no_number_is_named_by_its_offset() {
    for (name, value) in [("nan", f64::NAN), ("inf", f64::INFINITY), ("huge", 1e300)] {
        let file = complex_file(&format!("{name}.npy"), [1.0, 2.0, 3.0, value]);
        let header = std::fs::metadata(file.path()).unwrap().len() - 32;
        let config = config_of_one_chirp(Some(false));
        let error = NpyReader::open(file.path(), &config).unwrap().read_frame(0).unwrap_err();
        assert!(matches!(&error, Error::Format { offset, .. } if *offset == header + 16), "{error}");
    }
}

#[test]
fn data_that_are_short_or_long_are_errors_unless_the_frames_before_are_wanted() {
    let whole = array(&["frame", "chirp", "sample"], [3, 1, 1, 2, 4], false);
    let mut config = config(waveform(1, 1, 2, 4, Sampling::Complex1x), "frame,chirp,sample", None);
    let short = TempFile::new("short.npy", &whole[..whole.len() - 1]);
    let error = NpyReader::open(short.path(), &config).unwrap_err();
    assert!(
        error.to_string().ends_with("expected 3 frames of 64 bytes after the header, found 191 bytes"),
        "{error}"
    );
    config.allow_partial_last_frame = true;
    let mut reader = NpyReader::open(short.path(), &config).unwrap();
    assert_eq!(reader.frames(), 2);
    assert_eq!(reader.read_frame(1).unwrap()[[0, 1, 3]], element(1, 0, 1, 3));
    assert!(reader.read_frame(2).is_err());
    let long = TempFile::new("long.npy", &[whole, vec![0]].concat());
    assert!(matches!(NpyReader::open(long.path(), &config), Err(Error::Format { .. })));
    let none = TempFile::new("none.npy", &npy("<c8", false, &[0, 2, 4], &[]));
    assert!(matches!(NpyReader::open(none.path(), &config), Err(Error::TooFew { .. })));
}
