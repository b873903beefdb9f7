"""Peers of mmw-dsp: each function prepares its data and returns what is timed."""
import numpy as np
import scipy.fft
import scipy.signal


def cube(shape):
    rng = np.random.default_rng(1)
    return (rng.uniform(-1, 1, shape) + 1j * rng.uniform(-1, 1, shape)).astype(np.complex64)


def hann(n):
    return scipy.signal.get_window("hann", n).astype(np.float32)


def range_doppler_scipy(shape):
    """Hann, range FFT, transpose, Hann, Doppler FFT: [channel, chirp, sample] to [channel, range, doppler].

    The shift, which ours includes, is left out; temporaries may be overwritten.
    """
    x, w_range, w_doppler = cube(shape), hann(shape[2]), hann(shape[1])

    def work():
        y = scipy.fft.fft(x * w_range, axis=2, overwrite_x=True, workers=1)
        y = np.ascontiguousarray(y.transpose(0, 2, 1))
        y *= w_doppler
        return scipy.fft.fft(y, axis=2, overwrite_x=True, workers=1)

    return work


def range_doppler_numpy(shape):
    """The same with numpy.fft."""
    x, w_range, w_doppler = cube(shape), hann(shape[2]), hann(shape[1])

    def work():
        y = np.fft.fft(x * w_range, axis=2)
        y = np.ascontiguousarray(y.transpose(0, 2, 1))
        y *= w_doppler
        return np.fft.fft(y, axis=2)

    return work


def mti_mean(shape):
    """The mean over chirps taken from every chirp."""
    x = cube(shape)
    return lambda: x - x.mean(axis=1, keepdims=True)
