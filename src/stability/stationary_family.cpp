#include "sigmaflow/stability/stationary_family.hpp"

#include <cmath>

#include "sigmaflow/numerics/decompositions.hpp"
#include "sigmaflow/numerics/random.hpp"

namespace sigmaflow {
namespace {

constexpr double kProbe = 0.1;   ///< of a length: a step along a zero direction that shows whether there is a family
constexpr double kStride = 0.4;  ///< of a length: a step along a family
constexpr int kMostStrides = 400;

/// The stationary point of the same family near x + step, if there is one.
std::optional<StationaryPoint> moved(StationarySearch& search, const StationaryPoint& point,
                                     const Eigen::VectorXd& step) {
    auto out = search.polish(point.x + step);
    if (!out || out->zeros() != point.zeros() || out->index != point.index) return {};
    const double way = (out->x - point.x).norm();
    if (way < 0.5 * step.norm() || way > 2.0 * step.norm()) return {};
    return out;
}

/// Dimension of the affine hull of a stretch of the family.
int span_of(StationarySearch& search, double length, const StationaryPoint& start) {
    const int z = start.zeros();
    const int count = 6 * (z + 2);
    Eigen::MatrixXd apart(start.x.size(), count);
    Stream stream(0, 0, 0, Purpose::test);
    StationaryPoint here = start;
    for (int i = 0; i < count; ++i) {
        Eigen::VectorXd along(z);
        for (int j = 0; j < z; ++j) along[j] = stream.normal();
        auto next = moved(search, here, here.zero_directions * (kStride * length / along.norm() * along));
        if (!next) return -1;
        here = std::move(*next);
        apart.col(i) = here.x - start.x;
    }
    const Eigen::VectorXd values = singular_values(apart).values;
    return static_cast<int>((values.array() > 1e-6 * values[0]).count());
}

}  // namespace

void recognise_family(StationarySearch& search, double length, StationaryPoint& point) {
    const int z = point.zeros();
    if (z == 0) return;
    for (int j = 0; j < z; ++j) {
        for (const double side : {-kProbe, kProbe}) {
            if (!moved(search, point, side * length * point.zero_directions.col(j))) return;
        }
    }
    point.is_family = true;
    point.euler_characteristic = z % 2 == 1 ? 0 : span_of(search, length, point) == z + 1 ? 2 : -1;
}

bool is_same_family(StationarySearch& search, double length, const StationaryPoint& a, const StationaryPoint& b) {
    if (a.zeros() != b.zeros() || a.index != b.index) return false;
    if (!((a.eigenvalues - b.eigenvalues).cwiseAbs().array() <= 1e-6 * a.eigenvalues.cwiseAbs().array().max(1.0)).all())
        return false;
    StationaryPoint here = a;
    Stream stream(0, 0, 1, Purpose::test);
    double stride = kStride * length;
    for (int i = 0; i < kMostStrides && stride > 0.1 * kStride * length; ++i) {
        const Eigen::VectorXd to = b.x - here.x;
        if (to.norm() <= 1e-6 * length) return true;
        Eigen::VectorXd along = here.zero_directions.transpose() * to;
        // Opposite points of a sphere: any direction leads there.
        if (along.norm() < 1e-3 * to.norm()) {
            for (double& entry : along) entry = stream.normal() * length;
        }
        const double reach = std::min(along.norm(), stride);
        auto next = search.polish(here.x + here.zero_directions * (reach / along.norm() * along));
        if (next && next->zeros() == a.zeros() && next->index == a.index) {
            here = std::move(*next);
            stride *= 2.0;
        } else {
            stride *= 0.25;
        }
    }
    return false;
}

}  // namespace sigmaflow
