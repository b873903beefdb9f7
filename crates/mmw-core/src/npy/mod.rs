//! Arrays of NumPy, read without trusting the file.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`read_npy`] | a whole file as an array |
//! | [`NpyHeader`] | what a file says of its array, for those who read the numbers themselves |

mod header;

mod array;

pub use array::{NpyElement, read_npy};
pub use header::{NpyHeader, Scalar};
