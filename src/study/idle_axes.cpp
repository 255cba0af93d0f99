#include "sigmaflow/study/idle_axes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace sigmaflow {
namespace {

/// Numbers that tell two objects apart.
using Fingerprint = std::vector<double>;

bool same(const Fingerprint& a, const Fingerprint& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
        return std::abs(x - y) <= 1e-9 * (1.0 + std::max(std::abs(x), std::abs(y)));
    });
}

/// In units of the law's own size, which is the first number.
Fingerprint fingerprint(const Distribution& law) {
    const Moments moments = law.moments();
    const double trace = moments.covariance.trace();
    const double size = trace > 0.0 ? std::sqrt(trace / law.dim()) : 1.0;
    Tile x(law.dim(), kTileWidth);
    Row sigma;
    for (int c = 0; c < kTileWidth; ++c) {
        Stream stream(0, 0, c, Purpose::test);
        sigma[c] = size * std::pow(10.0, 2.0 * stream.uniform() - 1.0);
        for (int i = 0; i < law.dim(); ++i) x(i, c) = moments.mean[i] + (size + sigma[c]) * stream.normal();
    }
    Needs needs;
    needs.log_density = true;
    PosteriorTile out(law.dim(), needs);
    law.posterior().evaluate(x, sigma, needs, *law.posterior().workspace(), out);
    Fingerprint numbers{std::log(size), static_cast<double>(law.dim())};
    for (const double number : moments.mean) numbers.push_back(number / size);
    for (int c = 0; c < kTileWidth; ++c) {
        numbers.push_back(out.log_density[c]);
        for (int i = 0; i < law.dim(); ++i) numbers.push_back(out.mean(i, c) / size);
    }
    return numbers;
}

/// The sigmas, and what else a solver sees of a schedule.
Fingerprint fingerprint(const PointModel& model) {
    Fingerprint numbers(model.grid.begin(), model.grid.end());
    for (auto& sigma : numbers) sigma = sigma > 0.0 ? std::log(sigma) : -1e3;
    numbers.push_back(static_cast<double>(model.course.direction));
    numbers.push_back(static_cast<double>(model.course.start));
    numbers.push_back(static_cast<double>(model.course.coordinates));
    if (model.course.coordinates == Coordinates::canonical) return numbers;
    for (const double sigma : model.grid) {
        const double t = model.schedule->t_of_sigma(sigma);
        numbers.push_back(t);
        numbers.push_back(std::log(model.schedule->at(t).s));
    }
    return numbers;
}

/// What one axis does, all others being equal: the fingerprints met so far, by the values of the others.
struct AxisEffect {
    std::map<std::string, std::vector<std::pair<std::string, Fingerprint>>> seen;

    [[nodiscard]] bool is_idle() const {
        bool any = false;
        for (const auto& [others, values] : seen) {
            for (const auto& [value, numbers] : values) {
                if (!same(numbers, values.front().second)) return false;
            }
            any = any || values.size() > 1;
        }
        return any;
    }
};

/// The axes of one room and what they do, by address.
class RoomEffects {
  public:
    explicit RoomEffects(std::string room) : prefix_(std::move(room) + ".") {}

    void add(const std::vector<std::pair<std::string, Value>>& point_axes,
             const std::function<Fingerprint()>& measure) {
        std::vector<std::pair<std::string, std::string>> axes;
        std::string all;
        for (const auto& [address, value] : point_axes) {
            if (!address.starts_with(prefix_)) continue;
            axes.emplace_back(address, value.canonical());
            all += address + "=" + axes.back().second + ";";
        }
        if (axes.empty() || known_.contains(all)) return;
        const Fingerprint& numbers = known_.emplace(all, measure()).first->second;
        for (const auto& [address, value] : axes) {
            std::string others;
            for (const auto& [other, at] : axes) others += other == address ? "" : other + "=" + at + ";";
            effects_[address].seen[others].emplace_back(value, numbers);
        }
    }

    void collect(std::vector<std::string>& out) const {
        for (const auto& [address, effect] : effects_) {
            if (effect.is_idle()) out.push_back(address);
        }
    }

  private:
    std::string prefix_;
    std::map<std::string, Fingerprint> known_;
    std::map<std::string, AxisEffect> effects_;
};

}  // namespace

std::vector<std::string> idle_axes(const Plan& plan) {
    RoomEffects laws("distribution");
    RoomEffects grids("schedule");
    for (std::size_t i = 0; i < plan.points.size(); ++i) {
        const PointModel& model = plan.models[i];
        laws.add(plan.points[i].axes, [&] { return fingerprint(*model.distribution); });
        grids.add(plan.points[i].axes, [&] { return fingerprint(model); });
    }
    for (const auto& planned : plan.analyses) {
        laws.add(planned.point.axes, [&] { return fingerprint(*planned.distribution); });
    }
    std::vector<std::string> out;
    laws.collect(out);
    grids.collect(out);
    return out;
}

}  // namespace sigmaflow
