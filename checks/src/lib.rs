//! Checks of the workspace as a whole; they are its tests.
