"""SciPy's two box filters as a 2-D CA-CFAR; answers "job iterations" lines with seconds."""
import sys
import time

import numpy as np
from scipy.ndimage import uniform_filter

SHAPE, TRAIN, GUARD = (256, 128), 8, 4


def power():
    state, out = 1, []
    for _ in range(SHAPE[0] * SHAPE[1]):
        state = (state * 1103515245 + 12345) % (1 << 31)
        out.append(-np.log((state + 0.5) / 2147483648.0))
    return np.array(out, dtype=np.float32).reshape(SHAPE)


W, Q = 2 * (TRAIN + GUARD) + 1, 2 * GUARD + 1
CELLS = W * W - Q * Q
ALPHA = CELLS * (1e-3 ** (-1 / CELLS) - 1)


def detect(p):
    s = uniform_filter(p, W, mode="wrap") * (W * W) - uniform_filter(p, Q, mode="wrap") * (Q * Q)
    return p > ALPHA * s / CELLS


MAPS = {"scipy_f32": power(), "scipy_f64": power().astype(np.float64)}
for line in sys.stdin:
    job, iterations = line.split()
    if job == "ready":
        print(0.0, flush=True)
        continue
    if job == "count":
        print(float(detect(MAPS["scipy_f32"]).sum()), flush=True)
        continue
    data = MAPS[job]
    start = time.perf_counter()
    for _ in range(int(iterations)):
        detect(data)
    print(time.perf_counter() - start, flush=True)
