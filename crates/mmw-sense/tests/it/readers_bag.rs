//! Recordings of ROS as others write them.

use mmw_sense::read;
use std::io::Write;

/// A field of a record's header.
fn field(name: &str, value: &[u8]) -> Vec<u8> {
    let length = (name.len() + 1 + value.len()) as u32;
    [&length.to_le_bytes()[..], name.as_bytes(), b"=", value].concat()
}

fn record(fields: &[(&str, &[u8])], data: &[u8]) -> Vec<u8> {
    let header: Vec<u8> = fields.iter().flat_map(|(name, value)| field(name, value)).collect();
    let lengths = [header.len() as u32, data.len() as u32].map(u32::to_le_bytes);
    [&lengths[0][..], &header, &lengths[1], data].concat()
}

fn connection(number: u32, topic: &str, kind: &str) -> Vec<u8> {
    let data = field("type", kind.as_bytes());
    record(&[("op", &[7]), ("conn", &number.to_le_bytes()), ("topic", topic.as_bytes())], &data)
}

fn ros_message(number: u32, data: &[u8]) -> Vec<u8> {
    let time = [7_u32.to_le_bytes(), 0_u32.to_le_bytes()].concat();
    record(&[("op", &[2]), ("conn", &number.to_le_bytes()), ("time", &time)], data)
}

/// `std_msgs/Header` at so many nanoseconds after 10 s.
fn stamp(nanosecs: u32) -> Vec<u8> {
    [1_u32, 10, nanosecs, 2].iter().flat_map(|x| x.to_le_bytes()).chain(*b"ti").collect()
}

/// A cloud of two points with the layout of `ti_mmwave_rospkg`: a gap after z, and 32 bytes per point.
fn ros_cloud(nanosecs: u32) -> Vec<u8> {
    let mut out = stamp(nanosecs);
    let mut words = |all: &[u32]| out.extend(all.iter().flat_map(|x| x.to_le_bytes()));
    words(&[1, 2, 5]);
    for (name, offset) in [("x", 0_u32), ("y", 4), ("z", 8), ("intensity", 16), ("velocity", 20)] {
        out.extend((name.len() as u32).to_le_bytes());
        out.extend(name.as_bytes());
        out.extend(offset.to_le_bytes());
        out.push(7);
        out.extend(1_u32.to_le_bytes());
    }
    out.push(0);
    out.extend([32_u32, 64, 64].iter().flat_map(|x| x.to_le_bytes()));
    for point in
        [[2.0_f32, 0.5, -0.25, 0.0, 21.5, -0.3, 0.0, 0.0], [1.0, 0.0, f32::NAN, 0.0, 9.0, 0.0, 0.0, 0.0]]
    {
        out.extend(point.iter().flat_map(|x| x.to_le_bytes()));
    }
    out.push(1);
    out
}

fn ros_scan(id: u16, nanosecs: u32) -> Vec<u8> {
    let mut out = stamp(nanosecs);
    out.extend(id.to_le_bytes());
    out.extend([2.0_f32, 0.5, -0.25, 2.1, -0.3].iter().flat_map(|x| x.to_le_bytes()));
    out.extend(8_u16.to_le_bytes());
    out.extend([14.0_f32, 21.5].iter().flat_map(|x| x.to_le_bytes()));
    out
}

fn bag(records: &[Vec<u8>]) -> Vec<u8> {
    [b"#ROSBAG V2.0\n".to_vec(), record(&[("op", &[3])], &[b' '; 40]), records.concat()].concat()
}

fn chunk(compression: &str, size: usize, data: &[u8]) -> Vec<u8> {
    let size = (size as u32).to_le_bytes();
    record(&[("op", &[5]), ("compression", compression.as_bytes()), ("size", &size)], data)
}

#[test]
fn clouds_of_a_bag_are_read_by_their_table_of_fields() {
    let inner = [
        connection(0, "/radar", "sensor_msgs/PointCloud2"),
        connection(1, "/imu", "sensor_msgs/Imu"),
        ros_message(0, &ros_cloud(0)),
        ros_message(1, &[0; 9]),
        ros_message(0, &ros_cloud(100_000_000)[..50]),
        ros_message(0, &ros_cloud(100_000_000)),
    ]
    .concat();
    let mut packed = lz4_flex::frame::FrameEncoder::new(Vec::new());
    packed.write_all(&inner).unwrap();
    let packed = packed.finish().unwrap();
    let lied = bag(&[chunk("lz4", inner.len() - 1, &packed)]);
    assert!(read::rosbag("walk.bag", &lied, None).unwrap_err().to_string().contains("LZ4"));
    for chunk in [chunk("none", inner.len(), &inner), chunk("lz4", inner.len(), &packed), inner.clone()] {
        let bytes = bag(&[chunk]);
        let found = read::rosbag("walk.bag", &bytes, None).unwrap();
        assert_eq!(found.clouds.len(), 2);
        // Forward and left have become right and forward; the point without a height is none.
        assert_eq!(found.clouds[0].points.len(), 1);
        let point = found.clouds[0].points[0];
        assert_eq!((point.position_m, point.snr_db), ([-0.5, 2.0, -0.25], Some(21.5)));
        assert!((point.velocity_m_s.unwrap() + 0.3).abs() < 1e-7);
        assert!((found.clouds[1].time_s - 10.1).abs() < 1e-9 && found.recorded_s == [7.0, 7.0]);
        assert_eq!((found.damaged_messages, found.damaged_points), (1, 2));
        assert_eq!(found.other_messages.get("/imu"), Some(&1));
        // Cut anywhere, there is an answer or an error.
        for end in (0..bytes.len()).step_by(7) {
            let _ = read::rosbag("walk.bag", &bytes[..end], None);
        }
    }
    let error = read::rosbag("walk.bag", &bag(&[chunk("bz2", 9, b"BZh91AY&S")]), None).unwrap_err();
    assert!(error.to_string().contains("rosbag decompress"), "{error}");
    assert!(read::rosbag("walk.bag", b"PK", None).unwrap_err().to_string().contains("#ROSBAG V2.0"));
}

#[test]
fn messages_of_the_driver_in_a_bag_make_frames_and_topics_are_chosen() {
    let scans = [
        connection(0, "/a", "ti_mmwave_rospkg/RadarScan"),
        ros_message(0, &ros_scan(0, 0)),
        ros_message(0, &ros_scan(1, 20)),
        ros_message(0, &ros_scan(0, 50_000_000)),
    ];
    let found = read::rosbag("a.bag", &bag(&scans), None).unwrap();
    assert_eq!(found.clouds.iter().map(|cloud| cloud.points.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(found.clouds[0].points[0].position_m, [-0.5, 2.0, -0.25]);
    let two = [scans.concat(), connection(3, "/b", "sensor_msgs/PointCloud2"), ros_message(3, &ros_cloud(0))];
    let error = read::rosbag("a.bag", &bag(&two), None).unwrap_err();
    assert!(error.to_string().contains("/a and /b"), "{error}");
    assert_eq!(read::rosbag("a.bag", &bag(&two), Some("/b")).unwrap().clouds.len(), 1);
    assert!(read::rosbag("a.bag", &bag(&two), Some("/c")).is_err());
}
