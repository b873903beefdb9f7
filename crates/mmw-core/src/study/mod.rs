//! Contenders on a grid of conditions: accuracy, bound and cost, with the same bits in one run, on all cores
//! or in parts on many machines.
//!
//! An [`Experiment`] draws trials and knows the truth; a [`Contender`] answers; a [`Study`] puts all
//! contenders before the same trials at every condition of a [`Grid`] and makes a [`StudyTable`]. An
//! estimator of one's own takes part by one call of [`contender`]:
//!
//! ```
//! use mmw_core::random::{Stream, standard_normal};
//! use mmw_core::study::{Condition, Contender, Experiment, Grid, Score, Study, StudyConfig, contender};
//! use mmw_core::{Axis, Result};
//!
//! /// Where is the middle of normal samples?
//! struct Middle;
//!
//! impl Experiment for Middle {
//!     type Input = Vec<f64>;
//!     type Truth = f64;
//!     type Estimate = f64;
//!
//!     fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(Vec<f64>, f64)> {
//!         let samples = at.get("samples")? as usize;
//!         Ok(((0..samples).map(|_| 3.0 + standard_normal(rng)).collect(), 3.0))
//!     }
//!
//!     fn score(&self, _: &Condition<'_>, truth: &f64, estimate: &f64) -> Score {
//!         Score::of(estimate - truth)
//!     }
//!
//!     fn bound(&self, at: &Condition<'_>) -> Result<Option<f64>> {
//!         Ok(Some(1.0 / at.get("samples")?.sqrt()))
//!     }
//! }
//!
//! # fn main() -> Result<()> {
//! let mean = contender::<Middle, _>("mean", |_, x| Ok(Some(x.iter().sum::<f64>() / x.len() as f64)));
//! let median = contender::<Middle, _>("median", |_, x| {
//!     let mut x = x.clone();
//!     x.sort_unstable_by(f64::total_cmp);
//!     Ok(Some(x[x.len() / 2]))
//! });
//! let contenders: [&dyn Contender<Middle>; 2] = [&mean, &median];
//! let grid = Grid::new(vec![Axis::explicit("samples", "", vec![11.0, 101.0])?])?;
//! let table = Study::new(&Middle, &contenders, grid, StudyConfig::default())?.run()?;
//!
//! let at = |contender| table.row(1, contender).map(|row| row.rmse.map_or(0.0, |rmse| rmse.value));
//! assert!((at("mean")? * 101_f64.sqrt() - 1.0).abs() < 0.1); // at its bound
//! assert!((at("median")? / at("mean")? - 1.25).abs() < 0.1); // sqrt(pi/2)
//! # Ok(())
//! # }
//! ```
//!
//! # Parts
//! A study is a row of blocks: those of the first condition, then those of the second, and so on.
//! [`Study::run_part`] works out any range of them, [`StudyPart::join`] puts neighbours together, and a part
//! that is kept in a file (feature `serde`) is a checkpoint that [`Study::resume`] goes on from. Parts carry
//! all that decides the bits ([`StudyIdentity`]): those of different studies are refused, with what differs.

mod grid;

mod experiment;

mod tally;

mod identity;

mod cost;

mod table;

mod part;

mod run;

pub use cost::{Cost, Standing, pareto};
pub use experiment::{Contender, Experiment, Score, contender};
pub use grid::{Condition, Grid};
pub use identity::{StudyIdentity, bit_class};
pub use part::StudyPart;
pub use run::{Study, StudyConfig};
pub use table::{Measured, Metric, StudyRow, StudyTable};
