// Time per particle of the posterior of an ellipsoid shell, against its number of axes k and the nodes of the contour:
// for m alone O(k nodes), with C another O(k^2 nodes). Every column of a tile is the same particle, so that all take
// the same nodes; the counters say how many.
#include <benchmark/benchmark.h>

#include <cmath>

#include "sigmaflow/distribution/ellipsoid_shell.hpp"

namespace sigmaflow {
namespace {

/// Axes from 1 to `ratio`, spaced geometrically.
Eigen::VectorXd geometric_axes(int k, double ratio) {
    Eigen::VectorXd axes(k);
    for (int i = 0; i < k; ++i) axes[i] = std::pow(ratio, i / (k - 1.0));
    return axes;
}

/// `distance` times a point of the shell, and noise.
Eigen::VectorXd particle(const Eigen::VectorXd& axes, double distance, double sigma) {
    Stream stream(1, 2, 0, Purpose::test);
    Eigen::VectorXd x(axes.size());
    draw_direction(stream, x);
    x = distance * axes.cwiseProduct(x);
    if (distance == 1.0) {
        for (auto& number : x) number += sigma * stream.normal();
    }
    return x;
}

void evaluate(benchmark::State& state, const Eigen::VectorXd& axes, double distance, double sigma, const Needs& needs) {
    const auto k = static_cast<int>(axes.size());
    const EllipsoidShellDenoiser denoiser(axes, k);
    const auto workspace = denoiser.workspace();
    PosteriorTile out(k, needs);
    const Tile x = particle(axes, distance, sigma).replicate(1, kTileWidth);
    for (auto _ : state) {
        denoiser.evaluate(x, Row::Constant(sigma), needs, *workspace, out);
        benchmark::DoNotOptimize(out.mean.data());
        benchmark::ClobberMemory();
    }
    state.counters["k"] = k;
    state.counters["nodes"] = EllipsoidShellDenoiser::nodes(*workspace);
    state.counters["particles"] = kTileWidth;
}

const Needs kMean{};
const Needs kCovariance{false, false, true, false};

/// A noisy particle near the shell: about 30 nodes whatever k is.
void mean_against_axes(benchmark::State& state) {
    evaluate(state, geometric_axes(static_cast<int>(state.range(0)), 30.0), 1.0, 1.0, kMean);
}
BENCHMARK(mean_against_axes)->RangeMultiplier(2)->Range(2, 4096);

/// 32 matrices of k^2 numbers: to k = 1024.
void covariance_against_axes(benchmark::State& state) {
    evaluate(state, geometric_axes(static_cast<int>(state.range(0)), 30.0), 1.0, 1.0, kCovariance);
}
BENCHMARK(covariance_against_axes)->RangeMultiplier(2)->Range(2, 1024);

/// Places inside the shell take more nodes: the arguments are k, 1000 sigma, 1000 distance and 10 ratio.
void mean_against_nodes(benchmark::State& state) {
    const auto k = static_cast<int>(state.range(0));
    evaluate(state, geometric_axes(k, 0.1 * static_cast<double>(state.range(3))),
             1e-3 * static_cast<double>(state.range(2)), 1e-3 * static_cast<double>(state.range(1)), kMean);
}
BENCHMARK(mean_against_nodes)
    ->Args({512, 1, 1000, 15})
    ->Args({512, 32, 100, 15})
    ->Args({512, 1, 0, 15})
    ->Args({512, 128, 100, 300})
    ->Args({512, 32, 100, 300});

}  // namespace
}  // namespace sigmaflow

BENCHMARK_MAIN();
