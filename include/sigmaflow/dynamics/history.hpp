#pragma once
/// \file
/// What a solver keeps: scratch tiles of one step and what earlier steps left for multistep methods.

#include <algorithm>
#include <vector>

#include "sigmaflow/core/tile.hpp"

namespace sigmaflow {

/// Made once per thread and point and cleared at every start, so that steps allocate nothing.
class History {
  public:
    History(int stages, int memory, int numbers, int rows)
        : stages_(static_cast<std::size_t>(stages), Tile::Zero(rows, kTileWidth)),
          past_(static_cast<std::size_t>(memory), Tile::Zero(rows, kTileWidth)),
          clocks_(static_cast<std::size_t>(memory), 0.0),
          numbers_(static_cast<std::size_t>(numbers), Row::Zero()) {}

    void clear() {
        length_ = 0;
        elapsed_ = 0.0;
        for (auto& number : numbers_) number.setZero();
    }

    /// Scratch of one step.
    [[nodiscard]] Tile& stage(int i) { return stages_[static_cast<std::size_t>(i)]; }

    /// Room for a new entry at the clock's `u`; the oldest one makes way.
    [[nodiscard]] Tile& push(double u) {
        std::rotate(past_.begin(), past_.end() - 1, past_.end());
        std::rotate(clocks_.begin(), clocks_.end() - 1, clocks_.end());
        clocks_.front() = u;
        length_ = std::min(length_ + 1, static_cast<int>(past_.size()));
        return past_.front();
    }
    [[nodiscard]] int length() const { return length_; }
    /// Entry i, newest first.
    [[nodiscard]] Tile& past(int i) { return past_[static_cast<std::size_t>(i)]; }
    [[nodiscard]] const Tile& past(int i) const { return past_[static_cast<std::size_t>(i)]; }
    [[nodiscard]] double clock(int i) const { return clocks_[static_cast<std::size_t>(i)]; }

    /// One number per particle, zero at the start.
    [[nodiscard]] Row& number(int i) { return numbers_[static_cast<std::size_t>(i)]; }
    /// Time on a noise clock of the solver's own, zero at the start.
    [[nodiscard]] double& elapsed() { return elapsed_; }

  private:
    std::vector<Tile> stages_;
    std::vector<Tile> past_;
    std::vector<double> clocks_;
    std::vector<Row> numbers_;
    int length_ = 0;
    double elapsed_ = 0.0;
};

}  // namespace sigmaflow
