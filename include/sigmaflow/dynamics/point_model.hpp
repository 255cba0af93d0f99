#pragma once
/// \file
/// Everything that decides the numbers of one point, built and ready to run.

#include <memory>
#include <vector>

#include "sigmaflow/distribution/distribution.hpp"
#include "sigmaflow/dynamics/observable.hpp"
#include "sigmaflow/dynamics/solver.hpp"
#include "sigmaflow/schedule/course.hpp"
#include "sigmaflow/schedule/schedule.hpp"

namespace sigmaflow {

/// Which grid sigma is recorded as which level.
struct RecordedLevels {
    std::vector<double> sigma;        ///< actual sigma of every level; NaN where masked
    std::vector<int> level_of_sigma;  ///< level recorded at grid index i, or -1
};

/// Records every wanted level at the grid sigma nearest in ln sigma. Two levels that share a grid sigma: the nearer one
/// has it, the other is masked. Observation never changes the grid.
[[nodiscard]] RecordedLevels recorded_levels(const std::vector<double>& grid, const std::vector<double>& wanted);

struct PointModel {
    std::shared_ptr<const Distribution> distribution;
    std::shared_ptr<const Schedule> schedule;
    std::shared_ptr<const Solver> solver;
    Course course;
    std::vector<double> grid;  ///< the sigmas of the recorded way in the order of visits; a last 0 is the step to x = m
    RecordedLevels levels;     ///< in the order of visits too
    std::vector<std::shared_ptr<const Observable>> observables;
    StreamKey key;

    /// Sets grid and levels, once course and solver are known: the decreasing `sigmas` of a grid, turned round for the
    /// way up, with the decreasing `wanted` levels at those nearest. An adaptive solver goes from end to end and lands
    /// on every wanted level in between instead.
    void lay_route(std::vector<double> sigmas, std::vector<double> wanted);
    /// Where particles start: the first sigma of the grid, the last one for a round trip, which records its way back.
    [[nodiscard]] double first_sigma() const;
    /// How many sigmas of the grid are positive.
    [[nodiscard]] int positive_sigmas() const;

    [[nodiscard]] int dim() const { return distribution->dim(); }
    [[nodiscard]] std::vector<Field> fields() const;
    [[nodiscard]] Requirements requirements() const;
    /// Work of `width` particles over the whole trajectory, independent of the machine.
    [[nodiscard]] Work cost(int width) const;
    /// Bytes of the tiles that one thread keeps to step a tile of particles, roughly.
    [[nodiscard]] double state_bytes() const;
    /// Why this point cannot run (a solver or a quantity that needs what the law or solver does not have); empty if it
    /// can.
    [[nodiscard]] std::string mismatch() const;

  private:
    [[nodiscard]] std::string mismatch_of_channels(const Channels& channels) const;
};

}  // namespace sigmaflow
