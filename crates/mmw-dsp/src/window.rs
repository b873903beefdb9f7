//! Window functions with their coherent gain and noise bandwidth.
