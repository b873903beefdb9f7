//! Preferred values: the E series of IEC 60063.

use mmw_core::{Result, check};

/// A series of preferred values, so many a decade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ESeries {
    /// Six per decade, 20 % parts.
    E6,
    /// Twelve per decade, 10 % parts.
    E12,
    /// Twenty-four per decade, 5 % parts.
    E24,
    /// Forty-eight per decade, 2 % parts.
    E48,
    /// Ninety-six per decade, 1 % parts.
    E96,
    /// A hundred and ninety-two per decade, 0.5 % parts.
    E192,
}

mmw_core::named!(ESeries, "series" {
    E6 = "e6",
    E12 = "e12",
    E24 = "e24",
    E48 = "e48",
    E96 = "e96",
    E192 = "e192",
});

/// E24 in hundredths; its 27, 30, 33, 36, 39, 43, 47 and 82 are not the rounded powers.
const E24: [u16; 24] = [
    100, 110, 120, 130, 150, 160, 180, 200, 220, 240, 270, 300, 330, 360, 390, 430, 470, 510, 560, 620, 680,
    750, 820, 910,
];

impl ESeries {
    /// Values per decade.
    #[must_use]
    pub fn per_decade(self) -> usize {
        match self {
            Self::E6 => 6,
            Self::E12 => 12,
            Self::E24 => 24,
            Self::E48 => 48,
            Self::E96 => 96,
            Self::E192 => 192,
        }
    }

    /// The `index`-th value of the decade from 1, counted from 0; beyond the decade it goes on in the
    /// next, up to the three-hundredth.
    ///
    /// ```text
    /// 10^(i/N) rounded to three digits from E48 on (920 in place of 919), the list of IEC 60063 up to E24
    /// ```
    /// Tables 1 and 2 of [^iec].
    ///
    /// [^iec]: IEC 60063:2015, *Preferred number series for resistors and capacitors*.
    ///
    ///
    /// # Examples
    /// ```
    /// use linkbudget::e_series::ESeries;
    /// assert_eq!((ESeries::E24.value(16), ESeries::E96.value(1), ESeries::E6.value(7)), (4.7, 1.02, 15.0));
    /// ```
    #[must_use]
    pub fn value(self, index: usize) -> f64 {
        let n = self.per_decade();
        let (decade, step) = (index / n, index % n);
        let hundredths = match self {
            Self::E6 | Self::E12 | Self::E24 => f64::from(E24.get(step * (24 / n)).copied().unwrap_or(100)),
            Self::E48 | Self::E96 | Self::E192 => {
                let rounded = (100.0 * 10_f64.powf(step as f64 / n as f64)).round();
                if rounded == 919.0 { 920.0 } else { rounded }
            }
        };
        hundredths * 10_f64.powi(i32::try_from(decade).unwrap_or(300).min(300)) / 100.0
    }

    /// The preferred value that is nearest in ratio.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless `value` is from 1e-30 to 1e30.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::e_series::ESeries;
    /// assert_eq!(ESeries::E12.nearest(79.27e-15)?, 82e-15);
    /// assert_eq!(ESeries::E24.nearest(9.7)?, 10.0);
    /// assert_eq!(ESeries::E192.value(185), 9.2);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn nearest(self, value: f64) -> Result<f64> {
        check::in_range("value", value, 1e-30, 1e30)?;
        let decade = value.log10().floor();
        // A decimal literal of the same digits: the product with a power of ten would be one bit off.
        let scaled = |index: usize| {
            let text = format!("{:e}", self.value(index));
            let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let exponent = exponent.parse::<f64>().unwrap_or(0.0) + decade;
            format!("{digits}e{exponent}").parse::<f64>().unwrap_or(value)
        };
        let distance = |candidate: &f64| (candidate / value).ln().abs();
        let start = ((value.log10() - decade) * self.per_decade() as f64).floor() as usize;
        let candidates = (start.saturating_sub(1)..=start + 2).map(scaled);
        Ok(candidates.min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(value))
    }
}
