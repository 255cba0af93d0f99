#pragma once
/// \file
/// The trajectories of one tile of particles of one point, start to end, with what is observed on the way.

#include "sigmaflow/dynamics/block_buffer.hpp"
#include "sigmaflow/dynamics/error_budget.hpp"
#include "sigmaflow/dynamics/point_model.hpp"
#include "sigmaflow/dynamics/tangent_frame.hpp"

namespace sigmaflow {

/// Buffers and the loop of one thread; made once per point and thread, then run for many tiles without allocation.
class TrajectoryRunner {
  public:
    explicit TrajectoryRunner(const PointModel& model);

    /// Integrates the particles of `range` along the model's course and stores what the observables see into `out`, as
    /// its particles from `first` on.
    void run(const ParticleRange& range, int first, BlockBuffer& out);
    /// The same from a given start, every column at the model's first sigma: for `trace`. x0 and n are not known then.
    void run_from(const Tile& start, int count, BlockBuffer& out);

  private:
    void draw_start(const ParticleRange& range);
    void draw_probes(const ParticleRange& range);
    void step_to(double sigma);
    void integrate(int first, int count, BlockBuffer& out);
    void prepare();
    [[nodiscard]] Route route();
    void travel_up(int first, int count, BlockBuffer& out);
    void travel_recorded(int first, int count, BlockBuffer& out);
    void record(int level, int first, int count, BlockBuffer& out);
    void record_at_the_end(Snapshot& snapshot, std::size_t field, int first, int count, BlockBuffer& out);
    void store(const Snapshot& snapshot, std::size_t field, int first, int count, BlockBuffer& out);
    void watch(int next_level, int first, int count, BlockBuffer& out);
    void find_start_log_density();

    const PointModel* model_;
    Requirements requirements_;
    ProbabilityFlow flow_;
    History history_;
    std::optional<BrownianPaths> paths_;  ///< for stochastic solvers
    State state_;
    TangentFrame tangents_;
    std::unique_ptr<ErrorBudget> budget_;  ///< where it is asked for
    std::vector<int> level_ahead_;         ///< what is recorded next, at every index of the grid; -1 after the last
    std::unique_ptr<Denoiser::Workspace> scratch_;
    PosteriorTile posterior_;
    Tile position_;
    Row start_log_density_ = Row::Zero();
    SymmetricSpectrum spectrum_;
    Eigen::MatrixXd matrix_;
    std::vector<Tile> observed_;
    std::vector<Tile> outbound_;  ///< of every level, for round trips
    Tile nowhere_;                ///< what stands for it otherwise
};

}  // namespace sigmaflow
