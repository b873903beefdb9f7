//! Files as others write them.

use mmw_sense::read::UartDemo;
use mmw_sense::{Error, read};
use std::path::Path;

#[test]
fn tables_of_the_signal_chain_are_read() {
    // As `mmw radar process` writes them: numbers alone, and nothing where the radar cannot tell.
    let text = "frame,range_m,velocity_m_s,azimuth_rad,elevation_rad,x_m,y_m,z_m,snr_db,velocity_ambiguous,\
                velocity_interval_m_s,angle_ambiguous\n\
                3.0,2.0,-0.5,0.25,,0.49,1.94,,20.0,1.0,,0.0\n3.0,2.0,,,,,,,20.0,0.0,,0.0\n5.0,1.0,0.1,0,0,0,1,0,9,0,,0\n";
    let clouds = read::csv("points.csv", text, Some(0.1)).unwrap();
    assert_eq!(clouds.iter().map(|cloud| cloud.frame).collect::<Vec<_>>(), [3, 5]);
    assert_eq!(clouds[0].points.len(), 1);
    assert_eq!(clouds[0].points[0].position_m, [0.49, 1.94, 0.0]);
    assert_eq!(clouds[0].points[0].velocity_m_s, Some(-0.5));
    assert!((clouds[1].time_s - 0.5).abs() < 1e-15);
    assert!(matches!(read::csv("points.csv", text, None), Err(Error::Missing { .. })));
    assert_eq!(read::csv("points.csv", "", None).unwrap(), []);
}

#[test]
fn damaged_tables_are_told_with_the_place() {
    let cases = [
        ("frame,x_m\n", 0, "a column y_m"),
        ("frame,time_s,x_m,y_m\n0,0,1,NaN\n", 21, "a finite number as y_m"),
        ("frame,time_s,x_m,y_m\n0,0,1,2\n0.5,1,1,1\n", 29, "the number of a frame"),
        ("frame,time_s,x_m,y_m\n2,1,1,2\n1,2,1,1\n", 29, "a later frame at a later time"),
        ("frame,time_s,x_m,y_m\n2,1,1,2\n3,1,1,1\n", 29, "a later frame at a later time"),
        ("frame,time_s,x_m,y_m\n0,0,1e300,2\n", 21, "a point of a cloud"),
    ];
    for (text, at, wanted) in cases {
        match read::csv("points.csv", text, None) {
            Err(Error::Format { path, offset, expected, .. }) => {
                assert_eq!((path.as_str(), offset, expected.as_str()), ("points.csv", at, wanted));
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

/// A message of the driver, as `rostopic echo` prints it.
fn driver_message(id: u32, nanosecs: u32) -> String {
    format!(
        "header: \n  seq: 1\n  stamp: \n    secs: 10\n    nsecs: {nanosecs}\n  frame_id: \"ti_mmwave\"\n\
         point_id: {id}\nx: 2.0\ny: 0.5\nz: -0.25\nrange: 2.1\nvelocity: -0.3\ndoppler_bin: 8\nbearing: 14\n\
         intensity: 21.5\n---\n"
    )
}

#[test]
fn messages_of_the_driver_are_turned_to_the_axes_of_the_crate() {
    let text = [driver_message(0, 0), driver_message(1, 50), driver_message(0, 33_000_000)].concat();
    let clouds = read::radhar("walk.txt", &text).unwrap();
    assert_eq!(clouds.iter().map(|cloud| cloud.points.len()).collect::<Vec<_>>(), [2, 1]);
    // Half a metre to the left.
    assert_eq!(clouds[0].points[0].position_m, [-0.5, 2.0, -0.25]);
    assert_eq!(clouds[0].points[1].snr_db, Some(21.5));
    assert!((clouds[1].time_s - 10.033).abs() < 1e-12);
    let error = read::radhar("walk.txt", &text.replace("nsecs: 50\n", "")).unwrap_err();
    assert!(error.to_string().contains("a message with nsecs"), "{error}");
    assert!(read::radhar("walk.txt", "point_id 0\n").is_err());
    assert!(read::radhar("walk.txt", "x: inf\n").is_err());
}

#[test]
fn damaged_messages_are_left_out_and_counted() {
    let frame = |nanosecs: u32| (0..4).map(move |id| driver_message(id, nanosecs)).collect::<String>();
    let text = [frame(0), frame(33_000_000), frame(66_000_000)].concat();
    let whole = read::radhar_recording("walk.txt", &text).unwrap();
    assert_eq!((whole.clouds, whole.dropped.total()), (read::radhar("walk.txt", &text).unwrap(), 0));
    let read = |text: &str| read::radhar_recording("walk.txt", text).unwrap();
    // The row that stands in the recordings: a velocity of -887.6 m/s.
    let fast = read(&text.replacen("velocity: -0.3", "velocity: -887.6", 1));
    assert_eq!((fast.dropped.too_fast, fast.clouds[0].points.len()), (1, 3));
    let garbled =
        text.replacen("x: 2.0", "x: 2.0.1", 1).replacen("y: 0.5\n", "", 2).replacen("seq: 1", "\u{fffd}", 9);
    let garbled = read(&garbled);
    assert_eq!((garbled.dropped.garbled, garbled.clouds.len()), (9, 3));
    let headless = read(&text[text.find("point_id: 1").unwrap()..]);
    assert_eq!((headless.dropped.garbled, headless.dropped.headless, headless.clouds.len()), (1, 2, 2));
    // The text ends in the third message of the last frame.
    let torn = read(&text[..text.rfind("point_id: 2").unwrap() + 30]);
    assert_eq!((torn.dropped.torn, torn.clouds.len()), (3, 2));
    assert!(torn.dropped.to_string().starts_with("3 rows dropped: 0 garbled"));
    for text in ["", "---\n", "hello", &driver_message(3, 0)] {
        let error = read::radhar_recording("walk.txt", text).unwrap_err();
        assert!(matches!(error, Error::Format { offset: 0, .. }), "{error}");
    }
}

#[test]
fn recordings_of_activities_have_their_published_sizes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/radar/radhar");
    let sizes = [
        ("boxing____boxing_20_8.txt", 11992),
        ("jack____20_jacks_8.txt", 10296),
        ("jump_____jump_20_10.txt", 11452),
        ("squats____squats_20_1.txt", 10871),
        ("walk____walk_20_11.txt", 12779),
    ];
    for (name, points) in sizes {
        let Ok(text) = std::fs::read_to_string(folder.join(name)) else {
            println!("{name} is not beside the project: skipped");
            return;
        };
        let clouds = read::radhar(name, &text).unwrap();
        assert_eq!(clouds.iter().map(|cloud| cloud.points.len()).sum::<usize>(), points, "{name}");
        assert!((600..=604).contains(&clouds.len()), "{name}: {}", clouds.len());
        let recording = read::radhar_recording(name, &text).unwrap();
        assert_eq!((recording.clouds, recording.dropped.total()), (clouds, 0), "{name}");
    }
}

#[cfg(feature = "json-lines")]
#[test]
fn lines_of_a_running_chain_are_read() {
    use mmw_dsp::point_cloud::{Bearing, Point};
    let bearing = Bearing { azimuth_rad: Some(0.3), elevation_rad: Some(-0.1) };
    let point = Point::new(4, 3.0, Some(0.2), bearing, 15.0);
    let points = serde_json::to_string(&[point, Point::default()]).unwrap();
    let line = format!("{{\"frame\":4,\"damage\":[],\"clipped\":null,\"points\":{points}}}");
    let clouds = read::json_lines("live.jsonl", &format!("{line}\n\n"), 0.05).unwrap();
    assert_eq!(clouds[0].points.len(), 1);
    assert_eq!(clouds[0].points[0].position_m[0], point.x_m.unwrap());
    let error = read::json_lines("live.jsonl", &format!("{line}\n{{\"frame\":5}}\n"), 0.05).unwrap_err();
    assert!(matches!(error, Error::Format { offset, .. } if offset as usize == line.len() + 1), "{error}");
}

/// A packet with a header of 40 bytes.
fn packet(frame: u32, parts: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let body: Vec<u8> = parts
        .iter()
        .flat_map(|(kind, body)| [&kind.to_le_bytes()[..], &(body.len() as u32).to_le_bytes(), body].concat())
        .collect();
    let length = (40 + body.len()).next_multiple_of(32);
    let mut out = vec![2, 1, 4, 3, 6, 5, 8, 7];
    for word in [0x0305_0004, length as u32, 0xA6843, frame, 12345, 2, parts.len() as u32, 0] {
        out.extend(word.to_le_bytes());
    }
    out.extend(body);
    out.resize(length, 0);
    out
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn out_of_box(frame: u32) -> Vec<u8> {
    let points = floats(&[0.5, 2.0, 0.25, -0.75, -1.0, 3.0, 0.0, 0.5]);
    let side: Vec<u8> = [123_i16, 40, 98, 41].iter().flat_map(|value| value.to_le_bytes()).collect();
    packet(frame, &[(1, points), (7, side), (6, vec![0; 24])])
}

#[test]
fn packets_of_the_demonstration_are_read() {
    let bytes = [out_of_box(7), out_of_box(8)].concat();
    let found = read::uart(&bytes, UartDemo::OutOfBox, 0.1).unwrap();
    assert_eq!((found.clouds.len(), found.skipped_bytes, found.damaged_packets), (2, 0, 0));
    let cloud = &found.clouds[1];
    assert_eq!((cloud.frame, cloud.points.len()), (8, 2));
    assert_eq!(cloud.points[0].position_m, [0.5, 2.0, 0.25]);
    assert_eq!(cloud.points[0].velocity_m_s, Some(-0.75));
    assert!((cloud.points[1].snr_db.unwrap() - 9.8).abs() < 1e-12);
    assert_eq!(found.other_parts[&6], 2);
}

#[test]
fn lost_bytes_cost_their_packet_and_no_other() {
    let whole = out_of_box(1);
    for cut in 8..whole.len() {
        let bytes = [&out_of_box(0), &whole[..cut], &out_of_box(2)[..], &[1, 2, 3]].concat();
        let found = read::uart(&bytes, UartDemo::OutOfBox, 0.1).unwrap();
        let frames: Vec<_> = found.clouds.iter().map(|cloud| cloud.frame).collect();
        assert_eq!(frames, [0, 2], "cut at {cut}");
        assert_eq!(found.damaged_packets, 1);
        assert_eq!(found.skipped_bytes, cut + 3);
    }
    // A wrong count of parts, a part longer than its packet, a length of nothing.
    for (at, value) in [(32, 900_u32), (44, 5000), (12, 0), (12, u32::MAX)] {
        let mut bytes = out_of_box(1);
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let found = read::uart(&bytes, UartDemo::OutOfBox, 0.1).unwrap();
        assert_eq!((found.clouds.len(), found.damaged_packets), (0, 1), "{at}");
    }
    let nowhere = packet(3, &[(1, floats(&[f32::NAN, 0.0, 0.0, 0.0]))]);
    let found = read::uart(&nowhere, UartDemo::OutOfBox, 0.1).unwrap();
    assert_eq!((found.clouds[0].points.len(), found.damaged_points), (0, 1));
}

#[test]
fn compressed_points_of_people_tracking_are_read() {
    let mut body = floats(&[0.01, 0.02, 0.03, 0.00025, 0.04]);
    body.extend([(-5_i8) as u8, 10]);
    body.extend((-20_i16).to_le_bytes());
    body.extend(12_000_u16.to_le_bytes());
    body.extend(250_u16.to_le_bytes());
    let found = read::uart(&packet(1, &[(1020, body)]), UartDemo::PeopleTracking3d, 0.05).unwrap();
    let point = found.clouds[0].points[0];
    // 3 m, 0.2 rad to the right, 0.05 rad down; units are 32-bit numbers.
    let expected =
        [3.0 * 0.05_f64.cos() * 0.2_f64.sin(), 3.0 * 0.05_f64.cos() * 0.2_f64.cos(), -3.0 * 0.05_f64.sin()];
    assert!(point.position_m.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6));
    assert!((point.velocity_m_s.unwrap() + 0.6).abs() < 1e-6 && (point.snr_db.unwrap() - 10.0).abs() < 1e-6);
}

/// One vertex of three floats, a short and a byte.
fn binary_ply(count: usize) -> Vec<u8> {
    let mut bytes = format!(
        "ply\nformat binary_little_endian 1.0\ncomment x right\nelement vertex {count}\nproperty float x\n\
         property float y\nproperty float z\nproperty short velocity\nproperty uchar snr\nelement face 0\n\
         property list uchar int vertex_index\nend_header\n"
    )
    .into_bytes();
    bytes.extend(floats(&[0.5, 2.0, 0.25]));
    bytes.extend((-2_i16).to_le_bytes());
    bytes.push(200);
    bytes
}

#[test]
fn clouds_of_viewers_are_read() {
    let found = read::ply("cloud.ply", &binary_ply(1)).unwrap();
    assert_eq!(found[0].position_m, [0.5, 2.0, 0.25]);
    assert_eq!((found[0].velocity_m_s, found[0].snr_db), (Some(-2.0), Some(200.0)));

    let mut bytes = b"# .PCD v0.7\nVERSION 0.7\nFIELDS _ x y z intensity\nSIZE 1 8 8 8 2\nTYPE U F F F U\n\
        COUNT 3 1 1 1 1\nWIDTH 1\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 1\nDATA binary\n\x01\x02\x03"
        .to_vec();
    bytes.extend([1.5_f64, 2.5, -0.5].iter().flat_map(|value| value.to_le_bytes()));
    bytes.extend(300_u16.to_le_bytes());
    let found = read::pcd("cloud.pcd", &bytes).unwrap();
    assert_eq!((found[0].position_m, found[0].snr_db), ([1.5, 2.5, -0.5], Some(300.0)));
}

#[test]
fn damaged_clouds_of_viewers_are_told_with_the_place() {
    let told = |error: Error, word: &str| assert!(error.to_string().contains(word), "{error}");
    told(read::ply("a.ply", &binary_ply(2)).unwrap_err(), "2 points");
    told(read::ply("a.ply", &binary_ply(usize::MAX)).unwrap_err(), "points");
    told(read::ply("a.ply", b"plx\n").unwrap_err(), "`ply`");
    told(read::ply("a.ply", b"ply\nformat ascii 1.0\n").unwrap_err(), "end_header");
    told(read::ply("a.ply", b"ply\nelement vertex 0\nend_header\n").unwrap_err(), "x, y and z");
    let ascii = "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n\
                 end_header\n";
    told(read::ply("a.ply", format!("{ascii}1 2\n").as_bytes()).unwrap_err(), "3 numbers");
    told(read::ply("a.ply", format!("{ascii}1 2 nan\n").as_bytes()).unwrap_err(), "a point");
    told(read::ply("a.ply", ascii.as_bytes()).unwrap_err(), "1 points");
    let pcd = "FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 1\nDATA binary_compressed\n";
    told(read::pcd("a.pcd", pcd.as_bytes()).unwrap_err(), "ascii or binary");
    told(read::pcd("a.pcd", b"FIELDS x y z\nSIZE 4\nTYPE F\nDATA ascii\n").unwrap_err(), "each field");
    told(read::pcd("a.pcd", b"hello\n").unwrap_err(), "header of a PCD");
    // Every beginning of a file is told or read, never more.
    let whole = binary_ply(1);
    for end in 0..whole.len() {
        assert!(read::ply("a.ply", &whole[..end]).is_err());
    }
}

#[test]
fn breath_and_heartbeat_of_people_tracking_are_read() {
    let mut body = [3_u16, 41].iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let numbers = [0.02_f32, 64.0, 15.5].into_iter().chain([0.0; 30]);
    body.extend(numbers.flat_map(f32::to_le_bytes));
    let mut packet = vec![2, 1, 4, 3, 6, 5, 8, 7];
    let length = 40 + 8 + body.len() as u32;
    packet.extend([0_u32, length, 0xA6843, 9, 0, 0, 1, 0].iter().flat_map(|x| x.to_le_bytes()));
    packet.extend([1040_u32, body.len() as u32].iter().flat_map(|x| x.to_le_bytes()));
    packet.extend(&body);
    let found = read::uart(&packet, UartDemo::PeopleTracking3d, 0.1).unwrap();
    let vitals = found.vitals[0];
    assert_eq!((vitals.frame, vitals.track, vitals.range_bin), (9, 3, 41));
    assert_eq!((vitals.heart_per_min, vitals.breath_per_min), (64.0, 15.5));
    assert!(found.other_parts.is_empty());
    // To another demonstration the same part is one that it does not know.
    let found = read::uart(&packet, UartDemo::OutOfBox, 0.1).unwrap();
    assert_eq!(found.other_parts.get(&1040), Some(&1));
}

#[test]
fn tables_of_gait_have_empty_frames() {
    let head = "Frame #,# Obj,X,Y,Z,Doppler,Intensity,y,m,d,h,m,s\n";
    let text = format!(
        "{head}7,2,0.5,2,0,-0.3,90,2020,3,1,12,0,0.0\n7,2,0.6,2,0,-0.3,80,2020,3,1,12,0,0.0\n8,0,0,0,0,0,0,2020,3,1,12,0,0.1\n"
    );
    let clouds = read::gait("gait.csv", &text, None).unwrap();
    assert_eq!(clouds.iter().map(|cloud| cloud.points.len()).collect::<Vec<_>>(), [2, 0]);
    assert_eq!(read::gait("gait.csv", &text, Some(0.1)).unwrap()[1].time_s, 0.1);
    let still = text.replace("0,0.1\n", "0,0.0\n");
    assert!(read::gait("gait.csv", &still, None).unwrap_err().to_string().contains("or a period"));
    assert!(read::gait("gait.csv", "a,b\n", None).is_err());
}
