#include <algorithm>
#include <cmath>
#include <optional>

#include "sigmaflow/stability/mode_tree.hpp"
#include "sigmaflow/stability/stationary_search.hpp"

namespace sigmaflow {
namespace {

/// Where two ascents count as one, of sigma: a symmetric pair is this near 1e-11 below its pitchfork, and rounding
/// moves a mode there by 1e-6 at most.
constexpr double kMet = 1e-5;
constexpr double kBracket = 1e-11;  ///< of sigma, where bisection ends
constexpr double kAtOnce = 1e-9;    ///< of sigma: meetings no further apart are one

/// Climbs p in short steps of F over |eigenvalue|: where the search for a stationary point gives up, so near to where J
/// is singular that rounding moves its last steps, or where it went so far that it may have stepped out of the basin.
/// The place of least |F|, once that is rounding and does not fall any more.
std::optional<Eigen::VectorXd> settled(GradientSystem& flow, Eigen::VectorXd x, double sigma) {
    constexpr int kSteps = 4000;
    constexpr int kPatience = 40;  // steps without a smaller |F|
    constexpr double kRounding = 1e-13;
    constexpr double kFlattest = 1e-9;
    constexpr double kLongest = 0.05;  // of sigma
    Eigen::VectorXd best = x;
    double least = std::numeric_limits<double>::infinity();
    StationaryPoint here;
    const auto is_rounding = [&](double force) { return force <= kRounding * (sigma + best.norm()); };
    int since = 0;
    for (int i = 0; i < kSteps && (since < kPatience || !is_rounding(least)); ++i) {
        const FieldSample field = sample_field(flow, x, std::log(sigma));
        if (!field.value.allFinite()) return std::nullopt;
        ++since;
        if (field.value.norm() < least) {
            since = 0;
            least = field.value.norm();
            best = x;
        }
        if (least == 0.0) break;
        classify(field.jacobian, here);
        const Eigen::VectorXd force = here.eigenvectors.transpose() * field.value;
        Eigen::VectorXd step =
            here.eigenvectors * (force.array() / here.eigenvalues.array().abs().max(kFlattest)).matrix();
        const double length = step.norm() / (kLongest * sigma);
        x -= length > 1.0 ? Eigen::VectorXd(step / length) : step;
    }
    if (!is_rounding(least)) return std::nullopt;
    return best;
}

constexpr double kNear = 0.1;  ///< of sigma: ascents that end this near to their start have left no basin

class TreeGrowth {
  public:
    TreeGrowth(const Distribution& law, std::vector<ModeBranch>& branches)
        : flow_(law.posterior()), branches_(branches) {}

    void run(const std::vector<double>& ladder) {
        std::vector<Live> live;
        for (std::size_t k = 0; k < branches_.size(); ++k) {
            live.push_back({static_cast<int>(k), branches_[k].leaf, branches_[k].mass, {}});
        }
        for (std::size_t i = 1; i < ladder.size(); ++i) {
            std::vector<Live> next;
            for (const auto& group : climbed(live, ladder[i])) pass(group, ladder[i - 1], ladder[i], next);
            std::stable_sort(next.begin(), next.end(), [](const Live& a, const Live& b) { return a.name < b.name; });
            live = std::move(next);
        }
    }

  private:
    /// A branch that goes on: its place, and the mass of all that has joined it.
    struct Live {
        int name = 0;
        Eigen::VectorXd x;
        double mass = 0.0;
        Eigen::VectorXd above;  ///< where the last ascent ended
    };
    using Group = std::vector<Live>;  ///< those whose ascents end in one mode

    /// Ascents at sigma; branches whose ascent fails are taken out and marked.
    std::vector<Group> climbed(const std::vector<Live>& live, double sigma) {
        StationarySearch search(flow_, std::log(sigma));
        std::vector<SearchStart> starts;
        for (const auto& branch : live) starts.push_back({.x = branch.x});
        const auto found = search.run(starts);
        std::vector<Group> groups;
        for (std::size_t i = 0; i < live.size(); ++i) {
            std::optional<Eigen::VectorXd> end;
            if (found[i] && found[i]->index == 0 && (found[i]->x - live[i].x).norm() < kNear * sigma) {
                end = found[i]->x;
            } else {
                end = settled(flow_, live[i].x, sigma);
            }
            if (!end) {
                branches_[static_cast<std::size_t>(live[i].name)].is_lost = true;
                continue;
            }
            Live risen = live[i];
            risen.above = *end;
            const auto home = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
                return (group.front().above - risen.above).norm() < kMet * sigma;
            });
            if (home == groups.end()) {
                groups.push_back({std::move(risen)});
            } else {
                home->push_back(std::move(risen));
            }
        }
        return groups;
    }

    /// Takes a group whose ascents from `low` to `high` end in one mode there, meeting by meeting.
    void pass(const Group& group, double low, double high, std::vector<Live>& out) {
        if (group.size() == 1) {
            out.push_back(group.front());
            out.back().x = group.front().above;
            return;
        }
        double first = low;
        double last = high;
        Group below = group;
        while (last / first - 1.0 > kBracket) {
            const double middle = std::sqrt(first * last);
            if (middle <= first || middle >= last) break;
            auto groups = climbed(below, middle);
            const bool met =
                std::any_of(groups.begin(), groups.end(), [](const Group& some) { return some.size() > 1; });
            if (met) {
                last = middle;
                continue;
            }
            first = middle;
            below.clear();
            for (auto& some : groups) {
                some.front().x = some.front().above;
                below.push_back(std::move(some.front()));
            }
        }
        const double above = last * (1.0 + kAtOnce);
        const auto meetings = climbed(below, above);
        if (meetings.size() == below.size()) {  // ascents that disagree about where they meet: they do at `high`
            out.push_back(merged(group, last));
            return;
        }
        std::vector<Live> survivors;
        for (const auto& some : meetings) survivors.push_back(merged(some, last));
        for (const auto& some : climbed(survivors, high)) pass(some, above, high, out);
    }

    /// The one that goes on above a meeting; the others end there.
    Live merged(const Group& group, double sigma) {
        const auto jump = [](const Live& branch) { return (branch.above - branch.x).norm(); };
        double least = std::numeric_limits<double>::infinity();
        for (const auto& branch : group) least = std::min(least, jump(branch));
        const Live* heir = nullptr;
        double mass = 0.0;
        for (const auto& branch : group) {
            mass += branch.mass;
            if (jump(branch) > 2.0 * least + kMet * sigma) continue;
            if (heir == nullptr || branch.mass > heir->mass * (1.0 + 1e-6)) heir = &branch;
        }
        for (const auto& branch : group) {
            if (branch.name == heir->name) continue;
            ModeBranch& ended = branches_[static_cast<std::size_t>(branch.name)];
            ended.splitting_sigma = sigma;
            ended.parent = heir->name;
            ended.split_x = branch.x;
        }
        return {heir->name, heir->above, mass, {}};
    }

    FrozenFlow flow_;
    std::vector<ModeBranch>& branches_;
};

}  // namespace

std::vector<ModeBranch> grow_mode_tree(const Distribution& law, std::vector<ModeBranch> modes,
                                       const std::vector<double>& ladder) {
    TreeGrowth(law, modes).run(ladder);
    return modes;
}

}  // namespace sigmaflow
