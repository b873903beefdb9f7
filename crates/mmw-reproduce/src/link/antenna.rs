//! The half-wave dipole: impedance and mismatch over frequency (Figs. 5 and 7), and the filter it loads.

use super::{SOURCE, points};
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section};
use linkbudget::dipole::Dipole;
use linkbudget::mismatch::{return_loss_db, s11, s11_array, vswr_array, vswr_of_return_loss};
use linkbudget::paper::{self, Column, TABLE_2, network_of};
use mmw_core::C64;
use mmw_core::Result;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::ndarray::Array1;
use mmw_plot::CurvePlot;

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let mut section = Section::new(
        "Figs. 5 and 7: the half-wave dipole",
        "A dipole of 2.5 mm by induced EMF, radius a thousandth of its length. The values of its equivalent \
         circuit (Fig. 6) are not printed, so the measured resonance cannot be recomputed.",
    );
    let frequencies_hz = Array1::linspace(45e9, 75e9, 301);
    let ghz = frequencies_hz.mapv(|hz| hz * 1e-9);
    let dipole = Dipole::half_wave_60_ghz();
    let impedances = dipole.impedance_ohm_array(&frequencies_hz)?;
    let mut plot =
        CurvePlot::new("VSWR of the dipole (Fig. 5)", "frequency (GHz)", "VSWR").y_limits(1.0, 6.0);
    for reference_ohm in [50.0, 73.0] {
        let vswr = vswr_array(&s11_array(&impedances, reference_ohm)?)?;
        plot = plot.line(format!("on {reference_ohm} ohm"), points(&ghz, &vswr));
    }
    plot.draw(setup, "link/dipole-vswr.svg")?;
    section.figures.push(Figure::new("link/dipole-vswr.svg", "Fig. 5: VSWR on 50 and on 73 ohm."));

    let network = network_of(&TABLE_2, Column::LayoutValues)?;
    let source = Array1::from_elem(frequencies_hz.len(), C64::new(50.0, 0.0));
    let real = Array1::from_elem(frequencies_hz.len(), C64::new(paper::DIPOLE_OHM, 0.0));
    CurvePlot::new("Butterworth filter loaded by the dipole", "frequency (GHz)", "transducer loss (dB)")
        .line(
            "dipole",
            points(&ghz, &network.transducer_loss_between_db(&frequencies_hz, &source, &impedances)?),
        )
        .dashed("73 ohm", points(&ghz, &network.transducer_loss_between_db(&frequencies_hz, &source, &real)?))
        .draw(setup, "link/loaded-filter.svg")?;
    let caption = "A3: the filter of Table 2 (asterisk) into the dipole and into 73 ohm.";
    section.figures.push(Figure::new("link/loaded-filter.svg", caption));

    section.ledger = ledger(&dipole)?;
    Ok(section)
}

fn ledger(dipole: &Dipole) -> Result<Vec<LedgerRow>> {
    let thin = Dipole::new(0.5, 1e-12)?.impedance_ohm(SPEED_OF_LIGHT_M_S)?;
    let resonance_hz = dipole.resonance_hz()?;
    let vswr = vswr_of_return_loss(-paper::MEASURED_RESONANCE.0)?;
    let test = "paper::e15_the_dipole_is_not_73_ohm_real";
    Ok(vec![
        SOURCE
            .row("A1, E15: impedance of the half-wave dipole", test)
            .printed("73 ohm")
            .ours(format!(
                "{:.2} + j{:.2} ohm (thin; S11 {:.2} dB on 50 ohm); real, {:.1} ohm, at {:.1} GHz",
                thin.re,
                thin.im,
                -return_loss_db(s11(thin, 50.0)?)?,
                dipole.impedance_ohm(resonance_hz)?.re,
                resonance_hz * 1e-9
            ))
            .check(Check::new("resistance of a thin dipole (ohm)", thin.re).prints(paper::DIPOLE_OHM, 0.5))
            .check(Check::new("reactance of a thin dipole (ohm)", thin.im).prints(0.0, 0.5).known(
                "induced EMF by sine and cosine integrals",
                42.515,
                5e-3,
            ))
            .corrected("73 ohm is the real part of a thin dipole alone"),
        SOURCE
            .row("A2: S11 of the equivalent circuit at resonance", test)
            .printed("-24 dB at 56.7 GHz")
            .ours(format!("{} dB is a VSWR of {vswr:.4}", paper::MEASURED_RESONANCE.0))
            // (1 + 10^-1.2)/(1 - 10^-1.2).
            .check(Check::new("VSWR at -24 dB", vswr).known("(1 + |S11|)/(1 - |S11|)", 1.134_690, 1e-6))
            .not_reproducible("no value of the circuit is printed"),
    ])
}
