#pragma once
/// \file
/// How a solver goes along a grid: which way, from where, in which coordinates. Said in the [[schedule]] table, beside
/// clock and grid.

#include "sigmaflow/core/schema.hpp"
#include "sigmaflow/schedule/schedule.hpp"

namespace sigmaflow {

/// down: from the first sigma of the grid to the last (generation). up: the same grid backwards, from data to noise.
/// round_trip: up, then down again.
enum class Direction { down, up, round_trip };

/// Where particles start at the first sigma they visit: an exact draw of p_sigma, x0 + sigma n; or the prior
/// N(0, sigma^2 I), whose error is part of a sampler's.
enum class Start { exact, gaussian };

/// canonical: a solver steps x = y/s in sigma. scaled: it steps y = s x in the schedule's own t, dy/dt = f y + ...
enum class Coordinates { canonical, scaled };

struct Course {
    Direction direction = Direction::down;
    Start start = Start::exact;
    Coordinates coordinates = Coordinates::canonical;
};

/// The parameters `direction`, `start` and `coordinates`, which every kind of schedule takes.
[[nodiscard]] std::vector<Parameter> course_parameters();

/// The course that `parameters` ask for. InputError for a Gaussian start of anything but generation, and for a last
/// step to sigma = 0 on a way that begins at data.
[[nodiscard]] Course make_course(const Parameters& parameters);

}  // namespace sigmaflow
