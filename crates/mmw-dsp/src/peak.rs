//! From detections to targets: grouping and sub-bin refinement.
