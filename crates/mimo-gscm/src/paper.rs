//! The paper to the letter: its Table 1 as printed, and what its numbers add up to. Nothing else in the crate
//! uses it.
//!
//! | printed | what is wrong | elsewhere in the crate |
//! | --- | --- | --- |
//! | `exp(−r²/2·100²)` | by precedence a cloud of a centimetre | [`CloudScale::Spread`] |
//! | out of a guide by two ways of −6 dB | half of its power is lost | [`CouplingShares::Renormalised`] |
//! | `λ_v` "horizontal", `λ_h` "vertical" | the subscripts contradict the words and the text | [`EigenvalueRows::ByMeaning`] |
//! | one eigenvalue row for guides and edges | an edge "does not restrict the rank" horizontally | [`EdgeRank::Unrestricted`] |
//! | "due to … a LOS component" | the few equal scatterers do nine tenths of it | [`deep_fades`] shows it |

use crate::scenario::{
    CloudScale, CouplingShares, EdgeRank, EigenvalueRows, Interpretation, Scenario, coupling_sums,
};
use mmw_core::{Result, check};

/// Sum of the shares of `P_NB-NLOS` in Table 1, as printed: −2.2 dB, and four times −10 dB.
///
/// # Erratum
/// It should be 1, and is so but for the rounding of −2.2 dB = 10 log10 0.6026: which tells that `P_w` is the
/// power of *each* guide and that `P_fc` includes what goes by near scatterers.
pub const NON_LINE_OF_SIGHT: f64 = 1.002_559_586_074_358;

/// Table 1 read to the letter where that is possible.
///
/// # Erratum
/// Precedence makes the clouds 1 cm wide, the ways out of a guide keep half of its power, and the subscripts
/// of the eigenvalues take the rank from horizontal arrays and give it to vertical ones.
///
/// # Examples
/// ```
/// use mimo_gscm::{paper, scenario::Scenario};
///
/// let mut scenario = Scenario::urban_macrocell();
/// scenario.interpretation = paper::to_the_letter();
/// assert!((scenario.ledger().non_line_of_sight - 0.8535).abs() < 1e-4); // instead of 1
/// ```
#[must_use]
pub fn to_the_letter() -> Interpretation {
    Interpretation {
        cloud_scale: CloudScale::Literal,
        entry_shares: CouplingShares::Literal,
        exit_shares: CouplingShares::Literal,
        eigenvalue_rows: EigenvalueRows::BySubscript,
        edge_rank: EdgeRank::Restricted,
        ..Interpretation::default()
    }
}

/// What the printed coupling shares of each guide add up to: `[into it, out of it]`.
///
/// # Erratum
/// Both should be 1. Table 1 gives 1.0016 (−0.45 and −10 dB) and 0.5024 (twice −6 dB).
///
/// # Examples
/// ```
/// use mimo_gscm::{paper, scenario::Scenario};
/// let [into, out_of] = paper::coupling_sums_as_printed(&Scenario::urban_macrocell())[0];
/// assert!((into - 1.0016).abs() < 1e-4 && (out_of - 0.5024).abs() < 1e-4);
/// ```
#[must_use]
pub fn coupling_sums_as_printed(scenario: &Scenario) -> Vec<[f64; 2]> {
    (0..scenario.guides.len()).map(|index| coupling_sums(scenario, index)).collect()
}

/// How much rarer a line of sight of Rice factor `k` (linear) makes the deepest fades than Rayleigh fading.
///
/// ```text
/// P(|h|² < x) → (1 + K) e^(−K) · x,   x → 0
/// ```
/// The limit of the Rice distribution, equation (3.10-11) of [^rice] near zero.
///
/// # Erratum
/// Section III-C explains the advantage of its model at 1x1 by the line of sight. With the `K_Rice` = −10 dB
/// of Table 1 this is 0.9953: half a percent. Twelve scatterers of equal power, without any line of sight,
/// make it 0.96.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless `k` is finite and not below 0.
///
/// # Examples
/// ```
/// let factor = mimo_gscm::paper::deep_fades(0.1)?;
/// assert!((factor - 0.9953).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^rice]: S. O. Rice, "Mathematical analysis of random noise", Bell System Technical Journal 24 (1945).
pub fn deep_fades(k: f64) -> Result<f64> {
    let k = check::non_negative("k", k)?;
    Ok((k.ln_1p() - k).exp())
}
