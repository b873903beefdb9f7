#!/usr/bin/env python3
"""Writes air_and_light.json: reference values of the slant path and of the receivers, by mpmath.

    python3 air_and_light.py > air_and_light.json

Coherence and scintillation are integrals over the altitude. The share that an aperture leaves of a layer is checked
against the covariance of the irradiance over the overlap of two discs, an integral over separations.
"""

import json

from mpmath import acos, cos, erfc, exp, factorial, gamma, hyp1f1, hyp2f2, inf, mp, mpf, pi, quad, re
from mpmath import legendre, rgamma, sec, sqrt

mp.dps = 30
A56 = mpf(5) / 6
EDGES = [0, 30, 100, 300, 1000, 3000, 6000, 9000, 12000, 16000, 20000, 30000, 50000, 100000]


def gauss(n):
    """Nodes and weights of Gauss-Legendre on 0 to 1."""
    rule = []
    slope = lambda x: n * (legendre(n - 1, x) - x * legendre(n, x)) / (1 - x * x)
    for i in range(n):
        x = cos(pi * (i + mpf(3) / 4) / (n + mpf(1) / 2))
        for _ in range(8):
            x -= legendre(n, x) / slope(x)
        rule.append(((1 + x) / 2, 1 / ((1 - x * x) * slope(x) ** 2)))
    return rule


RULE = gauss(20)


def hv(h, wind=21, ground=mpf("1.7e-14")):
    return (
        mpf("0.00594") * (mpf(wind) / 27) ** 2 * (mpf("1e-5") * h) ** 10 * exp(-h / 1000)
        + mpf("2.7e-16") * exp(-h / 1500)
        + ground * exp(-h / 100)
    )


def bufton(h, ground=5):
    return ground + 30 * exp(-(((h - 9400) / mpf(4800)) ** 2))


def over(height, f):
    return quad(f, [e for e in EDGES if e < height] + [height])


def covariance(s):
    """b(s)/b(0) with s = k rho^2/4l, real part of i^(5/6) 1F1(-5/6; 1; is) less its s^(5/6) term."""
    if s == 0:
        return mpf(1)
    value = re(exp(1j * 5 * pi / 12) * hyp1f1(-A56, 1, 1j * s)) - s**A56 / gamma(1 + A56)
    return value / cos(5 * pi / 12)


def by_overlap(q):
    """(16/pi) int_0^1 b(D u) (acos u - u sqrt(1 - u^2)) u du; s = q u^2 for rho = D u, q = k D^2/4l."""
    f = lambda u: covariance(q * u * u) * (acos(u) - u * sqrt(1 - u * u)) * u
    return 16 / pi * quad(f, [mpf(k) / 8 for k in range(9)])


def layer(q):
    """The same as one hypergeometric function, or by the leading terms of its tail."""
    third = mpf(1) / 3
    c = 2 * gamma(7 * third) / (gamma(1.5) * gamma(17 * third / 2) * gamma(23 * third / 2))
    if q < 400:
        value = re(exp(1j * 5 * pi / 12) * hyp2f2(-A56, 1.5, 2, 3, 1j * q)) - c * q**A56
        return value / cos(5 * pi / 12)
    total = mpf(0)
    for a, other, first in ((-A56, mpf(1.5), 1), (mpf(1.5), -A56, 0)):
        for n in range(first, 12):
            pairs = gamma(a + n) * gamma(other - a - n) * rgamma(2 - a - n) * rgamma(3 - a - n)
            total += (-1) ** n / factorial(n) * pairs * q ** (-a - n) * cos(5 * pi / 12 + pi * (a + n) / 2)
    # The oscillating part is below q^(-13/3), 1e-8 of the whole from q = 400.
    nu = -A56 + 1.5 - 5
    total += q**nu * cos(q + pi * nu / 2 + 5 * pi / 12)
    return 2 / (gamma(-A56) * gamma(1.5)) * total / cos(5 * pi / 12)


def aperture(height, zenith, wavelength, diameter, wave, direction):
    k, s = 2 * pi / wavelength, sec(zenith)
    length = height * s

    def parts(h):
        up = h * s
        sent, left = (up, length - up) if direction == "uplink" else (length - up, up)
        if wave == "plane":
            return left, diameter
        return sent * left / length, diameter * sent / length

    def weight(h):
        return (parts(h)[0] / s) ** A56

    def averaged(h):
        fresnel, width = parts(h)
        return weight(h) * layer(k * width**2 / (4 * fresnel))

    point = over(height, lambda h: hv(h) * weight(h))
    # Even in the cube root, where ground layers are resolved, by 20 points on a tenth of each panel.
    ends = [mpf(e) ** (mpf(1) / 3) for e in EDGES if e < height] + [mpf(height) ** (mpf(1) / 3)]
    edges = [a + (b - a) * i / 10 for a, b in zip(ends, ends[1:]) for i in range(10)] + ends[-1:]
    total = mpf(0)
    for low, high in zip(edges, edges[1:]):
        for x, w in RULE:
            at = (low + (high - low) * x) ** 3
            total += (high - low) * w * 3 * at ** (mpf(2) / 3) * hv(at) * averaged(at)
    front = mpf("2.25") * k ** (mpf(7) / 6) * s ** (mpf(11) / 6)
    return front * point, total / point


def coherence(height, zenith, wavelength, direction):
    k2, s = (2 * pi / wavelength) ** 2, sec(zenith)
    share = (lambda h: h / height) if direction == "uplink" else (lambda h: 1 - h / height)
    at = lambda front, f: (front * k2 * over(height, lambda h: hv(h) * f(h))) ** (-mpf(3) / 5)
    return [
        at(mpf("0.423") * s, lambda h: 1),
        at(mpf("0.423") * s, lambda h: share(h) ** (mpf(5) / 3)),
        at(mpf("2.914") * s ** (mpf(8) / 3), lambda h: h ** (mpf(5) / 3)),
        at(mpf("2.914") * s, lambda h: bufton(h) ** (mpf(5) / 3)),
        1 / at(mpf("0.102") * s, lambda h: bufton(h) ** (mpf(5) / 3)),
    ]


def wander_down(height, divergence, waist):
    width = lambda h: waist + (height - h) * divergence / 2
    return sqrt(mpf("2.07") * over(height, lambda h: hv(h) * h * h / width(h) ** (mpf(1) / 3)))


def ppm(slots, apart, low, high):
    q = lambda x: erfc(x / sqrt(mpf(2))) / 2
    offset, slope = mpf(apart) / sqrt(mpf(low)), sqrt(mpf(high) / mpf(low))
    f = lambda x: exp(-x * x / 2) * (1 - (1 - q(offset + slope * x)) ** (slots - 1))
    peak = -offset * slope / (1 + slope**2)
    lost = -offset / slope
    cuts = sorted({peak - 12, lost, peak - 3, peak - 1, peak, peak + 1, peak + 3, peak + 12, mpf(10)})
    mp.dps = 60
    ser = quad(f, [-inf] + cuts + [inf]) / sqrt(2 * pi)
    mp.dps = 30
    return ser * slots / (2 * (mpf(slots) - 1))


def text(x):
    return mp.nstr(re(x), 17)


def main():
    for q in (mpf("0.3"), mpf(4), mpf(30)):
        assert abs(by_overlap(q) / layer(q) - 1) < mpf("1e-12"), q
    rows = {
        "about": "Generator: air_and_light.py (mpmath). Hufnagel-Valley 21 m/s, 1.7e-14; Bufton 5 m/s.",
        "coherence": [],
        "aperture": [],
        "wander_down": [],
        "ppm": [],
    }
    for height, zenith, wavelength, direction in [
        (100000, 0, "0.5e-6", "downlink"),
        (20000, 0, "1.55e-6", "uplink"),
        (20000, 1, "1.55e-6", "downlink"),
        (5000, 0.5, "0.85e-6", "uplink"),
    ]:
        values = coherence(mpf(height), mpf(zenith), mpf(wavelength), direction)
        rows["coherence"].append([height, zenith, wavelength, direction] + [text(v) for v in values])
    for height, zenith, wavelength, diameter, wave, direction in [
        (20000, 0, "1.55e-6", "0.2", "plane", "downlink"),
        (20000, 0, "1.55e-6", "0.02", "plane", "downlink"),
        (20000, 1, "0.85e-6", "0.1", "spherical", "downlink"),
        (20000, 0, "1.55e-6", "0.2", "spherical", "uplink"),
        (20000, 0.5, "1.55e-6", "2", "spherical", "uplink"),
    ]:
        values = aperture(height, mpf(zenith), mpf(wavelength), mpf(diameter), wave, direction)
        rows["aperture"].append([height, zenith, wavelength, diameter, wave, direction] + [text(v) for v in values])
    for height, divergence, waist in [(20000, "1e-4", "0"), (20000, "2e-4", "0.01"), (10000, "1e-3", "0.001")]:
        value = wander_down(mpf(height), mpf(divergence), mpf(waist))
        rows["wander_down"].append([height, divergence, waist, text(value)])
    for slots, apart, low, high in [(4, 3, 1, 1), (16, 9, 1, 2), (256, 12, 1, 25), (64, 1, 1, 1), (8, 30, 1, 4)]:
        rows["ppm"].append([slots, apart, low, high, text(ppm(slots, apart, low, high))])
    print(json.dumps(rows, indent=1))


main()
