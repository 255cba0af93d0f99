#pragma once
// The special points that branches have met, each once, and the ways in which branches leave them.

#include <optional>
#include <vector>

#include "sigmaflow/stability/special_point.hpp"

namespace sigmaflow {

class SpecialPointsMet {
  public:
    /// The number of a special point, a new one if it is not known.
    int number_of(const SpecialPoint& point, double length);
    /// Marks the way out that `direction` is, a new one if it is not known; false if it was used before.
    [[nodiscard]] bool leave_by(int number, const Eigen::VectorXd& direction);

    /// A way out that no branch has used yet; it counts as used from now on.
    struct Departure {
        int number = 0;
        Eigen::VectorXd direction;
    };
    [[nodiscard]] std::optional<Departure> next();

    [[nodiscard]] const std::vector<SpecialPoint>& points() const { return points_; }
    [[nodiscard]] const SpecialPoint& at(int number) const { return points_[static_cast<std::size_t>(number)]; }

  private:
    struct Way {
        Eigen::VectorXd direction;
        bool used = false;
    };

    std::vector<SpecialPoint> points_;
    std::vector<std::vector<Way>> ways_;  ///< of every point
};

}  // namespace sigmaflow
