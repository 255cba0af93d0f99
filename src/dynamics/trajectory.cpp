#include "sigmaflow/dynamics/trajectory.hpp"

#include <algorithm>

namespace sigmaflow {

TrajectoryRunner::TrajectoryRunner(const PointModel& model)
    : model_(&model),
      requirements_(model.requirements()),
      flow_(*model.distribution, requirements_.channels),
      history_(model.solver->traits().stages, model.solver->traits().memory, flow_.layout().rows()),
      state_(flow_.layout()),
      scratch_(model.distribution->posterior().workspace()),
      posterior_(model.dim(), requirements_.posterior),
      position_(Tile::Zero(model.dim(), kTileWidth)),
      spectrum_(model.dim()),
      matrix_(model.dim(), model.dim()) {
    for (const auto& field : model.fields()) observed_.emplace_back(Tile::Zero(field.components, kTileWidth));
}

void TrajectoryRunner::run(const ParticleRange& range, int first, BlockBuffer& out) {
    model_->distribution->sample(model_->key, range, state_.data);
    for (int column = 0; column < kTileWidth; ++column) {
        const int particle = std::min(column, range.count - 1);  // padding repeats the last particle
        Stream stream = model_->key.stream(range.first + particle, Purpose::start_noise);
        for (int i = 0; i < model_->dim(); ++i) state_.noise(i, column) = stream.normal();
    }
    state_.x() = state_.data + model_->grid.front() * state_.noise;
    integrate(first, range.count, out);
}

void TrajectoryRunner::run_from(const Tile& start, int count, BlockBuffer& out) {
    state_.data.setZero();
    state_.noise.setZero();
    state_.x() = start;
    integrate(0, count, out);
}

void TrajectoryRunner::integrate(int first, int count, BlockBuffer& out) {
    const auto& grid = model_->grid;
    const auto& level_of_sigma = model_->levels.level_of_sigma;
    state_.sigma.setConstant(grid.front());
    state_.z.bottomRows(state_.z.rows() - model_->dim()).setZero();
    state_.status.fill(ParticleStatus::ok);
    history_.clear();
    if (requirements_.channels.log_jacobian) {
        Needs needs;
        needs.log_density = true;
        position_ = state_.x();
        flow_.denoiser().evaluate(position_, state_.sigma, needs, *scratch_, posterior_);
        start_log_density_ = posterior_.log_density;
    }
    int next_level = 0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        if (i > 0) advance(*model_->solver, flow_, grid[i], history_, state_);
        watch(next_level, first, count, out);
        const int level = level_of_sigma[i];
        if (level < 0) continue;
        record(level, first, count, out);
        next_level = level + 1;
    }
}

void TrajectoryRunner::watch(int next_level, int first, int count, BlockBuffer& out) {
    for (int column = 0; column < count; ++column) {
        auto& status = state_.status[static_cast<std::size_t>(column)];
        if (status == ParticleStatus::ok && !state_.x().col(column).allFinite()) status = ParticleStatus::non_finite;
        if (status != ParticleStatus::ok) out.fail(first + column, status, next_level);
    }
}

void TrajectoryRunner::record(int level, int first, int count, BlockBuffer& out) {
    position_ = state_.x();
    flow_.denoiser().evaluate(position_, state_.sigma, requirements_.posterior, *scratch_, posterior_);
    const Snapshot snapshot{state_, posterior_, start_log_density_, spectrum_, matrix_};
    for (std::size_t field = 0; field < observed_.size(); ++field) {
        Tile& values = observed_[field];
        model_->observables[field]->observe(snapshot, values);
        for (int column = 0; column < count; ++column) {
            if (!values.col(column).allFinite()) out.fail(first + column, ParticleStatus::non_finite, level);
        }
        out.store(field, level, first, count, values);
    }
}

}  // namespace sigmaflow
