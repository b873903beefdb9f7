"""Writes windows.csv: python3 windows.py > windows.csv (scipy.signal.get_window, %.17g)."""
import scipy
from scipy.signal import get_window

CASES = [
    ("rectangular", "boxcar"), ("hann", "hann"), ("hamming", "hamming"),
    ("blackman-harris", "blackmanharris"), ("kaiser:8.6", ("kaiser", 8.6)), ("kaiser:0", ("kaiser", 0.0)),
    ("taylor:4:30", ("taylor", 4, 30)), ("taylor:7:55.5", ("taylor", 7, 55.5)),
    ("chebyshev:50", ("chebwin", 50)), ("chebyshev:80", ("chebwin", 80)),
]
print(f"# generator: windows.py with scipy {scipy.__version__}; name, periodic or symmetric, n, weights")
print("# tolerance 1e-13: both sides round in the last places, largest in the Chebyshev transform")
for name, window in CASES:
    for n in (1, 2, 7, 16, 33):
        for kind, fftbins in (("periodic", True), ("symmetric", False)):
            weights = get_window(window, n, fftbins=fftbins)
            print(",".join([name, kind, str(n)] + ["%.17g" % w for w in weights]))
