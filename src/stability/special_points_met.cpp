#include "special_points_met.hpp"

#include <cmath>
#include <utility>

namespace sigmaflow {
namespace {

constexpr double kSameTau = 1e-7;    ///< special points this near in tau and
constexpr double kSamePlace = 1e-5;  ///< in x / length are one
constexpr double kSameDirection = 0.999;

}  // namespace

int SpecialPointsMet::number_of(const SpecialPoint& point, double length) {
    for (std::size_t i = 0; i < points_.size(); ++i) {
        SpecialPoint& known = points_[i];
        if (std::abs(known.tau - point.tau) > kSameTau || (known.x - point.x).norm() > kSamePlace * length) continue;
        // A branch that keeps some of the symmetry sees less of the null space.
        if (point.null_space.cols() > known.null_space.cols()) {
            known = point;
            std::erase_if(ways_[i], [](const Way& way) { return !way.used; });
        }
        return static_cast<int>(i);
    }
    points_.push_back(point);
    ways_.emplace_back();
    for (const auto& direction : point.directions) ways_.back().push_back({direction, false});
    return static_cast<int>(points_.size()) - 1;
}

bool SpecialPointsMet::leave_by(int number, const Eigen::VectorXd& direction) {
    auto& ways = ways_[static_cast<std::size_t>(number)];
    for (auto& way : ways) {
        if (way.direction.dot(direction) >= kSameDirection) return !std::exchange(way.used, true);
    }
    ways.push_back({direction, true});
    return true;
}

std::optional<SpecialPointsMet::Departure> SpecialPointsMet::next() {
    for (std::size_t i = 0; i < ways_.size(); ++i) {
        for (auto& way : ways_[i]) {
            if (!std::exchange(way.used, true)) return Departure{static_cast<int>(i), way.direction};
        }
    }
    return {};
}

}  // namespace sigmaflow
