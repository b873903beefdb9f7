//! A power-of-two transform of `WIDTH` lanes at once, in two or three passes.
//!
//! Decimation in frequency: with `N = R M`, `n = M j + i` and `k = R l + m`,
//!
//! ```text
//! X[R l + m] = Σ_i exp(−j 2π l i / M) { exp(−j 2π m i / N) Σ_j x[M j + i] exp(−j 2π m j / R) }
//! ```
//! The inner sum is a butterfly in registers, the factor before it a twiddle, and the outer sum the same
//! problem on a contiguous block of `M`. A block of 256 holds 32 KiB in 16 lanes and stays in the first
//! cache; longer transforms take a first pass over everything and then go block by block. The last pass
//! leaves its results in registers in digit-reversed order and hands each to a [`Sink`] with its frequency.

use super::butterfly::{Butterfly, Dft, rotate};
use super::set::{Lanes, Z};
use std::f64::consts::TAU;

/// Where the first pass takes its input from.
pub(crate) trait Source<L: Lanes> {
    /// Element `n`; implementations are `#[inline(always)]`.
    fn element(&self, lanes: L, n: usize) -> Z<L>;
}

/// Where the last pass takes its results to.
pub(super) trait Sink<L: Lanes> {
    /// Takes frequency `k`, each once; implementations are `#[inline(always)]`.
    fn put(&mut self, lanes: L, k: usize, z: Z<L>);
}

/// Cosine and sine of a twiddle factor.
type Twiddle = [f32; 2];

#[derive(Debug, Clone)]
struct Pass {
    radix: usize,
    /// `radix` factors for each `i`, the first of them 1.
    twiddles: Vec<Twiddle>,
}

impl Pass {
    fn new(len: usize, radix: usize) -> Self {
        let factor = |i: usize, m: usize| {
            let (sin, cos) = (-TAU * (i * m % len) as f64 / len as f64).sin_cos();
            [cos as f32, sin as f32]
        };
        let twiddles = (0..len / radix).flat_map(|i| (0..radix).map(move |m| factor(i, m))).collect();
        Self { radix, twiddles }
    }
}

/// The plan for one length.
#[derive(Debug, Clone)]
pub(crate) struct LaneFft {
    first: Pass,
    middle: Option<Pass>,
    last_radix: usize,
    /// The first frequency of each butterfly of the last pass; the others follow in steps of as many as
    /// there are butterflies.
    firsts: Vec<usize>,
    /// The place of each frequency after a transform in place.
    order: Vec<usize>,
}

impl LaneFft {
    /// The plan; `None` unless `len` is a power of two from 8 to 4096.
    pub(crate) fn new(len: usize) -> Option<Self> {
        let radices: &[usize] = match len {
            8 => &[2, 4],
            16 => &[4, 4],
            32 => &[8, 4],
            64 => &[8, 8],
            128 => &[4, 8, 4],
            256 => &[8, 4, 8],
            512 => &[8, 8, 8],
            1024 => &[16, 8, 8],
            2048 => &[16, 16, 8],
            4096 => &[16, 16, 16],
            _ => return None,
        };
        let (&first, rest) = radices.split_first()?;
        let (&last_radix, middle) = rest.split_last()?;
        let middle = middle.first().map(|&radix| Pass::new(len / first, radix));
        let firsts = firsts(&radices[..radices.len() - 1]);
        let mut order = vec![0; len];
        for (place, first) in firsts.iter().enumerate() {
            (0..last_radix).for_each(|i| order[first + firsts.len() * i] = place * last_radix + i);
        }
        Some(Self { first: Pass::new(len, first), middle, last_radix, firsts, order })
    }

    /// The place of frequency `k` after [`LaneFft::run_in_place`] and [`LaneFft::run_into`].
    pub(crate) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Transforms `source` into `work`, which holds one element per point.
    #[inline(always)]
    pub(crate) fn run_into<L: Lanes>(&self, lanes: L, source: &impl Source<L>, work: &mut [Z<L>]) {
        self.first_from(lanes, source, work);
        self.later_in_place(lanes, work);
    }

    /// Transforms `work` in place.
    #[inline(always)]
    pub(crate) fn run_in_place<L: Lanes>(&self, lanes: L, work: &mut [Z<L>]) {
        self.first_of(lanes, work);
        self.later_in_place(lanes, work);
    }

    #[inline(always)]
    fn later_in_place<L: Lanes>(&self, lanes: L, work: &mut [Z<L>]) {
        for block in
            work.chunks_exact_mut(self.order.len() / self.middle.as_ref().map_or(1, |_| self.first.radix))
        {
            if let Some(middle) = &self.middle {
                middle_pass(lanes, middle, block);
            }
            match self.last_radix {
                4 => butterflies_in_place::<L, 4>(lanes, block),
                8 => butterflies_in_place::<L, 8>(lanes, block),
                _ => butterflies_in_place::<L, 16>(lanes, block),
            }
        }
    }

    /// Transforms `source` into `sink` by way of `work`, which holds one element per point.
    #[inline(always)]
    pub(super) fn run<L: Lanes>(
        &self,
        lanes: L,
        source: &impl Source<L>,
        work: &mut [Z<L>],
        sink: &mut impl Sink<L>,
    ) {
        self.first_from(lanes, source, work);
        self.later_passes(lanes, work, sink);
    }

    #[inline(always)]
    fn first_from<L: Lanes>(&self, lanes: L, source: &impl Source<L>, work: &mut [Z<L>]) {
        match self.first.radix {
            2 => first_pass::<L, 2>(lanes, &self.first, source, work),
            4 => first_pass::<L, 4>(lanes, &self.first, source, work),
            8 => first_pass::<L, 8>(lanes, &self.first, source, work),
            _ => first_pass::<L, 16>(lanes, &self.first, source, work),
        }
    }

    /// Transforms what stands in `work`, which it uses up.
    #[inline(always)]
    pub(super) fn run_from<L: Lanes>(&self, lanes: L, work: &mut [Z<L>], sink: &mut impl Sink<L>) {
        self.first_of(lanes, work);
        self.later_passes(lanes, work, sink);
    }

    #[inline(always)]
    fn first_of<L: Lanes>(&self, lanes: L, work: &mut [Z<L>]) {
        match self.first.radix {
            2 => pass::<L, 2>(lanes, &self.first, work),
            4 => pass::<L, 4>(lanes, &self.first, work),
            8 => pass::<L, 8>(lanes, &self.first, work),
            _ => pass::<L, 16>(lanes, &self.first, work),
        }
    }

    #[inline(always)]
    fn later_passes<L: Lanes>(&self, lanes: L, work: &mut [Z<L>], sink: &mut impl Sink<L>) {
        let Some(middle) = &self.middle else { return self.last_pass(lanes, work, &self.firsts, sink) };
        let blocks = work.chunks_exact_mut(self.firsts.len() / self.first.radix * self.last_radix);
        for (block, firsts) in blocks.zip(self.firsts.chunks_exact(self.firsts.len() / self.first.radix)) {
            middle_pass(lanes, middle, block);
            self.last_pass(lanes, block, firsts, sink);
        }
    }

    #[inline(always)]
    fn last_pass<L: Lanes>(&self, lanes: L, work: &[Z<L>], firsts: &[usize], sink: &mut impl Sink<L>) {
        let step = self.firsts.len();
        match self.last_radix {
            4 => butterflies::<L, 4>(lanes, work, firsts, step, sink),
            8 => butterflies::<L, 8>(lanes, work, firsts, step, sink),
            _ => butterflies::<L, 16>(lanes, work, firsts, step, sink),
        }
    }
}

/// Butterfly `m2 + R2 m1` of the last pass makes the frequencies from `m1 + R1 m2` on.
fn firsts(radices: &[usize]) -> Vec<usize> {
    let first = |mut butterfly: usize| {
        let mut first = 0;
        for radix in radices.iter().rev() {
            first = first * radix + butterfly % radix;
            butterfly /= radix;
        }
        first
    };
    (0..radices.iter().product()).map(first).collect()
}

#[inline(always)]
fn first_pass<L: Lanes, const R: usize>(lanes: L, pass: &Pass, source: &impl Source<L>, work: &mut [Z<L>])
where
    Dft: Butterfly<R>,
{
    let twiddles = pass.twiddles.as_chunks::<R>().0;
    let step = twiddles.len();
    for (i, twiddles) in twiddles.iter().enumerate() {
        let mut x = [lanes.zero(); R];
        for (j, x) in x.iter_mut().enumerate() {
            *x = source.element(lanes, step * j + i);
        }
        put_twiddled(lanes, Dft::dft(lanes, x), twiddles, work, step, i);
    }
}

#[inline(always)]
fn pass<L: Lanes, const R: usize>(lanes: L, pass: &Pass, work: &mut [Z<L>])
where
    Dft: Butterfly<R>,
{
    let twiddles = pass.twiddles.as_chunks::<R>().0;
    let step = twiddles.len();
    for (i, twiddles) in twiddles.iter().enumerate() {
        let mut x = [lanes.zero(); R];
        for (j, x) in x.iter_mut().enumerate() {
            *x = work[step * j + i];
        }
        put_twiddled(lanes, Dft::dft(lanes, x), twiddles, work, step, i);
    }
}

#[inline(always)]
fn middle_pass<L: Lanes>(lanes: L, middle: &Pass, block: &mut [Z<L>]) {
    match middle.radix {
        4 => pass::<L, 4>(lanes, middle, block),
        8 => pass::<L, 8>(lanes, middle, block),
        _ => pass::<L, 16>(lanes, middle, block),
    }
}

#[inline(always)]
fn butterflies_in_place<L: Lanes, const R: usize>(lanes: L, work: &mut [Z<L>])
where
    Dft: Butterfly<R>,
{
    for x in work.as_chunks_mut::<R>().0 {
        *x = Dft::dft(lanes, *x);
    }
}

#[inline(always)]
fn put_twiddled<L: Lanes, const R: usize>(
    lanes: L,
    y: [Z<L>; R],
    twiddles: &[Twiddle; R],
    work: &mut [Z<L>],
    step: usize,
    i: usize,
) {
    work[i] = y[0];
    for m in 1..R {
        work[step * m + i] = rotate(lanes, y[m], twiddles[m]);
    }
}

#[inline(always)]
fn butterflies<L: Lanes, const R: usize>(
    lanes: L,
    work: &[Z<L>],
    firsts: &[usize],
    step: usize,
    sink: &mut impl Sink<L>,
) where
    Dft: Butterfly<R>,
{
    for (x, &first) in work.as_chunks::<R>().0.iter().zip(firsts) {
        for (i, z) in Dft::dft(lanes, *x).into_iter().enumerate() {
            sink.put(lanes, first + step * i, z);
        }
    }
}
