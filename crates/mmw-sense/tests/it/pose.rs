//! Rigid motions against a table of sixty digits, of which 13 are written down.

use crate::tables::{array, list, table, worst};
use mmw_sense::Pose;
use mmw_sense::pose::rotation_of;

#[test]
fn exponentials_match_the_table() {
    let mut most = 0.0_f64;
    for row in list(&table(include_str!("../data/exp.json"))["exp"]) {
        let found = Pose::exp(array(&row["rotation"]), array(&row["translation"])).unwrap();
        let rotation: Vec<f64> = list(&row["R"]).iter().flat_map(array::<3>).collect();
        most = most.max(worst(found.rotation.as_flattened(), &rotation));
        most = most.max(worst(&found.translation_m, &array::<3>(&row["t"])));
    }
    println!("exp: {most:e}");
    // Half a unit of the thirteenth digit of a number below 1.
    assert!(most < 1e-12);
}

#[test]
fn small_and_large_angles_meet_where_the_series_ends() {
    // On both sides of half a radian; a derivative of at most 3 over the step.
    let at = |theta: f64| Pose::exp([theta, 0.0, 0.0], [0.3, -2.0, 1.0]).unwrap();
    let (below, above) = (at(0.5 - 1e-13), at(0.5 + 1e-13));
    let pairs = below.translation_m.iter().zip(&above.translation_m);
    assert!(pairs.clone().all(|(a, b)| (a - b).abs() < 1e-12));
}

#[test]
fn a_pose_there_and_back_is_none_and_its_quaternion_is_its_rotation() {
    for twist in [[0.1, -0.2, 0.3], [3.0, 0.1, 0.0], [0.0, 3.1, 0.2], [0.0, 0.3, -3.1], [1e-9, 0.0, 0.0]] {
        let pose = Pose::exp(twist, [1.0, 2.0, 3.0]).unwrap();
        let none = pose.after(&pose.inverse());
        assert!(worst(none.rotation.as_flattened(), Pose::identity().rotation.as_flattened()) < 1e-15);
        assert!(none.translation_m.iter().all(|x| x.abs() < 1e-14));
        let again = rotation_of(pose.quaternion_xyzw()).unwrap();
        assert!(worst(again.as_flattened(), pose.rotation.as_flattened()) < 1e-14);
        assert!(pose.quaternion_xyzw()[3] >= 0.0);
    }
    assert!(Pose::new([[f64::NAN; 3]; 3], [0.0; 3]).is_err());
    assert!(Pose::new([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]], [0.0; 3]).is_err());
    assert!(rotation_of([0.0; 4]).is_err());
}
