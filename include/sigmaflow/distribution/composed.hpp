#pragma once
/// \file
/// The kinds that are made of other laws: `mixture` of any, `product` of independent ones, `affine` image of one.

#include "sigmaflow/distribution/registry.hpp"

namespace sigmaflow {

[[nodiscard]] Kind mixture_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_mixture(const Parameters& parameters, const PointsCatalog& catalog);

[[nodiscard]] Kind product_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_product(const Parameters& parameters, const PointsCatalog& catalog);

[[nodiscard]] Kind affine_kind();
[[nodiscard]] std::unique_ptr<Distribution> make_affine(const Parameters& parameters, const PointsCatalog& catalog);

}  // namespace sigmaflow
