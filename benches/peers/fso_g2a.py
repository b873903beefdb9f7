"""Peers of fso-g2a: each function prepares its data and returns what is timed."""
import numpy as np


def kv(orders, x):
    """SciPy's K of real order, the whole array in one call."""
    from scipy.special import kv as bessel_k

    orders, x = np.array(orders), np.array(x)
    return lambda: bessel_k(orders, x)


def share(w, r, s):
    """Share of the aperture that the footprint covers, for w above r and s between the tangencies."""
    t_r = 2 * np.arctan2(np.sqrt((r + w - s) * (s + w - r)), np.sqrt((s + r - w) * (s + w + r)))
    t_w = 2 * np.arctan2(np.sqrt((r + w - s) * (s + r - w)), np.sqrt((s + w - r) * (s + w + r)))
    area = r * r * (t_r - np.sin(2 * t_r) / 2) + w * w * (t_w - np.sin(2 * t_w) / 2)
    return area / (np.pi * r * r)


def outage(w, r, sigma, alpha, beta, tau):
    """scipy.integrate.quad twice: the distribution of the turbulence within the integral over the overlap."""
    from scipy.integrate import quad
    from scipy.special import gammainc, gammaln

    def cdf(h):
        """The mean over the factor of shape beta of the distribution of the other."""

        def integrand(u):
            y = np.exp(u)
            return np.exp(beta * (np.log(beta) + u - y) - gammaln(beta)) * gammainc(alpha, alpha * h / y)

        return quad(integrand, -30, 6, epsabs=0, epsrel=1e-11, limit=200)[0]

    def weighted(phi):
        s = w - r * np.cos(phi)
        g = share(w, r, s)
        weight = s / sigma**2 * np.exp(-(s**2) / (2 * sigma**2)) * r * np.sin(phi)
        return weight * (cdf(tau / g) if g > 0 else 1.0)

    def work():
        miss = np.exp(-((w + r) ** 2) / (2 * sigma**2))
        full = 1 - np.exp(-((w - r) ** 2) / (2 * sigma**2))
        return miss + full * cdf(tau) + quad(weighted, 0, np.pi, epsabs=0, epsrel=1e-10, limit=200)[0]

    return work


def monte_carlo(w, r, sigma, alpha, beta, tau, draws):
    """NumPy: the overlap is worked out only where it is partial."""
    rng = np.random.default_rng(1)

    def work():
        s = rng.rayleigh(sigma, draws)
        h = rng.standard_gamma(alpha, draws) * rng.standard_gamma(beta, draws) / (alpha * beta)
        h[s >= w + r] = 0.0
        partial = (s > w - r) & (s < w + r)
        h[partial] *= share(w, r, s[partial])
        return np.count_nonzero(h <= tau)

    return work
