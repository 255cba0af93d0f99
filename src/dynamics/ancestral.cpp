#include "ancestral.hpp"

#include <algorithm>
#include <cmath>

namespace sigmaflow {

AncestralCut ancestral_cut(double from, double to, double eta) {
    const double root = std::sqrt((from - to) * (from + to));
    const double up = std::min(eta * to / from * root, to);
    return {std::sqrt((to - up) * (to + up)), up, up / root};
}

}  // namespace sigmaflow
