#include "sigmaflow/numerics/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sigmaflow {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// lowest = e_0 < e_1 < ... < e_n = highest, with e_{i+1} / e_i <= (1+a)/(1-a).
std::vector<double> positive_edges(const BinScale& scale) {
    const double decades = std::log(scale.highest / scale.lowest);
    const double widest = std::log1p(scale.relative_accuracy) - std::log1p(-scale.relative_accuracy);
    // An even number per factor keeps u = 1 an edge when lowest * highest = 1, so that signs of J are never blurred.
    const int count = 2 * static_cast<int>(std::ceil(decades / widest / 2.0 - 1e-9));
    std::vector<double> edges;
    for (int i = 0; i <= count; ++i) edges.push_back(scale.lowest * std::exp(decades * i / count));
    if (scale.lowest * scale.highest == 1.0) edges[static_cast<std::size_t>(count / 2)] = 1.0;
    edges.back() = scale.highest;
    return edges;
}

}  // namespace

BinIndex::BinIndex(const BinScale& scale) : scale_(scale) {
    const auto positive = positive_edges(scale);
    if (scale.two_sided) {
        for (auto edge = positive.rbegin(); edge != positive.rend(); ++edge) upper_.push_back(-*edge);
    }
    upper_.insert(upper_.end(), positive.begin(), positive.end());
    size_ = static_cast<int>(upper_.size()) + 1;
    per_side_ = static_cast<int>(positive.size()) - 1;
    per_log_ = per_side_ / std::log(scale.highest / scale.lowest);
}

int BinIndex::operator()(double value) const {
    const double u = scale_.sign * (value - scale_.origin);
    // The edges alone decide; the logarithm only says where to look first.
    const double magnitude = std::abs(u);
    const auto half = static_cast<std::int64_t>(per_side_);
    std::int64_t guess =
        magnitude > scale_.lowest
            ? 1 + static_cast<std::int64_t>(std::min(std::log(magnitude / scale_.lowest) * per_log_, 1e6))
            : 0;
    guess = std::min(guess, half + 1);
    std::int64_t bin = scale_.two_sided ? half + 1 + (u < 0.0 ? -guess : guess) : (u < 0.0 ? 0 : guess);
    const auto last = static_cast<std::int64_t>(upper_.size());
    bin = std::clamp<std::int64_t>(bin, 0, last);
    while (bin < last && u >= upper_[static_cast<std::size_t>(bin)]) ++bin;
    while (bin > 0 && u < upper_[static_cast<std::size_t>(bin - 1)]) --bin;
    return static_cast<int>(bin);
}

double BinIndex::representative(int bin) const {
    double u = 0.0;
    if (bin == 0) {
        u = scale_.two_sided ? upper_.front() : 0.0;
    } else if (bin == size_ - 1) {
        u = upper_.back();
    } else {
        const double low = upper_[static_cast<std::size_t>(bin - 1)];
        const double high = upper_[static_cast<std::size_t>(bin)];
        // 2 l h / (l + h) is within (h - l) / (h + l) of both ends; across zero the middle is.
        u = low * high > 0.0 ? 2.0 * low * high / (low + high) : 0.5 * (low + high);
    }
    return scale_.origin + scale_.sign * u;
}

std::vector<double> BinIndex::edges() const {
    std::vector<double> out{-infinity};
    out.insert(out.end(), upper_.begin(), upper_.end());
    out.push_back(infinity);
    return out;
}

double BinIndex::quantile(std::span<const std::uint64_t> counts, double q) const {
    std::uint64_t total = 0;
    for (const auto count : counts) total += count;
    if (total == 0) return std::numeric_limits<double>::quiet_NaN();
    const double exact = std::ceil(q * static_cast<double>(total));
    const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(exact), 1, total);
    std::uint64_t seen = 0;
    for (int i = 0; i < size_; ++i) {
        const int bin = scale_.sign > 0 ? i : size_ - 1 - i;  // ascending in the value
        seen += counts[static_cast<std::size_t>(bin)];
        if (seen >= rank) return representative(bin);
    }
    return representative(size_ - 1);
}

}  // namespace sigmaflow
