//! A path through rain, past an edge, and the ladder of seven parts that loses as much on a bench.
//!
//! ```text
//! cargo run --release -p mmw-examples --example filter_for_a_path
//! ```

use linkbudget::e_series::ESeries;
use linkbudget::ladder::{First, LadderSpec};
use linkbudget::network::Network;
use linkbudget::path_loss::PathLoss;
use linkbudget::reflection::Field;
use linkbudget::response::{Cutoff, Response};
use linkbudget::scenario::Scenario;
use linkbudget::tolerance::rounded_to_series;
use mmw_core::Result;
use mmw_core::ndarray::array;

const CARRIER_HZ: f64 = 60e9;
const CUTOFF_HZ: f64 = 12e9;

fn main() -> Result<()> {
    let path = PathLoss::new(Scenario::TWO.path(Field::Te)?)?;
    println!("distance   loss      of which rain, edge");
    for distance_m in [1.0, 3.0, 10.0, 30.0] {
        let loss = path.breakdown(distance_m)?;
        let (total, rain, edge) = (loss.total_db(), loss.rain_db, loss.diffraction_db);
        println!("{distance_m:5.0} m  {total:7.2} dB  {rain:6.3} dB {edge:6.3} dB");
    }

    let wanted_db = path.total_db(30.0)?;
    let response = Response::Chebyshev { ripple_db: 0.01 };
    let order = response.order(wanted_db, CARRIER_HZ / CUTOFF_HZ, Cutoff::ThreeDb)?;
    println!(
        "\n{wanted_db:.2} dB at five times the cut-off need order {:.2}, so {}",
        order.exact, order.order
    );

    let ladder = LadderSpec::chebyshev(order.order, 0.01, Cutoff::ThreeDb, 50.0, 73.0).synthesise()?;
    for (index, part) in ladder.components(CUTOFF_HZ)?.into_iter().enumerate() {
        match First::Shunt.at(index) {
            First::Shunt => println!("  C{} {:7.2} fF to ground", index + 1, part * 1e15),
            First::Series => println!("  L{} {:7.2} pH in series", index + 1, part * 1e12),
        }
    }

    let exact = Network::from_ladder(&ladder, CUTOFF_HZ)?;
    let rounded = rounded_to_series(&exact, ESeries::E24)?;
    let loss_db = |network: &Network| -> Result<f64> {
        Ok(network.transducer_loss_db(&array![CARRIER_HZ], 50.0, 73.0)?[0])
    };
    let (exact_db, rounded_db) = (loss_db(&exact)?, loss_db(&rounded)?);
    println!("between 50 and 73 ohm it loses {exact_db:.2} dB at 60 GHz; with E24 parts {rounded_db:.2} dB");
    assert!(exact_db > wanted_db && (rounded_db - exact_db).abs() < 3.0);
    Ok(())
}
