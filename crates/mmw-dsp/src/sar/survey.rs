//! Which echoes of a scan change along the aperture, and which are the antennas' own.

use mmw_core::ndarray::{Array1, Array2, ArrayRef2};
use mmw_core::num_complex::Complex;
use mmw_core::stats::upper_median;
use mmw_core::{C64, Error, Real, Result, check};

/// What changes along the aperture stands out from the bins without echo by this factor.
const STANDS_OUT: f64 = 2.0;

/// Bins beside each other that are one echo's main lobe, in profiles of twice as many bins as samples.
const LOBE: usize = 4;

/// The power of range profiles over the positions of an aperture, what is alike at all of them by itself.
///
/// ```text
/// changing[b] = Σ_c (Σ_i |s_i,c[b]|² − |Σ_i s_i,c[b]|² / N),   constant[b] = Σ_c |Σ_i s_i,c[b]|² / N
/// ```
/// over N positions and the channels c: the coupling between a radar's own antennas is the same wherever it
/// stands, while the path to a target changes.
#[derive(Debug, Clone)]
pub struct EchoSurvey {
    /// `[channel, bin]`.
    sums: Array2<C64>,
    power: Array1<f64>,
    positions: usize,
}

/// The strongest echoes of a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Strongest {
    /// The bin that changes most along the aperture; where none does, or a stronger one that is alike at all
    /// positions lies beyond, the strongest of all.
    pub bin: usize,
    /// A stronger and nearer bin that is alike at all positions: coupling of the antennas, or what moves
    /// along.
    pub coupling: Option<usize>,
}

mmw_core::checked_serde!(Strongest, |found| match found.coupling {
    Some(bin) if bin >= found.bin => Err(Error::invalid("coupling", "must be nearer than the bin")),
    _ => Ok(()),
});

impl EchoSurvey {
    /// For profiles `[channel, bin]`.
    ///
    /// # Errors
    /// [`Error::TooFew`] without channels or bins.
    pub fn new(channels: usize, bins: usize) -> Result<Self> {
        check::at_least("channels", channels, 1)?;
        check::at_least("bins", bins, 1)?;
        Ok(Self { sums: Array2::zeros((channels, bins)), power: Array1::zeros(bins), positions: 0 })
    }

    /// Takes the profiles of the next position.
    ///
    /// # Errors
    /// [`Error::Shape`] for another number of channels or bins, [`Error::NotFinite`] for NaN and infinities.
    pub fn push<T: Real>(&mut self, profiles: &ArrayRef2<Complex<T>>) -> Result<()> {
        check::same_shape("profiles", self.sums.shape(), profiles.shape())?;
        check::all_finite_complex("profiles", profiles)?;
        for ((channel, bin), z) in profiles.indexed_iter() {
            let z = C64::new(z.re.as_f64(), z.im.as_f64());
            self.sums[[channel, bin]] += z;
            self.power[bin] += z.norm_sqr();
        }
        self.positions += 1;
        Ok(())
    }

    /// Power in each bin that is alike at all positions.
    #[must_use]
    pub fn constant(&self) -> Array1<f64> {
        let bins = self.sums.columns().into_iter();
        bins.map(|bin| bin.iter().map(C64::norm_sqr).sum::<f64>() / self.positions.max(1) as f64).collect()
    }

    /// Power in each bin that changes from position to position.
    #[must_use]
    pub fn changing(&self) -> Array1<f64> {
        (&self.power - &self.constant()).mapv(|power| power.max(0.0))
    }

    /// The strongest echoes among the bins from `first` to before `end`.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a position, [`Error::Domain`] unless there are bins between the two.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::{mmw_core::C64, ndarray::Array2, sar::EchoSurvey};
    ///
    /// // Coupling in bin 1, and ten times weaker a target in bin 20 whose path changes.
    /// let mut survey = EchoSurvey::new(1, 32)?;
    /// for i in 0..20 {
    ///     let profile = Array2::from_shape_fn((1, 32), |(_, bin)| match bin {
    ///         1 => C64::from(10.0),
    ///         20 => C64::cis(0.1 * f64::from(i * i)),
    ///         _ => 0.01 * C64::cis(f64::from(i * 7) * bin as f64),
    ///     });
    ///     survey.push(&profile)?;
    /// }
    /// let strongest = survey.strongest(0, 32)?;
    /// assert_eq!((strongest.bin, strongest.coupling), (20, Some(1)));
    /// # Ok::<(), mmw_dsp::Error>(())
    /// ```
    pub fn strongest(&self, first: usize, end: usize) -> Result<Strongest> {
        check::at_least("positions", self.positions, 1)?;
        let end = end.min(self.power.len());
        if first >= end {
            return Err(Error::domain("first", first as f64, format!("below {end}")));
        }
        let (changing, constant) = (self.changing(), self.constant());
        let greatest = |values: &Array1<f64>| {
            (first..end).max_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or(first)
        };
        let mut values: Vec<f64> = (first..end).map(|bin| changing[bin]).collect();
        let (bin, alike) = (greatest(&changing), greatest(&constant));
        if changing[bin] <= STANDS_OUT * upper_median(&mut values).unwrap_or_default() {
            return Ok(Strongest { bin: greatest(&self.power), coupling: None });
        }
        if constant[alike] <= changing[bin] || alike.abs_diff(bin) <= LOBE {
            return Ok(Strongest { bin, coupling: None });
        }
        // A surface that faces the whole aperture is alike, too; coupling is nearer than any target.
        Ok(if alike < bin {
            Strongest { bin, coupling: Some(alike) }
        } else {
            Strongest { bin: alike, coupling: None }
        })
    }
}
