#include <Spectra/SymEigsSolver.h>
#include <algorithm>
#include <stdexcept>

#include "sigmaflow/numerics/random.hpp"
#include "sigmaflow/stability/high_dimension.hpp"

namespace sigmaflow {
namespace {

constexpr double kTolerance = 1e-10;
constexpr int kMostRestarts = 1000;
constexpr StreamKey kFixedStart{0x6c61'6e63, 0x7a6f};

/// I + C / sigma^2 as Spectra wants it: where few points count C has a small rank, and the many zeros would be
/// eigenvalues without a scale.
class ShiftedCovariance {
  public:
    using Scalar = double;

    ShiftedCovariance(const PosteriorAt& posterior, double sigma)
        : posterior_(posterior), variance_(sigma * sigma), in_(posterior.mean.size()), out_(posterior.mean.size()) {}

    [[nodiscard]] Eigen::Index rows() const { return in_.size(); }
    [[nodiscard]] Eigen::Index cols() const { return in_.size(); }
    void perform_op(const double* in, double* out) const {
        in_ = Eigen::Map<const Eigen::VectorXd>(in, rows());
        posterior_.covariance_times(in_, out_);
        Eigen::Map<Eigen::VectorXd>(out, rows()) = in_ + out_ / variance_;
    }

  private:
    const PosteriorAt& posterior_;
    double variance_;
    mutable Eigen::VectorXd in_;
    mutable Eigen::VectorXd out_;
};

}  // namespace

EigenPairs softest_eigenpairs(const PosteriorAt& posterior, double sigma, int k) {
    ShiftedCovariance product(posterior, sigma);
    const Eigen::Index d = product.rows();
    const Eigen::Index basis = std::min<Eigen::Index>(d, std::max(2 * k + 1, 20));
    Spectra::SymEigsSolver<ShiftedCovariance> solver(product, k, basis);
    Eigen::VectorXd start(d);
    Stream stream = kFixedStart.stream(0, Purpose::probes);
    for (double& number : start) number = stream.normal();
    solver.init(start.data());
    solver.compute(Spectra::SortRule::LargestAlge, kMostRestarts, kTolerance, Spectra::SortRule::LargestAlge);
    if (solver.info() != Spectra::CompInfo::Successful) {
        throw std::runtime_error("the Lanczos method did not converge");
    }
    return {2.0 - solver.eigenvalues().array(), solver.eigenvectors()};
}

}  // namespace sigmaflow
