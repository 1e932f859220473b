"""The problems of the benchmark; the same numbers, to the last bit, as bench/problem.mjs."""

import numpy as np


def uniform(stream, *shape):
    """Numbers in (-1, 1) by hashing their index: 32-bit integers, so every language gets the same."""
    with np.errstate(over="ignore"):
        h = np.arange(int(np.prod(shape)), dtype=np.uint32) + np.uint32(stream) * np.uint32(0x9E3779B9)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        h = h ^ (h >> np.uint32(16))
    return ((h.astype(np.float64) + 0.5) / 2**31 - 1).reshape(shape)


def multilayer(widths, count):
    """Layers (W, b), inputs (count x widths[0]) and targets (count x widths[-1])."""
    layers = []
    for k, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        weights = uniform(10 + 2 * k, inputs, outputs) * np.sqrt(3 / inputs)
        layers.append((weights, uniform(11 + 2 * k, outputs) * 0.1))
    return layers, uniform(1, count, widths[0]) * np.sqrt(3), uniform(2, count, widths[-1])


def sine(x):
    """Within 1e-10 by sums and products alone, whose bits are the same in every language, for |x| below 1e6."""
    angle = x - np.floor(x / (2 * np.pi) + 0.5) * (2 * np.pi)
    total = 1.0
    for k in range(26, 0, -2):
        total = 1 - ((angle * angle) / (k * (k + 1))) * total
    return angle * total


def waves(widths, count):
    """A net without randomness, as bench/problem.mjs has it: layers (W, b), inputs and targets as above."""
    layers = []
    for l, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        i, k = np.arange(outputs, dtype=float)[None, :], np.arange(inputs, dtype=float)[:, None]
        weights = sine(1 + 0.37 * i * k + 0.11 * i * i + l + 0.5 * k) * np.sqrt(3 / inputs)
        layers.append((weights, np.zeros(outputs)))
    i, k = np.arange(count, dtype=float)[:, None], np.arange(widths[0], dtype=float)[None, :]
    return layers, sine(1 + 0.7 * i * k + 0.3 * i * i + np.pi / 2), sine(1.3 * i)


def exclusive_or(width, count, dimension=30):
    """W, a of a two-layer net without bias, inputs on the hypercube, and the product of two bits as targets."""
    weights = uniform(10, width, dimension) * (3 / np.sqrt(dimension))
    output = uniform(11, width) * (3 / np.sqrt(width))
    inputs = np.sign(uniform(1, count, dimension))
    return weights, output, inputs, inputs[:, 0] * inputs[:, 1]


def batches(count, size, steps):
    """Indices of the samples (steps x size), drawn with replacement."""
    return np.minimum(((uniform(3, steps, size) + 1) / 2 * count).astype(np.int64), count - 1)
