//! Our own sets: what goes in comes out, and damage is reported with file and field.

use crate::folder::{Folder, npy, npy_f32};
use mmw_sets::metrics::Place;
use mmw_sets::mmw_core::{Axis, Streams};
use mmw_sets::ndarray::Array2;
use mmw_sets::set::{MapFrame, MapInfo, MapKind, Object, RadarSet, SetInfo, SetWriter};
use mmw_sets::{Error, Result};
use rand::RngExt;
use std::path::Path;

pub(crate) fn info() -> SetInfo {
    let map = |labelled| MapInfo {
        axes: [Axis::index("velocity", 4), Axis::uniform("range", "m", 0.0, 0.2, 6).unwrap()],
        labelled,
    };
    let maps = [(MapKind::Rd, map(true)), (MapKind::Ra, map(false))].into();
    SetInfo::new("test 1.0", 9, ["background", "person"].map(String::from).to_vec(), maps)
}

fn frame(number: usize) -> MapFrame {
    let mut stream = Streams::new(3).stream(number as u64);
    let mut frame = MapFrame::default();
    for kind in [MapKind::Rd, MapKind::Ra] {
        frame.maps.insert(kind, Array2::from_shape_fn((4, 6), |_| stream.random::<f32>()));
    }
    frame.labels.insert(MapKind::Rd, Array2::from_shape_fn((4, 6), |_| stream.random_range(0..2)));
    for id in 0..number as u64 {
        let place = Place::new(1.0 + stream.random::<f64>(), 0.1).unwrap();
        let mut object = Object::new(number, id, 1, place).unwrap();
        (object.velocity_m_s, object.ghost_of) = (Some(-0.5), (id > 0).then_some(0));
        frame.objects.push(object);
    }
    frame
}

fn written(folder: &Path) -> SetInfo {
    let mut writer = SetWriter::create(folder, info()).unwrap();
    (0..4).for_each(|number| writer.push(number / 2, &frame(number)).unwrap());
    writer.finish([("train".into(), vec![0]), ("test".into(), vec![1])].into()).unwrap()
}

#[test]
fn what_goes_in_comes_out() {
    let folder = Folder::new("own");
    let info = written(folder.path());
    let set = RadarSet::open(folder.path()).unwrap();
    assert_eq!((set.info(), set.len()), (&info, 4));
    for number in 0..4 {
        assert_eq!(set.frame(number).unwrap(), frame(number));
    }
    let fold = set.info().fold().unwrap();
    assert_eq!((fold.held_out, fold.train, fold.test), (vec![1], vec![0, 1], vec![2, 3]));
    assert!(set.info().frames_of("validation").unwrap_err().to_string().contains("there are: test, train"));
    assert!(set.map(4, MapKind::Rd).is_err() && set.labels(0, MapKind::Ra).is_err());
    assert!(set.map(0, MapKind::Ad).unwrap_err().to_string().contains("the set has rd, ra"));
    assert!(set.objects(99).is_empty());
    assert!(SetWriter::create(folder.path(), info).is_err());
}

#[test]
fn a_set_that_was_not_finished_is_none() {
    let folder = Folder::new("unfinished");
    let mut writer = SetWriter::create(folder.path(), info()).unwrap();
    writer.push(0, &frame(0)).unwrap();
    drop(writer);
    let error = RadarSet::open(folder.path()).unwrap_err();
    assert!(matches!(&error, Error::Io { path, .. } if path.ends_with("set.json")), "{error}");
}

#[test]
fn frames_that_the_set_does_not_tell_of_are_refused() {
    let folder = Folder::new("refused");
    let mut writer = SetWriter::create(folder.path(), info()).unwrap();
    let mut refuse = |change: &dyn Fn(&mut MapFrame), word: &str| {
        let mut changed = frame(0);
        change(&mut changed);
        let error = writer.push(0, &changed).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    };
    refuse(&|f| drop(f.maps.remove(&MapKind::Ra)), "map ra of frame 0");
    refuse(&|f| drop(f.labels.remove(&MapKind::Rd)), "labels rd of frame 0");
    refuse(&|f| drop(f.maps.insert(MapKind::Re, Array2::zeros((1, 1)))), "map re of frame 0");
    refuse(&|f| drop(f.labels.insert(MapKind::Ra, Array2::zeros((4, 6)))), "labels ra of frame 0");
    refuse(
        &|f| drop(f.maps.insert(MapKind::Rd, Array2::zeros((4, 5)))),
        "map rd of frame 0 has shape [4, 5]",
    );
    refuse(&|f| f.maps.values_mut().for_each(|map| map[[1, 2]] = f32::NAN), "not finite");
    refuse(&|f| f.labels.values_mut().for_each(|map| map[[1, 2]] = 2), "cell [1, 2]");
    refuse(&|f| f.objects = frame(1).objects, "frame of an object");
    let of_class_7 = Object::new(0, 0, 7, Place::new(1.0, 0.0).unwrap()).unwrap();
    refuse(&|f| f.objects.push(of_class_7.clone()), "class of an object");
    assert!(
        writer.finish([("train".into(), vec![5])].into()).unwrap_err().to_string().contains("split.train")
    );
}

/// Writes bytes over a file of a set, and reads all of it.
fn with(folder: &Folder, name: &str, bytes: &[u8]) -> Result<()> {
    let path = folder.path().join(name);
    let before = std::fs::read(&path).unwrap();
    std::fs::write(&path, bytes).unwrap();
    let read = RadarSet::open(folder.path())
        .and_then(|set| (0..set.len()).try_for_each(|i| set.frame(i).map(|_| ())));
    std::fs::write(&path, before).unwrap();
    read
}

#[test]
fn damaged_maps_are_told_with_file_and_place() {
    let folder = Folder::new("damaged");
    written(folder.path());
    let (map, labels) = ("frames/000001/rd.npy", "labels/000002/rd.npy");
    let whole = std::fs::read(folder.path().join(map)).unwrap();
    let nan = [&whole[..whole.len() - 4], &f32::NAN.to_le_bytes()].concat();
    let huge_header = [b"\x93NUMPY\x02\x00".as_slice(), &u32::MAX.to_le_bytes(), &[b' '; 5000]].concat();
    let huge_shape = npy("<f4", "(1099511627776, 1099511627776)", &[0; 96]);
    let endless = npy("<f4", "(4000000000, 1)", &[0; 96]);
    for (name, bytes, word) in [
        (map, whole[..whole.len() - 7].to_vec(), "at byte 128: expected the [4, 6] numbers of 4 bytes"),
        (map, whole[..60].to_vec(), "at byte 10: expected the header"),
        (map, [whole.clone(), vec![0]].concat(), "97 bytes"),
        (map, vec![], "\\x93NUMPY"),
        (map, nan, "at byte 220: expected a finite number"),
        (map, huge_header, "at most 4096 bytes"),
        (map, huge_shape, "found 96 bytes"),
        (map, endless, "found 96 bytes"),
        (map, npy_f32("(6, 4)", 24, 0.0), "has shape [6, 4], but [4, 6]"),
        (map, npy_f32("(24,)", 24, 0.0), "has shape [24], but [4, 6]"),
        (map, npy("<c8", "(4, 6)", &[0; 192]), "complex"),
        (map, npy("<f8", "(4, 6)", &1e300_f64.to_le_bytes().repeat(24)), "in the range of f32"),
        (map, npy("|O", "(4, 6)", &[0; 96]), "plain numeric element type"),
        (
            labels,
            npy("|u1", "(4, 6)", &[9; 24]),
            "class of cell [0, 0] is 9, but must be a class from 0 to 1",
        ),
        (labels, npy_f32("(4, 6)", 24, 0.5), "class of cell [0, 0] is 0.5"),
        (labels, npy_f32("(4, 6)", 24, -1.0), "class of cell [0, 0] is -1"),
        (labels, npy("|u1", "(4, 5)", &[0; 20]), "has shape [4, 5]"),
    ] {
        let error = with(&folder, name, &bytes).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(word), "{word}: {error}");
    }
    // Labels of another type that are classes are taken.
    assert_eq!(with(&folder, labels, &npy_f32("(4, 6)", 24, 1.0)), Ok(()));
    std::fs::remove_file(folder.path().join(map)).unwrap();
    let error = RadarSet::open(folder.path()).unwrap().frame(1).unwrap_err();
    assert!(matches!(&error, Error::Io { path, .. } if path.ends_with(map)), "{error}");
}

#[test]
fn damaged_descriptions_are_told_with_file_and_field() {
    let folder = Folder::new("description");
    written(folder.path());
    let text = std::fs::read_to_string(folder.path().join("set.json")).unwrap();
    for (old, new, word) in [
        ("\"seed\":9", "\"seed\":-9", "invalid value"),
        ("\"seed\":9,", "", "missing field `seed`"),
        ("\"seed\":9", "\"seed\":9,\"sede\":9", "unknown field `sede`"),
        ("\"rd\"", "\"dr\"", "unknown variant `dr`"),
        ("\"background\",\"person\"", "", "classes is 0"),
        ("\"background\",\"person\"", "\"person\",\"person\"", "classes: a name stands twice"),
        ("\"test\":[1]", "\"test\":[0]", "sequence 0 stands twice"),
        ("\"test\":[1]", "\"test\":[8]", "split.test: sequence 8 has no frames"),
        ("{", "", "expected"),
    ] {
        assert!(text.contains(old), "{old} in {text}");
        let error = with(&folder, "set.json", text.replacen(old, new, 1).as_bytes()).unwrap_err().to_string();
        assert!(error.contains("set.json") && error.contains(word), "{word}: {error}");
    }
    let text = std::fs::read_to_string(folder.path().join("objects.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 6);
    for (old, new, word) in [
        ("\"class\":1", "\"class\":2", "line 1: class is 2"),
        ("\"class\":1", "\"class\":300", "at byte"),
        ("\"azimuth_rad\":0.1", "\"azimuth_rad\":4.0", "line 1: azimuth_rad is 4"),
        ("\"azimuth_rad\":0.1", "\"azimuth_rad\":NaN", "at byte"),
        ("\"frame\":1", "\"frame\":9", "line 1: frame is 9"),
        ("\"frame\":3", "\"frame\":0", "line 4: frame is 0"),
        ("\"range_m\"", "\"range\"", "unknown field `range`"),
        ("}\n", "", "at byte"),
    ] {
        assert!(text.contains(old), "{old} in {text}");
        let error =
            with(&folder, "objects.jsonl", text.replacen(old, new, 1).as_bytes()).unwrap_err().to_string();
        assert!(error.contains("objects.jsonl") && error.contains(word), "{word}: {error}");
    }
}
