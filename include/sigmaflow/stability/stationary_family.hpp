#pragma once
/// \file
/// Continua of stationary points, the orbits of a continuous symmetry of the law: on a round shell the modes are a
/// whole sphere.

#include "sigmaflow/stability/stationary_search.hpp"

namespace sigmaflow {

/// Looks whether a point with zero directions is one of a family, by moving along them and converging again, and finds
/// the Euler characteristic: 0 if the dimension z is odd, 2 for the spheres of even dimension, which span z + 1
/// dimensions. Nothing happens to a point without zero directions.
void recognise_family(StationarySearch& search, double length, StationaryPoint& point);

/// Whether b lies on the family of a: walks from a towards b along zero directions.
[[nodiscard]] bool is_same_family(StationarySearch& search, double length, const StationaryPoint& a,
                                  const StationaryPoint& b);

}  // namespace sigmaflow
