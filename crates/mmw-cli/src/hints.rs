//! The libraries name fields of a configuration; a person at the command line has options.

/// Fields that an option without a value sets.
pub(crate) const FLAGS: [&str; 6] =
    ["allow_partial_last_frame", "as_told", "big_endian", "conjugate", "iq_pairs", "offset_binary"];

/// Fields that an option with a value sets.
pub(crate) const VALUES: [&str; 9] =
    ["antennas", "axes", "board", "iq_swap", "lanes", "recording", "skip_bytes", "udp_port", "wrap_u16"];

/// A sentence with the options for the fields that it names between backticks: ``set `lanes = 4` `` becomes
/// `pass --lanes 4`.
pub(crate) fn with_options(sentence: &str) -> String {
    let mut said = String::with_capacity(sentence.len());
    let mut parts = sentence.split('`');
    said += parts.next().unwrap_or_default();
    while let Some(code) = parts.next() {
        let rest = parts.next();
        match option(code).filter(|_| rest.is_some()) {
            Some((option, leave_out)) => {
                let verb = if leave_out { "leave out " } else { "pass " };
                if let Some(before) = said.strip_suffix("set ").map(str::len) {
                    said.truncate(before);
                    said += verb;
                } else if leave_out {
                    said += "no ";
                }
                said += &option;
            }
            None => {
                said += "`";
                said += code;
                said += if rest.is_some() { "`" } else { "" };
            }
        }
        // A value is given with an option, a field is set to it.
        match rest.and_then(|rest| rest.strip_prefix(" to ")).filter(|_| said.contains("pass --")) {
            Some(value) => said += &format!(" with {value}"),
            None => said += rest.unwrap_or_default(),
        }
    }
    said
}

/// The option for a field, or for one and its value, and whether that is to leave it out.
fn option(code: &str) -> Option<(String, bool)> {
    let (field, value) = code.split_once(" = ").map_or((code, None), |(field, value)| (field, Some(value)));
    let name = field.replace('_', "-");
    if FLAGS.contains(&field) && matches!(value, None | Some("true" | "false")) {
        return Some((format!("--{name}"), value == Some("false")));
    }
    let value = value.map_or(String::new(), |value| format!(" {value}"));
    VALUES.contains(&field).then(|| (format!("--{name}{value}"), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_options_and_all_else_stays() {
        for (said, expected) in [
            ("set `lanes = 4`, or correct it", "pass --lanes 4, or correct it"),
            ("wrong: set `big_endian = false`", "wrong: leave out --big-endian"),
            ("set `conjugate = true` or `iq_swap = false`", "pass --conjugate or --iq-swap false"),
            ("set `skip_bytes` to their number", "pass --skip-bytes with their number"),
            ("`board = awr1843` overrules it", "--board awr1843 overrules it"),
            ("record it with `mmw radar record`", "record it with `mmw radar record`"),
            ("a ` alone, and `lanes", "a ` alone, and `lanes"),
            ("", ""),
        ] {
            assert_eq!(with_options(said), expected);
        }
    }
}
