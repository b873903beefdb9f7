//! Moving-target indication: the three clutter filters of the source.
