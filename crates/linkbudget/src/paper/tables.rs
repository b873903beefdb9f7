//! Tables 2 and 3 and the reported attenuations of the paper.

use crate::ladder::First;
use crate::network::Network;
use mmw_core::Result;

/// One row of Table 2 or 3: "element values" and "component values", each in brackets (ideal) and with an
/// asterisk (layout).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Component {
    /// C1 to C7, L2 to L6.
    pub name: &'static str,
    /// Bracketed element value, normalised.
    pub ideal_element: f64,
    /// Starred element value, normalised.
    pub layout_element: f64,
    /// Bracketed component value, F or H.
    pub ideal_value: f64,
    /// Starred component value, F or H.
    pub layout_value: f64,
}

const fn row(name: &'static str, [ideal_element, layout_element]: [f64; 2], values: [f64; 2]) -> Component {
    Component { name, ideal_element, layout_element, ideal_value: values[0], layout_value: values[1] }
}

/// Table 2: the Butterworth filter, order 7, 10 GHz, 73 ohm.
///
/// # Erratum
/// The bracketed elements are those of `RS/RL = 0.7`, not of the 50/73 that the filter works between: the
/// exact ones differ by up to 0.061. The starred values are no Butterworth filter: C1 to C5 are 0.423 and L2,
/// L4 0.444 of the bracketed ones, L6 0.297 and C7 0.382. They are layout data.
pub const TABLE_2: [Component; 7] = [
    row("C1", [0.357, 0.151], [77.83e-15, 33e-15]),
    row("L2", [0.515, 0.229], [598e-12, 266e-12]),
    row("C3", [1.688, 0.713], [368e-15, 155.5e-15]),
    row("L4", [1.091, 0.484], [1.267e-9, 562e-12]),
    row("C5", [2.618, 1.106], [570.8e-15, 241.18e-15]),
    row("L6", [1.350, 0.401], [1.568e-9, 465.6e-12]),
    row("C7", [2.028, 0.774], [442.15e-15, 168.9e-15]),
];

/// Table 3: the Chebyshev filter, order 7, ripple 0.01 dB.
///
/// # Erratum
/// The bracketed elements are those of `RS/RL = 0.7` at the 3 dB point. All component values belong to
/// another filter, with equal resistors: 74.0 ohm, 3 dB at 30.0 GHz (starred) and at 34.29 GHz
/// (bracketed); its loss at 60 GHz is 57 and 48 dB. Bracketed elements and components imply seven cut-offs
/// from 20.5 to 72.7 GHz.
pub const TABLE_3: [Component; 7] = [
    row("C1", [0.857, 0.540], [57.27e-15, 65.45e-15]),
    row("L2", [0.967, 0.970], [547.89e-12, 626.16e-12]),
    row("C3", [2.516, 1.184], [125.58e-15, 143.5e-15]),
    row("L4", [1.323, 1.137], [642.36e-12, 734.12e-12]),
    row("C5", [2.802, 1.184], [125.58e-15, 143.5e-15]),
    row("L6", [1.307, 0.970], [547.89e-12, 626.16e-12]),
    row("C7", [1.910, 0.540], [57.27e-15, 65.45e-15]),
];

/// A column of Table 2 or 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// Element values in brackets.
    IdealElements,
    /// Element values with an asterisk.
    LayoutElements,
    /// Component values in brackets, F and H.
    IdealValues,
    /// Component values with an asterisk, F and H.
    LayoutValues,
}

mmw_core::named!(Column, "column" {
    IdealElements = "ideal_elements",
    LayoutElements = "layout_elements",
    IdealValues = "ideal_values",
    LayoutValues = "layout_values",
});

/// A column of a table, in the order of the ladder.
///
/// # Examples
/// ```
/// use linkbudget::paper::{Column, TABLE_2, values_of};
/// assert_eq!(values_of(&TABLE_2, Column::IdealElements)[6], 2.028);
/// ```
#[must_use]
pub fn values_of(table: &[Component; 7], column: Column) -> [f64; 7] {
    table.map(|row| match column {
        Column::IdealElements => row.ideal_element,
        Column::LayoutElements => row.layout_element,
        Column::IdealValues => row.ideal_value,
        Column::LayoutValues => row.layout_value,
    })
}

/// The filter of a column of component values: C, L, C, L, C, L, C from the generator, Fig. 2.
///
/// # Errors
/// None for the printed tables; as [`Network::new`] for other values.
///
/// # Examples
/// ```
/// use linkbudget::paper::{Column, TABLE_2, network_of};
/// use mmw_core::ndarray::array;
///
/// let built = network_of(&TABLE_2, Column::LayoutValues)?;
/// assert!((built.transducer_loss_db(&array![60e9], 50.0, 73.0)?[0] - 53.42).abs() < 0.01);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn network_of(table: &[Component; 7], column: Column) -> Result<Network> {
    Network::low_pass(&values_of(table, column), First::Shunt)
}

/// An attenuation range at 60 GHz that the paper reports.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ReportedRange {
    /// "Butterworth" or "Chebyshev".
    pub filter: &'static str,
    /// Whether it was measured, or simulated.
    pub measured: bool,
    /// Attenuation without bias, dB.
    pub minimum_db: f64,
    /// Attenuation with bias, dB.
    pub maximum_db: f64,
    /// The bias, V.
    pub bias_v: f64,
}

/// Figs. 8 and 9 at 60 GHz.
///
/// # Erratum
/// The simulated minima, 57.6 and 51.6 dB, are not those of the printed parts: the starred values between 50
/// and 73 ohm lose 53.42 dB (Butterworth) and 56.66 dB (Chebyshev). Exchanged they would be within 2 dB; the
/// stage behind the filters may also account for the difference. Reported data, not a reference.
pub const REPORTED_RANGES: [ReportedRange; 4] = [
    ReportedRange { filter: "Butterworth", measured: false, minimum_db: 57.6, maximum_db: 64.2, bias_v: 1.8 },
    ReportedRange { filter: "Butterworth", measured: true, minimum_db: 45.0, maximum_db: 47.0, bias_v: 2.5 },
    ReportedRange { filter: "Chebyshev", measured: false, minimum_db: 51.6, maximum_db: 58.2, bias_v: 1.8 },
    ReportedRange { filter: "Chebyshev", measured: true, minimum_db: 50.0, maximum_db: 55.0, bias_v: 2.5 },
];
