//! `mmw mimo draw`: one draw of the channel, as paths, guides and transfer matrices.

use super::values::{Link, Setting};
use crate::error::Result;
use crate::export::save_npy;
use crate::json;
use crate::output::{create_folder, save_bytes};
use crate::question::{Question, Readable};
use mimo_gscm::path::{GuideTerm, Path};
use mimo_gscm::scenario::{GuideKind, PowerLedger, Process, Scenario};
use mimo_gscm::statistics::{DelaySpread, LinkEnd, azimuth_spread, eigenvalues};
use mimo_gscm::transfer::Transfer;
use mmw_core::ndarray::Axis as Dimension;
use mmw_core::random::Streams;
use mmw_core::{C64, DataArray3};
use serde::Serialize;
use std::path::PathBuf;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Antennas of the mobile station, in a row at right angles to the direct line
    #[arg(long, value_name = "COUNT", default_value_t = 4)]
    receive: usize,

    /// Antennas of the base station, in a row at right angles to the direct line
    #[arg(long, value_name = "COUNT", default_value_t = 4)]
    transmit: usize,

    #[command(flatten)]
    setting: Setting,

    /// Which draw of the seed: each number is an independent channel
    #[arg(long, value_name = "INDEX", default_value_t = 0)]
    draw: u64,

    /// Folder for `channel.json` and `transfer.npy`; made if absent
    #[arg(short, long, value_name = "DIR", alias = "output")]
    out: Option<PathBuf>,
}

/// All that is needed to compute with the channel elsewhere.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
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
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let Link { model, receive, transmit, band } = self.setting.link(self.receive, self.transmit)?;
        let carrier_hz = model.scenario().carrier_hz;
        let (seed, draw) = (self.setting.seed, self.draw);
        let rng = &mut Streams::new(seed).stream(draw);
        // Without a band, the delays within a guide are not resolved.
        let (channel, transfer) = match band {
            Some(band) => {
                (model.draw(rng), Transfer::new(&receive, &transmit, carrier_hz, band.offsets_hz()?)?)
            }
            None => (model.draw_narrowband(rng), Transfer::flat(&receive, &transmit, carrier_hz)?),
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
        let mut drawn = Answer {
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

impl Answer {
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

impl Readable for Answer {
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
