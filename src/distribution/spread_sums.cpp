#include "spread_sums.hpp"

#include <algorithm>
#include <cmath>

#include "sigmaflow/numerics/lanes.hpp"

namespace sigmaflow {
namespace {

constexpr int kQuads = kTileWidth / kLanes;
#ifdef __AVX512F__
constexpr int kEntries = 2;  ///< of the triangle in both directions, whose sums stay in registers
#else
constexpr int kEntries = 1;
#endif

}  // namespace

SpreadSums::SpreadSums(int dim) : dim_(dim) {}

void SpreadSums::start(Spread what, std::vector<Eigen::MatrixXd>* matrices) {
    matrices_ = what == Spread::full ? matrices : nullptr;
    if (diagonal_.rows() == 0) diagonal_.resize(dim_, kTileWidth);
    diagonal_.setZero();
    if (in_tiles()) {
        if (triangle_.rows() == 0) {
            triangle_.resize(row(dim_, 0), kTileWidth);
            centred_.resize(Eigen::Index{kTogether} * dim_, kTileWidth);
            weighted_.resize(Eigen::Index{kTogether} * dim_, kTileWidth);
        }
        triangle_.setZero();
    } else if (matrices_ != nullptr) {
        if (scaled_.rows() == 0) scaled_.resize(dim_, CloudSums::kMostBlock);
        for (auto& matrix : *matrices_) matrix.setZero();
    }
}

void SpreadSums::merge(const Tile& d, const Row& weight, const Row& factor) {
    for (int i = 0; i < dim_; ++i) {
        auto sum = diagonal_.row(i).array();
        sum = factor * (sum + weight * d.row(i).array().square());
    }
    if (in_tiles()) {
        for (int i = 1; i < dim_; ++i) {
            const Row weighted = weight * d.row(i).array();
            for (int j = 0; j < i; ++j) {
                auto sum = triangle_.row(row(i, j)).array();
                sum = factor * (sum + weighted * d.row(j).array());
            }
        }
    } else if (matrices_ != nullptr) {
        for (int c = 0; c < kTileWidth; ++c) {
            if (weight[c] == 0.0 && factor[c] == 1.0) continue;
            auto& matrix = (*matrices_)[static_cast<std::size_t>(c)];
            for (int j = 0; j < dim_; ++j) {
                const double weighted = weight[c] * d(j, c);
                for (int i = j + 1; i < dim_; ++i) matrix(i, j) = factor[c] * (matrix(i, j) + weighted * d(i, c));
            }
        }
    }
}

void SpreadSums::add(const WeightedPoints& cloud, Eigen::Index first, int count, const double* e, const Tile& reference,
                     const Tile& mean) {
    add_diagonal(cloud, first, count, e, reference, mean);
    if (in_tiles()) return add_in_tiles(cloud, first, count, e, reference, mean);
    if (matrices_ != nullptr) add_by_columns(cloud, first, count, e, reference, mean);
}

void SpreadSums::add_diagonal(const WeightedPoints& cloud, Eigen::Index first, int count, const double* e,
                              const Tile& reference, const Tile& mean) {
    for (int i = 0; i < dim_; ++i) {
        Lanes sum[kQuads];
        Lanes at[kQuads];
        Lanes middle[kQuads];
        for (int q = 0; q < kQuads; ++q) {
            sum[q] = load_lanes(diagonal_.row(i).data() + q * kLanes);
            at[q] = load_lanes(reference.row(i).data() + q * kLanes);
            middle[q] = load_lanes(mean.row(i).data() + q * kLanes);
        }
        for (int k = 0; k < count; ++k) {
            const Lanes y = all_lanes(cloud.points(i, first + k));
            for (int q = 0; q < kQuads; ++q) {
                const Lanes c = (y - at[q]) - middle[q];
                sum[q] += load_lanes(e + k * kTileWidth + q * kLanes) * c * c;
            }
        }
        for (int q = 0; q < kQuads; ++q) store_lanes(diagonal_.row(i).data() + q * kLanes, sum[q]);
    }
}

/// Entries (i .. i + n - 1, j .. j + n - 1), all below the diagonal.
template <int n>
void SpreadSums::add_entries(int i, int j, int together) {
    Lanes sum[n][n][kQuads];
    for (int r = 0; r < n; ++r) {
        for (int s = 0; s < n; ++s) {
            const double* sums = triangle_.row(row(i + r, j + s)).data();
            for (int q = 0; q < kQuads; ++q) sum[r][s][q] = load_lanes(sums + q * kLanes);
        }
    }
    for (int k = 0; k < together; ++k) {
        const double* weighted = weighted_.row(Eigen::Index{k} * dim_ + i).data();
        const double* centred = centred_.row(Eigen::Index{k} * dim_ + j).data();
        for (int q = 0; q < kQuads; ++q) {
            Lanes a[n];
            for (int r = 0; r < n; ++r) a[r] = load_lanes(weighted + r * kTileWidth + q * kLanes);
            for (int s = 0; s < n; ++s) {
                const Lanes b = load_lanes(centred + s * kTileWidth + q * kLanes);
                for (int r = 0; r < n; ++r) sum[r][s][q] += a[r] * b;
            }
        }
    }
    for (int r = 0; r < n; ++r) {
        for (int s = 0; s < n; ++s) {
            double* sums = triangle_.row(row(i + r, j + s)).data();
            for (int q = 0; q < kQuads; ++q) store_lanes(sums + q * kLanes, sum[r][s][q]);
        }
    }
}

/// Deviations of a few points at a time; then entries of the triangle are summed over them in registers.
void SpreadSums::add_in_tiles(const WeightedPoints& cloud, Eigen::Index first, int count, const double* e,
                              const Tile& reference, const Tile& mean) {
    for (int begin = 0; begin < count; begin += kTogether) {
        const int together = std::min(kTogether, count - begin);
        for (int k = 0; k < together; ++k) {
            const double* y = cloud.points.col(first + begin + k).data();
            const Row weight = Eigen::Map<const Row>(e + Eigen::Index{begin + k} * kTileWidth);
            for (int i = 0; i < dim_; ++i) {
                auto centred = centred_.row(Eigen::Index{k} * dim_ + i).array();
                centred = (y[i] - reference.row(i).array()) - mean.row(i).array();
                weighted_.row(Eigen::Index{k} * dim_ + i).array() = weight * centred;
            }
        }
        int i = 0;
        for (; i + kEntries <= dim_; i += kEntries) {
            for (int j = 0; j < i; j += kEntries) add_entries<kEntries>(i, j, together);
            for (int r = i + 1; r < i + kEntries; ++r) {
                for (int j = i; j < r; ++j) add_entries<1>(r, j, together);
            }
        }
        for (; i < dim_; ++i) {
            for (int j = 0; j < i; ++j) add_entries<1>(i, j, together);
        }
    }
}

/// Only the points that weigh anything in the column, as one product of a d x points matrix with its transpose.
void SpreadSums::add_by_columns(const WeightedPoints& cloud, Eigen::Index first, int count, const double* e,
                                const Tile& reference, const Tile& mean) {
    for (int c = 0; c < kTileWidth; ++c) {
        Eigen::Index used = 0;
        for (int k = 0; k < count; ++k) {
            const double weight = e[Eigen::Index{k} * kTileWidth + c];
            if (weight == 0.0) continue;
            scaled_.col(used++) = std::sqrt(weight) * ((cloud.points.col(first + k) - reference.col(c)) - mean.col(c));
        }
        if (used == 0) continue;
        auto& matrix = (*matrices_)[static_cast<std::size_t>(c)];
        matrix.selfadjointView<Eigen::Lower>().rankUpdate(scaled_.leftCols(used));
    }
}

Row SpreadSums::finish(const Row& factor) {
    Row trace = Row::Zero();
    for (int i = 0; i < dim_; ++i) {
        diagonal_.row(i).array() *= factor;
        trace += diagonal_.row(i).array();
    }
    if (matrices_ == nullptr) return trace;
    for (int c = 0; c < kTileWidth; ++c) {
        auto& matrix = (*matrices_)[static_cast<std::size_t>(c)];
        for (int i = 0; i < dim_; ++i) {
            for (int j = 0; j < i; ++j) {
                const double sum = in_tiles() ? triangle_(row(i, j), c) : matrix(i, j);
                matrix(i, j) = matrix(j, i) = factor[c] * sum;
            }
            matrix(i, i) = diagonal_(i, c);
        }
    }
    return trace;
}

}  // namespace sigmaflow
