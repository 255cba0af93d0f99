#pragma once
/// \file
/// Moments of the posterior that say how m and tr C change along the probability flow (docs/theory.md, section 4). With
/// nu = x0 - m, e = x - m and g = (nu.e - |nu|^2)/2, ln of the posterior weight of x0 changes along the flow by
/// d/dtheta = g + const, theta = 1/sigma^2; G = g - E g.

#include "sigmaflow/core/tile.hpp"

namespace sigmaflow {

struct ContractedMoments {
    Tile nu_g;      ///< E[nu G] = dm/dtheta, d x w
    Tile nu_gg;     ///< E[nu G^2], d x w
    Row square_g;   ///< E[|nu|^2 G] = d tr C/dtheta
    Row square_gg;  ///< E[(|nu|^2 - tr C) G^2]

    explicit ContractedMoments(int dim)
        : nu_g(Tile::Zero(dim, kTileWidth)),
          nu_gg(Tile::Zero(dim, kTileWidth)),
          square_g(Row::Zero()),
          square_gg(Row::Zero()) {}
};

/// What the Gaussian N(a, C) of one component contributes beside its centre a.
struct GaussianPart {
    Tile c_beta;   ///< C beta, d x w
    Tile cc_beta;  ///< C C beta
    Row trace;     ///< tr C
    Row trace2;    ///< tr C^2
    Row trace3;    ///< tr C^3

    explicit GaussianPart(int dim)
        : c_beta(Tile::Zero(dim, kTileWidth)),
          cc_beta(Tile::Zero(dim, kTileWidth)),
          trace(Row::Zero()),
          trace2(Row::Zero()),
          trace3(Row::Zero()) {}
};

/// The contracted moments of a posterior that is a mixture of Gaussians N(a_k, C_k), a_k = m_k - m, in two passes over
/// the components: average() for each, centre(), then add() for each, finish(). Within a component, with zeta ~
/// N(0, C_k), G = gamma_k + beta_k.zeta - (|zeta|^2 - tr C_k)/2 with beta_k = (e - 2 a_k)/2 and gamma_k = a_k.(e -
/// a_k)/2 - tr C_k/2 - E g, so that all expectations are those of quadratic forms. Nothing is allocated.
class ContractedSums {
  public:
    explicit ContractedSums(int dim);

    void start(const Tile& x, const Tile& mean);
    void average(const Row& weight, const Tile& a, const Row& trace);
    /// `inverse_sum` is 1 / the sum of the weights.
    void centre(const Row& inverse_sum);
    /// beta of a component, which its GaussianPart is made with.
    [[nodiscard]] const Tile& beta(const Tile& a);
    /// Adds a component; beta(a) was called before.
    void add(const Row& weight, const Tile& a, const GaussianPart& part);
    void finish(ContractedMoments& out) const;

  private:
    /// a.(e - a)/2 and |a|^2.
    void contract(const Tile& a);

    Tile e_;
    Tile beta_;
    Row product_;
    Row square_;
    Row inverse_sum_;
    Row mean_g_;
    Row mean_square_;
    ContractedMoments sums_;
};

}  // namespace sigmaflow
