"""NumPy on the work of benches/mmw_dsp_angles.rs: reads "job iterations" lines, answers with seconds.

Single thread; the first lines of both programs make the same problem sizes.
"""
import os
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import time

import numpy as np

rng = np.random.default_rng(1)
M, S, K = 12, 128, 2
grid = np.radians(np.arange(-90, 91))
element = np.arange(M)
steering = np.exp(-1j * np.pi * np.sin(grid)[:, None] * element)
sources = np.exp(-1j * np.pi * np.sin(np.radians([-20.0, 12.0]))[:, None] * element)


def normal(*shape):
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2)


X = (sources.T * np.sqrt(10)) @ normal(K, S) + normal(M, S)
R = X @ X.conj().T / S
SV = steering
phase = np.angle(np.exp(1j * np.cumsum(rng.uniform(-2.0, 2.0, 20_000))))


def music():
    r = X @ X.conj().T / S
    _, v = np.linalg.eigh(r)
    e = v[:, :-K]
    return 1 / np.sum(np.abs(SV.conj() @ e) ** 2, axis=1)


JOBS = {
    "music": music,
    "covariance": lambda: X @ X.conj().T / S,
    "eigh": lambda: np.linalg.eigh(R),
    "unwrap": lambda: np.unwrap(phase),
}

peak = np.argsort(music())[-2:]
assert sorted(abs(np.degrees(grid[peak]) - [[-20], [12]]).min(axis=1)) < [2, 2], "the peer must find the truth"
print("ready", np.__version__, flush=True)
for line in sys.stdin:
    job, iterations = line.split()
    run = JOBS[job]
    start = time.perf_counter()
    for _ in range(int(iterations)):
        run()
    print(repr(time.perf_counter() - start), flush=True)
