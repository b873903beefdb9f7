//! Colours: two maps for numbers and one palette for curves.

use plotters::style::RGBColor;

/// A colour of the plots.
pub(crate) type Colour = RGBColor;

/// Text and axes.
pub(crate) const INK: Colour = RGBColor(0x20, 0x24, 0x28);
/// Lines behind the data.
pub(crate) const GRID: Colour = RGBColor(0xdd, 0xe1, 0xe5);
/// The page.
pub(crate) const PAPER: Colour = RGBColor(0xff, 0xff, 0xff);

/// Curves in the order they are added: the Okabe-Ito palette, which stays distinct for colour-blind eyes,
/// with its yellow left out because it is lost on white; then five darker ones for the comparisons that need
/// them.
pub(crate) const CURVES: [Colour; 12] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0x00, 0x00, 0x00),
    RGBColor(0x7a, 0x3e, 0x9d),
    RGBColor(0x8b, 0x5a, 0x2b),
    RGBColor(0x80, 0x8a, 0x94),
    RGBColor(0x8a, 0x8c, 0x00),
    RGBColor(0xa5, 0x00, 0x26),
];

/// A colour for every number from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColourMap {
    /// Viridis: perceptually uniform, dark to bright. For powers.
    Viridis,
    /// Blue over grey to red: for signed quantities, grey being zero.
    Diverging,
}

/// Eleven equidistant colours of viridis (its public-domain table), between which linear interpolation
/// errs by less than what an eye tells apart.
const VIRIDIS: [[u8; 3]; 11] = [
    [0x44, 0x01, 0x54],
    [0x48, 0x25, 0x76],
    [0x41, 0x44, 0x87],
    [0x35, 0x60, 0x8d],
    [0x2a, 0x78, 0x8e],
    [0x21, 0x90, 0x8c],
    [0x22, 0xa8, 0x84],
    [0x43, 0xbf, 0x71],
    [0x7a, 0xd1, 0x51],
    [0xbb, 0xdf, 0x27],
    [0xfd, 0xe7, 0x25],
];

/// The middle is a grey dark enough to stand out on white.
const DIVERGING: [[u8; 3]; 5] =
    [[0x0b, 0x3c, 0xb0], [0x4f, 0x8d, 0xe0], [0x9c, 0x9c, 0x9c], [0xe8, 0x75, 0x4a], [0xb0, 0x12, 0x1e]];

impl ColourMap {
    /// The colour of `x`, which is clamped to 0..=1; NaN gives the colour of 0.
    pub(crate) fn at(self, x: f64) -> Colour {
        let table: &[[u8; 3]] = match self {
            Self::Viridis => &VIRIDIS,
            Self::Diverging => &DIVERGING,
        };
        let position = x.clamp(0.0, 1.0) * (table.len() - 1) as f64;
        let low = (position as usize).min(table.len() - 2);
        let fraction = if position.is_nan() { 0.0 } else { position - low as f64 };
        let mix = |channel: usize| {
            let (a, b) = (f64::from(table[low][channel]), f64::from(table[low + 1][channel]));
            (a + (b - a) * fraction).round() as u8
        };
        RGBColor(mix(0), mix(1), mix(2))
    }

    /// 256 colours from 0 to 1: what maps look up.
    pub(crate) fn table(self) -> [[u8; 3]; 256] {
        std::array::from_fn(|i| {
            let RGBColor(r, g, b) = self.at(i as f64 / 255.0);
            [r, g, b]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of sRGB (WCAG 2 definition).
    fn luminance(RGBColor(r, g, b): Colour) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    #[test]
    fn viridis_grows_brighter_all_the_way() {
        let steps: Vec<f64> =
            (0..=50).map(|i| luminance(ColourMap::Viridis.at(f64::from(i) / 50.0))).collect();
        assert!(steps.windows(2).all(|w| w[1] > w[0]));
    }

    #[test]
    fn any_number_has_a_colour() {
        for map in [ColourMap::Viridis, ColourMap::Diverging] {
            assert_eq!(map.at(f64::NEG_INFINITY), map.at(0.0));
            assert_eq!(map.at(f64::INFINITY), map.at(1.0));
            assert_eq!(map.at(f64::NAN), map.at(0.0));
        }
    }
}
