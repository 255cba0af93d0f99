#include <algorithm>
#include <cmath>
#include <optional>

#include "sigmaflow/stability/mode_tree.hpp"
#include "sigmaflow/stability/stationary_search.hpp"

namespace sigmaflow {
namespace {

/// Where two ascents count as one, of sigma: a symmetric pair is this near 1e-11 below its pitchfork, and rounding moves
/// a mode there by 1e-6 at most.
constexpr double kMet = 1e-5;
constexpr double kBracket = 1e-11;  ///< of sigma, where bisection ends
constexpr int kPatience = 60;       ///< mean shifts before a search that failed is tried again

class TreeGrowth {
  public:
    TreeGrowth(const Distribution& law, std::vector<ModeBranch>& branches)
        : flow_(law.posterior()), branches_(branches) {}

    void run(const std::vector<double>& ladder) {
        std::vector<Live> live;
        for (std::size_t k = 0; k < branches_.size(); ++k) {
            live.push_back({static_cast<int>(k), branches_[k].leaf, branches_[k].mass});
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
        Eigen::VectorXd above = {};  ///< where the last ascent ended
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
            auto end = found[i];
            if (!end) end = search.run({{.x = live[i].x, .mean_shifts = kPatience}}).front();
            if (!end || end->index != 0) {
                branches_[static_cast<std::size_t>(live[i].name)].is_lost = true;
                continue;
            }
            Live risen = live[i];
            risen.above = end->x;
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
        std::vector<Group> above{group};
        while (last / first - 1.0 > kBracket) {
            const double middle = std::sqrt(first * last);
            if (middle <= first || middle >= last) break;
            auto groups = climbed(below, middle);
            const bool met =
                std::any_of(groups.begin(), groups.end(), [](const Group& some) { return some.size() > 1; });
            if (met) {
                last = middle;
                above = std::move(groups);
            } else {
                first = middle;
                below.clear();
                for (auto& some : groups) {
                    some.front().x = some.front().above;
                    below.push_back(std::move(some.front()));
                }
                // The ascents at `last` began further below; where they end is what counts.
                above = climbed(below, last);
            }
        }
        std::vector<Live> survivors;
        for (const auto& some : above) survivors.push_back(merged(some, last));
        for (const auto& some : climbed(survivors, high)) pass(some, last, high, out);
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
        return {heir->name, heir->above, mass};
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
