//! The layouts of CARRADA and CRUW, as their own loaders read them; no data of theirs are at hand here.

use crate::folder::{Folder, npy, npy_f32};
use mmw_sets::carrada::{Annotation, Carrada};
use mmw_sets::set::MapKind;
use mmw_sets::{Error, cruw};

const SEQUENCE: &str = "2019-09-16-12-52-12";

/// One layer of ones, as float64.
fn layers(rows: usize, columns: usize, class: usize) -> Vec<u8> {
    let layer = |one: usize| f64::from(u8::from(one == class)).to_le_bytes().repeat(rows * columns);
    npy("<f8", &format!("(4, {rows}, {columns})"), &(0..4).flat_map(layer).collect::<Vec<u8>>())
}

fn carrada() -> Folder {
    let folder = Folder::new(&format!("carrada-{:?}", std::thread::current().id()).replace(['(', ')'], ""));
    folder.write(
        "data_seq_ref.json",
        format!("{{\"{SEQUENCE}\": {{\"split\": \"Train\", \"weather\": \"clear\"}}}}"),
    );
    folder
        .write("light_dataset_frame_oriented.json", format!("{{\"{SEQUENCE}\": [\"000163\", \"000164\"]}}"));
    for (name, shape, cells) in [
        ("range_doppler", "(256, 64)", 256 * 64),
        ("range_angle", "(256, 256)", 256 * 256),
        ("angle_doppler", "(256, 64)", 256 * 64),
    ] {
        folder.write(&format!("{SEQUENCE}/{name}_processed/000163.npy"), npy_f32(shape, cells, 60.5));
    }
    folder.write(&format!("{SEQUENCE}/annotations/dense/000163/range_doppler.npy"), layers(256, 64, 2));
    folder.write(&format!("{SEQUENCE}/annotations/dense/000163/range_angle.npy"), layers(256, 256, 3));
    folder
}

#[test]
fn frames_of_carrada_are_read() {
    let folder = carrada();
    let set = Carrada::open(folder.path()).unwrap();
    assert_eq!((set.sequences()[0].part.as_str(), set.sequences()[0].frames.len()), ("Train", 2));
    let frame = set.frame(0, 0, Annotation::Dense).unwrap();
    assert_eq!(frame.maps[&MapKind::Ra][[255, 255]], 60.5);
    assert_eq!((frame.labels[&MapKind::Rd][[3, 4]], frame.labels[&MapKind::Ra][[0, 9]]), (2, 3));
    let error = set.frame(0, 1, Annotation::Dense).unwrap_err();
    assert!(matches!(&error, Error::Io { path, .. } if path.ends_with("000164.npy")), "{error}");
    assert!(set.frame(0, 0, Annotation::Sparse).is_err());
    assert!(set.frame(0, 2, Annotation::Dense).is_err() && set.frame(1, 0, Annotation::Dense).is_err());
}

#[test]
fn damaged_carrada_is_told_with_file_and_place() {
    let folder = carrada();
    let labels = format!("{SEQUENCE}/annotations/dense/000163/range_doppler.npy");
    let frame = || Carrada::open(folder.path()).and_then(|set| set.frame(0, 0, Annotation::Dense));
    let mut two = layers(256, 64, 2);
    let end = two.len();
    // The last cell of the last layer: of class 3, too.
    two[end - 8..].copy_from_slice(&1_f64.to_le_bytes());
    for (bytes, word) in [
        (two, "classes of cell [255, 63] is 2, but must be one layer of 1"),
        (layers(256, 64, 7), "classes of cell [0, 0] is 0"),
        (layers(256, 63, 1), "has shape [4, 256, 63]"),
        (layers(256, 64, 1)[..5000].to_vec(), "found"),
    ] {
        folder.write(&labels, bytes);
        let error = frame().unwrap_err().to_string();
        assert!(error.contains("range_doppler.npy") && error.contains(word), "{word}: {error}");
    }
    for (name, text, word) in [
        ("data_seq_ref.json", "{}".into(), "is not there"),
        ("data_seq_ref.json", format!("{{\"{SEQUENCE}\": {{\"split\": \"Other\"}}}}"), "split is"),
        ("light_dataset_frame_oriented.json", format!("{{\"{SEQUENCE}\": [\"../../x\"]}}"), "is no number"),
        ("light_dataset_frame_oriented.json", "[]".into(), "lists of frames"),
    ] {
        let folder = carrada();
        folder.write(name, text);
        let error = Carrada::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(word), "{word}: {error}");
    }
}

#[test]
fn chirps_and_objects_of_cruw_are_read() {
    let folder = Folder::new("cruw");
    folder.write(
        "annotations/train/2019_04_09_BMS1000.txt",
        "0 7.5 -0.25 pedestrian\n2 12.0 0.1 car\n2 3.0 0 cyclist\n",
    );
    let parts: Vec<u8> =
        (0..128 * 128).flat_map(|i| [i as f32, -0.5].map(f32::to_le_bytes).concat()).collect();
    let chirp = "sequences/train/2019_04_09_BMS1000/RADAR_RA_H/000002_0064.npy";
    folder.write(chirp, npy("<f4", "(128, 128, 2)", &parts));
    let sequences = cruw::open(folder.path()).unwrap();
    assert_eq!((sequences.len(), sequences[0].name()), (1, "2019_04_09_BMS1000"));
    assert_eq!(sequences[0].objects(2).iter().map(|one| one.class).collect::<Vec<_>>(), [2, 1]);
    assert!(sequences[0].objects(1).is_empty());
    let map = sequences[0].chirp(2, 64).unwrap();
    assert_eq!((map[[1, 3]].re, map[[1, 3]].im), (131.0, -0.5));
    assert!(matches!(sequences[0].chirp(2, 0), Err(Error::Io { .. })));
    folder.write(chirp, npy("<f4", "(128, 128)", &parts[..128 * 128 * 4]));
    let error = sequences[0].chirp(2, 64).unwrap_err().to_string();
    assert!(error.contains("000002_0064.npy") && error.contains("[128, 128, 2]"), "{error}");
}

#[test]
fn damaged_annotations_of_cruw_are_told_with_the_byte() {
    for (line, word) in [
        ("1 7.5 -0.25", "frame, range, azimuth and class"),
        ("1 7.5 -0.25 car 0.9", "frame, range, azimuth and class"),
        ("x 7.5 -0.25 car", "the number of a frame"),
        ("1 far -0.25 car", "a number as range"),
        ("1 nan -0.25 car", "range_m"),
        ("1 0 -0.25 car", "range_m"),
        ("1 7.5 9 car", "azimuth_rad"),
        ("1 7.5 -0.25 van", "pedestrian, cyclist, car"),
    ] {
        let error = cruw::annotations("a.txt", &format!("0 7.5 -0.25 car\n\n{line}\n")).unwrap_err();
        assert!(matches!(&error, Error::Format { path, offset: 17, .. } if path == "a.txt"), "{error}");
        assert!(error.to_string().contains(word), "{line}: {error}");
    }
}
