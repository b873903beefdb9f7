//! Reading the reference tables in `tests/data`.

use serde_json::Value;

/// The parsed table of that name.
pub(crate) fn table(name: &str) -> Value {
    let path = format!("{}/tests/data/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The numbers of a JSON array.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// Complex numbers, each a pair.
pub(crate) fn complex(value: &Value) -> Vec<linkbudget::mmw_core::C64> {
    let pair = |z: &Value| linkbudget::mmw_core::C64::new(number(&z[0]), number(&z[1]));
    value.as_array().unwrap().iter().map(pair).collect()
}

/// A JSON number, or a number in a string.
pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

/// `|a / b − 1|`, absolute where `b` is zero.
pub(crate) fn relative(a: f64, b: f64) -> f64 {
    if b == 0.0 { a.abs() } else { (a / b - 1.0).abs() }
}

/// Keeps the greatest error and where it was.
#[derive(Debug, Default)]
pub(crate) struct Worst {
    pub(crate) error: f64,
    pub(crate) place: String,
    pub(crate) rows: usize,
}

impl Worst {
    pub(crate) fn see(&mut self, error: f64, place: impl FnOnce() -> String) {
        self.rows += 1;
        if error > self.error || error.is_nan() {
            self.error = error;
            self.place = place();
        }
    }

    pub(crate) fn within(&self, name: &str, bound: f64) {
        println!("{name}: worst {:.2e} of {} at {}", self.error, self.rows, self.place);
        assert!(self.rows > 0 && self.error <= bound, "{name}: {self:?} exceeds {bound:e}");
    }
}
