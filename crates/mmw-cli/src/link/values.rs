//! Values of options that are more than a number: words, complex numbers, resistances, parts of a network.

use crate::question::{json_or, word};
use linkbudget::network::{Part, PartKind};
use linkbudget::path_loss::{Edge, Obstacle, Reflection};
use linkbudget::reflection::Field;
use mmw_core::C64;

fn number(text: &str) -> Result<f64, String> {
    text.trim().parse().map_err(|_| format!("`{text}` is not a number"))
}

/// `6.31,-0.26`: real and imaginary part.
pub(super) fn complex(text: &str) -> Result<C64, String> {
    json_or(text, |text| {
        let (re, im) = text.split_once(',').unwrap_or((text, "0"));
        Ok(C64::new(number(re)?, number(im)?))
    })
}

/// `50` or `50+10j`, ohm.
pub(super) fn impedance(text: &str) -> Result<C64, String> {
    text.trim().parse().map_err(|_| format!("`{text}` is not an impedance, as in 50 or 50+10j"))
}

/// Ohm, or `infinite` for an ideal current source or an open load.
pub(super) fn resistance(text: &str) -> Result<f64, String> {
    if text == "infinite" { Ok(f64::INFINITY) } else { number(text) }
}

/// `shunt_c:78e-15`.
pub(super) fn part(text: &str) -> Result<Part, String> {
    json_or(text, |text| {
        let (kind, value) = text.split_once(':').ok_or("a part is KIND:VALUE, as in shunt_c:78e-15")?;
        Ok(Part::new(word::<PartKind>(kind.trim())?, number(value)?))
    })
}

/// `plasterboard=6`.
pub(super) fn obstacle(text: &str) -> Result<Obstacle, String> {
    json_or(text, |text| {
        let (name, loss_db) = text.rsplit_once('=').ok_or("an obstacle is NAME=DB, as in plasterboard=6")?;
        Ok(Obstacle { name: name.to_owned().into(), loss_db: number(loss_db)? })
    })
}

/// `0.5:p526`, the model optional.
pub(super) fn edge(text: &str) -> Result<Edge, String> {
    json_or(text, |text| {
        let (v, model) = text.split_once(':').unwrap_or((text, "p526"));
        Ok(Edge { v: number(v)?, model: word(model)? })
    })
}

/// `6.31,-0.26:1.396:te`: permittivity, incidence in rad, polarisation.
pub(super) fn surface(text: &str) -> Result<Reflection, String> {
    json_or(text, reflection)
}

fn reflection(text: &str) -> Result<Reflection, String> {
    let mut cells = text.split(':');
    let (Some(permittivity), Some(incidence), field, None) =
        (cells.next(), cells.next(), cells.next(), cells.next())
    else {
        return Err("a reflection is RE,IM:RAD:te|tm, as in 6.31,-0.26:1.396:te".to_owned());
    };
    Ok(Reflection {
        permittivity: complex(permittivity)?,
        incidence_rad: number(incidence)?,
        field: field.map_or(Ok(Field::default()), word)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compound_values_are_read() {
        assert_eq!(complex("6.31,-0.26"), Ok(C64::new(6.31, -0.26)));
        assert_eq!(complex("2"), Ok(C64::new(2.0, 0.0)));
        assert_eq!(part("series_l:1e-9"), Ok(Part::new(PartKind::SeriesL, 1e-9)));
        assert_eq!(obstacle("a=b=6"), Ok(Obstacle { name: "a=b".into(), loss_db: 6.0 }));
        assert_eq!(complex("[6.31, -0.26]"), complex("6.31,-0.26"));
        assert_eq!(part(r#"{"kind": "series_l", "value": 1e-9}"#), part("series_l:1e-9"));
        assert_eq!(impedance("50"), Ok(C64::new(50.0, 0.0)));
        assert_eq!(impedance("50-10j"), Ok(C64::new(50.0, -10.0)));
        assert_eq!(resistance("infinite"), Ok(f64::INFINITY));
        assert_eq!(edge("-0.7").map(|edge| edge.v), Ok(-0.7));
        assert_eq!(surface("2,-1:0.5:tm").map(|surface| surface.field), Ok(Field::Tm));
    }

    #[test]
    fn what_is_no_such_value_is_told() {
        for refused in [
            complex("a,b").unwrap_err(),
            impedance("50 ohm").unwrap_err(),
            part("shunt_c").unwrap_err(),
            part("shunt:1").unwrap_err(),
            surface("2").unwrap_err(),
            surface("2:1:te:1").unwrap_err(),
        ] {
            assert!(!refused.is_empty());
        }
    }
}
