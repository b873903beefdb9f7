//! The law of each estimator's contrast under every SNR and record length, from simulated records.
//!
//! `√N (contrast − its value at the true SNR)` has a normal law for long records. For short ones its
//! quantiles are tabulated (`quantiles.txt`, which says how), at the record lengths and SNRs below.

use crate::contrast::contrast_of;
use crate::efficiency::asymptotic_variance_db2;
use crate::inversion::Statistic;
use crate::method::Method;
use crate::snr::Snr;
use crate::table::{bracket, numbers, places};
use std::f64::consts::LN_10;
use std::sync::LazyLock;

/// Record lengths of the table; beyond the last, quantiles tend to the normal ones with `1/√N`.
const LENGTHS: [f64; 9] = [12.0, 25.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 10_000.0];
const SNRS: usize = 20;
/// No signal, and SNRs in dB. Above, quantiles stay.
const SNR_DB: [f64; SNRS - 1] = [
    -10.0, -7.0, -5.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 30.0,
];
const QUANTILES: usize = 11;
/// Normal quantiles of the probabilities that quantiles are given at.
const Z: [f64; QUANTILES] = [-3.09, -2.326, -1.96, -1.645, -1.0, 0.0, 1.0, 1.645, 1.96, 2.326, 3.09];
const METHODS: [Method; 5] = [Method::MlBinned, Method::LStatistic, Method::M2m4, Method::M1m2, Method::Svr];

type Rows = [[f64; QUANTILES]; SNRS];

/// `ln(1 + SNR)` of the columns.
static PLACES: LazyLock<[f64; SNRS]> = LazyLock::new(|| places(&SNR_DB));

/// By method, and by length with the limit at last.
static TABLE: LazyLock<Vec<Vec<Rows>>> = LazyLock::new(|| {
    let mut numbers = numbers(include_str!("quantiles.txt"));
    let mut row = || [(); QUANTILES].map(|()| numbers.next().unwrap_or_default());
    METHODS
        .into_iter()
        .map(|method| {
            let mut rows: Vec<Rows> = LENGTHS.map(|_| [(); SNRS].map(|()| row())).into();
            rows.push(limit(method));
            rows
        })
        .collect()
});

/// The normal laws of long records.
fn limit(method: Method) -> Rows {
    PLACES.map(|c| {
        // At −40 dB the deviation is that of no signal to 1e-4.
        let snr = c.exp_m1().max(1e-4);
        let share = snr / (1.0 + snr);
        // d contrast / d ln SNR.
        let slope = 2.0 * share * share / (1.0 + 2.0 * snr) * (1.0 + snr);
        let variance = Snr::from_linear(snr).and_then(|snr| asymptotic_variance_db2(method, snr));
        let deviation = slope * 0.1 * LN_10 * variance.unwrap_or_default().sqrt();
        Z.map(|z| z * deviation)
    })
}

/// The laws of one estimator's contrast at one record length.
pub(crate) struct Law {
    rows: Rows,
    root: f64,
}

impl Law {
    /// None for an estimator without a table.
    pub(crate) fn of(method: Method, samples: f64) -> Option<Self> {
        let method = match method {
            Method::Ml | Method::Robust => Method::MlBinned,
            method => method,
        };
        let table = TABLE.get(METHODS.iter().position(|known| *known == method)?)?;
        // Between lengths, by 1/√N.
        let place = |length: usize| LENGTHS.get(length).map_or(0.0, |length| length.sqrt().recip());
        let next = LENGTHS.iter().position(|length| *length > samples).unwrap_or(LENGTHS.len()).max(1);
        let span = place(next - 1) - place(next);
        let part = ((place(next - 1) - samples.sqrt().recip()) / span).clamp(0.0, 1.0);
        let (short, long) = (table.get(next - 1)?, table.get(next)?);
        let mut rows = *short;
        for (row, long) in rows.iter_mut().zip(long) {
            row.iter_mut().zip(long).for_each(|(x, long)| *x += part * (long - *x));
        }
        Some(Self { rows, root: samples.sqrt() })
    }

    /// The quantiles under `c`.
    fn row(&self, c: f64) -> [f64; QUANTILES] {
        let (before, part) = bracket(PLACES.as_slice(), c);
        let mut row = self.rows[before];
        row.iter_mut().zip(self.rows[before + 1]).for_each(|(x, above)| *x += part * (above - *x));
        row
    }
}

/// The line through the pair of points on either side of `x`, or through the last pair; the least value where
/// several are at `x`, as those of SVR do in short records of high SNR that show no variation.
fn interpolated(from: &[f64; QUANTILES], to: &[f64; QUANTILES], x: f64) -> f64 {
    let next = from.iter().position(|from| *from >= x).unwrap_or(QUANTILES - 1).max(1);
    let span = from[next] - from[next - 1];
    if span <= 0.0 {
        return to[next];
    }
    to[next - 1] + (x - from[next - 1]) / span * (to[next] - to[next - 1])
}

impl Statistic for Law {
    fn near(&self, value: f64) -> f64 {
        // The contrast is −ln(1 − w²), and ln(1 + SNR) is −ln(1 − w) = −ln(1 − w²) + ln(1 + w).
        if value > 0.0 { value + (-(-value).exp_m1()).sqrt().ln_1p() } else { 0.0 }
    }

    /// Straight between those of the table, and beyond.
    fn quantile(&self, c: f64, z: f64) -> f64 {
        contrast_of(c.exp_m1()) + interpolated(&Z, &self.row(c), z) / self.root
    }

    fn look(&self, c: f64, value: f64) -> [f64; 2] {
        let (row, contrast) = (self.row(c), contrast_of(c.exp_m1()));
        let place = interpolated(&row, &Z, (value - contrast) * self.root);
        [place, 2.0 * self.root * contrast / (row[6] - row[4])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_ascends() {
        assert!(TABLE.iter().flatten().flatten().all(|row| row.is_sorted()));
    }

    #[test]
    fn long_records_near_the_normal_law() {
        for (method, rows) in METHODS.iter().zip(TABLE.iter()) {
            for (row, limit) in rows[8].iter().zip(&rows[9]) {
                // From −1.96 to 1.96 at 10 000 samples, by the table and in the limit.
                let ratio = (row[8] - row[2]) / (limit[8] - limit[2]);
                assert!((ratio - 1.0).abs() < 0.08, "{method} {ratio}");
            }
        }
    }
}
