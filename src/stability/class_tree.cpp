#include "sigmaflow/stability/class_tree.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

namespace sigmaflow {
namespace {

/// The error of a number by leaving each block out in turn.
double jackknife(const std::function<double(int)>& without) {
    SampleMean values;
    for (int block = 0; block < PairCommitments::kBlocks; ++block) values.add(without(block));
    return (PairCommitments::kBlocks - 1) * values.standard_error();
}

using Members = std::vector<int>;

/// The mean of ln sigma over the pairs of two groups.
double linkage(const PairCommitments& pairs, const Eigen::VectorXd& logs, const Members& a, const Members& b) {
    double sum = 0.0;
    for (const int i : a) {
        for (const int j : b) sum += logs[pairs.pair(std::min(i, j), std::max(i, j))];
    }
    return sum / static_cast<double>(a.size() * b.size());
}

Eigen::VectorXd log_sigmas(const PairCommitments& pairs, int without_block) {
    Eigen::VectorXd out(PairCommitments::pairs(pairs.classes()));
    for (int p = 0; p < out.size(); ++p) out[p] = std::log(pairs.splitting_sigma(p, without_block));
    return out;
}

}  // namespace

PairCommitments::PairCommitments(int classes, std::vector<double> levels)
    : classes_(classes), levels_(std::move(levels)), ends_(static_cast<std::size_t>(classes), 0) {
    for (auto& sum : sums_) sum.setZero(pairs(classes), static_cast<Eigen::Index>(levels_.size()));
    for (auto& count : counts_) count.setZero(pairs(classes));
}

int PairCommitments::pair(int a, int b) const { return a * (2 * classes_ - a - 1) / 2 + b - a - 1; }

void PairCommitments::add(std::int64_t particle, int end, const Eigen::Ref<const Eigen::MatrixXd>& probabilities) {
    ++ends_[static_cast<std::size_t>(end)];
    const auto block = static_cast<std::size_t>(particle % kBlocks);
    for (int other = 0; other < classes_; ++other) {
        if (other == end) continue;
        const int p = pair(std::min(end, other), std::max(end, other));
        counts_[block][p] += 1.0;
        for (Eigen::Index level = 0; level < probabilities.cols(); ++level) {
            const double a = probabilities(end, level);
            const double b = probabilities(other, level);
            // Neither is likely: the particle is among third classes and does not tell between the two.
            const double share = a + b > 0.0 ? a / (a + b) : 0.5;
            sums_[block](p, level) += share * share + (1.0 - share) * (1.0 - share);
        }
    }
}

double PairCommitments::mean(int pair, int level, int without_block) const {
    double sum = 0.0;
    double count = 0.0;
    for (int block = 0; block < kBlocks; ++block) {
        if (block == without_block) continue;
        sum += sums_[block](pair, level);
        count += counts_[block][pair];
    }
    return count > 0.0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

double PairCommitments::commitment(int pair, int level) const { return mean(pair, level, -1); }

std::int64_t PairCommitments::ends(int k) const { return ends_[static_cast<std::size_t>(k)]; }

double PairCommitments::splitting_sigma(int pair, int without_block) const {
    double before = mean(pair, 0, without_block);
    if (before >= kPitchforkCommitment) return levels_.front();
    for (std::size_t i = 1; i < levels_.size(); ++i) {
        const double after = mean(pair, static_cast<int>(i), without_block);
        if (after >= kPitchforkCommitment) {
            const double fraction = (kPitchforkCommitment - before) / (after - before);
            return levels_[i - 1] * std::pow(levels_[i] / levels_[i - 1], fraction);
        }
        before = after;
    }
    return levels_.back();
}

bool PairCommitments::splits(int pair) const {
    const double sigma = splitting_sigma(pair);
    return sigma < levels_.front() && sigma > levels_.back();
}

MeanEstimate PairCommitments::splitting_estimate(int pair) const {
    if (!splits(pair)) return {};
    return {splitting_sigma(pair), jackknife([&](int block) { return splitting_sigma(pair, block); })};
}

std::vector<ClassMerge> class_tree(const PairCommitments& pairs) {
    const int classes = pairs.classes();
    const Eigen::VectorXd logs = log_sigmas(pairs, -1);
    std::vector<Eigen::VectorXd> without;
    for (int block = 0; block < PairCommitments::kBlocks; ++block) without.push_back(log_sigmas(pairs, block));
    std::vector<std::pair<int, Members>> groups;
    for (int k = 0; k < classes; ++k) groups.emplace_back(k, Members{k});
    std::vector<ClassMerge> out;
    while (groups.size() > 1) {
        std::size_t first = 0;
        std::size_t second = 1;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t a = 0; a < groups.size(); ++a) {
            for (std::size_t b = a + 1; b < groups.size(); ++b) {
                const double height = linkage(pairs, logs, groups[a].second, groups[b].second);
                if (height < least) std::tie(least, first, second) = std::tuple(height, a, b);
            }
        }
        auto& kept = groups[first];
        const auto& joined = groups[second];
        const auto height = [&](int block) {
            return std::exp(linkage(pairs, without[static_cast<std::size_t>(block)], kept.second, joined.second));
        };
        out.push_back({kept.first, joined.first, {std::exp(least), jackknife(height)}});
        kept.first = classes + static_cast<int>(out.size()) - 1;
        kept.second.insert(kept.second.end(), joined.second.begin(), joined.second.end());
        groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(second));
    }
    return out;
}

}  // namespace sigmaflow
