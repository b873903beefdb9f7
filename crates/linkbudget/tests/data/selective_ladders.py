"""Responses of inverse Chebyshev, elliptic and Bessel low-passes, and element values, written as JSON.

python3 selective_ladders.py > selective_ladders.json, with SciPy 1.17 and mpmath 1.3.

responses: |H| in dB by scipy.signal (cheby2, ellip, bessel with norm="mag"; analog) at frequencies over the cut-off.
bessel_elements: ladders between RS and 1 ohm, 3 dB at 1 rad/s, by Darlington's synthesis at 60 digits.
"""
import json

import mpmath as mp
import numpy as np
from scipy import signal

W = [0.1, 0.35, 0.6, 0.8, 0.95, 1.0, 1.05, 1.3, 1.7, 2.5, 4.0]
rows = []


def add(family, order, ripple, stop, ba):
    _, h = signal.freqs_zpk(*ba, worN=np.array(W))
    rows.append({"family": family, "order": order, "ripple_db": ripple, "stopband_db": stop,
                 "loss_db": [float(-20 * np.log10(abs(x))) for x in h]})


for n in (3, 5, 7, 9, 11):
    for stop in (30, 60):
        add("inverse_chebyshev", n, None, stop, signal.cheby2(n, stop, 1, analog=True, output="zpk"))
        for ripple in (0.0436, 0.5):
            add("elliptic", n, ripple, stop, signal.ellip(n, ripple, stop, 1, analog=True, output="zpk"))
for n in range(1, 9):
    add("bessel", n, None, None, signal.bessel(n, 1, analog=True, output="zpk", norm="mag"))

mp.mp.dps = 60


def bessel(n, rs):
    """Shunt-first elements normalised to the load, zeros of reflection to the right where they can be."""
    e = [mp.factorial(2 * n - k) / (2 ** (n - k) * mp.factorial(k) * mp.factorial(n - k)) for k in range(n + 1)]
    h2 = lambda w: abs(e[0] / mp.polyval(e[::-1], mp.mpc(0, w))) ** 2
    w3 = mp.findroot(lambda w: h2(w) - mp.mpf(1) / 2, (mp.mpf("0.5"), mp.mpf(4)), solver="anderson", tol=1e-100)
    e = [c * w3 ** k for k, c in enumerate(e)]
    e = [c / e[n] for c in e]
    d = ((1 - rs) / (1 + rs)) ** 2
    q = [mp.fsum((-1) ** i * e[i] * e[2 * k - i] for i in range(max(0, 2 * k - n), min(n, 2 * k) + 1)) for k in range(n + 1)]
    q[0] = d * e[0] ** 2
    xs = []
    if d == 0:
        q, xs = q[1:], [mp.mpf(0)]
    if len(q) > 1:
        xs += mp.polyroots(q[::-1], maxsteps=500, extraprec=400)
    roots = [-mp.sqrt(x) if mp.re(mp.sqrt(x)) > 0 else mp.sqrt(x) for x in xs]
    f = [mp.mpf(1)]
    for r in roots:
        f = [(f[i - 1] if i else 0) - r * (f[i] if i < len(f) else 0) for i in range(len(f) + 1)]
    f = [mp.re(c) for c in f]
    if rs <= 1 or n % 2 == 0:
        f = [c * (-1) ** (n - k) for k, c in enumerate(f)]
    num, den = [a + b for a, b in zip(e, f)], [a - b for a, b in zip(e, f)][:n]
    out = []
    while True:
        g = num[-1] / den[-1]
        out.append(g)
        if len(den) == 1:
            break
        rest = list(num)
        for i, c in enumerate(den):
            rest[i + 1] -= g * c
        num, den = den, rest[:len(den) - 1]
    return [float(g / rs if i % 2 == 0 else g * rs) for i, g in enumerate(out)]


elements = [{"order": n, "source_ohm": rs, "elements": bessel(n, mp.mpf(rs))}
            for n in range(1, 9) for rs in (0.5, 1, 2, 50 / 73) if n % 2 or rs >= 1]
out = {"frequencies": W, "responses": rows, "bessel_elements": elements}
print("{\n" + f'"frequencies": {W},\n' + ",\n".join(
    f'"{k}": [\n' + ",\n".join(json.dumps(r) for r in out[k]) + "\n]" for k in ("responses", "bessel_elements")) + "\n}")
