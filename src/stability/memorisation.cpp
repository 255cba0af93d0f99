#include "sigmaflow/stability/memorisation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace sigmaflow {
namespace {

// Particles beyond those of any training set.
constexpr std::int64_t kHeldOut = std::int64_t{1} << 40;
constexpr std::int64_t kTrainingNoise = std::int64_t{2} << 40;
constexpr std::int64_t kSet = std::int64_t{3} << 40;  // particles of one training set and what it is tested on

/// Every point a class of its own, so that the weights are probabilities of classes.
std::unique_ptr<IsotropicCloud> empirical_law(const Distribution& law, const StreamKey& key, std::int64_t begin,
                                              int points) {
    CloudLaw cloud{Eigen::MatrixXd(law.dim(), points), Eigen::VectorXd::Ones(points)};
    Tile tile;
    for (int first = 0; first < points; first += kTileWidth) {
        const int count = std::min(kTileWidth, points - first);
        law.sample(key, {begin + first, count}, tile);
        cloud.points.middleCols(first, count) = tile.leftCols(count);
    }
    for (int k = 0; k < points; ++k) {
        cloud.labels.classes.push_back(std::to_string(k));
        cloud.labels.of_point.push_back(k);
    }
    return std::make_unique<IsotropicCloud>(std::move(cloud));
}

const Distribution& checked(const Distribution& law) {
    if (law.posterior().capabilities().log_density) return law;
    throw std::logic_error("memorisation is measured against the log density of the law, which it does not know");
}

/// All training points equally often, or the first `draws` of them.
int training_draws(int points, int draws) { return draws <= points ? draws : (draws + points - 1) / points * points; }

constexpr Needs kAll{.log_density = true, .trace = true};

}  // namespace

Memorisation::Memorisation(const Distribution& law, const StreamKey& key, int points, int draws, int set)
    : law_(&checked(law)),
      empirical_(empirical_law(law, key, set * kSet, points)),
      held_out_(law, key, set * kSet + kHeldOut, draws),
      training_(empirical_->points(), key, set * kSet + kTrainingNoise, training_draws(points, draws)),
      law_workspace_(law.posterior().workspace()),
      workspace_(empirical_->posterior().workspace()),
      true_posterior_(law.dim(), {.log_density = true}),
      posterior_(law.dim(), kAll),
      weights_(points, kTileWidth) {}

void Memorisation::evaluate(const Tile& x, double sigma, const Needs& needs) {
    empirical_->posterior().evaluate(x, Row::Constant(sigma), needs, *workspace_, posterior_);
}

MeanEstimate Memorisation::clean_likelihood(const MarginalDraws& draws, double sigma) {
    return draws.average(0.0, [&](const MarginalDraws::Piece&, const Tile& x0) {
        evaluate(x0, sigma, {.log_density = true});
        return posterior_.log_density;
    });
}

/// Divergence and Fisher divergence. Where all densities are within a factor e of each other, r - 1 with r = p_N / p is
/// taken off: it is bounded there, its mean is 0, and r - 1 - ln r >= 0 is of second order in the difference. Elsewhere
/// its rare large values would be missed.
void Memorisation::compare(double sigma, MemorisationLevel& out) {
    SampleMean plain;
    SampleMean close;
    SampleMean fisher;
    double farthest = 0.0;
    Tile x;
    for (const auto& piece : held_out_.pieces()) {
        x = piece.x0 + sigma * piece.noise;
        law_->posterior().evaluate(x, Row::Constant(sigma), {.log_density = true}, *law_workspace_, true_posterior_);
        evaluate(x, sigma, {.log_density = true});
        const Row log_ratio = posterior_.log_density - true_posterior_.log_density;
        const Row scores =
            (posterior_.mean - true_posterior_.mean).colwise().squaredNorm().array() / std::pow(sigma, 4);
        for (int c = 0; c < piece.columns; ++c) {
            farthest = std::max(farthest, std::abs(log_ratio[c]));
            plain.add(-log_ratio[c]);
            close.add(std::expm1(log_ratio[c]) - log_ratio[c]);
            fisher.add(scores[c]);
        }
    }
    out.divergence = estimate_of(farthest <= 1.0 ? close : plain);
    out.fisher = estimate_of(fisher);
}

void Memorisation::weigh(double sigma, MemorisationLevel& out) {
    SampleMean largest;
    out.weight_entropy = training_.average(sigma, [&](const MarginalDraws::Piece& piece, const Tile& x) {
        empirical_->posterior().class_probabilities(x, Row::Constant(sigma), *workspace_, weights_);
        const Row most = weights_.colwise().maxCoeff().array();
        for (int c = 0; c < piece.columns; ++c) largest.add(most[c]);
        Row entropy = Row::Zero();
        for (Eigen::Index k = 0; k < weights_.rows(); ++k) {
            const Row weight = weights_.row(k).array();
            entropy -= weight * weight.max(std::numeric_limits<double>::min()).log();
        }
        return entropy;
    });
    out.max_weight = estimate_of(largest);
    out.effective_number = out.weight_entropy;
    out.effective_number.mean = std::exp(out.weight_entropy.mean);
    out.effective_number.error = out.effective_number.mean * out.weight_entropy.error;
}

MemorisationLevel Memorisation::at(double sigma) {
    MemorisationLevel out;
    compare(sigma, out);
    weigh(sigma, out);
    out.held_out = held_out(sigma);
    out.gap = clean_likelihood(training_, sigma);
    const bool all = training_.count() >= empirical_->points().cols();  // then the training mean has no error
    out.gap.error = all ? out.held_out.error : std::hypot(out.gap.error, out.held_out.error);
    out.gap.mean -= out.held_out.mean;
    return out;
}

/// d ln p_{N,sigma}(x0) / d ln sigma = (tr C + |x0 - m|^2) / sigma^2 - d
MeanEstimate Memorisation::likelihood_slope(double sigma) {
    return held_out_.average(0.0, [&](const MarginalDraws::Piece&, const Tile& x0) {
        evaluate(x0, sigma, {.trace = true});
        const Row distance = (x0 - posterior_.mean).colwise().squaredNorm().array();
        return Row((posterior_.trace + distance) / (sigma * sigma) - law_->dim());
    });
}

LeastNoise Memorisation::least_noise() {
    constexpr double step = 0.25;
    const double highest = std::log(4.0) + 0.5 * std::log(law_->moments().covariance.trace());
    const int count = static_cast<int>(std::log(4e4) / step);
    int best = 0;
    double most = -std::numeric_limits<double>::infinity();
    for (int i = 0; i <= count; ++i) {
        const double value = held_out(std::exp(highest - i * step)).mean;
        if (value > most) {
            most = value;
            best = i;
        }
    }
    LeastNoise out{std::exp(highest - best * step), 0.0, best > 0 && best < count};
    if (!out.inside) return out;
    double low = highest - (best + 1) * step;
    double high = highest - (best - 1) * step;
    while (high - low > 1e-9) {
        const double middle = 0.5 * (low + high);
        (likelihood_slope(std::exp(middle)).mean > 0.0 ? low : high) = middle;
    }
    out.sigma = std::exp(0.5 * (low + high));
    constexpr double offset = 1e-4;
    const double curvature =
        (likelihood_slope(out.sigma * std::exp(offset)).mean - likelihood_slope(out.sigma * std::exp(-offset)).mean) /
        (2.0 * offset);
    out.error = out.sigma * likelihood_slope(out.sigma).error / std::abs(curvature);
    return out;
}

}  // namespace sigmaflow
