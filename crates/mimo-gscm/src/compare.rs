//! Comparison of channel models by the outage capacity that they promise: error and time over the SNR. The
//! engine is that of [`mmw_core::study`].

use crate::capacity::{CapacitySample, capacity_flat_batch};
use crate::path::Realisation;
use crate::propagation::{ChannelModel, DrawScratch};
use crate::rival::{Distribution, IidRayleigh, Keyhole, Kronecker, Weichselberger};
use crate::study::CapacityStudy;
use crate::transfer::{Station, Transfer, TransferScratch};
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::ndarray::{Array1, Array2, Array3};
use mmw_core::rand::RngExt;
use mmw_core::random::{Stream, Streams};
use mmw_core::study::{
    Condition, Contender, Experiment, Grid, Score, Study, StudyConfig, StudyTable, contender,
};
use mmw_core::units::Db;
use mmw_core::{Axis, C64, Error, Result, check};

/// A model of the channel between two arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ChannelLaw {
    /// The geometry-based model itself, whose own draws are the truth: its error is that of a short sample.
    Geometry,
    /// [`IidRayleigh`].
    Iid,
    /// [`Kronecker`] with the correlations of draws of the geometry-based model.
    Kronecker,
    /// [`Weichselberger`] fitted to the same draws.
    Weichselberger,
    /// [`Keyhole`].
    Keyhole,
}

mmw_core::named!(ChannelLaw, "model" {
    Geometry = "geometry",
    Iid = "iid",
    Kronecker = "kronecker",
    Weichselberger = "weichselberger",
    Keyhole = "keyhole",
});

/// What does not vary in [`ChannelTrials`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct ChannelTrialsConfig {
    /// Probability of outage, above 0 and below 1; 0.1 by default.
    pub outage_probability: f64,
    /// Matrices that a model draws for one answer, 20 to 1e7; 1000 by default.
    pub draws: u64,
    /// Draws of the geometry-based model that the truth is taken from and the others are fitted to, 100 to
    /// 1e7; 20 000 by default.
    pub reference_draws: u64,
    /// Seed of these draws; 1 by default.
    pub reference_seed: u64,
}

impl Default for ChannelTrialsConfig {
    fn default() -> Self {
        Self { outage_probability: 0.1, draws: 1000, reference_draws: 20_000, reference_seed: 1 }
    }
}

/// Outage capacities as an [`Experiment`], on the axis of [`ChannelTrials::grid`].
///
/// The truth is the outage capacity, bit/s/Hz, of many draws of the geometry-based model in flat fading; each
/// contender answers with that of a short sample of its own. What a model gets wrong is its bias; the rest is
/// the length of the sample. All channels have a mean power of 1 an entry.
///
/// # Examples
/// ```
/// use mimo_gscm::compare::{ChannelLaw, ChannelTrials, ChannelTrialsConfig};
/// use mimo_gscm::{ChannelModel, Scenario, Station};
/// use mmw_core::study::StudyConfig;
///
/// let model = ChannelModel::new(Scenario::urban_macrocell())?;
/// let array = Station::linear(4, 0.5, 2e9)?;
/// let config = ChannelTrialsConfig { reference_draws: 4000, ..ChannelTrialsConfig::default() };
/// let trials = ChannelTrials::new(model, [array.clone(), array], &[20.0], config)?;
/// let laws = [ChannelLaw::Iid, ChannelLaw::Weichselberger];
/// let table = trials.run(&laws, StudyConfig { trials: 10, ..StudyConfig::default() })?;
/// let bias = |law: &str| table.row(0, law).map(|row| row.bias.map_or(0.0, |bias| bias.value));
/// // Independent fading promises 5 bit/s/Hz too much, joint correlation 2.
/// assert!(bias("iid")? > 4.5 && bias("weichselberger")? < 3.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug)]
pub struct ChannelTrials {
    config: ChannelTrialsConfig,
    model: ChannelModel,
    /// Receiver and transmitter.
    ends: [Station; 2],
    iid: IidRayleigh,
    keyhole: Keyhole,
    kronecker: Kronecker,
    weichselberger: Weichselberger,
    snr_db: Vec<f64>,
    /// Outage capacity of the geometry-based model at each SNR.
    truth: Vec<f64>,
}

impl ChannelTrials {
    /// Trials of the channel between a receiving and a transmitting array, at SNR of a receive antenna in dB:
    /// draws the truth and fits the models.
    ///
    /// # Errors
    /// [`Error::Domain`] for a configuration out of range and an SNR that is not from -200 to 200 dB; those
    /// of
    /// [`Transfer::flat`] and of the fits.
    pub fn new(
        model: ChannelModel,
        ends: [Station; 2],
        snr_db: &[f64],
        config: ChannelTrialsConfig,
    ) -> Result<Self> {
        check::open_unit("outage_probability", config.outage_probability)?;
        check::in_range("draws", config.draws as f64, 20.0, 1e7)?;
        check::in_range("reference_draws", config.reference_draws as f64, 100.0, 1e7)?;
        let h = draw(&model, &ends, config)?;
        let truth = |&snr_db: &f64| {
            let snr = Db(check::in_range("snr_db", snr_db, -200.0, 200.0)?).power_ratio();
            outage_capacity(&h, snr, config.outage_probability)
        };
        let (_, receive, transmit) = h.dim();
        Ok(Self {
            iid: IidRayleigh::new(receive, transmit)?,
            keyhole: Keyhole::new(receive, transmit)?,
            kronecker: Kronecker::from_sample(&h)?,
            weichselberger: Weichselberger::from_sample(&h)?,
            truth: snr_db.iter().map(truth).collect::<Result<_>>()?,
            snr_db: snr_db.to_vec(),
            config,
            model,
            ends,
        })
    }

    /// The conditions: the SNR that it was made for.
    ///
    /// # Errors
    /// Those of [`Axis::explicit`] and [`Grid::new`].
    pub fn grid(&self) -> Result<Grid> {
        Grid::new(vec![Axis::explicit("snr", "dB", self.snr_db.clone())?])
    }

    /// The scores of models, under their names.
    ///
    /// # Errors
    /// As [`Study::run`].
    pub fn run(&self, laws: &[ChannelLaw], config: StudyConfig) -> Result<StudyTable> {
        let contenders = self.contenders(laws);
        let contenders: Vec<_> = contenders.iter().map(AsRef::as_ref).collect();
        Study::new(self, &contenders, self.grid()?, config)?.run()
    }

    /// The models, under their names.
    #[must_use]
    pub fn contenders(&self, laws: &[ChannelLaw]) -> Vec<Box<dyn Contender<Self> + '_>> {
        let one = |&law: &ChannelLaw| -> Box<dyn Contender<Self> + '_> {
            Box::new(contender(law.name(), move |at: &Condition<'_>, &seed: &u64| {
                let snr = Db(at.get("snr")?).power_ratio();
                match law {
                    ChannelLaw::Geometry => self.geometry(snr, seed),
                    ChannelLaw::Iid => self.sampled(&self.iid, snr, seed),
                    ChannelLaw::Kronecker => self.sampled(&self.kronecker, snr, seed),
                    ChannelLaw::Weichselberger => self.sampled(&self.weichselberger, snr, seed),
                    ChannelLaw::Keyhole => self.sampled(&self.keyhole, snr, seed),
                }
                .map(Some)
            }))
        };
        laws.iter().map(one).collect()
    }

    fn geometry(&self, snr: f64, seed: u64) -> Result<f64> {
        let [receive, transmit] = self.ends.clone();
        let study = CapacityStudy { receive, transmit, snr, band: None };
        let result = study.run(&self.model, &MonteCarlo::new(seed, self.config.draws))?;
        result.capacity.ecdf().quantile(self.config.outage_probability)
    }

    fn sampled(&self, law: &impl Distribution<Array2<C64>>, snr: f64, seed: u64) -> Result<f64> {
        let [receive, transmit] = self.ends.each_ref().map(|end| end.array().len());
        let mut rng = Streams::new(seed).stream(0);
        let mut h = Array3::zeros((self.config.draws as usize, receive, transmit));
        h.outer_iter_mut().for_each(|mut h| h.assign(&law.sample(&mut rng)));
        outage_capacity(&h, snr, self.config.outage_probability)
    }
}

/// Reference draws of the geometry-based model, `[draw, rx, tx]`.
fn draw(model: &ChannelModel, ends: &[Station; 2], config: ChannelTrialsConfig) -> Result<Array3<C64>> {
    let [receive, transmit] = ends;
    let transfer = Transfer::flat(receive, transmit, model.scenario().carrier_hz)?;
    let (mut drawing, mut scratch) = (DrawScratch::default(), TransferScratch::default());
    let mut channel = Realisation::default();
    let mut rng = Streams::new(config.reference_seed).stream(0);
    let [_, rows, columns] = transfer.shape();
    let mut h = Array3::zeros((config.reference_draws as usize, rows, columns));
    for mut h in h.outer_iter_mut() {
        model.draw_narrowband_into(&mut drawing, &mut channel, &mut rng);
        transfer.matrix_into(&channel, &mut scratch, &mut h)?;
    }
    Ok(h)
}

fn outage_capacity(h: &Array3<C64>, snr: f64, probability: f64) -> Result<f64> {
    let capacities = Array1::from_vec(capacity_flat_batch(h, snr)?);
    CapacitySample::new(&capacities)?.ecdf().quantile(probability)
}

impl Experiment for ChannelTrials {
    /// The seed of the draws.
    type Input = u64;
    type Truth = f64;
    type Estimate = f64;

    fn parameters(&self) -> Vec<(String, String)> {
        let ChannelTrialsConfig { outage_probability, draws, reference_draws, reference_seed } = self.config;
        let [receive, transmit] = self.ends.each_ref().map(|end| end.array().len());
        // What else decides the truth: scenario and arrays.
        let truth = format!("{:?}", self.truth);
        [
            ("receive", receive.to_string()),
            ("transmit", transmit.to_string()),
            ("outage_probability", format!("{outage_probability:?}")),
            ("draws", draws.to_string()),
            ("reference_draws", reference_draws.to_string()),
            ("reference_seed", reference_seed.to_string()),
            ("outage_capacities_bit_s_hz", truth),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(u64, f64)> {
        let snr_db = at.get("snr")?;
        let known = self.snr_db.iter().position(|known| *known == snr_db);
        let truth = known.and_then(|index| self.truth.get(index));
        let truth = truth.ok_or_else(|| Error::domain("snr", snr_db, "one that the trials were made for"))?;
        Ok((rng.random(), *truth))
    }

    fn score(&self, _: &Condition<'_>, truth: &f64, estimate: &f64) -> Score {
        Score::of(estimate - truth).relative(estimate / truth - 1.0)
    }
}
