//! The variable attenuator of Fig. 3 of the paper: a common-base stage without gain, turned off by its bias.

use crate::map::map;
use mmw_core::consts::{BOLTZMANN_J_K, ELEMENTARY_CHARGE_C};
use mmw_core::math::try_crossing;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{Error, Result, check};
use std::f64::consts::LN_10;

/// The stage: plain data, checked by [`CommonBase::new`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct CommonBaseConfig {
    /// `R1` between supply and base, ohm.
    pub base_ohm: f64,
    /// `R2` from the emitter to ground, ohm: it shunts the input.
    pub emitter_ohm: f64,
    /// `R3` at the collector, ohm.
    pub collector_ohm: f64,
    /// Resistance of the signal source at the emitter, ohm; 0 for a stiff source, as "unity gain gm
    /// R3" implies.
    pub source_ohm: f64,
    /// Current gain β.
    pub current_gain: f64,
    /// `gm R3` at zero bias.
    pub unbiased_gain: f64,
    /// Junction temperature, K.
    pub temperature_k: f64,
    /// Amplitude that reaches the output past a stage that is off, over that of the stage at zero bias;
    /// 0 for none, below 1. The paper gives no figure: it is what limits its ranges.
    pub feed_through: f64,
}

mmw_core::checked_serde!(CommonBaseConfig, |config| CommonBase::new(*config).map(|_| ()));

impl CommonBaseConfig {
    /// Fig. 3: R1 = 100 ohm, R2 = 4.7 kohm, R3 = 1 kohm, unity gain; β = 200, 300 K, no feed-through.
    #[must_use]
    pub fn figure_3() -> Self {
        Self {
            base_ohm: 100.0,
            emitter_ohm: 4700.0,
            collector_ohm: 1000.0,
            source_ohm: 0.0,
            current_gain: 200.0,
            unbiased_gain: 1.0,
            temperature_k: 300.0,
            feed_through: 0.0,
        }
    }

    /// Fig. 3 with the feed-through that leaves this range of attenuation, dB: 6.6 in the paper's
    /// simulations, 2 (Butterworth) and 5 (Chebyshev) in its measurements.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::attenuator::CommonBaseConfig;
    /// assert!((CommonBaseConfig::figure_3_with_range(6.6).feed_through - 0.467_735).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn figure_3_with_range(range_db: f64) -> Self {
        Self { feed_through: 10_f64.powf(-range_db / 20.0), ..Self::figure_3() }
    }
}

/// A checked [`CommonBaseConfig`].
///
/// ```text
/// IC = IC0 exp[(−V + (IC0 − IC) R1/β) / VT],   gm = IC/VT,   VT = kT/q
/// g = gm' R3 Zi / (Zs + Zi),   gm' = gm / (1 + gm R1/(β+1)),   Zi = R2 ∥ 1/gm'
/// A(V) = −20 log10[(1 − F) g(V)/g(0) + F]
/// ```
/// The exponential law of the bipolar transistor; the feed-through `F` adds in phase. `V` is the bias that
/// the emitter is raised by.
///
/// # Examples
/// ```
/// use linkbudget::attenuator::{CommonBase, CommonBaseConfig};
///
/// let stage = CommonBase::new(CommonBaseConfig::figure_3())?;
/// assert!((stage.collector_current_a(0.0)? - 25.85e-6).abs() < 0.01e-6);
/// // The exponential law needs 20 mV for what the paper reports over 1.8 V…
/// assert!((stage.bias_v(6.6)? - 19.65e-3).abs() < 0.1e-3);
/// // … so its range is the feed-through's.
/// let leaky = CommonBase::new(CommonBaseConfig::figure_3_with_range(6.6))?;
/// assert!((leaky.attenuation_db(1.8)? - 6.6).abs() < 1e-9);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CommonBase {
    config: CommonBaseConfig,
    thermal_v: f64,
    unbiased_a: f64,
}

impl CommonBase {
    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Domain`] naming the field.
    pub fn new(config: CommonBaseConfig) -> Result<Self> {
        check::in_range("base_ohm", config.base_ohm, 0.0, 1e9)?;
        check::in_range("emitter_ohm", config.emitter_ohm, 1e-9, 1e12)?;
        check::in_range("collector_ohm", config.collector_ohm, 1e-9, 1e12)?;
        check::in_range("source_ohm", config.source_ohm, 0.0, 1e12)?;
        check::in_range("current_gain", config.current_gain, 1.0, 1e9)?;
        check::in_range("unbiased_gain", config.unbiased_gain, 1e-9, 1e9)?;
        check::in_range("temperature_k", config.temperature_k, 1.0, 1000.0)?;
        if !(0.0..1.0).contains(&config.feed_through) {
            return Err(Error::domain("feed_through", config.feed_through, "a number from 0 to below 1"));
        }
        let thermal_v = BOLTZMANN_J_K * config.temperature_k / ELEMENTARY_CHARGE_C;
        let unbiased_a = config.unbiased_gain * thermal_v / config.collector_ohm;
        Ok(Self { config, thermal_v, unbiased_a })
    }

    /// The configuration it was made from.
    #[must_use]
    pub fn config(&self) -> &CommonBaseConfig {
        &self.config
    }

    /// `VT = kT/q`, V.
    #[must_use]
    pub fn thermal_voltage_v(&self) -> f64 {
        self.thermal_v
    }

    /// Collector current, A.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the bias is from 0 to 100 V.
    pub fn collector_current_a(&self, bias_v: f64) -> Result<f64> {
        Ok(self.unbiased_a * self.ln_current_ratio(bias_v)?.exp())
    }

    /// Transconductance `gm = IC/VT`, S.
    ///
    /// # Errors
    /// As [`CommonBase::collector_current_a`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::attenuator::{CommonBase, CommonBaseConfig};
    /// let stage = CommonBase::new(CommonBaseConfig::figure_3())?;
    /// assert!((stage.transconductance_s(0.0)? - 1e-3).abs() < 1e-15);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn transconductance_s(&self, bias_v: f64) -> Result<f64> {
        Ok(self.collector_current_a(bias_v)? / self.thermal_v)
    }

    /// Attenuation against zero bias, dB, at least 0.
    ///
    /// # Errors
    /// As [`CommonBase::collector_current_a`].
    pub fn attenuation_db(&self, bias_v: f64) -> Result<f64> {
        let ln_gain = self.ln_gain(self.ln_current_ratio(bias_v)?) - self.ln_gain(0.0);
        let leak = self.config.feed_through;
        // Without a leak the logarithm is kept: the exponential of a volt over VT underflows.
        let ln_amplitude = if leak == 0.0 { ln_gain } else { ((1.0 - leak) * ln_gain.exp() + leak).ln() };
        Ok((-20.0 / LN_10 * ln_amplitude).max(0.0))
    }

    /// [`CommonBase::attenuation_db`] at each bias of an array.
    ///
    /// # Errors
    /// As [`CommonBase::collector_current_a`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::attenuator::{CommonBase, CommonBaseConfig};
    /// use mmw_core::ndarray::array;
    /// let stage = CommonBase::new(CommonBaseConfig::figure_3_with_range(5.0))?;
    /// let curve = stage.attenuation_db_array(&array![0.0, 0.01, 2.5])?;
    /// assert!(curve[0] == 0.0 && curve[1] > 1.0 && (curve[2] - 5.0).abs() < 1e-9);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn attenuation_db_array(&self, bias_v: &ArrayRef1<f64>) -> Result<Array1<f64>> {
        map(bias_v, |bias_v| self.attenuation_db(bias_v))
    }

    /// The greatest attenuation that the feed-through leaves, dB; `None` without feed-through.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::attenuator::{CommonBase, CommonBaseConfig};
    /// assert_eq!(CommonBase::new(CommonBaseConfig::figure_3())?.range_db(), None);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn range_db(&self) -> Option<f64> {
        (self.config.feed_through > 0.0).then(|| -20.0 * self.config.feed_through.log10())
    }

    /// The bias for an attenuation, V.
    ///
    /// # Errors
    /// [`Error::Domain`] for a negative attenuation or one that 100 V do not reach.
    pub fn bias_v(&self, attenuation_db: f64) -> Result<f64> {
        check::non_negative("attenuation_db", attenuation_db)?;
        let bracket = [0.0, 100.0];
        let most_db = self.attenuation_db(bracket[1])?;
        if attenuation_db > most_db {
            let domain = format!("at most {most_db}, what the stage reaches");
            return Err(Error::domain("attenuation_db", attenuation_db, domain));
        }
        // The attenuation grows with the bias.
        let reached = |bias_v: f64| -> Result<bool> { Ok(self.attenuation_db(bias_v)? >= attenuation_db) };
        let [_, least] = try_crossing(bracket, reached)?;
        Ok(least)
    }

    /// `ln(IC/IC0)`: the root `z` of `z + r (e^z − 1) = −V/VT`, `r = IC0 R1 / β VT`.
    fn ln_current_ratio(&self, bias_v: f64) -> Result<f64> {
        let target = check::in_range("bias_v", bias_v, 0.0, 100.0)? / self.thermal_v;
        let r = self.unbiased_a * self.config.base_ohm / (self.config.current_gain * self.thermal_v);
        // Newton's method on a convex, rising function from the left of its root: steps only shorten.
        let mut z = -target;
        for _ in 0..100 {
            let step = (z + r * z.exp_m1() + target) / (1.0 + r * z.exp());
            z -= step;
            if step.abs() <= 1e-15 * z.abs() {
                break;
            }
        }
        Ok(z.min(0.0))
    }

    /// Logarithm of the stage's gain at `ln(IC/IC0)`.
    fn ln_gain(&self, ln_ratio: f64) -> f64 {
        let c = &self.config;
        let gm = self.unbiased_a / self.thermal_v * ln_ratio.exp();
        let ln_gm = (self.unbiased_a / self.thermal_v).ln() + ln_ratio;
        let degeneration = 1.0 + gm * c.base_ohm / (c.current_gain + 1.0);
        let input_s = 1.0 / c.emitter_ohm + gm / degeneration;
        ln_gm - degeneration.ln() + c.collector_ohm.ln() - (c.source_ohm * input_s).ln_1p()
    }
}
