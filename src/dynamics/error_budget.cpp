#include "sigmaflow/dynamics/error_budget.hpp"

#include "sigmaflow/dynamics/closed_forms.hpp"
#include "sigmaflow/dynamics/embedded_pairs.hpp"

namespace sigmaflow {
namespace {

constexpr Tolerances kTight{.relative = 1e-11, .absolute = 1e-13, .max_steps = 1000000};

History history_for(const Solver& solver, const StateLayout& layout) {
    const SolverTraits traits = solver.traits();
    return {traits.stages, traits.memory, traits.numbers, layout.rows()};
}

}  // namespace

std::unique_ptr<Solver> ErrorBudget::reference(const Distribution& law) {
    if (law.gaussian() != nullptr || law.line() != nullptr) return std::make_unique<ExactSolver>();
    return std::make_unique<AdaptiveSolver>(dormand_prince(), kTight);
}

double ErrorBudget::evaluations(const Distribution& law, const std::vector<double>& sigmas) {
    return reference(law)->evaluations(sigmas);
}

ErrorBudget::ErrorBudget(const Distribution& law, int levels)
    : solver_(reference(law)),
      flow_(law, {}),
      tangent_flow_(law, {.tangents = law.dim()}),
      history_(history_for(*solver_, flow_.layout())),
      tangent_history_(history_for(*solver_, tangent_flow_.layout())),
      exact_(flow_.layout()),
      step_(tangent_flow_.layout()),
      before_(Tile::Zero(law.dim(), kTileWidth)),
      total_(before_),
      carried_(before_),
      contributions_(static_cast<std::size_t>(levels), before_),
      axes_(kTileWidth, Eigen::MatrixXd::Zero(law.dim(), law.dim())),
      spectrum_(law.dim()) {}

void ErrorBudget::start(const State& state) {
    before_ = state.x();
    exact_.x() = before_;
    exact_.sigma = state.sigma;
    exact_.status.fill(ParticleStatus::ok);
    history_.clear();
    for (auto& contribution : contributions_) contribution.setZero();
}

void ErrorBudget::step(const State& state, int level) {
    const int dim = step_.layout.dim;
    step_.sigma = exact_.sigma;
    step_.status = state.status;
    step_.x() = before_;
    step_.z.bottomRows(step_.layout.tangent_rows()).setZero();
    for (int j = 0; j < dim; ++j) step_.z.row(step_.layout.tangents() + j * dim + j).setOnes();
    tangent_history_.clear();
    advance(*solver_, tangent_flow_, state.sigma[0], tangent_history_, step_);
    for (int past = 0; past <= level; ++past) carry(contributions_[static_cast<std::size_t>(past)]);
    contributions_[static_cast<std::size_t>(level)] += state.x() - step_.x();
    advance(*solver_, flow_, state.sigma[0], history_, exact_);
    before_ = state.x();
}

void ErrorBudget::carry(Tile& vectors) {
    const int dim = step_.layout.dim;
    carried_.setZero();
    for (int j = 0; j < dim; ++j) {
        for (int i = 0; i < dim; ++i) {
            const auto slope = step_.z.row(step_.layout.tangents() + j * dim + i).array();
            carried_.row(i).array() += slope * vectors.row(j).array();
        }
    }
    vectors = carried_;
}

void ErrorBudget::orient(const PosteriorTile& posterior) {
    total_.setZero();
    for (const auto& contribution : contributions_) total_ += contribution;
    for (int c = 0; c < kTileWidth; ++c) {
        const auto n = static_cast<std::size_t>(c);
        axes_[n] = spectrum_.eigenvectors(posterior.covariance[n]).rowwise().reverse();  // J falls as C rises
        for (Eigen::Index k = 0; k < axes_[n].cols(); ++k) {
            if (axes_[n].col(k).dot(total_.col(c)) < 0.0) axes_[n].col(k) *= -1.0;
        }
    }
}

void ErrorBudget::along(const Tile& vectors, Eigen::Ref<Tile> out) const {
    for (int c = 0; c < kTileWidth; ++c) {
        const Eigen::MatrixXd& axes = axes_[static_cast<std::size_t>(c)];
        for (Eigen::Index k = 0; k < axes.cols(); ++k) out(k, c) = axes.col(k).dot(vectors.col(c));
    }
}

void ErrorBudget::measured(Eigen::Ref<Tile> out) const { along(before_ - exact_.x(), out); }

void ErrorBudget::predicted(Eigen::Ref<Tile> out) const { along(total_, out); }

void ErrorBudget::contribution(int level, Eigen::Ref<Tile> out) const {
    along(contributions_[static_cast<std::size_t>(level)], out);
}

}  // namespace sigmaflow
