"""Peers of linkbudget: each function prepares its data and returns what is timed."""
import numpy as np


def cascade(components, points):
    """scikit-rf: shunt capacitors and series inductors of a line of media, cascaded, seen between 50 and 73 ohm."""
    import skrf

    frequency = skrf.Frequency(1, 110, points, unit="GHz")
    media = skrf.media.DefinedGammaZ0(frequency, z0=50)

    def work():
        network = None
        for i, value in enumerate(components):
            part = media.shunt_capacitor(value) if i % 2 == 0 else media.inductor(value)
            network = part if network is None else network**part
        network.renormalize([50, 73])
        return network.s

    return work


def chain_matrices(components, points):
    """NumPy: chain matrices of real A, D and imaginary B, C over all frequencies at once, then S."""
    omega = 2 * np.pi * np.linspace(1e9, 110e9, points)
    source, load = 50.0, 73.0

    def work():
        a, b = np.ones(points), np.zeros(points)
        c, d = np.zeros(points), np.ones(points)
        for i, value in enumerate(components):
            x = omega * value
            if i % 2 == 0:
                a, c = a - b * x, c + d * x
            else:
                b, d = b + a * x, d - c * x
        denominator = a * load + d * source + 1j * (b + c * source * load)
        s = np.empty((points, 2, 2), complex)
        s[:, 0, 0] = (a * load - d * source + 1j * (b - c * source * load)) / denominator
        s[:, 1, 1] = (d * source - a * load + 1j * (b - c * source * load)) / denominator
        s[:, 0, 1] = s[:, 1, 0] = 2 * np.sqrt(source * load) / denominator
        return s

    return work


def gamma_exact(points):
    """itur, P.676-12."""
    from itur.models import itu676

    itu676.change_version(12)
    frequencies_ghz = np.linspace(1, 350, points)
    return lambda: itu676.gamma_exact(frequencies_ghz, 1013.25, 7.5, 288.15)


def touchstone(path):
    """scikit-rf, 2.2 at least: a file as it stands on the disc."""
    import skrf

    return lambda: skrf.Network(path)
