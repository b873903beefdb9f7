//! Noise behind the matrices of version 1, which has no keyword: what is noise, and what is refused.

use super::touchstone::refused;
use linkbudget::touchstone::Touchstone;

/// The two-port with noise of the specification, version 1.1.
const HEAD: &str = "# GHz S MA R 50\n";
const NETWORK: &str = "2 .95 -26 3.57 157 .04 76 .66 -14\n22 .60 -144 1.30 40 .14 40 .56 -85\n";
const FALLING: &str = "22 .60 -144 1.30 40 .14 40 .56 -85\n2 .95 -26 3.57 157 .04 76 .66 -14\n";
const NOISE: &str = "4 .7 .64 69 .38\n18 2.7 .46 -33 .40\n";

/// How many frequencies the network and the noise have.
fn counts(text: &str) -> (usize, usize) {
    let file = Touchstone::parse(text, "x.s2p").unwrap();
    (file.frequencies_hz().len(), file.noise().len())
}

#[test]
fn a_noise_line_with_a_number_missing_makes_no_frequency_of_the_network() {
    for (network, short, line) in [
        // Below, at and above the last frequency; the frequency itself missing; the whole line first.
        (NETWORK, "4 .64 69 .38\n18 2.7 .46 -33 .40\n", 4),
        (NETWORK, "22 .7 .64 69\n22.5 2.7 .46 -33 .40\n", 4),
        (NETWORK, "23 .7 .64 69\n24 2.7 .46 -33 .40\n", 4),
        (NETWORK, ".7 .64 69 .38\n18 2.7 .46 -33 .40\n", 4),
        (NETWORK, "4 .7 .64 69 .38\n18 2.7 .46 -33\n", 5),
        (NETWORK, "23 .7 .64 69 .38\n24 2.7 .46 -33\n", 5),
        (NETWORK, "23 .7 .64\n24 2.7 .46\n25 .7 .3\n", 4),
        (FALLING, "4 .64 69 .38\n18 2.7 .46 -33 .40\n", 4),
    ] {
        let message = refused(format!("{HEAD}{network}{short}"), "x.s2p", line);
        assert!(message.contains("noise"), "{message}");
    }
}

#[test]
fn a_record_may_still_break_behind_any_pair() {
    for wrapped in [
        "2 .95 -26 3.57 157\n.04 76 .66 -14\n",
        "2 .95 -26\n3.57 157\n.04 76 .66 -14\n",
        "2\n.95 -26 3.57 157 .04 76 .66 -14\n",
        "2 .95 -26 3.57 157 .04 76\n.66 -14\n",
    ] {
        assert_eq!(counts(&format!("{HEAD}{wrapped}")), (1, 0), "{wrapped}");
        let second = wrapped.replacen('2', "3", 1);
        assert_eq!(counts(&format!("{HEAD}{wrapped}{second}{NOISE}")), (2, 2), "{wrapped}");
        assert_eq!(
            counts(&format!("{HEAD}1 0 0 0 0 0 0 0 0\n{wrapped}23 0 0 0 0 0 0 0 0\n")),
            (3, 0),
            "{wrapped}"
        );
    }
    let message = refused(format!("{HEAD}2 .95 -26 3.57\n157 .04 76 .66 -14\n"), "x.s2p", 2);
    assert!(message.contains("cut off") && message.ends_with("found lines of 4 and 5, the first in line 2"));
}

#[test]
fn a_file_whose_records_all_break_alike_is_read() {
    for [first, rest] in [[6, 3], [4, 5], [8, 1], [2, 7]] {
        let record = |frequency: &str| {
            let numbers = [frequency, ".95", "-26", "3.57", "157", ".04", "76", ".66", "-14"];
            format!("{}\n{}\n", numbers[..first].join(" "), numbers[9 - rest..].join(" "))
        };
        let (two, three) = (record("2"), record("3"));
        let file = Touchstone::parse(format!("{HEAD}{two}{three}"), "x.s2p").unwrap();
        let whole = Touchstone::parse(
            format!("{HEAD}{}", (two + &three).replace('\n', " ").replace(" 3 .95", "\n3 .95")),
            "x.s2p",
        )
        .unwrap();
        assert_eq!(file.data().unwrap(), whole.data().unwrap(), "{first}");
        // A single one may be a line that is cut off, and so may one that breaks unlike the first.
        refused(format!("{HEAD}{}", record("2")), "x.s2p", 2);
        refused(format!("{HEAD}{NETWORK}{}{}", record("23"), record("24")), "x.s2p", 4);
        assert_eq!(counts(&format!("{HEAD}{}{}{NOISE}", record("2"), record("22"))), (2, 2), "{first}");
    }
}

#[test]
fn noise_of_a_section_has_to_be_possible() {
    let head = "[Version] 2.0\n# GHz S MA R 50\n[Number of Ports] 2\n[Two-Port Data Order] 21_12\n\
                [Number of Frequencies] 1\n[Number of Noise Frequencies] 1\n[Reference] 50 50\n\
                [Network Data]\n2 .95 -26 3.57 157 .04 76 .66 -14\n[Noise Data]\n";
    assert!(Touchstone::parse(format!("{head}4 .7 .64 69 19\n[End]\n"), "x.ts").is_ok());
    for wrong in ["4 -.7 .64 69 19", "4 .7 1.64 69 19", "4 .7 -.1 69 19", "4 .7 .64 69 -19"] {
        assert!(refused(format!("{head}{wrong}\n[End]\n"), "x.ts", 11).contains("a reflection of 0 to 1"));
    }
}

#[test]
fn lines_cut_off_at_five_numbers_are_not_noise() {
    assert_eq!(counts(&format!("{HEAD}{NETWORK}{NOISE}")), (2, 2));
    assert_eq!(counts(&format!("{HEAD}{FALLING}{NOISE}")), (2, 2));
    // One of the falling sweep, and two of it: an angle is no reflection, nor is a negative resistance any.
    for (cut, line) in [
        ("1 .95 26 3.57 157\n", 4),
        ("1 .95 -26 .57 157\n", 4),
        ("1 .95 .26 .57 -157\n", 4),
        ("1 -.95 .26 .57 157\n", 4),
        ("1.5 .7 .64 69 .38\n1 .95 26 3.57 157\n", 5),
        // What could be noise, but for the order.
        ("1 .7 .64 69 .38\n", 4),
        ("1.5 .7 .64 69 .38\n1 .7 .64 69 .38\n", 5),
    ] {
        let message = refused(format!("{HEAD}{FALLING}{cut}"), "x.s2p", line);
        assert!(message.contains("noise") && message.contains("cut off"), "{message}");
    }
    let one = "22 .60 -144 1.30 40 .14 40 .56 -85\n";
    assert_eq!(counts(&format!("{HEAD}{one}{NOISE}")), (1, 2));
    assert_eq!(counts(&format!("{HEAD}{one}4 .7 .64 69 .38\n")), (1, 1));
    refused(format!("{HEAD}{one}18 .7 .64 69 .38\n4 .7 .64 69 .38\n"), "x.s2p", 4);
    // A rising sweep that goes on below is noise, and has to be such too.
    assert_eq!(counts(&format!("{HEAD}{NETWORK}4 .7 .64 69 .38\n")), (2, 1));
    refused(format!("{HEAD}{NETWORK}4 .7 1.64 69 .38\n"), "x.s2p", 4);
}
