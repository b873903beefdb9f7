"""Writes butterworth.csv: python3 butterworth.py > butterworth.csv (scipy.signal.butter and sosfiltfilt, %.17g)."""
import numpy as np
import scipy
from scipy.signal import butter, sosfiltfilt

CASES = [(4, 0.8, 2.5, 20.0), (4, 0.1, 0.6, 20.0), (3, 0.8, 2.5, 20.0), (1, 5.0, 40.0, 100.0), (2, 30.0, 400.0, 1000.0),
         (6, 0.8, 2.5, 10.0)]
SAMPLES = 8000
PLACES = range(3000, 5000, 97)


def signal(n):
    """Sinusoids that no rounding of the sine can tell apart, an offset, a trend, and a sawtooth of integers."""
    i = np.arange(n)
    return 2.0 + 1e-3 * i + np.sin(0.0785 * i) + 0.3 * np.cos(0.377 * i + 1.0) + 0.01 * (i * 37 % 101)


print(f"# generator: butterworth.py with scipy {scipy.__version__}; order, edges, rate, then the output at 3000, 3097, …")
print("# tolerance 1e-10 of the largest input: 3000 samples from the ends the extensions are forgotten")
for order, low, high, rate in CASES:
    sos = butter(order, [low, high], "bandpass", fs=rate, output="sos")
    y = sosfiltfilt(sos, signal(SAMPLES))
    print(",".join(str(v) for v in (order, low, high, rate)) + "," + ",".join("%.17g" % y[k] for k in PLACES))
