"""Peers of snr-quantile: each function prepares its data and returns what is timed, from the raw samples on."""
import numpy as np


def bpsk(samples, snr_db):
    """BPSK in white noise, unit power."""
    rng = np.random.default_rng(1)
    snr = 10 ** (snr_db / 10)
    symbols = np.where(rng.random(samples) < 0.5, -1.0, 1.0)
    return (np.sqrt(snr) * symbols + rng.standard_normal(samples)) / np.sqrt(1 + snr)


def quartic(samples, snr_db):
    """Sort-and-dot: the squares over their mean, sorted, times Gram weights over the window of 80 %."""
    x = bpsk(samples, snr_db)
    first = max(round(0.1 * samples), 1)
    n = samples + 1 - 2 * first
    t = np.arange(n) - (n - 1) / 2
    weights = t**4 - (3 * n**2 - 13) / 14 * t**2 + 3 * (n**2 - 1) * (n**2 - 9) / 560
    weights *= samples**4 / (n * (n**2 - 1.0) * (n**2 - 4.0) * (n**2 - 9.0) * (n**2 - 16.0) / 44100)

    def work():
        y = x * x
        y /= y.mean()
        y.sort()
        return np.dot(weights, y[first - 1 : first - 1 + n])

    exact = 29.557 / (1 + 10 ** (snr_db / 10))
    # At 10 dB and 200 samples the coefficient strays by 1.74 times its mean.
    assert abs(work() / exact - 1) < 5 * 1.74 * np.sqrt(200 / samples), "the peer must find the coefficient"
    return work


def l_statistic(samples, snr_db):
    """Sort-and-dot: the magnitudes over their rms, sorted, times weights over all; no pilot, no calibration."""
    x = bpsk(samples, snr_db)
    weights = np.linspace(1, -1, samples) / samples

    def work():
        r = np.abs(x)
        r /= np.sqrt(np.dot(x, x) / samples)
        r.sort()
        return np.dot(weights, r)

    return work


def m2m4(samples, snr_db):
    x = bpsk(samples, snr_db)

    def work():
        y = x * x
        m2, m4 = y.mean(), np.dot(y, y) / samples
        s2 = np.sqrt(0.5 * (3 * m2 * m2 - m4))
        return s2 / (m2 - s2)

    assert abs(10 * np.log10(work()) - snr_db) < 3
    return work


def ml(samples, snr_db):
    """Maximum likelihood by expectation-maximisation from mean |x|, three iterations: fewer than it needs."""
    x = bpsk(samples, snr_db)

    def work():
        r = np.abs(x)
        power = np.dot(x, x) / samples
        s = r.mean()
        for _ in range(3):
            s = np.dot(r, np.tanh(s / (power - s * s) * r)) / samples
        return s * s / (power - s * s)

    assert abs(10 * np.log10(work()) - snr_db) < 3
    return work
