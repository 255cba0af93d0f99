#include "sigmaflow/distribution/cloud_sums.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sigmaflow/numerics/lanes.hpp"
#include "spread_sums.hpp"

namespace sigmaflow {
namespace {

constexpr int kQuads = kTileWidth / kLanes;
#ifdef __AVX512F__
constexpr int kTogether = 4;  ///< points or coordinates whose sums stay in registers
#else
constexpr int kTogether = 1;
#endif

/// 1/n, and 0 where there is nothing.
Row inverse_or_zero(const Row& n) { return (n > 0.0).select(1.0 / n, Row::Zero()); }

/// Of four registers, the columns of a tile.
struct Columns32 {
    Lanes q[kQuads];
};

inline Columns32 load32(const double* from) {
    Columns32 out;
    for (int q = 0; q < kQuads; ++q) out.q[q] = load_lanes(from + q * kLanes);
    return out;
}
inline void store32(double* to, const Columns32& columns) {
    for (int q = 0; q < kQuads; ++q) store_lanes(to + q * kLanes, columns.q[q]);
}

/// |x - y|^2 of `n` points for all columns, from differences of coordinates.
template <int n>
inline void squared_distances(const Tile& x, const double* y, Eigen::Index dim, double* out) {
    Columns32 sum[n] = {};
    for (Eigen::Index i = 0; i < dim; ++i) {
        const Columns32 at = load32(x.row(i).data());
        for (int k = 0; k < n; ++k) {
            const Lanes coordinate = all_lanes(y[k * dim + i]);
            for (int q = 0; q < kQuads; ++q) {
                const Lanes difference = at.q[q] - coordinate;
                sum[k].q[q] += difference * difference;
            }
        }
    }
    for (int k = 0; k < n; ++k) store32(out + k * kTileWidth, sum[k]);
}

/// <x, y> likewise.
template <int n>
inline void scalar_products(const Tile& x, const double* y, Eigen::Index dim, double* out) {
    Columns32 sum[n] = {};
    for (Eigen::Index i = 0; i < dim; ++i) {
        const Columns32 at = load32(x.row(i).data());
        for (int k = 0; k < n; ++k) {
            const Lanes coordinate = all_lanes(y[k * dim + i]);
            for (int q = 0; q < kQuads; ++q) sum[k].q[q] += at.q[q] * coordinate;
        }
    }
    for (int k = 0; k < n; ++k) store32(out + k * kTileWidth, sum[k]);
}

/// sum_k e_k y_k of coordinates i .. i + n - 1.
template <int n>
inline void add_products(const double* e, const double* y, int count, Eigen::Index dim, Eigen::Index i, Tile& out) {
    Columns32 sum[n];
    for (int j = 0; j < n; ++j) sum[j] = {};
    for (int k = 0; k < count; ++k) {
        const Columns32 weight = load32(e + k * kTileWidth);
        for (int j = 0; j < n; ++j) {
            const Lanes coordinate = all_lanes(y[k * dim + i + j]);
            for (int q = 0; q < kQuads; ++q) sum[j].q[q] += weight.q[q] * coordinate;
        }
    }
    for (int j = 0; j < n; ++j) store32(out.row(i + j).data(), sum[j]);
}

/// sum_k e_k (y_k - reference) of one coordinate.
inline void add_differences(const double* e, const double* y, int count, Eigen::Index dim, const double* reference,
                            double* out) {
    Columns32 sum{};
    const Columns32 at = load32(reference);
    for (int k = 0; k < count; ++k) {
        const Lanes coordinate = all_lanes(y[k * dim]);
        const Columns32 weight = load32(e + k * kTileWidth);
        for (int q = 0; q < kQuads; ++q) sum.q[q] += weight.q[q] * (coordinate - at.q[q]);
    }
    store32(out, sum);
}

}  // namespace

struct CloudSums::Block {
    Eigen::Index first = 0;
    int count = 0;
    alignas(64) double table[kMostBlock * kTileWidth];     ///< distances, logarithms, then e
    alignas(64) double products[kMostBlock * kTileWidth];  ///< where both ways are needed
    Row largest;
    std::array<std::int64_t, kTileWidth> where;
};

CloudSums::CloudSums(int dim)
    : dim_(dim),
      block_(std::make_unique<Block>()),
      spread_(std::make_unique<SpreadSums>(dim)),
      reference_(dim, kTileWidth),
      first_(dim, kTileWidth),
      part_(dim, kTileWidth),
      shift_(dim, kTileWidth) {}

CloudSums::~CloudSums() = default;

void CloudSums::start(const Tile& x, const Row& precision, const WeightedPoints& cloud, Spread spread,
                      std::vector<Eigen::MatrixXd>* covariances) {
    precision_ = precision;
    square_.setZero();
    for (int i = 0; i < dim_; ++i) square_ += x.row(i).array().square();
    any_products_ = any_differences_ = false;
    for (int c = 0; c < kTileWidth; ++c) {
        const bool products =
            dim_ >= kLeastForProducts && (square_[c] + cloud.largest_square) * precision[c] <= kMostForProducts;
        by_products_[c] = products ? 1.0 : 0.0;
        (products ? any_products_ : any_differences_) = true;
    }
    largest_.setConstant(-std::numeric_limits<double>::infinity());
    heaviest_.fill(0);
    rest_.setZero();
    spread_of_logs_.setZero();
    reference_.setZero();
    first_.setZero();
    if (spread != Spread::none) spread_->start(spread, covariances);
}

/// Logarithms of a block, with the largest of each column and where it stands.
void CloudSums::weigh(const WeightedPoints& cloud, const Tile& x, Block& block) {
    const auto each = [&](auto&& rows, double* out) {
        int k = 0;
        const double* y = cloud.points.col(block.first).data();
        for (; k + kTogether <= block.count; k += kTogether)
            rows.template operator()<kTogether>(y + k * dim_, out + k * kTileWidth);
        for (; k < block.count; ++k) rows.template operator()<1>(y + k * dim_, out + k * kTileWidth);
    };
    if (any_differences_) {
        each([&]<int n>(const double* y, double* out) { squared_distances<n>(x, y, dim_, out); }, block.table);
    }
    double* dots = any_differences_ ? block.products : block.table;
    if (any_products_) each([&]<int n>(const double* y, double* out) { scalar_products<n>(x, y, dim_, out); }, dots);

    Columns32 largest;
    LaneBits where[kQuads];
    for (int q = 0; q < kQuads; ++q) {
        largest.q[q] = all_lanes(-std::numeric_limits<double>::infinity());
        where[q] = LaneBits{} + block.first;
    }
    const Columns32 half = load32(Row(0.5 * precision_).data());
    const Columns32 own = load32(square_.data());
    const Columns32 mode = load32(by_products_.data());
    for (int k = 0; k < block.count; ++k) {
        double* row = block.table + k * kTileWidth;
        const Lanes log_weight = all_lanes(cloud.log_weights[block.first + k]);
        const Lanes square = all_lanes(cloud.squares[block.first + k]);
        for (int q = 0; q < kQuads; ++q) {
            Lanes distance = load_lanes(row + q * kLanes);
            if (any_products_) {
                const Lanes dot = load_lanes(dots + k * kTileWidth + q * kLanes);
                const Lanes expanded = (own.q[q] + square) - 2.0 * dot;
                const Lanes positive = chosen(expanded < Lanes{}, Lanes{}, expanded);
                distance = chosen(mode.q[q] != Lanes{}, positive, distance);
            }
            Lanes exponent = distance * half.q[q];
            exponent = chosen(exponent > all_lanes(0.5e300), all_lanes(0.5e300), exponent);  // overflow stays ordinary
            const Lanes log = log_weight - exponent;
            const LaneBits larger = ~(log <= largest.q[q]);  // NaN wins and stays visible
            largest.q[q] = chosen(larger, log, largest.q[q]);
            where[q] = larger ? LaneBits{} + (block.first + k) : where[q];
            store_lanes(row + q * kLanes, log);
        }
    }
    store32(block.largest.data(), largest);
    std::memcpy(block.where.data(), where, sizeof where);
}

/// Columns whose heaviest point is in this block: what was summed becomes relative to it, the former heaviest point
/// included.
void CloudSums::move_reference(const WeightedPoints& cloud, const Block& block) {
    Row changed = Row::Zero();
    Row former = largest_;
    for (int c = 0; c < kTileWidth; ++c) {
        if (block.largest[c] <= largest_[c]) continue;
        changed[c] = 1.0;
        largest_[c] = block.largest[c];
        heaviest_[static_cast<std::size_t>(c)] = block.where[static_cast<std::size_t>(c)];
    }
    if ((changed == 0.0).all()) return;
    constexpr double kHuge = 1e300;  // the first block: nothing was there, and its factor is 0
    Row step;
    Row factor;
    for (int c = 0; c < kTileWidth; ++c) {
        const double rise = largest_[c] - former[c];
        step[c] = changed[c] == 0.0 ? 0.0 : (rise > kHuge ? kHuge : rise);
    }
    for (int q = 0; q < kQuads; ++q)
        store_lanes(factor.data() + q * kLanes, exp_of_nonpositive(-load_lanes(step.data() + q * kLanes)));
    if (with_spread_) {  // the former heaviest point lies at 0, the mean of the others at first/rest
        for (int i = 0; i < dim_; ++i) part_.row(i).array() = first_.row(i).array() * inverse_or_zero(rest_);
        spread_->merge(part_, changed * (rest_ / (1.0 + rest_)), factor);
    }
    for (int c = 0; c < kTileWidth; ++c) {
        if (changed[c] == 0.0) continue;
        const auto y = cloud.points.col(heaviest_[static_cast<std::size_t>(c)]);
        for (int i = 0; i < dim_; ++i) {
            first_(i, c) = factor[c] * (first_(i, c) + (1.0 + rest_[c]) * (reference_(i, c) - y[i]));
            reference_(i, c) = y[i];
        }
    }
    spread_of_logs_ = factor * (spread_of_logs_ + step * (rest_ + changed));
    rest_ = factor * (rest_ + changed);
}

/// e = exp(l - max l), 0 for the heaviest; false if all are 0.
bool CloudSums::exponentiate(Block& block) {
    for (int c = 0; c < kTileWidth; ++c) {
        const auto own = heaviest_[static_cast<std::size_t>(c)] - block.first;
        constexpr double kNothing = -1e300;
        if (own >= 0 && own < block.count) block.table[own * kTileWidth + c] = kNothing;
    }
    Columns32 weight{};
    Columns32 spread{};
    const Columns32 largest = load32(largest_.data());
    for (int k = 0; k < block.count; ++k) {
        double* row = block.table + k * kTileWidth;
        for (int q = 0; q < kQuads; ++q) {
            const Lanes below = largest.q[q] - load_lanes(row + q * kLanes);
            const Lanes e = exp_of_nonpositive(-below);
            weight.q[q] += e;
            spread.q[q] += e * below;
            store_lanes(row + q * kLanes, e);
        }
    }
    store32(part_weight_.data(), weight);
    Row logs;
    store32(logs.data(), spread);
    spread_of_logs_ += logs;
    return !(part_weight_ == 0.0).all();
}

void CloudSums::add(const WeightedPoints& cloud, const Block& block) {
    const double* y = cloud.points.col(block.first).data();
    if (any_products_) {
        Eigen::Index i = 0;
        for (; i + kTogether <= dim_; i += kTogether)
            add_products<kTogether>(block.table, y, block.count, dim_, i, shift_);
        for (; i < dim_; ++i) add_products<1>(block.table, y, block.count, dim_, i, shift_);
        for (i = 0; i < dim_; ++i)
            part_.row(i).array() = shift_.row(i).array() - part_weight_ * reference_.row(i).array();
    }
    if (any_differences_) {
        Row differences;
        for (int i = 0; i < dim_; ++i) {
            add_differences(block.table, y + i, block.count, dim_, reference_.row(i).data(), differences.data());
            if (!any_products_)
                part_.row(i) = differences;
            else
                part_.row(i).array() = (by_products_ != 0.0).select(part_.row(i).array(), differences);
        }
    }
    if (with_spread_) {
        const Row inverse = inverse_or_zero(part_weight_);
        for (int i = 0; i < dim_; ++i) shift_.row(i).array() = part_.row(i).array() * inverse;
        spread_->add(cloud, block.first, block.count, block.table, reference_, shift_);
        const Row before = inverse_or_zero(rest_);
        for (int i = 0; i < dim_; ++i) shift_.row(i).array() -= first_.row(i).array() * before;
        spread_->merge(shift_, rest_ * (part_weight_ * inverse_or_zero(Row(rest_ + part_weight_))), Row::Ones());
    }
    first_ += part_;
    rest_ += part_weight_;
}

void CloudSums::finish() {
    const Row inverse = 1.0 / (1.0 + rest_);
    // The 0 turns -0 into +0, which may differ with the blocks that neighbours need.
    for (int i = 0; i < dim_; ++i) shift_.row(i).array() = first_.row(i).array() * inverse + 0.0;
    if (!with_spread_) return;
    for (int i = 0; i < dim_; ++i) part_.row(i).array() = first_.row(i).array() * inverse_or_zero(rest_);
    spread_->merge(part_, rest_ * inverse, Row::Ones());
    trace_ = spread_->finish(inverse);
}

void CloudSums::run(const WeightedPoints& cloud, const Tile& x, const Row& precision, Spread spread,
                    std::vector<Eigen::MatrixXd>* covariances) {
    with_spread_ = spread != Spread::none;
    start(x, precision, cloud, spread, covariances);
    Block& block = *block_;
    // Weights of a short block stay in the first cache; long ones make better products of matrices.
    const int each = dim_ <= kMostInTiles ? kMostBlock / 4 : kMostBlock;
    for (block.first = 0; block.first < cloud.points.cols(); block.first += each) {
        block.count = static_cast<int>(std::min<Eigen::Index>(each, cloud.points.cols() - block.first));
        weigh(cloud, x, block);
        move_reference(cloud, block);
        if (exponentiate(block)) add(cloud, block);
    }
    finish();
}

Row CloudSums::log_sum() const {
    Row out;
    for (int c = 0; c < kTileWidth; ++c) out[c] = largest_[c] + std::log1p(rest_[c]);
    return out;
}

Row CloudSums::entropy() const {
    Row out;
    for (int c = 0; c < kTileWidth; ++c) out[c] = std::log1p(rest_[c]) + spread_of_logs_[c] / (1.0 + rest_[c]);
    return out;
}

}  // namespace sigmaflow
