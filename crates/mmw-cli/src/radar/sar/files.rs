//! The image as files: NumPy, VTK, and pictures of slices and projections.

use crate::error::Result;
use crate::export;
use crate::output::{self, create_folder};
use crate::plot;
use mmw_core::ndarray::{Array2, ArrayView1, Axis as Dim};
use mmw_core::{Axis, C32, DataArray2, DataArray3};
use mmw_plot::{ColourRange, MapPlot};
use std::io::Write;
use std::path::Path;

/// What pictures show below the peak, dB.
const DEPTH_DB: f64 = 40.0;

/// Writes `image.npy`, `image.vti` and, for each plane that the image spans, a slice through the peak and the
/// projection of the greatest magnitude.
pub(super) fn save(out: &Path, image: &DataArray3<C32>) -> Result<()> {
    create_folder(out)?;
    export::save_npy(&out.join("image.npy"), image)?;
    let magnitude = image.map("magnitude", "", |z| z.norm());
    save_vti(&out.join("image.vti"), &magnitude)?;
    let Some(peak) = magnitude.peak() else { return Ok(()) };
    for (across, name) in ["xy", "xz", "yz"].into_iter().enumerate() {
        let kept: Vec<&Axis> =
            (0..3).filter(|dim| *dim != across).map(|dim| &magnitude.axes()[dim]).collect();
        if kept.iter().any(|axis| axis.len() == 1) {
            continue;
        }
        let slice = magnitude.data().index_axis(Dim(across), peak.index[across]).to_owned();
        let greatest = |lane: ArrayView1<'_, f32>| lane.iter().fold(0.0_f32, |most, &x| most.max(x));
        let projection = magnitude.data().map_axis(Dim(across), greatest);
        let at = peak.coordinates[across];
        let axis = magnitude.axes()[across].name();
        picture(out, &format!("slice_{name}"), &format!("Slice at {axis} = {at:.3} m"), slice, &kept)?;
        picture(out, &format!("projection_{name}"), &format!("Greatest over {axis}"), projection, &kept)?;
    }
    Ok(())
}

fn picture(out: &Path, name: &str, title: &str, magnitude: Array2<f32>, axes: &[&Axis]) -> Result<()> {
    let most = magnitude.iter().fold(f32::MIN_POSITIVE, |most, &x| most.max(x));
    let db = magnitude.mapv(|x| 20.0 * (x / most).max(1e-10).log10());
    let map = DataArray2::new("magnitude", "dB", db, axes.iter().map(|axis| (*axis).clone()).collect())?;
    let plot = MapPlot::new(&map).title(title).range(ColourRange::BelowPeak(DEPTH_DB));
    plot::save(&out.join(format!("{name}.png")), &plot)
}

/// VTK's image data in XML, with one appended array of raw 32-bit numbers.
fn save_vti(path: &Path, magnitude: &DataArray3<f32>) -> Result<()> {
    let axes: Vec<&Axis> = magnitude.axes().iter().rev().collect();
    let triple =
        |value: &dyn Fn(&Axis) -> String| axes.iter().map(|axis| value(axis)).collect::<Vec<_>>().join(" ");
    let extent = triple(&|axis| format!("0 {}", axis.len() - 1));
    let origin = triple(&|axis| axis.at(0.0).to_string());
    let spacing = triple(&|axis| axis.step().unwrap_or(1.0).to_string());
    let header = format!(
        "<?xml version=\"1.0\"?>\n\
         <VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"LittleEndian\" header_type=\"UInt64\">\n\
         <ImageData WholeExtent=\"{extent}\" Origin=\"{origin}\" Spacing=\"{spacing}\">\n\
         <Piece Extent=\"{extent}\">\n<PointData Scalars=\"magnitude\">\n\
         <DataArray type=\"Float32\" Name=\"magnitude\" format=\"appended\" offset=\"0\"/>\n\
         </PointData>\n</Piece>\n</ImageData>\n<AppendedData encoding=\"raw\">\n_"
    );
    output::save(path, |file| {
        file.write_all(header.as_bytes())?;
        file.write_all(&(4 * magnitude.data().len() as u64).to_le_bytes())?;
        magnitude.data().iter().try_for_each(|value| file.write_all(&value.to_le_bytes()))?;
        file.write_all(b"\n</AppendedData>\n</VTKFile>\n")
    })
}
