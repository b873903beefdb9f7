//! An estimator of your own beside those of the crate: ten lines make it a contender of the same study.
//!
//! ```text
//! cargo run --release -p mmw-examples --example own_estimator
//! ```

use mmw_core::random::Stream;
use mmw_core::study::{
    Condition, Contender, Experiment, Grid, Measured, Score, Standing, Study, StudyConfig, contender, pareto,
};
use mmw_core::{Axis, Error, Result, ndarray::Array1};
use snr_quantile::{Method, Snr, bound, compare};

/// How strong is the signal in a record of BPSK samples, in dB?
struct SnrOfBpsk;

impl Experiment for SnrOfBpsk {
    type Input = Array1<f64>;
    type Truth = f64;
    type Estimate = f64;

    fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(Array1<f64>, f64)> {
        let snr_db = at.get("snr")?;
        Ok((compare::bpsk_samples(Snr::from_db(snr_db)?, at.get("samples")? as usize, rng)?, snr_db))
    }

    fn score(&self, _: &Condition<'_>, truth_db: &f64, estimate_db: &f64) -> Score {
        Score::of(estimate_db - truth_db)
    }

    fn bound(&self, at: &Condition<'_>) -> Result<Option<f64>> {
        Ok(Some(bound::crlb_db2(Snr::from_db(at.get("snr")?)?, at.get("samples")? as usize)?.sqrt()))
    }
}

/// An estimator of the crate.
fn known(method: Method) -> Result<impl Contender<SnrOfBpsk>> {
    let estimator = method.estimator()?;
    Ok(contender(method.name(), move |_, x: &Array1<f64>| Ok(estimator.estimate(x)?.snr().map(Snr::db))))
}

fn main() -> Result<()> {
    let (ml, m2m4) = (known(Method::MlBinned)?, known(Method::M2m4)?);
    // Your own: the mean magnitude is the amplitude, what is left of the power is the noise.
    let mine = contender("mine", |_, x: &Array1<f64>| {
        let samples = x.len() as f64;
        let amplitude = x.iter().map(|x| x.abs()).sum::<f64>() / samples;
        let noise = x.iter().map(|x| x * x).sum::<f64>() / samples - amplitude * amplitude;
        Ok((noise > 0.0).then(|| 10.0 * (amplitude * amplitude / noise).log10()))
    });

    let snr = Axis::explicit("snr", "dB", vec![3.0, 6.0, 9.0, 12.0])?;
    let grid = Grid::new(vec![snr, Axis::explicit("samples", "", vec![200.0])?])?;
    let contenders: [&dyn Contender<SnrOfBpsk>; 3] = [&ml, &m2m4, &mine];
    let study = Study::new(&SnrOfBpsk, &contenders, grid, StudyConfig::default())?;
    let table = study.run()?;

    println!("root mean square error in dB of records of 200 samples, with its standard error");
    println!("{:>8} {:>10}   {:>16} {:>16} {:>16}", "SNR (dB)", "bound", "ml_binned", "m2m4", "mine");
    for rows in table.rows.chunks(contenders.len()) {
        print!("{:>8} {:>10.4}  ", rows[0].condition[0], rows[0].bound.unwrap_or_default());
        rows.iter().filter_map(|row| row.rmse).for_each(|rmse| {
            print!(" {:>7.4} ± {:.4} ", rmse.value, rmse.standard_error);
        });
        println!();
    }

    // Which are worth their time, at 6 dB?
    let costs = study.measure_costs(1, 200)?;
    let at = &table.rows[contenders.len()..2 * contenders.len()];
    let missing = || Error::missing("rmse", "a contender never answered");
    let errors: Result<Vec<Measured>> = at.iter().map(|row| row.rmse.ok_or_else(missing)).collect();
    let errors: Vec<_> = errors?.iter().map(Measured::interval).collect();
    let times: Vec<_> = costs.iter().map(|cost| cost.call_s).collect();
    for (cost, standing) in costs.iter().zip(pareto(&errors, &times)?) {
        let verdict = match standing {
            Standing::Front => "none is both better and faster",
            Standing::Undecided => "another is as good and as fast, within the errors",
            _ => "another is better and faster",
        };
        println!("{:>10}: {:7.2} us a record; {verdict}", cost.contender, 1e6 * cost.call_s.estimate);
    }
    Ok(())
}
