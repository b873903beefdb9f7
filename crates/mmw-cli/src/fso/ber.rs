//! `mmw fso ber`: the bit error rate of a receiver with its noise, steady or averaged over fading.

use crate::error::Result;
use crate::question::{Question, Readable, contradiction, line, needed, word};
use fso_g2a::channel::Channel;
use fso_g2a::detection::{Detector, DetectorConfig, Keying, Mixing, ReceiverConfig, Scheme};
use fso_g2a::pointing::{Pointing, PointingConfig};
use fso_g2a::turbulence::{Calm, GammaGamma};
use mmw_core::check;
use mmw_core::consts::ELEMENTARY_CHARGE_C;
use serde::{Deserialize, Serialize};

/// What stands below the options.
pub(super) const NOISE: &str = "\
Shot noise of light, background and dark current, multiplied by an avalanche (McIntyre), and thermal noise of the \
load. The bandwidth is half of the symbol rate by default, of pulse position half of the slot rate. On-off keying \
decides at the threshold of equal densities, pulse position takes the brightest slot, phases are read against a local \
oscillator. With alpha and beta, or a jitter, the rate is averaged over the channel.";

/// The modulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Modulation {
    Ook,
    Ppm,
    Bpsk,
    Dpsk,
    Qpsk,
}

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// ook, ppm, bpsk, dpsk or qpsk
    #[arg(long, value_name = "NAME", value_parser = word::<Modulation>)]
    modulation: Modulation,

    /// Mean power on the detector, W: that of a centred beam without turbulence
    #[arg(long, value_name = "W")]
    received_power_w: f64,

    /// Bits per second, Hz
    #[arg(long, value_name = "HZ")]
    bit_rate_hz: f64,

    /// Noise bandwidth, Hz, instead of half of the symbol or slot rate
    #[arg(long, value_name = "HZ")]
    bandwidth_hz: Option<f64>,

    /// Slots of a symbol of ppm, 2 to 65536
    #[arg(long, value_name = "COUNT")]
    slots: Option<u32>,

    /// homodyne (the default) or heterodyne, of a phase
    #[arg(long, value_name = "NAME", value_parser = word::<Mixing>)]
    mixing: Option<Mixing>,

    /// Power of the local oscillator on the detector, W, of a phase
    #[arg(long, value_name = "W")]
    oscillator_w: Option<f64>,

    /// Responsivity of the detector without gain, A/W
    #[arg(long, value_name = "A_W", default_value_t = 0.9)]
    responsivity_a_w: f64,

    /// Avalanche gain, 1 without an avalanche
    #[arg(long, value_name = "NUMBER", default_value_t = 1.0)]
    gain: f64,

    /// Ratio of the ionisation by holes to that by electrons, 0 to 1: 0 by default
    #[arg(long, value_name = "NUMBER")]
    ionisation_ratio: Option<f64>,

    /// Dark current that the avalanche multiplies, A
    #[arg(long, value_name = "A", default_value_t = 0.0)]
    bulk_dark_a: f64,

    /// Dark current that it does not, A
    #[arg(long, value_name = "A", default_value_t = 0.0)]
    surface_dark_a: f64,

    /// Background light on the detector, W
    #[arg(long, value_name = "W", default_value_t = 0.0)]
    background_w: f64,

    /// Load of the amplifier, ohm: 50 by default
    #[arg(long, value_name = "OHM")]
    load_ohm: Option<f64>,

    /// Temperature of the load, K: 0 leaves out thermal noise
    #[arg(long, value_name = "K", default_value_t = 300.0)]
    temperature_k: f64,

    /// Noise figure of the amplifier, dB: 0 by default
    #[arg(long, value_name = "DB")]
    noise_figure_db: Option<f64>,

    /// Gamma-Gamma shape of the large eddies: averages over turbulence
    #[arg(long, value_name = "NUMBER", requires = "beta")]
    alpha: Option<f64>,

    /// Gamma-Gamma shape of the small eddies
    #[arg(long, value_name = "NUMBER", requires = "alpha")]
    beta: Option<f64>,

    /// Standard deviation of the beam's displacement in each direction, m: averages over pointing
    #[arg(long, value_name = "M", requires_all = ["beam_radius_m", "aperture_radius_m"])]
    jitter_m: Option<f64>,

    /// Radius of the footprint, m
    #[arg(long, value_name = "M", requires = "jitter_m")]
    beam_radius_m: Option<f64>,

    /// Radius of the aperture, m
    #[arg(long, value_name = "M", requires = "jitter_m")]
    aperture_radius_m: Option<f64>,
}

/// The error rate, and what it would be without fading.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    bit_error_rate: f64,
    /// None where there is no fading.
    without_fading: Option<f64>,
    /// Primary electrons for each bit.
    electrons_per_bit: f64,
    bandwidth_hz: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let scheme = self.scheme()?;
        let bit_rate_hz = check::positive("bit_rate_hz", self.bit_rate_hz)?;
        check::in_range("bit_rate_hz", bit_rate_hz, 1e-2, 1e17)?;
        let bandwidth_hz = self.bandwidth_hz.unwrap_or(0.5 * bit_rate_hz * scheme.symbols_per_bit());
        let detector = Detector::new(DetectorConfig { scheme, receiver: self.receiver(bandwidth_hz)? })?;
        let power_w = check::positive("received_power_w", self.received_power_w)?;
        check::in_range("received_power_w", power_w, 1e-60, 1e12)?;
        let steady = detector.error_rate(power_w)?;
        let faded = self.faded(&detector, power_w)?;
        Ok(Answer {
            bit_error_rate: faded.unwrap_or(steady),
            without_fading: faded.map(|_| steady),
            electrons_per_bit: power_w * self.responsivity_a_w / (ELEMENTARY_CHARGE_C * bit_rate_hz),
            bandwidth_hz,
        })
    }
}

impl Parameters {
    fn scheme(&self) -> Result<Scheme> {
        let keying = match self.modulation {
            Modulation::Bpsk => Some(Keying::Bpsk),
            Modulation::Dpsk => Some(Keying::Dpsk),
            Modulation::Qpsk => Some(Keying::Qpsk),
            Modulation::Ook | Modulation::Ppm => None,
        };
        if self.slots.is_some() && self.modulation != Modulation::Ppm {
            return Err(contradiction("slots", "it belongs to ppm"));
        }
        let Some(keying) = keying else {
            for (name, given) in
                [("mixing", self.mixing.is_some()), ("oscillator_w", self.oscillator_w.is_some())]
            {
                if given {
                    return Err(contradiction(
                        name,
                        "it belongs to bpsk, dpsk and qpsk: light has no phase here",
                    ));
                }
            }
            if self.modulation == Modulation::Ook {
                return Ok(Scheme::OnOffKeying);
            }
            let slots = needed(self.slots.as_ref(), "slots", "slots of a symbol of ppm")?;
            check::in_range("slots", f64::from(slots), 2.0, 65_536.0)?;
            return Ok(Scheme::PulsePosition { slots });
        };
        let oscillator_w = needed(
            self.oscillator_w.as_ref(),
            "oscillator_w",
            "power of the local oscillator on the detector, W",
        )?;
        Ok(Scheme::Coherent { keying, mixing: self.mixing.unwrap_or_default(), oscillator_w })
    }

    fn receiver(&self, bandwidth_hz: f64) -> Result<ReceiverConfig> {
        if self.ionisation_ratio.is_some() && self.gain == 1.0 {
            return Err(contradiction(
                "ionisation_ratio",
                "it counts with an avalanche alone: give a gain above 1",
            ));
        }
        for (name, given) in
            [("load_ohm", self.load_ohm.is_some()), ("noise_figure_db", self.noise_figure_db.is_some())]
        {
            if given && self.temperature_k == 0.0 {
                return Err(contradiction(name, "at temperature_k 0 there is no thermal noise"));
            }
        }
        Ok(ReceiverConfig {
            responsivity_a_w: self.responsivity_a_w,
            gain: self.gain,
            ionisation_ratio: self.ionisation_ratio.unwrap_or(0.0),
            bulk_dark_a: self.bulk_dark_a,
            surface_dark_a: self.surface_dark_a,
            background_w: self.background_w,
            load_ohm: self.load_ohm.unwrap_or(50.0),
            temperature_k: self.temperature_k,
            noise_figure_db: self.noise_figure_db.unwrap_or(0.0),
            bandwidth_hz,
        })
    }

    /// The rate averaged over what fades, if anything does.
    fn faded(&self, detector: &Detector, power_w: f64) -> Result<Option<f64>> {
        let pointing = match (self.jitter_m, self.beam_radius_m, self.aperture_radius_m) {
            (Some(jitter_m), Some(beam_radius_m), Some(aperture_radius_m)) => {
                Some(PointingConfig { beam_radius_m, aperture_radius_m, jitter_m })
            }
            _ => None,
        };
        let still = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.5, jitter_m: 0.0 };
        let law = Pointing::new(pointing.unwrap_or(still))?;
        if let (Some(alpha), Some(beta)) = (self.alpha, self.beta) {
            let channel = Channel::new(law, GammaGamma::new(alpha, beta)?);
            return Ok(Some(detector.mean_error_rate(&channel, power_w)?));
        }
        let calm = Channel::new(law, Calm);
        pointing.map(|_| Ok(detector.mean_error_rate(&calm, power_w)?)).transpose()
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![line("bit errors", self.bit_error_rate, "")];
        lines.extend(self.without_fading.map(|rate| line("", rate, "without fading")));
        lines.push(line("electrons", self.electrons_per_bit, "for each bit"));
        lines.push(line("bandwidth", self.bandwidth_hz, "Hz"));
        lines
    }
}
