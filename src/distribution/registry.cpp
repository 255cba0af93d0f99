#include "sigmaflow/distribution/registry.hpp"

#include "sigmaflow/distribution/clouds.hpp"
#include "sigmaflow/distribution/composed.hpp"
#include "sigmaflow/distribution/ellipsoid_points.hpp"
#include "sigmaflow/distribution/ellipsoid_shell.hpp"
#include "sigmaflow/distribution/gaussian.hpp"
#include "sigmaflow/distribution/planes.hpp"
#include "sigmaflow/distribution/points.hpp"

namespace sigmaflow {
namespace {

/// A kind that needs no table.
DistributionFactory alone(std::unique_ptr<Distribution> (*make)(const Parameters&)) {
    return [make](const Parameters& parameters, const PointsCatalog&) { return make(parameters); };
}

Registry<DistributionFactory> build() {
    Registry<DistributionFactory> kinds("distribution");
    kinds.add(gaussian_kind(), alone(make_gaussian));
    kinds.add(gaussian_mixture_kind(), alone(make_gaussian_mixture));
    kinds.add(parallel_planes_kind(), alone(make_parallel_planes));
    kinds.add(crossing_planes_kind(), alone(make_crossing_planes));
    kinds.add(two_deltas_kind(), alone(make_two_deltas));
    kinds.add(hypercube_kind(), alone(make_hypercube));
    kinds.add(simplex_kind(), alone(make_simplex));
    kinds.add(ring_kind(), alone(make_ring));
    kinds.add(points_kind(), make_points);
    kinds.add(ellipsoid_shell_kind(), alone(make_ellipsoid_shell));
    kinds.add(ellipsoid_points_kind(), alone(make_ellipsoid_points));
    kinds.add(mixture_kind(), make_mixture);
    kinds.add(product_kind(), make_product);
    kinds.add(affine_kind(), make_affine);
    return kinds;
}

}  // namespace

const Registry<DistributionFactory>& distributions() {
    static const Registry<DistributionFactory> kinds = build();
    return kinds;
}

}  // namespace sigmaflow
