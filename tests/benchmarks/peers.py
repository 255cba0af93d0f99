"""The posterior of N points as an expert writes it in NumPy and PyTorch: one softmax and matrix products, double, all cores.
Prints JSON: seconds of every case, the fastest of some repetitions. Called by tests/benchmarks/compare."""

import json
import sys
import time

import numpy

CASES = json.loads(sys.argv[1])  # lists of what, N, d, P
SIGMA = 1.0
LEAST_SECONDS = 0.3


def fastest(work):
    best, spent, rounds = float("inf"), 0.0, 0
    while spent < LEAST_SECONDS or rounds < 2:
        begin = time.perf_counter()
        work()
        took = time.perf_counter() - begin
        best, spent, rounds = min(best, took), spent + took, rounds + 1
    return best


def data(count, dim, particles):
    random = numpy.random.default_rng(1)
    points = random.standard_normal((count, dim))
    return points, points[numpy.arange(particles) % count] + SIGMA * random.standard_normal((particles, dim))


def with_torch(what, points, x):
    import torch

    y, x = torch.from_numpy(points), torch.from_numpy(x)
    i, j = torch.tril_indices(y.shape[1], y.shape[1])
    table = y[:, i] * y[:, j] if what != "mean" else None

    def weights():
        return torch.softmax((x @ y.T - 0.5 * (y * y).sum(1)) / SIGMA**2, dim=1)

    def covariance_by_table(w, m):
        packed = w @ table - m[:, i] * m[:, j]
        out = torch.empty(x.shape[0], y.shape[1], y.shape[1], dtype=torch.float64)
        out[:, i, j] = packed
        out[:, j, i] = packed
        return out

    def covariance_by_einsum(w, m):
        return torch.einsum("pn,ni,nj->pij", w, y, y) - m[:, :, None] * m[:, None, :]

    def run(covariance):
        w = weights()
        m = w @ y
        if what == "mean":
            return m
        c = covariance(w, m)
        return torch.linalg.eigvalsh(c) if what == "spectrum" else c

    ways = [None] if what == "mean" else [covariance_by_table, covariance_by_einsum]
    return min(fastest(lambda: run(way)) for way in ways)


def with_numpy(what, y, x):
    from scipy.special import softmax

    i, j = numpy.tril_indices(y.shape[1])
    table = y[:, i] * y[:, j] if what != "mean" else None

    def run():
        w = softmax((x @ y.T - 0.5 * (y * y).sum(1)) / SIGMA**2, axis=1)
        m = w @ y
        if what == "mean":
            return m
        out = numpy.empty((x.shape[0], y.shape[1], y.shape[1]))
        out[:, i, j] = out[:, j, i] = w @ table - m[:, i] * m[:, j]
        return numpy.linalg.eigvalsh(out) if what == "spectrum" else out

    return fastest(run)


def main():
    out = []
    for what, count, dim, particles in CASES:
        points, x = data(count, dim, particles)
        out.append({"torch": with_torch(what, points, x), "numpy": with_numpy(what, points, x)})
    json.dump(out, sys.stdout)


if __name__ == "__main__":
    main()
