#include "sigmaflow/dynamics/trajectory.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sigmaflow {

namespace {

History history_of(const SolverTraits& traits, int rows) {
    return {traits.stages, traits.memory, traits.numbers, rows};
}

std::optional<BrownianPaths> paths_of(const PointModel& model) {
    if (!model.solver->traits().stochastic) return std::nullopt;
    return BrownianPaths(model.key, model.dim());
}

}  // namespace

TrajectoryRunner::TrajectoryRunner(const PointModel& model)
    : model_(&model),
      requirements_(model.requirements()),
      flow_(*model.distribution, requirements_.channels,
            model.course.coordinates == Coordinates::scaled ? model.schedule.get() : nullptr),
      history_(history_of(model.solver->traits(), flow_.layout().rows())),
      paths_(paths_of(model)),
      state_(flow_.layout()),
      tangents_(flow_.layout(), model.solver->traits().memory),
      scratch_(model.distribution->posterior().workspace()),
      posterior_(model.dim(), requirements_.posterior),
      position_(Tile::Zero(model.dim(), kTileWidth)),
      spectrum_(model.dim()),
      matrix_(model.dim(), model.dim()) {
    for (const auto& field : model.fields()) observed_.emplace_back(Tile::Zero(field.components, kTileWidth));
    level_ahead_ = model.levels.level_of_sigma;
    for (std::size_t i = level_ahead_.size(); i-- > 1;) {
        if (level_ahead_[i - 1] < 0) level_ahead_[i - 1] = level_ahead_[i];
    }
    if (requirements_.error_budget) {
        budget_ = std::make_unique<ErrorBudget>(*model.distribution, static_cast<int>(model.levels.sigma.size()));
    }
    if (requirements_.outbound) outbound_.assign(model.levels.sigma.size(), Tile::Zero(model.dim(), kTileWidth));
}

void TrajectoryRunner::run(const ParticleRange& range, int first, BlockBuffer& out) {
    draw_start(range);
    draw_probes(range);
    if (paths_) paths_->follow(range);
    integrate(first, range.count, out);
}

void TrajectoryRunner::run_from(const Tile& start, int count, BlockBuffer& out) {
    state_.data.setZero();
    state_.noise.setZero();
    state_.x() = start;
    draw_probes({0, count});
    if (paths_) paths_->follow({0, kTileWidth});
    integrate(0, count, out);
}

void TrajectoryRunner::draw_start(const ParticleRange& range) {
    for (int column = 0; column < kTileWidth; ++column) {
        const int particle = std::min(column, range.count - 1);  // padding repeats the last particle
        Stream stream = model_->key.stream(range.first + particle, Purpose::start_noise);
        for (int i = 0; i < model_->dim(); ++i) state_.noise(i, column) = stream.normal();
    }
    if (model_->course.start == Start::exact) {
        model_->distribution->sample(model_->key, range, state_.data);
    } else {
        state_.data.setZero();
    }
    state_.x() = state_.data + model_->first_sigma() * state_.noise;
}

/// Random signs (Rademacher), which have the least variance of all v with E v v^T = I and independent components.
void TrajectoryRunner::draw_probes(const ParticleRange& range) {
    auto probes = flow_.probes();
    if (probes.rows() == 0) return;
    for (int column = 0; column < kTileWidth; ++column) {
        const int particle = std::min(column, range.count - 1);
        Stream stream = model_->key.stream(range.first + particle, Purpose::probes);
        for (Eigen::Index i = 0; i < probes.rows(); ++i) probes(i, column) = stream.uniform() < 0.5 ? -1.0 : 1.0;
    }
}

void TrajectoryRunner::integrate(int first, int count, BlockBuffer& out) {
    prepare();
    if (model_->course.direction == Direction::round_trip) travel_up(first, count, out);
    travel_recorded(first, count, out);
}

void TrajectoryRunner::prepare() {
    state_.sigma.setConstant(model_->first_sigma());
    state_.z.bottomRows(state_.z.rows() - model_->dim()).setZero();
    state_.status.fill(ParticleStatus::ok);
    for (Row* count : {&state_.steps, &state_.rejected, &state_.evaluations, &state_.accepted}) count->setZero();
    history_.clear();
    tangents_.start(state_);
    if (budget_) budget_->start(state_);
    if (requirements_.channels.log_jacobian || requirements_.channels.probes > 0) find_start_log_density();
}

void TrajectoryRunner::step_to(double sigma) {
    advance(*model_->solver, flow_, sigma, history_, state_, route());
    tangents_.orthogonalise(history_, state_);
}

Route TrajectoryRunner::route() { return {model_->positive_sigmas(), paths_ ? &*paths_ : nullptr}; }

/// ln p_sigma for an exact start, that of the prior for a Gaussian one.
void TrajectoryRunner::find_start_log_density() {
    if (model_->course.start == Start::gaussian) {
        const double variance = model_->first_sigma() * model_->first_sigma();
        start_log_density_ = -0.5 * state_.x().colwise().squaredNorm().array() / variance -
                             0.5 * model_->dim() * std::log(2.0 * std::numbers::pi * variance);
        return;
    }
    Needs needs;
    needs.log_density = true;
    position_ = state_.x();
    flow_.denoiser().evaluate(position_, state_.sigma, needs, *scratch_, posterior_);
    start_log_density_ = posterior_.log_density;
}

/// The first half of a round trip: the recorded way backwards.
void TrajectoryRunner::travel_up(int first, int count, BlockBuffer& out) {
    const auto& grid = model_->grid;
    for (std::size_t i = grid.size(); i-- > 0;) {
        if (i + 1 < grid.size()) step_to(grid[i]);
        watch(0, first, count, out);
        const int level = model_->levels.level_of_sigma[i];
        if (level >= 0 && requirements_.outbound) outbound_[static_cast<std::size_t>(level)] = state_.x();
    }
    history_.clear();
}

void TrajectoryRunner::travel_recorded(int first, int count, BlockBuffer& out) {
    const auto& grid = model_->grid;
    int next_level = 0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        if (i > 0) step_to(grid[i]);
        if (i > 0 && budget_ && level_ahead_[i] >= 0) budget_->step(state_, level_ahead_[i]);
        watch(next_level, first, count, out);
        const int level = model_->levels.level_of_sigma[i];
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
    const Tile& outbound = requirements_.outbound ? outbound_[static_cast<std::size_t>(level)] : nowhere_;
    if (budget_) budget_->orient(posterior_);
    Snapshot snapshot{state_,    posterior_, start_log_density_, model_->first_sigma(), budget_.get(), level, outbound,
                      spectrum_, matrix_};
    for (std::size_t field = 0; field < observed_.size(); ++field) {
        if (model_->observables[field]->requirements().at_the_end) {
            record_at_the_end(snapshot, field, first, count, out);
        } else {
            store(snapshot, field, first, count, out);
        }
    }
}

/// At the last recorded level: that level and all before it.
void TrajectoryRunner::record_at_the_end(Snapshot& snapshot, std::size_t field, int first, int count,
                                         BlockBuffer& out) {
    const auto& levels = model_->levels.level_of_sigma;
    const int here = snapshot.level;
    if (here < *std::max_element(levels.begin(), levels.end())) return;
    for (const int level : levels) {
        if (level < 0) continue;
        snapshot.level = level;
        store(snapshot, field, first, count, out);
    }
    snapshot.level = here;
}

void TrajectoryRunner::store(const Snapshot& snapshot, std::size_t field, int first, int count, BlockBuffer& out) {
    Tile& values = observed_[field];
    model_->observables[field]->observe(snapshot, values);
    for (int column = 0; column < count; ++column) {
        if (!values.col(column).allFinite()) out.fail(first + column, ParticleStatus::non_finite, snapshot.level);
    }
    out.store(field, snapshot.level, first, count, values);
}

}  // namespace sigmaflow
