//! The whole chain, frame by frame.
