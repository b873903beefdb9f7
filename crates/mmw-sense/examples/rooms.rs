//! Ten walks through rooms: how far the path is from the truth, and what a scan costs.

use mmw_sense::simulate::{RoomWalk, RoomWalkConfig};
use mmw_sense::slam::{Slam, SlamConfig};
use mmw_sense::trajectory::absolute_error;
use mmw_sense::{Pose, Result};
use std::time::Instant;

fn main() -> Result<()> {
    println!("room  gyro  open %  closed %  loops  ms a scan  closing ms");
    for seed in 1..=10 {
        let room = RoomWalkConfig::new(seed);
        let scans: Vec<_> = RoomWalk::new(room)?.collect();
        let truth: Vec<Pose> = scans.iter().map(|scan| scan.pose).collect();
        for gyro in [false, true] {
            let mut config = SlamConfig::default();
            config.ego.noise = room.noise;
            let mut slam = Slam::new(config)?;
            let start = Instant::now();
            for (k, scan) in scans.iter().enumerate() {
                slam.step(&scan.cloud, gyro.then(|| scans[k.saturating_sub(1)].turn_rate_rad_s))?;
            }
            let each_ms = start.elapsed().as_secs_f64() * 1e3 / scans.len() as f64;
            let start = Instant::now();
            let map = slam.finish()?;
            let closing_ms = start.elapsed().as_secs_f64() * 1e3;
            let mut shares = [0.0; 2];
            for (share, path) in shares.iter_mut().zip([slam.path(), &map.path]) {
                let found: Vec<Pose> = path.iter().map(|timed| timed.pose).collect();
                let error = absolute_error(&truth, &found)?;
                *share = 100.0 * error.rms_m / error.path_m;
            }
            let ([open, closed], loops) = (shares, map.loops.len());
            println!("{seed:4}  {gyro:5} {open:7.3} {closed:9.3} {loops:6} {each_ms:10.2} {closing_ms:11.1}");
        }
    }
    Ok(())
}
