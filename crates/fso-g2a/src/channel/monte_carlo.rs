//! The channel by simulation: plain draws, and conditioning with importance sampling for rare outages.

use super::Channel;
use crate::turbulence::{BLOCK, GammaBlocks, GammaGamma, GammaTable, LogGamma, Tilted, ln};
use mmw_core::Result;
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::rand::{Rng, RngExt};
use mmw_core::random::{Stream, XoshiroLanes};
use mmw_core::stats::{Moments, Proportion};
use rand_distr::Distribution;
use std::ops::Range;

/// The generator of a block of trials: several times the rate of the stream that seeds it.
type Lanes = XoshiroLanes<8>;

/// A draw of the gain `h = h_a A₀ g h_t`.
///
/// # Examples
/// ```
/// use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig};
/// use fso_g2a::mmw_core::{rand::RngExt, random::Streams};
///
/// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.5 };
/// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?);
/// let h: f64 = Streams::new(1).stream(0).sample(channel);
/// assert!(h >= 0.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
impl<L: Distribution<f64>> Distribution<f64> for Channel<L> {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.full_gain * self.pointing.sample(rng) * self.turbulence.sample(rng)
    }
}

impl Channel<GammaGamma> {
    /// Outages among simulated channels: each trial draws a displacement and two gamma variables.
    ///
    /// The gamma variables are drawn by inversion of their own distributions, tabulated once (a third of a
    /// millisecond), so that nothing of the law that [`Channel::outage`] integrates is used. Several tens
    /// of millions of trials a second on one thread; [`Proportion::interval`] gives the confidence interval,
    /// and `run` the seed, the number of trials, progress and cancellation. The counts are the same on any
    /// number of threads.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless the threshold is 0 or above; those of [`MonteCarlo::run`].
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig};
    /// use fso_g2a::mmw_core::monte_carlo::MonteCarlo;
    ///
    /// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.5 };
    /// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?);
    /// let outages = channel.simulate_outage(0.1, &MonteCarlo::new(1, 100_000))?;
    /// assert!(outages.interval(0.9999)?.contains(channel.outage(0.1)?.outage));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn simulate_outage(&self, normalised_threshold: f64, run: &MonteCarlo<'_>) -> Result<Proportion> {
        let tau = super::outage::threshold(normalised_threshold)?;
        let kernel = Kernel::new(self, tau);
        run.run(|rng, trials| kernel.block(rng, trials))
    }

    /// The outage probability as a mean of conditional probabilities, for outages too rare for
    /// [`Channel::simulate_outage`]: a million trials resolve 1e-9 to a per cent or so.
    ///
    /// ```text
    /// P = E[G(τ/h_t)],   G(x) = P(g ≤ x)
    /// ```
    /// The law of total probability over the product of equation (5) of the paper. Each trial draws `h_t` and
    /// takes the exact probability `G` that pointing then makes the outage. Half of the draws come from a law
    /// tilted so that the mean of `ln h_t` is `ln τ`, weighted by the ratio of the density to that of the
    /// mixture, which never exceeds 2. Neither the distribution of the turbulence nor the integral of
    /// [`Channel::outage`] is used: it is a check on both. [`Moments::mean_interval`] gives the confidence
    /// interval. A threshold of 0 leaves the probability of a miss and an infinite one 1, without spread.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless the threshold is 0 or above (infinity included); those of
    /// [`MonteCarlo::run`].
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig};
    /// use fso_g2a::mmw_core::monte_carlo::MonteCarlo;
    ///
    /// let pointing = PointingConfig { beam_radius_m: 4.0, aperture_radius_m: 0.05, jitter_m: 0.3 };
    /// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?);
    /// let exact = channel.outage(1e-6)?.outage; // 2.1e-10
    /// let rare = channel.simulate_rare_outage(1e-6, &MonteCarlo::new(1, 20_000))?;
    /// assert!((rare.mean()? / exact - 1.0).abs() < 0.1);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn simulate_rare_outage(&self, normalised_threshold: f64, run: &MonteCarlo<'_>) -> Result<Moments> {
        let tau = super::outage::threshold(normalised_threshold)?;
        let (low, high) = (self.pointing.cdf_of(0.0), 1.0 - self.pointing.atom_at_full());
        if tau == 0.0 || tau.is_infinite() {
            // Whatever the turbulence, only misses make the outage, or all does.
            let conditional = if tau == 0.0 { low } else { 1.0 };
            return run.run(|_, trials| {
                let mut moments = Moments::new();
                trials.for_each(|_| moments.push(conditional));
                Ok(moments)
            });
        }
        let ln_tau = ln(tau);
        let tilted = Tilted::towards(&self.turbulence, ln_tau)?;
        let factor = |shape: f64| LogGamma::new(shape, 1.0 / shape);
        let (first, second) = (factor(self.turbulence.alpha())?, factor(self.turbulence.beta())?);
        run.run(|rng, trials| {
            let mut moments = Moments::new();
            for _ in trials {
                let log = if rng.random::<bool>() {
                    tilted.sample_log(rng)
                } else {
                    rng.sample(first) + rng.sample(second)
                };
                let weight = 2.0 / (1.0 + (tilted.tilt * log - tilted.ln_moment).exp());
                let share = (ln_tau - log).exp();
                let conditional = if share >= 1.0 {
                    1.0
                } else if low == high {
                    low
                } else {
                    self.pointing.cdf_of(share)
                };
                moments.push(weight * conditional);
            }
            Ok(moments)
        })
    }
}

/// Cells of the table of shares.
const CELLS: usize = 512;

/// What a trial of the plain simulation needs, worked out once.
///
/// A uniform number `u` makes the displacement `s = σ √(−2 ln u)`, so "the beam misses" and "the beam covers"
/// are comparisons of `u` with the two atoms' bounds; only a partial overlap needs `s` itself.
struct Kernel<'a> {
    channel: &'a Channel<GammaGamma>,
    tau: f64,
    miss: f64,
    partial: f64,
    /// Shares at even steps of `u` from `miss` to `partial`: they bracket the share of every partial overlap.
    shares: Vec<f64>,
    per_step: f64,
    first: Factor,
    second: Factor,
}

impl<'a> Kernel<'a> {
    fn new(channel: &'a Channel<GammaGamma>, tau: f64) -> Self {
        let pointing = &channel.pointing;
        let (miss, partial) = (pointing.atom_at_zero(), 1.0 - pointing.atom_at_full());
        let law = &channel.turbulence;
        let (first, second) = (Factor::new(law.alpha()), Factor::new(law.beta()));
        let step = (partial - miss) / CELLS as f64;
        let share = |k: usize| match k {
            0 => 0.0,
            CELLS => 1.0,
            _ => pointing.share_of_probability((miss + k as f64 * step).min(1.0)),
        };
        let shares = if step > 0.0 { (0..=CELLS).map(share).collect() } else { vec![] };
        let per_step = if step > 0.0 { 1.0 / step } else { 0.0 };
        Self { channel, tau, miss, partial, shares, per_step, first, second }
    }

    fn block(&self, rng: &mut Stream, trials: Range<u64>) -> Result<Proportion> {
        let mut rng = Lanes::from_rng(rng);
        let total = trials.end.saturating_sub(trials.start);
        let mut hits = 0;
        let mut left = total;
        while left > 0 {
            let count = left.min(BLOCK as u64);
            hits += self.hits(&mut rng, count as usize);
            left -= count;
        }
        Proportion::new(hits, total)
    }

    /// Outages among the first `count` of a block.
    ///
    /// What the comparisons decide is counted without branches, which nobody could foresee; the partial
    /// overlaps that they leave open are gathered and looked at afterwards.
    fn hits(&self, rng: &mut Lanes, count: usize) -> u64 {
        let (mut x, mut y, mut bytes) = ([0.0; BLOCK], [0.0; BLOCK], [0_u8; 8 * BLOCK]);
        self.first.fill(&mut x, rng, &mut bytes);
        self.second.fill(&mut y, rng, &mut bytes);
        rng.fill_bytes(&mut bytes);
        let mut open = [(0.0, 0.0); BLOCK];
        let (mut hits, mut gathered) = (0, 0);
        for ((x, y), word) in x.iter().zip(&y).zip(bytes.as_chunks::<8>().0).take(count) {
            // 53 bits, never 0.
            let u = ((u64::from_le_bytes(*word) >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0);
            let product = x * y;
            let settled = (product <= self.tau) | (u < self.miss);
            hits += u64::from(settled);
            open[gathered % BLOCK] = (u, product);
            gathered += usize::from(!settled & (u < self.partial));
        }
        hits + open.iter().take(gathered).map(|&(u, product)| self.partial_outage(u, product)).sum::<u64>()
    }

    /// 1 if `g(u) · product ≤ τ`, else 0: by the bracket of the cell, and by the share itself in the few
    /// cells where that does not tell. The neighbouring knots are used, so that rounding of the cell
    /// does not matter.
    #[inline]
    fn partial_outage(&self, u: f64, product: f64) -> u64 {
        let cell = ((u - self.miss) * self.per_step) as usize;
        let (low, high) = match (self.shares.get(cell.saturating_sub(1)), self.shares.get(cell + 2)) {
            (Some(low), Some(high)) => (product * low, product * high),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        };
        let outage = high <= self.tau;
        if !outage & (low <= self.tau) {
            return u64::from(product * self.channel.pointing.share_of_probability(u) <= self.tau);
        }
        u64::from(outage)
    }
}

/// A gamma factor of mean 1: by its table, or by rejection for a shape that has none.
enum Factor {
    Table(GammaTable),
    Blocks(GammaBlocks),
}

impl Factor {
    fn new(shape: f64) -> Self {
        GammaTable::new(shape).map_or_else(|| Self::Blocks(GammaBlocks::new(shape)), Self::Table)
    }

    /// A block of samples; `bytes` is for the random bits.
    fn fill(&self, out: &mut [f64; BLOCK], rng: &mut Lanes, bytes: &mut [u8; 8 * BLOCK]) {
        match self {
            Self::Blocks(blocks) => blocks.fill(out, rng),
            Self::Table(table) => {
                rng.fill_bytes(bytes);
                for (x, word) in out.iter_mut().zip(bytes.as_chunks::<8>().0) {
                    *x = table.sample(u64::from_le_bytes(*word));
                }
            }
        }
    }
}

/// So many draws of the gain, for histograms and tests: stream by stream the same on any number of threads.
///
/// # Errors
/// Those of [`MonteCarlo::run`].
///
/// # Examples
/// ```
/// use fso_g2a::{Channel, LogNormal, Pointing, PointingConfig, channel::draw_gains};
/// use fso_g2a::mmw_core::monte_carlo::MonteCarlo;
/// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.3 };
/// let channel = Channel::new(Pointing::new(pointing)?, LogNormal::new(0.1)?);
/// assert_eq!(draw_gains(&channel, &MonteCarlo::new(1, 1000))?.len(), 1000);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn draw_gains<L>(channel: &Channel<L>, run: &MonteCarlo<'_>) -> Result<Vec<f64>>
where
    L: Distribution<f64> + Sync,
{
    run.run(|rng, trials| Ok(trials.map(|_| channel.sample(rng)).collect::<Vec<f64>>()))
}
