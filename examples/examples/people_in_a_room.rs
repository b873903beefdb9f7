//! Who is where? Four people meet in the middle of a room, within 0.3 m of each other, and go on their ways.
//! The tracker with shared points beside the classical one, clusters and global nearest neighbour.
//!
//! ```text
//! cargo run --release -p mmw-examples --example people_in_a_room
//! ```

use mmw_sense::metrics::{ClearMot, gospa};
use mmw_sense::simulate::{People, PeopleConfig, PeopleKind};
use mmw_sense::tracker::{ClusterTracker, Follow, Pairing};
use mmw_sense::{Result, Tracker, TrackerConfig};

/// Identity switches, share of right answers, error of the position in m, and GOSPA in m.
fn score(mut tracker: impl Follow, seed: u64) -> Result<(u64, f64, f64, f64)> {
    let mut mot = ClearMot::new(0.75)?;
    let (mut tracks, mut distance_m, mut scans) = (Vec::new(), 0.0, 0.0);
    for scan in People::new(PeopleConfig::new(PeopleKind::Crossing, seed))? {
        tracker.step_into(&scan.cloud, &mut tracks)?;
        let truths: Vec<_> = scan.people.iter().map(|person| (person.id, person.position_m)).collect();
        let found: Vec<_> = tracks.iter().map(|track| (track.id, track.position_m)).collect();
        mot.frame(&truths, &found)?;
        let places = |list: &[(u64, [f64; 2])]| list.iter().map(|(_, place)| *place).collect::<Vec<_>>();
        distance_m += gospa(&places(&truths), &places(&found), 1.0, 2.0, 2.0)?.distance_m;
        scans += 1.0;
    }
    let summary = mot.summary();
    Ok((summary.switches, summary.mota, summary.motp_m, distance_m / scans))
}

fn main() -> Result<()> {
    println!("scene  tracker     switches    MOTA   position (m)   GOSPA (m)");
    for seed in 1..=3 {
        let soft = score(Tracker::new(TrackerConfig::people())?, seed)?;
        let clusters = score(ClusterTracker::new(TrackerConfig::people(), Pairing::Nearest)?, seed)?;
        for (name, (switches, mota, position_m, gospa_m)) in [("shared", soft), ("clusters", clusters)] {
            println!("{seed:>5}  {name:<10} {switches:>9} {mota:>7.3} {position_m:>14.3} {gospa_m:>11.3}");
        }
    }
    Ok(())
}
