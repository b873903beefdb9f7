#!/usr/bin/env python3
"""Reference values for the tests of mmw-core: python3 generate.py (mpmath, 60 digits). Writes the .csv files.

Matrix entries are multiples of 1/64 of size below 4, so that every program reads the same numbers exactly.
"""
import random
from mpmath import mp, mpf, mpc, matrix, log, det, eye, erfc, sqrt, nstr

mp.dps = 60
random.seed(20240501)


def entry():
    return [random.randint(-255, 255) / 64 for _ in range(2)]


def write(name, header, rows):
    with open(name, "w") as f:
        f.write(f"# generate.py, mpmath {__import__('mpmath').__version__}, 60 digits\n# {header}\n")
        for row in rows:
            f.write(",".join(row) + "\n")


def log2_det(rho, h, rows, columns):
    m = matrix(rows, columns)
    for i in range(rows):
        for j in range(columns):
            m[i, j] = mpc(*h[i * columns + j])
    return log(det(eye(rows) + mpf(rho) * m * m.H).real, 2)


cases = []
for rows, columns in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 8), (2, 5), (6, 3), (1, 9), (9, 9), (10, 12)]:
    for rho in [1e-14, 1e-3, 1.0, 100.0, 1e6, 1e12]:
        cases.append(("full", rho, [entry() for _ in range(rows * columns)], rows, columns))
for rows, columns in [(2, 2), (4, 4), (8, 8), (4, 6), (7, 3), (10, 10)]:
    for rank in [1, 2]:
        for rho in [1e-14, 1.0, 1e4, 1e8, 1e14]:
            # Gaussian integers over 8: the product is exact in binary.
            a = [[complex(random.randint(-8, 8), random.randint(-8, 8)) for _ in range(rank)] for _ in range(rows)]
            b = [[complex(random.randint(-8, 8), random.randint(-8, 8)) for _ in range(columns)] for _ in range(rank)]
            z = [sum(a[i][k] * b[k][j] for k in range(rank)) / 64 for i in range(rows) for j in range(columns)]
            cases.append((f"rank {rank}", rho, [[w.real, w.imag] for w in z], rows, columns))
write(
    "log2_det.csv",
    "kind, rho, rows, columns, log2 det(I + rho H H^H), then re, im of H row by row",
    [[k, repr(r), str(n), str(m), nstr(log2_det(r, h, n, m), 25)] + [repr(x) for z in h for x in z] for k, r, h, n, m in cases],
)
points = [x / 8 for x in range(-80, 81)] + [-37.0, -30.0, -20.0, 2.4999, 2.5001, -2.4999, -2.5001]
write("normal_cdf.csv", "x, probability", [[repr(x), nstr(erfc(-mpf(x) / sqrt(2)) / 2, 25)] for x in points])


def quantile(p):
    """Newton on the logarithm of the lower tail, which is concave: it converges from any start."""
    if p > mpf(1) / 2:
        return -quantile(1 - p)
    x = mpf(-1)
    for _ in range(200):
        tail = erfc(-x / sqrt(2)) / 2
        x -= (log(tail) - log(p)) * tail * sqrt(2 * mp.pi) * mp.exp(x * x / 2)
    assert abs(erfc(-x / sqrt(2)) / 2 / p - 1) < mpf(10) ** -50
    return x


ps = [1e-300, 1e-100, 1e-20, 1e-12, 1e-11, 1e-6, 1e-3, 0.02, 0.07, 0.0751, 0.2, 0.4, 0.5, 0.6, 0.9, 0.925, 0.93, 0.99, 0.999999]
write("normal_quantile.csv", "probability, x", [[repr(p), nstr(quantile(mpf(p)), 25)] for p in ps])
