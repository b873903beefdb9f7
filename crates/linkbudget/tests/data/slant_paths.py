"""Reference values of slant and terrestrial paths, written as JSON.

python3 slant_paths.py > slant_paths.json, with ITU-Rpy 0.4.0 and SciPy 1.17.

gas: the integral of ITU-Rpy's P.676-12 line-by-line attenuation through P.835-6's standard atmosphere (its
pressure that of the dry air, or total) along the ray that P.453's refractive index bends, by adaptive
quadrature in the altitude; rows of GHz, degrees, km, km, pressure, dB of oxygen, dB of vapour.
cloud: the specific attenuation coefficient of P.840-8 (dB/km over g/m3 of liquid), ITU-Rpy; rows of GHz, degrees
Celsius, coefficient.
terrestrial_rain: P.530-17, ITU-Rpy; rows of GHz, tilt in degrees, km, mm/h, percent of the time, dB.
"""
import json
import math
import warnings

import numpy as np
from scipy.integrate import quad

warnings.simplefilter("ignore")
import itur
from itur.models import itu530, itu676, itu840

itu676.change_version(12)
V12 = itu676._ITU676_12_()
LAYERS = [(0, 288.15, 1013.25, -6.5), (11, 216.65, 226.3226, 0), (20, 216.65, 54.74980, 1), (32, 228.65, 8.680422, 2.8),
          (47, 270.65, 1.109106, 0), (51, 270.65, 0.6694167, -2.8), (71, 214.65, 0.03956649, -2)]


def air(h, dry):
    if h <= 86:
        g = 6356.766 * h / (6356.766 + h)
        b, t0, p0, lapse = [x for x in LAYERS if g >= x[0]][-1]
        t = t0 + lapse * (g - b)
        p = p0 * math.exp(-34.1632 * (g - b) / t0) if lapse == 0 else p0 * (t0 / t) ** (34.1632 / lapse)
    else:
        t = 186.8673 if h <= 91 else 263.1905 - 76.3232 * math.sqrt(1 - ((h - 91) / 19.9429) ** 2)
        p = math.exp(95.571899 - 4.011801 * h + 6.424731e-2 * h**2 - 4.789660e-4 * h**3 + 1.340543e-6 * h**4)
    e = max(7.5 * math.exp(-h / 2) * t / 216.7, 2e-6 * p)
    return p if dry else p - e, t, e


def index(h, dry):
    p, t, e = air(h, dry)
    return 1 + 1e-6 * (77.6 * p / t + 72 * e / t + 3.75e5 * e / t**2)


def gas(f, el, low, high, dry):
    constant = index(low, dry) * (6371 + low) * math.cos(math.radians(el))

    def integrand(h, which):
        p, t, e = air(h, dry)
        gamma = float(np.squeeze(which(f, p, e * 216.7 / t, t)))
        cosine = constant / (index(h, dry) * (6371 + h))
        return gamma / math.sqrt(1 - cosine**2)

    knots = [low] + [k for k in (0.5, 1, 2, 3, 5, 8, 11.02, 15, 20.06, 25, 32.16, 40, 47.35, 51.41, 60, 71.8, 80, 86, 91)
                     if low < k < high] + [high]
    total = [0, 0]
    for i, which in enumerate((V12.gamma0_exact, V12.gammaw_exact)):
        total[i] = sum(quad(integrand, a, b, args=(which,), epsrel=1e-8, limit=60)[0] for a, b in zip(knots, knots[1:]))
    return total


out = {"gas": [], "cloud": [], "terrestrial_rain": []}
for f in (12, 22.235, 60, 94, 140):
    for el, low, high in ((90, 0, 100), (30, 0, 100), (5, 0, 100), (90, 0, 10), (45, 1.75, 12)):
        for dry in (True, False) if f == 60 else (True,):
            o, w = gas(f, el, low, high, dry)
            out["gas"].append([f, el, low, high, "dry" if dry else "total", o, w])
for f in (5, 14.25, 29, 60, 94, 190):
    for t in (-8, 0, 15):
        out["cloud"].append([f, t, float(np.squeeze(itu840.specific_attenuation_coefficients(f, t)))])
for f, tau in ((6, 90), (18, 0), (38, 90), (60, 0), (94, 0)):
    for d in (0.5, 2, 10, 30):
        for r in (5, 30, 95):
            for p in (1, 0.1, 0.01, 0.001):
                a = itu530.rain_attenuation(0, 0, d, f, 0, p=p, tau=tau, R001=r)
                out["terrestrial_rain"].append([f, tau, d, r, p, float(np.squeeze(getattr(a, "value", a)))])
print("{\n" + ",\n".join(f'"{k}": [\n' + ",\n".join(json.dumps(row) for row in v) + "\n]" for k, v in out.items()) + "\n}")
