//! Detections to a 4-D point cloud.
