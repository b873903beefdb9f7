//! `mmw mimo draw`: one draw of the channel, as paths, guides and transfer matrices.

use super::scenario::Choice;
use super::values::{antennas, array, band, check_size};
use crate::error::Result;
use crate::export::save_npy;
use crate::json;
use crate::output::{create_folder, save_bytes};
use crate::question::{Answer, Question, word};
use mimo_gscm::path::{GuideTerm, Path};
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::{GuideCoupling, GuideKind, PowerLedger, Process, Scenario};
use mimo_gscm::statistics::{DelaySpread, LinkEnd, azimuth_spread, eigenvalues};
use mimo_gscm::transfer::Transfer;
use mmw_core::ndarray::Axis as Dimension;
use mmw_core::random::Streams;
use mmw_core::{C64, DataArray3};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The parameters of the command.
#[derive(Debug, Clone, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Scenario: `urban_macrocell` (default), or a file that changes it (.toml)
    #[arg(long, value_name = "NAME|FILE.toml")]
    scenario: Option<String>,

    /// Distance of the two ends, m: that of the scenario by default, 1000 for `urban_macrocell`
    #[arg(long, value_name = "M")]
    distance_m: Option<f64>,

    /// How modes of guides meet the arrays: `mouth_angles` (default) or `independent_modes`
    #[arg(long, value_name = "NAME", value_parser = word::<GuideCoupling>)]
    guide_coupling: Option<GuideCoupling>,

    /// Antennas of the mobile station, in a row across the link: 4 by default
    #[arg(long, value_name = "COUNT")]
    receive: Option<usize>,

    /// Antennas of the base station, in a row across the link: 4 by default
    #[arg(long, value_name = "COUNT")]
    transmit: Option<usize>,

    /// Spacing of the receive antennas, wavelengths: 0.5 by default
    #[arg(long, value_name = "NUMBER")]
    receive_spacing_wavelengths: Option<f64>,

    /// Spacing of the transmit antennas, wavelengths: 0.5 by default
    #[arg(long, value_name = "NUMBER")]
    transmit_spacing_wavelengths: Option<f64>,

    /// Transfer matrices over a band of this width about the carrier, Hz; at the carrier alone without
    #[arg(long, value_name = "HZ")]
    bandwidth_hz: Option<f64>,

    /// Frequencies in that band: 64 by default
    #[arg(long, value_name = "COUNT", requires = "bandwidth_hz")]
    bins: Option<usize>,

    /// Seed of the draws: 1 by default
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// Which draw of that seed: 0 by default; each number is an independent channel
    #[arg(long, value_name = "INDEX")]
    draw: Option<u64>,

    /// Folder for `channel.json` and `transfer.npy`; made if absent
    #[arg(short, long, value_name = "DIR", alias = "output")]
    #[serde(alias = "output")]
    out: Option<PathBuf>,
}

/// What comes out: all that is needed to compute with the channel elsewhere.
#[derive(Debug, Serialize)]
pub(super) struct Drawn {
    seed: u64,
    draw: u64,
    scenario: Scenario,
    ledger: PowerLedger,
    paths: Vec<Path>,
    guides: Vec<GuideTerm>,
    /// Offsets from the carrier.
    offsets_hz: Vec<f64>,
    /// `[frequency][rx][tx]`, complex numbers as `[re, im]`.
    h: Vec<Vec<Vec<C64>>>,
    #[serde(skip)]
    summary: Summary,
}

/// What people want to know at a glance.
#[derive(Debug, Default)]
struct Summary {
    first_delay_s: f64,
    delay_spread_s: f64,
    azimuth_spreads: [f64; 2],
    eigenvalues: Vec<f64>,
    files: Vec<PathBuf>,
}

impl Question for Parameters {
    type Answer = Drawn;

    fn answer(&self) -> Result<Drawn> {
        let choice = Choice {
            scenario: self.scenario.as_deref(),
            distance_m: self.distance_m,
            guide_coupling: self.guide_coupling,
        };
        let receive = antennas("receive", self.receive.or(Some(4)))?;
        let transmit = antennas("transmit", self.transmit.or(Some(4)))?;
        let scenario = choice.load()?;
        let carrier_hz = scenario.carrier_hz;
        let model = ChannelModel::new(scenario)?;
        let mobile =
            array(receive, "receive_spacing_wavelengths", self.receive_spacing_wavelengths, carrier_hz)?;
        let base =
            array(transmit, "transmit_spacing_wavelengths", self.transmit_spacing_wavelengths, carrier_hz)?;
        let band = band(self.bandwidth_hz, self.bins, carrier_hz)?;
        check_size(band, receive, transmit)?;
        let (seed, draw) = (self.seed.unwrap_or(1), self.draw.unwrap_or(0));
        let rng = &mut Streams::new(seed).stream(draw);
        // Without a band, the delays within a guide are not resolved.
        let (channel, transfer) = match band {
            Some(band) => (model.draw(rng), Transfer::new(&mobile, &base, carrier_hz, band.offsets_hz()?)?),
            None => (model.draw_narrowband(rng), Transfer::flat(&mobile, &base, carrier_hz)?),
        };
        let h = transfer.response(&channel)?;
        let spread = |end| azimuth_spread(&channel, end);
        let summary = Summary {
            first_delay_s: channel.first_delay_s(),
            delay_spread_s: DelaySpread::new(&channel)?.rms_s,
            azimuth_spreads: [spread(LinkEnd::Base)?, spread(LinkEnd::Mobile)?],
            eigenvalues: eigenvalues(&h.data().index_axis(Dimension(0), h.data().dim().0 / 2))?,
            files: Vec::new(),
        };
        let mut drawn = Drawn {
            seed,
            draw,
            ledger: model.ledger().clone(),
            scenario: model.scenario().clone(),
            paths: channel.paths,
            guides: channel.guides,
            offsets_hz: h.axes().first().map(mmw_core::Axis::to_vec).unwrap_or_default(),
            h: nested(&h),
            summary,
        };
        if let Some(folder) = &self.out {
            drawn.save(folder, &h)?;
        }
        Ok(drawn)
    }
}

fn nested(h: &DataArray3<C64>) -> Vec<Vec<Vec<C64>>> {
    let rows = |matrix: mmw_core::ndarray::ArrayView2<'_, C64>| {
        matrix.outer_iter().map(|row| row.to_vec()).collect()
    };
    h.data().outer_iter().map(rows).collect()
}

impl Drawn {
    fn save(&mut self, folder: &std::path::Path, h: &DataArray3<C64>) -> Result<()> {
        create_folder(folder)?;
        let files = [folder.join("channel.json"), folder.join("transfer.npy")];
        save_bytes(&files[0], (json::to_line(self)? + "\n").as_bytes())?;
        save_npy(&files[1], h)?;
        self.summary.files = files.to_vec();
        Ok(())
    }

    fn process(&self, process: Process) -> String {
        match process {
            Process::LineOfSight => "line of sight".to_owned(),
            Process::MobileScatter => "scatterers at the mobile station".to_owned(),
            Process::BaseScatter => "scatterers at the base station".to_owned(),
            Process::DoubleScatter => "double scattering".to_owned(),
            Process::FarCluster(index) => format!("far cluster {}", index + 1),
            Process::FarClusterViaMobile(index) => {
                format!("far cluster {}, then mobile scatterers", index + 1)
            }
            Process::FarClusterViaBase(index) => format!("base scatterers, then far cluster {}", index + 1),
            Process::Guide(index) => match self.scenario.guides.get(index).map(|guide| guide.kind) {
                Some(GuideKind::RoofEdge) => format!("guide {}, roof edge", index + 1),
                _ => format!("guide {}, waveguide", index + 1),
            },
            _ => "another process".to_owned(),
        }
    }

    /// How many paths or terms of a guide a process has.
    fn count(&self, process: Process) -> String {
        if let Process::Guide(index) = process {
            let terms: Vec<_> = self.guides.iter().filter(|term| term.guide == index).collect();
            let modes = terms.first().map_or(0, |term| term.strengths.len());
            return format!("{} x {modes} modes", terms.len());
        }
        match self.paths.iter().filter(|path| path.process == process).count() {
            1 => "1 path".to_owned(),
            count => format!("{count} paths"),
        }
    }
}

impl Answer for Drawn {
    fn lines(&self) -> Vec<String> {
        let Summary { first_delay_s, delay_spread_s, azimuth_spreads, eigenvalues, files } = &self.summary;
        let mut lines = vec![format!("{:<40}{:>16}{:>12}", "process", "", "mean power")];
        for share in &self.ledger.shares {
            let (name, count) = (self.process(share.process), self.count(share.process));
            lines.push(format!("{name:<40}{count:>16}{:>12.4}", share.normalised));
        }
        lines.push(format!(
            "\ndistance {} m, carrier {} GHz",
            self.scenario.distance_m(),
            self.scenario.carrier_hz / 1e9
        ));
        lines.push(format!(
            "first delay {:.4} us, delay spread {:.4} us",
            1e6 * first_delay_s,
            1e6 * delay_spread_s
        ));
        let [base, mobile] = azimuth_spreads;
        lines.push(format!(
            "azimuth spread {base:.3} at the base station, {mobile:.3} at the mobile station (0 to 1)"
        ));
        let shape = [
            self.h.len(),
            self.h.first().map_or(0, Vec::len),
            self.h.first().and_then(|h| h.first()).map_or(0, Vec::len),
        ];
        lines.push(format!("transfer matrices [frequency, rx, tx] {shape:?}"));
        let texts: Vec<String> = eigenvalues.iter().map(|value| format!("{value:.4}")).collect();
        lines.push(format!("eigenvalues of H H^H in mid-band: {}", texts.join(", ")));
        lines.extend(files.iter().map(|file| format!("wrote {}", file.display())));
        lines
    }
}
