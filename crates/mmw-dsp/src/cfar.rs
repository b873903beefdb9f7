//! Constant false-alarm rate detection.
