//! Roof edges: like a waveguide without dispersion, and with a horizontal rank of its own.

use crate::scenario::{EdgeRank, EigenvalueProfile, EigenvalueRows, Guide, GuideKind, Interpretation};

/// Horizontal and vertical eigenvalues of a guide as the readings have them.
///
/// A horizontal edge diffracts each vertical plane alike, so a vertical array sees one wave front (rank
/// one), while nothing restricts the horizontal rank: the text of section II-D against Table 1, whose one row
/// serves waveguides and edges.
pub(super) fn profiles(guide: &Guide, reading: &Interpretation) -> [EigenvalueProfile; 2] {
    let [horizontal, vertical] = match reading.eigenvalue_rows {
        EigenvalueRows::ByMeaning => [guide.horizontal, guide.vertical],
        EigenvalueRows::BySubscript => [guide.vertical, guide.horizontal],
    };
    match (guide.kind, reading.edge_rank) {
        (GuideKind::RoofEdge, EdgeRank::Unrestricted) => [EigenvalueProfile::Flat, vertical],
        _ => [horizontal, vertical],
    }
}
