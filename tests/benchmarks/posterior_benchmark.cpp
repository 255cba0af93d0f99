// Posterior of N points in d dimensions for P particles on all cores: m, with C, with its spectrum; and what the
// machine can do at most: double matrix products and vector exponentials. The argument list is N, d, P.
#include <benchmark/benchmark.h>
#include <omp.h>

#include <Eigen/Core>
#include <cmath>
#include <memory>
#include <vector>

#include "sigmaflow/distribution/isotropic_cloud.hpp"
#include "sigmaflow/numerics/decompositions.hpp"
#include "sigmaflow/numerics/exponential.hpp"
#include "sigmaflow/numerics/random.hpp"
#include "sigmaflow/numerics/reproducible.hpp"

#ifdef SIGMAFLOW_HAS_OPENBLAS
extern "C" {
void openblas_set_num_threads(int);
void cblas_dgemm(int, int, int, int, int, int, double, const double*, int, const double*, int, double, double*, int);
}
#endif

namespace sigmaflow {
namespace {

constexpr double kSigma = 1.0;  // of the points' own size: matrix products are accurate there

/// N points of N(0, I); particles are points with noise.
struct Cloud {
    Cloud(int count, int dim, int particles) : points(dim, count), x(dim, particles) {
        Stream stream(1, 2, 0, Purpose::test);
        for (auto& number : points.reshaped()) number = stream.normal();
        for (int p = 0; p < particles; ++p) {
            for (int i = 0; i < dim; ++i) x(i, p) = points(i, p % count) + kSigma * stream.normal();
        }
        law = std::make_unique<IsotropicCloud>(Eigen::Map<const Eigen::MatrixXd>(points.data(), dim, count),
                                               Eigen::VectorXd::Ones(count));
    }

    Eigen::MatrixXd points;
    Eigen::MatrixXd x;
    std::unique_ptr<IsotropicCloud> law;
};

enum class What { mean, covariance, spectrum };

void evaluate(benchmark::State& state, What what) {
    pin_numerics();
    const auto count = static_cast<int>(state.range(0));
    const auto dim = static_cast<int>(state.range(1));
    const auto particles = static_cast<int>(state.range(2));
    const Cloud cloud(count, dim, particles);
    const Needs needs{.covariance = what != What::mean};
    const int tiles = (particles + kTileWidth - 1) / kTileWidth;
    double checksum = 0.0;
    for (auto _ : state) {
#pragma omp parallel reduction(+ : checksum)
        {
            const auto workspace = cloud.law->posterior().workspace();
            PosteriorTile out(dim, needs);
            SymmetricSpectrum spectrum(dim);
            Tile x(dim, kTileWidth);
#pragma omp for schedule(dynamic)
            for (int tile = 0; tile < tiles; ++tile) {
                for (int c = 0; c < kTileWidth; ++c) x.col(c) = cloud.x.col((tile * kTileWidth + c) % particles);
                cloud.law->posterior().evaluate(x, Row::Constant(kSigma), needs, *workspace, out);
                checksum += out.mean.sum();
                if (what != What::spectrum) continue;
                for (const auto& covariance : out.covariance) checksum += spectrum.eigenvalues(covariance)[0];
            }
        }
    }
    benchmark::DoNotOptimize(checksum);
    state.counters["pairs"] = static_cast<double>(count) * particles;
    state.counters["particles"] = particles;
}

void mean(benchmark::State& state) { evaluate(state, What::mean); }
void covariance(benchmark::State& state) { evaluate(state, What::covariance); }
void spectrum(benchmark::State& state) { evaluate(state, What::spectrum); }

BENCHMARK(mean)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->Args({100, 2, 256})
    ->Args({100, 2, 4096})
    ->Args({100, 2, 20000})
    ->Args({1000, 2, 256})
    ->Args({1000, 2, 4096})
    ->Args({1000, 2, 20000})
    ->Args({1000, 16, 256})
    ->Args({1000, 16, 4096})
    ->Args({1000, 16, 20000})
    ->Args({10000, 64, 256})
    ->Args({10000, 64, 4096})
    ->Args({5000, 784, 256})
    ->Args({5000, 784, 1024});
BENCHMARK(covariance)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->Args({100, 2, 4096})
    ->Args({1000, 2, 4096})
    ->Args({1000, 16, 4096})
    ->Args({1000, 64, 256});
BENCHMARK(spectrum)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->Args({100, 2, 4096})
    ->Args({1000, 16, 4096})
    ->Args({1000, 64, 256});

/// Exponentials on all cores, of numbers in the first cache.
template <class Exponential>
void exponentials(benchmark::State& state, Exponential exponential) {
    constexpr int kCount = 1024;
    constexpr int kRounds = 2000;
    for (auto _ : state) {
#pragma omp parallel
        {
            Eigen::ArrayXd in = Eigen::ArrayXd::LinSpaced(kCount, -30.0, 0.0);
            Eigen::ArrayXd out(kCount);
            for (int round = 0; round < kRounds; ++round) {
                exponential(in.data(), out.data(), kCount);
                benchmark::DoNotOptimize(out.data());
                benchmark::ClobberMemory();
            }
        }
    }
    state.counters["exps"] = static_cast<double>(kCount) * kRounds * omp_get_max_threads();
}

void exp_of_this_project(benchmark::State& state) {
    exponentials(state, [](const double* in, double* out, int count) {
        for (int i = 0; i < count; ++i) out[i] = exp_of_nonpositive(in[i]);
    });
}
void exp_of_eigen(benchmark::State& state) {
    exponentials(state, [](const double* in, double* out, int count) {
        Eigen::Map<Eigen::ArrayXd>(out, count) = Eigen::Map<const Eigen::ArrayXd>(in, count).exp();
    });
}
BENCHMARK(exp_of_this_project)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(exp_of_eigen)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Square products on all cores, one per thread.
template <class Product>
void products(benchmark::State& state, Product product) {
    constexpr int kSize = 384;
    constexpr int kRounds = 4;
    for (auto _ : state) {
#pragma omp parallel
        {
            const Eigen::MatrixXd a = Eigen::MatrixXd::Constant(kSize, kSize, 0.5);
            const Eigen::MatrixXd b = Eigen::MatrixXd::Constant(kSize, kSize, 0.25);
            Eigen::MatrixXd c(kSize, kSize);
            for (int round = 0; round < kRounds; ++round) {
                product(a, b, c);
                benchmark::DoNotOptimize(c.data());
                benchmark::ClobberMemory();
            }
        }
    }
    state.counters["flops"] = 2.0 * kSize * kSize * kSize * kRounds * omp_get_max_threads();
}

void product_of_eigen(benchmark::State& state) {
    products(state,
             [](const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, Eigen::MatrixXd& c) { c.noalias() = a * b; });
}
BENCHMARK(product_of_eigen)->UseRealTime()->Unit(benchmark::kMillisecond);

#ifdef SIGMAFLOW_HAS_OPENBLAS
void product_of_openblas(benchmark::State& state) {
    openblas_set_num_threads(1);
    constexpr int kColumnMajor = 102;
    constexpr int kAsItIs = 111;
    products(state, [](const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, Eigen::MatrixXd& c) {
        const auto n = static_cast<int>(a.rows());
        cblas_dgemm(kColumnMajor, kAsItIs, kAsItIs, n, n, n, 1.0, a.data(), n, b.data(), n, 0.0, c.data(), n);
    });
}
BENCHMARK(product_of_openblas)->UseRealTime()->Unit(benchmark::kMillisecond);
#endif

}  // namespace
}  // namespace sigmaflow

BENCHMARK_MAIN();
