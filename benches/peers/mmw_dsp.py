"""Peers of mmw-dsp: each function prepares its data and returns what is timed."""
import numpy as np
import scipy.fft
import scipy.signal


def cube(shape):
    rng = np.random.default_rng(1)
    return (rng.uniform(-1, 1, shape) + 1j * rng.uniform(-1, 1, shape)).astype(np.complex64)


def hann(n):
    return scipy.signal.get_window("hann", n).astype(np.float32)


def range_doppler(fft, shape):
    """Hann, range FFT, transpose, Hann, Doppler FFT: [channel, chirp, sample] to [channel, range, doppler].

    The shift, which ours includes, is left out.
    """
    x, w_range, w_doppler = cube(shape), hann(shape[2]), hann(shape[1])

    def work():
        y = fft(x * w_range)
        y = np.ascontiguousarray(y.transpose(0, 2, 1))
        return fft(y * w_doppler)

    return work


def range_doppler_scipy(shape):
    return range_doppler(lambda x: scipy.fft.fft(x, axis=2, workers=1), shape)


def range_doppler_scipy_overwrite(shape):
    """The temporaries may be overwritten."""
    return range_doppler(lambda x: scipy.fft.fft(x, axis=2, workers=1, overwrite_x=True), shape)


def range_doppler_numpy(shape):
    return range_doppler(lambda x: np.fft.fft(x, axis=2), shape)


def mti_mean(shape):
    """The mean over chirps taken from every chirp."""
    x = cube(shape)
    return lambda: x - x.mean(axis=1, keepdims=True)
