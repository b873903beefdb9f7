//! Far clusters: lit by the base station as a whole, seen by the mobile station directly and by way of the
//! scatterers near either end.

use super::double_scatter::add_pairs;
use super::scene::Scene;
use super::single_scatter::push;
use crate::path::Realisation;
use crate::scenario::{PowerLedger, Process, Scenario};
use mmw_core::rand::Rng;

/// All paths of far cluster `index`.
pub(super) fn add<R: Rng + ?Sized>(
    scenario: &Scenario,
    ledger: &PowerLedger,
    index: usize,
    scene: &mut Scene,
    out: &mut Realisation,
    rng: &mut R,
) {
    let (Some(cluster), Some(far)) = (scenario.far_clusters.get(index), scene.far.get_mut(index)) else {
        return;
    };
    let far = std::mem::take(far);
    let direct = ledger.normalised(Process::FarCluster(index));
    if direct > 0.0 {
        scene.amplitudes(scenario.interpretation.amplitudes, far.len(), rng);
        let amplitude = (direct / far.len() as f64).sqrt();
        push(Process::FarCluster(index), amplitude, &far, [&scene.re, &scene.im], out);
    }
    let process = Process::FarClusterViaMobile(index);
    let power = ledger.normalised(process);
    if power > 0.0 {
        let mobile = std::mem::take(&mut scene.mobile);
        let spread_rad = cluster.mobile_illumination_rad;
        add_pairs(scenario, process, power, spread_rad, [&far, &mobile], scene, out, rng);
        scene.mobile = mobile;
    }
    let process = Process::FarClusterViaBase(index);
    let power = ledger.normalised(process);
    if power > 0.0 {
        let base = std::mem::take(&mut scene.base);
        let spread_rad = cluster.base_illumination_rad;
        add_pairs(scenario, process, power, spread_rad, [&base, &far], scene, out, rng);
        scene.base = base;
    }
    if let Some(place) = scene.far.get_mut(index) {
        *place = far;
    }
}
