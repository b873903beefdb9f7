"""Peers of mimo-gscm: each function prepares its data and returns what is timed."""
import numpy as np

C = 299792458.0


def direct(antennas, departures, arrivals, delays, magnitudes, phases, carrier, bandwidth, bins, **_):
    """The sum over paths, written out: what each peer is checked against. `[bin, rx, tx]`."""
    x = np.array(antennas)
    receive = np.exp(2j * np.pi * carrier / C * np.array(arrivals) @ x.T)
    transmit = np.exp(2j * np.pi * carrier / C * np.array(departures) @ x.T)
    gain = np.array(magnitudes) * np.exp(1j * np.array(phases))
    f = np.linspace(0, bandwidth, bins)
    waves = np.exp(-2j * np.pi * np.outer(f, delays))
    return np.einsum("fp,p,pr,pt->frt", waves, gain, receive, transmit)


def response_numpy(**paths):
    """Steering vectors, phases and one matrix product, `[bin, rx, tx]`."""
    x = np.array(paths["antennas"]).T * (2j * np.pi * paths["carrier"] / C)
    arrivals, departures = np.array(paths["arrivals"]), np.array(paths["departures"])
    delays = np.array(paths["delays"])
    gain = np.array(paths["magnitudes"]) * np.exp(1j * np.array(paths["phases"]))
    f = -2j * np.pi * np.linspace(0, paths["bandwidth"], paths["bins"])
    n = x.shape[1]

    def work():
        receive, transmit = np.exp(arrivals @ x), np.exp(departures @ x) * gain[:, None]
        matrices = (receive[:, :, None] * transmit[:, None, :]).reshape(-1, n * n)
        return (np.exp(np.outer(f, delays)) @ matrices).reshape(-1, n, n)

    assert np.allclose(work(), direct(**paths), atol=1e-9)
    assert np.isclose(np.sum(np.abs(work()[0]) ** 2), paths["power"]), "the two sides must agree"
    return work


def response_quadriga(**paths):
    """quadriga-lib: coefficients of plane waves, then the response at the carriers.

    Its delays are those of each pair of antennas; at the first carrier both models are the same.
    """
    import quadriga_lib

    array = quadriga_lib.arrayant.generate("omni")
    positions = np.asfortranarray(np.array(paths["antennas"]).T)
    n = positions.shape[1]
    for name in ("e_theta_re", "e_theta_im", "e_phi_re", "e_phi_im"):
        array[name] = np.asfortranarray(np.repeat(array[name], n, axis=2))
    array["element_pos"] = positions
    array["coupling_re"], array["coupling_im"] = np.eye(n, order="F"), np.zeros((n, n), order="F")

    def angles(directions):
        x, y, z = np.array(directions).T
        return np.arctan2(y, x), np.arcsin(z)

    (aod, eod), (aoa, eoa) = angles(paths["departures"]), angles(paths["arrivals"])
    length = C * np.array(paths["delays"])
    gain = np.array(paths["magnitudes"]) ** 2
    # The phase of the way is part of our gain, so it is taken out here.
    turn = np.array(paths["phases"]) + 2 * np.pi * paths["carrier"] / C * length
    polarisation = np.zeros((8, length.size), order="F")
    polarisation[0], polarisation[1] = np.cos(turn), np.sin(turn)
    polarisation[6], polarisation[7] = -polarisation[0], -polarisation[1]
    zero = np.zeros(3)
    far = np.array([0.0, 900.0, 0.0])
    grid = np.linspace(0, 1, paths["bins"])

    def work():
        re, im, delays, *_ = quadriga_lib.arrayant.get_channels_planar(
            array, array, aod, eod, aoa, eoa, gain, length, polarisation, zero, zero, far, zero,
            center_freq=paths["carrier"], use_absolute_delays=True,
        )
        return quadriga_lib.channel.baseband_freq_response(
            coeff_re=[re], coeff_im=[im], delay=[delays], bandwidth=paths["bandwidth"], pilot_grid=grid,
            remove_delay_phase=False,
        )

    h = np.moveaxis(np.squeeze(work()), 2, 0)
    exact = direct(**paths)
    # Its phases are single precision; the antennas' own delays show at the end of the band only.
    assert np.allclose(np.abs(h[0]), np.abs(exact[0]), atol=2e-3), np.abs(np.abs(h[0]) - np.abs(exact[0])).max()
    assert np.isclose(np.sum(np.abs(h[0]) ** 2), paths["power"], rtol=1e-2), "the two sides must agree"
    return work


def rayleigh(matrices, n):
    rng = np.random.default_rng(1)
    h = rng.standard_normal((matrices, n, n)) + 1j * rng.standard_normal((matrices, n, n))
    return h / np.sqrt(2)


def log_det_cholesky(matrices, n, snr):
    h, one = rayleigh(matrices, n), np.eye(n)

    def work():
        factor = np.linalg.cholesky(one + snr / n * (h @ h.conj().swapaxes(1, 2)))
        return 2 * np.log2(np.diagonal(factor, axis1=1, axis2=2).real).sum(axis=1)

    return work


def log_det_slogdet(matrices, n, snr):
    h, one = rayleigh(matrices, n), np.eye(n)
    return lambda: np.linalg.slogdet(one + snr / n * (h @ h.conj().swapaxes(1, 2)))[1] / np.log(2)
