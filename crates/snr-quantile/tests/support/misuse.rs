//! Records that do not fit the model, each in one way: for the test of the fit and for the measurement of its
//! power.

use snr_quantile::Snr;
use snr_quantile::compare::bpsk_samples;
use snr_quantile::fit::Cause;
use snr_quantile::mmw_core::ndarray::Array1;
use snr_quantile::mmw_core::rand::RngExt;
use snr_quantile::mmw_core::random::Stream;

/// The ways.
pub(crate) const MISUSES: [Cause; 8] = [
    Cause::Offset,
    Cause::OnOffKeying,
    Cause::ResidualCarrier,
    Cause::Oversampling,
    Cause::Outliers,
    Cause::Clipping,
    Cause::Pam,
    Cause::NonNormalNoise,
];

/// 1000 samples at 10 dB, spoilt.
pub(crate) fn misuse(cause: Cause, rng: &mut Stream) -> Array1<f64> {
    let snr = Snr::from_db(10.0).unwrap();
    let plain = bpsk_samples(snr, 1000, rng).unwrap();
    let noise = bpsk_samples(Snr::from_db(-300.0).unwrap(), 1000, rng).unwrap();
    let (amplitude, sigma) = ((10.0_f64 / 11.0).sqrt(), snr.sigma());
    let mut symbol = |levels: &[f64]| levels[rng.random_range(0..levels.len())];
    match cause {
        Cause::Offset => plain.mapv(|x| x + 0.3 * amplitude),
        Cause::OnOffKeying => noise.mapv(|w| sigma * w + amplitude * symbol(&[0.0, 2.0_f64.sqrt()])),
        Cause::ResidualCarrier => {
            let phase = |k: usize| (k as f64 * 0.013).cos() * 2.0_f64.sqrt();
            noise
                .iter()
                .enumerate()
                .map(|(k, w)| sigma * w + amplitude * phase(k) * symbol(&[-1.0, 1.0]))
                .collect()
        }
        Cause::Oversampling => {
            let mut a = 1.0;
            noise
                .iter()
                .enumerate()
                .map(|(k, w)| {
                    if k % 4 == 0 {
                        a = symbol(&[-1.0, 1.0]);
                    }
                    sigma * w + amplitude * a
                })
                .collect()
        }
        Cause::Outliers => {
            let mut x = plain;
            (0..5).for_each(|k| x[190 * k + 7] *= 6.0);
            x
        }
        Cause::Clipping => plain.mapv(|x| x.clamp(-1.2, 1.2)),
        Cause::Pam => {
            let a = amplitude / 5.0_f64.sqrt();
            noise.mapv(|w| sigma * w + a * symbol(&[-3.0, -1.0, 1.0, 3.0]))
        }
        _ => {
            // Laplace's law of the same power.
            let mut laplace = || {
                let u: f64 = rng.random::<f64>() - 0.5;
                -u.signum() * (1.0 - 2.0 * u.abs()).ln() / 2.0_f64.sqrt()
            };
            noise.mapv(|w| sigma * laplace() + amplitude * w.signum())
        }
    }
}
