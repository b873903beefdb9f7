//! A set of vector instructions, and what runs with it.

use mmw_core::C32;
use std::fmt::Debug;

/// The most lanes that there are.
pub(crate) const MAX_WIDTH: usize = 16;

/// A set of vector instructions; the value proves that the processor has them.
///
/// Implementations mark every method `#[inline(always)]`, so that it is compiled inside [`Lanes::run`],
/// with the instructions enabled.
pub(crate) trait Lanes: Copy + Send + Sync + Debug + 'static {
    /// `WIDTH` numbers.
    type Vector: Copy + Send + Sync + Debug + 'static;
    /// Lanes of a vector.
    const WIDTH: usize;

    fn splat(self, x: f32) -> Self::Vector;
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a b + c`, rounded once.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// `a b - c`, rounded once.
    fn mul_sub(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The sum of all lanes.
    fn sum(self, a: Self::Vector) -> f32;
    /// The first `WIDTH` numbers of a slice; zeros when it is shorter.
    fn load(self, from: &[f32]) -> Self::Vector;
    /// Puts the numbers into the first `WIDTH` places of a slice; nothing when it is shorter.
    fn store(self, a: Self::Vector, to: &mut [f32]);
    /// `WIDTH` complex numbers, each times [`PAIRS_SCALE`](scale::PAIRS_SCALE), from 16-bit little-endian
    /// words in groups `I₀ I₁ Q₀ Q₁`; zeros when the slice is shorter.
    fn load_pairs(self, from: &[u8]) -> Z<Self>;
    /// The first `WIDTH` numbers of a slice, parted; zeros when it is shorter.
    fn load_complex(self, from: &[C32]) -> Z<Self>;
    /// Asks for the cache lines of `WIDTH` numbers that are wanted soon; any address will do.
    #[inline(always)]
    fn prefetch(self, _: *const C32) {}
    /// Joins the parts into the first `WIDTH` places of a slice; nothing when it is shorter.
    fn store_complex(self, z: Z<Self>, to: &mut [C32]);
    /// As [`Lanes::store_complex`], past the caches where the machine can and the slice begins a cache line.
    #[inline(always)]
    fn stream_complex(self, z: Z<Self>, to: &mut [C32]) {
        self.store_complex(z, to);
    }
    /// As [`Lanes::store_complex`], the first lanes into `first`, which is shorter than `WIDTH`, and the
    /// others into the first places of `then`; nothing when both together are shorter.
    #[inline(always)]
    fn store_complex_parted(self, z: Z<Self>, first: &mut [C32], then: &mut [C32]) {
        if first.len() + then.len() < Self::WIDTH {
            return;
        }
        let mut lanes = [C32::new(0.0, 0.0); MAX_WIDTH];
        self.store_complex(z, &mut lanes);
        first.iter_mut().chain(then).zip(&lanes[..Self::WIDTH]).for_each(|(to, z)| *to = *z);
    }
    /// Lane `i` of row `j` to lane `j` of row `i`, `WIDTH` rows; nothing when a slice is shorter.
    fn transpose(self, rows: &[Z<Self>], to: &mut [Z<Self>]);
    /// Runs a kernel compiled for these instructions.
    fn run<K: Kernel<Self>>(self, kernel: K) -> K::Output;

    /// `WIDTH` complex zeros.
    #[inline(always)]
    fn zero(self) -> Z<Self> {
        Z { re: self.splat(0.0), im: self.splat(0.0) }
    }
}

/// Work written against [`Lanes`]; `run` must be `#[inline(always)]`, as must all that it calls in its
/// loops, or it is compiled without the instructions.
pub(crate) trait Kernel<L: Lanes> {
    type Output;
    fn run(self, lanes: L) -> Self::Output;
}

/// `WIDTH` complex numbers, the parts apart. They begin a cache line; across two, 8 lanes lose a sixth.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Z<L: Lanes> {
    pub(crate) re: L::Vector,
    pub(crate) im: L::Vector,
}
