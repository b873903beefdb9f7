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


class Mkl:
    """Batches of complex single-precision transforms by MKL's own interface, one thread."""

    SINGLE, COMPLEX, OUT_OF_PLACE = 35, 32, 44
    PLACEMENT, INPUT_STRIDES, OUTPUT_STRIDES, COUNT, INPUT_DISTANCE, OUTPUT_DISTANCE = 11, 12, 13, 7, 14, 15

    def __init__(self):
        import ctypes
        from importlib.metadata import files

        self.c = ctypes
        runtime = [f for f in files("mkl") if "libmkl_rt" in f.name or f.name.startswith("mkl_rt")]
        self.library = ctypes.CDLL(str(runtime[0].locate()))

    def plan(self, length, count, strides=None):
        """Rows in place; with (input, output) strides their columns, out of place."""
        long, handle = self.c.c_long, self.c.c_void_p()
        create = self.library.DftiCreateDescriptor
        assert create(self.c.byref(handle), self.SINGLE, self.COMPLEX, long(1), long(length)) == 0

        def put(key, value):
            assert self.library.DftiSetValue(handle, key, value) == 0

        put(self.COUNT, long(count))
        distances = (length, length)
        if strides is not None:
            put(self.PLACEMENT, long(self.OUT_OF_PLACE))
            put(self.INPUT_STRIDES, (long * 2)(0, strides[0]))
            put(self.OUTPUT_STRIDES, (long * 2)(0, strides[1]))
            distances = (1, length)
        put(self.INPUT_DISTANCE, long(distances[0]))
        put(self.OUTPUT_DISTANCE, long(distances[1]))
        assert self.library.DftiCommitDescriptor(handle) == 0
        run, pointer = self.library.DftiComputeForward, self.c.c_void_p
        return lambda *memory: run(handle, *(pointer(address) for address in memory))


def range_doppler_mkl(shape):
    """Channel by channel, so that it stays in the cache: the product of both windows, MKL's range FFT in
    place, MKL's Doppler FFT over the columns into rows. The shift is left out."""
    channels, chirps, samples = shape
    x, mkl = cube(shape), Mkl()
    window = np.outer(hann(chirps), hann(samples))
    weights, parts = np.repeat(window, 2, axis=1), x.view(np.float32)
    channel = np.empty((chirps, 2 * samples), np.float32)
    out = np.empty((channels, samples, chirps), np.complex64)
    over_range, over_doppler = mkl.plan(samples, chirps), mkl.plan(chirps, samples, (samples, 1))
    places = [out[c].ctypes.data for c in range(channels)]

    def work():
        for c in range(channels):
            np.multiply(parts[c], weights, out=channel)
            over_range(channel.ctypes.data)
            over_doppler(channel.ctypes.data, places[c])
        return out

    truth = np.fft.fft2(x[-1] * window).T
    assert np.abs(work()[-1] - truth).max() < 1e-5 * np.abs(truth).max(), "the peer must find the truth"
    return work


def mti_mean(shape):
    """The mean over chirps taken from every chirp."""
    x = cube(shape)
    return lambda: x - x.mean(axis=1, keepdims=True)


def exponential(shape):
    """The noise that the Rust side draws too."""
    state, draws = 1, []
    for _ in range(shape[0] * shape[1]):
        state = (state * 1103515245 + 12345) % (1 << 31)
        draws.append(-np.log((state + 0.5) / 2147483648.0))
    return np.array(draws, dtype=np.float32).reshape(shape)


def ca_cfar(shape, train=8, guard=4, false_alarm_probability=1e-3):
    """CA-CFAR by two box filters that wrap, float32."""
    from scipy.ndimage import uniform_filter

    power = exponential(shape)
    outer, inner = 2 * (train + guard) + 1, 2 * guard + 1
    cells = outer * outer - inner * inner
    multiplier = cells * (false_alarm_probability ** (-1 / cells) - 1)

    def work():
        total = uniform_filter(power, outer, mode="wrap") * (outer * outer)
        total -= uniform_filter(power, inner, mode="wrap") * (inner * inner)
        return power > multiplier * total / cells

    return work


def os_cfar(shape, multiplier, rank, train=8, guard=4):
    """OS-CFAR by a rank filter that wraps over the training cells, float32."""
    from scipy.ndimage import rank_filter

    power = exponential(shape)
    side, inner = 2 * (train + guard) + 1, 2 * guard + 1
    footprint = np.ones((side, side), bool)
    footprint[train : train + inner, train : train + inner] = False
    return lambda: power > multiplier * rank_filter(power, rank - 1, footprint=footprint, mode="wrap")


def array_snapshots(channels, snapshots):
    """Two sources at -20 and 12 degrees on half-wavelength elements, 10 dB over the noise."""
    rng = np.random.default_rng(1)

    def normal(*shape):
        return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2)

    angles = np.radians([-20.0, 12.0])
    responses = np.exp(-1j * np.pi * np.outer(np.arange(channels), np.sin(angles)))
    return responses @ normal(2, snapshots) * np.sqrt(10) + normal(channels, snapshots)


def music(channels, snapshots, angles):
    """Covariance, eigenvectors, spectrum over all angles from the noise subspace; 2 sources."""
    x = array_snapshots(channels, snapshots)
    grid = np.radians(np.linspace(-90, 90, angles))
    steering = np.exp(-1j * np.pi * np.outer(np.sin(grid), np.arange(channels)))

    def work():
        covariance = x @ x.conj().T / snapshots
        _, vectors = np.linalg.eigh(covariance)
        noise = vectors[:, :-2]
        return 1 / np.sum(np.abs(steering.conj() @ noise) ** 2, axis=1)

    strongest = np.sort(np.degrees(grid[np.argsort(work())[-2:]]))
    assert np.allclose(strongest, [-20, 12], atol=1.1), "the peer must find the truth"
    return work


def music_pyroomacoustics(channels, snapshots, angles):
    """One frequency of pyroomacoustics' MUSIC on a row of microphones; it looks for the peaks, too."""
    import pyroomacoustics

    rate, points, bin_, speed = 16000, 64, 16, 343.0
    half_wave = speed * points / (rate * bin_) / 2
    places = np.vstack([np.arange(channels) * half_wave, np.zeros(channels)])
    azimuth = np.radians(np.linspace(0, 180, angles))
    doa = pyroomacoustics.doa.MUSIC(places, rate, points, c=speed, num_src=2, azimuth=azimuth)
    x = np.zeros((channels, points // 2 + 1, snapshots), complex)
    x[:, bin_] = array_snapshots(channels, snapshots)

    def work():
        doa.locate_sources(x, num_src=2, freq_bins=[bin_])
        return doa.azimuth_recon

    from_broadside = np.sort(np.abs(np.degrees(work()) - 90))
    assert np.allclose(from_broadside, [12, 20], atol=1.1), "the peer must find the truth"
    return work


def covariance(channels, snapshots, angles):
    x = array_snapshots(channels, snapshots)
    return lambda: x @ x.conj().T / snapshots


def eigh(channels, snapshots, angles):
    matrix = covariance(channels, snapshots, angles)()
    return lambda: np.linalg.eigh(matrix)


def unwrap(samples):
    steps = np.random.default_rng(1).uniform(-2, 2, samples)
    wrapped = np.angle(np.exp(1j * np.cumsum(steps)))
    return lambda: np.unwrap(wrapped)


def band_pass(samples, order, low_hz, high_hz, rate_hz):
    """Butterworth second-order sections, forwards and backwards, on designed coefficients."""
    sos = scipy.signal.butter(order, [low_hz, high_hz], "bandpass", fs=rate_hz, output="sos")
    x = np.random.default_rng(1).standard_normal(samples)
    return lambda: scipy.signal.sosfiltfilt(sos, x)


def range_migration(shape, step_m, start_hz, step_hz, voxels_z):
    """Range migration as textbooks have it: 2-D FFT, Stolt's interpolation (linear), 3-D inverse FFT.

    Echoes of one point, complex64, [y, x, frequency]; row by row where that saves memory traffic.
    """
    rows, columns, count = shape
    light = 299792458.0
    place = np.array([0.01, -0.02, 0.6])
    y, x = (np.arange(n) * step_m - (n - 1) / 2 * step_m for n in (rows, columns))
    k = 2 * np.pi * (start_hz + step_hz * np.arange(count)) / light
    distance = np.sqrt((x[None] - place[0]) ** 2 + (y[:, None] - place[1]) ** 2 + place[2] ** 2)
    echoes = np.exp(2j * k * distance[..., None]).astype(np.complex64)
    kx, ky = (2 * np.pi * np.fft.fftfreq(n, step_m) for n in (columns, rows))
    kz = np.linspace(2 * k[0], 2 * k[-1], count).astype(np.float32)
    step_k = k[1] - k[0]

    def work():
        spectrum = scipy.fft.fft2(echoes.conj(), axes=(0, 1), workers=1)
        planes = np.empty((rows, columns, voxels_z), np.complex64)
        for i in range(rows):
            across = (kx**2 + ky[i] ** 2).astype(np.float32)[:, None]
            at = (np.sqrt(kz**2 + across) / 2 - np.float32(k[0])) / np.float32(step_k)
            low = np.minimum(at.astype(np.int32), count - 2)
            share = at - low
            value = np.take_along_axis(spectrum[i], low, 1) * (1 - share)
            value += np.take_along_axis(spectrum[i], low + 1, 1) * share
            value[at > count - 1] = 0
            planes[i] = scipy.fft.ifft(value, axis=1, workers=1)[:, :voxels_z]
        return scipy.fft.ifft2(planes, axes=(0, 1), workers=1)

    image = np.abs(work())
    i, j, m = np.unravel_index(image.argmax(), image.shape)
    dz = 2 * np.pi / (count * float(kz[1] - kz[0]))
    assert abs(y[i] - place[1]) <= 2 * step_m and abs(x[j] - place[0]) <= 2 * step_m, "the peer must find the truth"
    assert abs(m * dz - place[2]) <= dz, "the peer must find the truth"
    return work
