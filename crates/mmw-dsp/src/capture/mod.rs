//! Raw captures: layouts, readers, configuration files.
