//! Tables by record length and SNR, from text files that lie beside their readers.

/// The numbers of a text, which has them in thousandths; lines that begin with `#` are comments.
pub(crate) fn numbers(text: &str) -> impl Iterator<Item = f64> + '_ {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_ascii_whitespace)
        .map(|number| number.parse::<f64>().unwrap_or_default() * 1e-3)
}

/// `ln(1 + SNR)` of the columns: that of no signal, and of SNRs in dB.
pub(crate) fn places<const N: usize>(snr_db: &[f64]) -> [f64; N] {
    let mut places = [0.0; N];
    for (place, db) in places.iter_mut().skip(1).zip(snr_db) {
        *place = 10_f64.powf(0.1 * db).ln_1p();
    }
    places
}

/// The place of `x` in an ascending list: an index that has a next one, and the part of the way to that.
pub(crate) fn bracket(list: &[f64], x: f64) -> (usize, f64) {
    let next = list.iter().position(|place| *place > x).unwrap_or(list.len() - 1).max(1);
    (next - 1, ((x - list[next - 1]) / (list[next] - list[next - 1])).clamp(0.0, 1.0))
}
