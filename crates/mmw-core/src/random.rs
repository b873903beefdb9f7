//! Reproducible streams of random numbers, independent of thread and machine.
