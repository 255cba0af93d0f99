#include "sigmaflow/numerics/total_cumulance.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace sigmaflow {
namespace {

constexpr int kMostExponent = 1000;

/// |difference|^{1/n}: the length that belongs to a cumulant.
Row length_of(const Row& difference, int n) {
    if (n == 1) return difference.abs();
    if (n == 2) return difference.abs().sqrt();
    return difference.abs().pow(1.0 / n);
}

}  // namespace

TotalCumulance::TotalCumulance(int depth)
    : reference(Tile::Zero(depth, kTileWidth)), shift_(Tile::Zero(depth, kTileWidth)) {}

void TotalCumulance::start(int order) {
    order_ = order;
    shift_.setZero();
    size_.setZero();
    for (auto& moment : moments_) moment.setZero();
}

void TotalCumulance::average(const Row& weight, const Eigen::Ref<const Tile>& cumulants) {
    for (int i = 0; i < shift_.rows(); ++i) {
        const Row difference = cumulants.row(i).array() - reference.row(i).array();
        shift_.row(i).array() += weight * difference;
        size_ = (weight > 0.0).select(size_.max(length_of(difference, i + 1)), size_);
    }
}

void TotalCumulance::centre(const Row& inverse_sum) {
    inverse_sum_ = inverse_sum;
    shift_.array().rowwise() *= inverse_sum;
    for (int c = 0; c < kTileWidth; ++c) {
        int exponent = 0;
        if (std::isfinite(size_[c]) && size_[c] > 0.0) std::frexp(size_[c], &exponent);
        exponent = std::min(std::max(exponent, -kMostExponent), kMostExponent);
        unit_[c] = std::ldexp(1.0, exponent);
        inverse_unit_[c] = std::ldexp(1.0, -exponent);
    }
}

void TotalCumulance::spread(const Row& weight, const Eigen::Ref<const Tile>& cumulants) {
    std::array<Row, kMostCumulants> difference;
    std::array<Row, kMostCumulants> bell;
    const auto depth = std::min(static_cast<std::size_t>(shift_.rows()), static_cast<std::size_t>(order_));
    for (std::size_t i = 0; i < depth; ++i) {
        const auto n = static_cast<Eigen::Index>(i);
        const Row own = (cumulants.row(n) - reference.row(n)) - shift_.row(n);
        difference[i] = (weight > 0.0).select(own, 0.0);  // without weight it had no say in the unit
        for (std::size_t power = 0; power <= i; ++power) difference[i] *= inverse_unit_;
    }
    const auto order = static_cast<std::size_t>(order_);
    moments_from_cumulants(std::span<const Row>(difference.data(), depth), std::span<Row>(bell.data(), order));
    for (std::size_t i = 0; i < order; ++i) moments_[i] += weight * bell[i];
}

void TotalCumulance::finish(Eigen::Ref<Tile> out) {
    const auto order = static_cast<std::size_t>(order_);
    std::array<Row, kMostCumulants> cumulants;
    for (auto& moment : moments_) moment *= inverse_sum_;
    cumulants_from_moments(std::span<const Row>(moments_.data(), order), std::span<Row>(cumulants.data(), order));
    for (int i = 0; i < order_; ++i) {
        Row value = cumulants[static_cast<std::size_t>(i)];
        for (int power = 0; power <= i; ++power) value *= unit_;
        if (i < shift_.rows()) value += reference.row(i).array() + shift_.row(i).array();
        out.row(i) = value;
    }
}

}  // namespace sigmaflow
