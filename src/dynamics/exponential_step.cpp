#include "exponential_step.hpp"

#include <cmath>

namespace sigmaflow {
namespace {

/// h phi_k(-ah), phi_k(-ah) = int_0^1 e^(-ah(1-s)) s^(k-1)/(k-1)! ds.
struct Phi {
    double first;
    double second;
    double third;
};

Phi decaying_phi(double h) {
    const double first = -std::expm1(-h);
    const double second = 1.0 - first / h;
    return {first, second, 0.5 - second / h};
}

Phi quadrature_phi(double h) { return {h, h / 2.0, h / 6.0}; }

void add(const StateLayout& layout, double decaying, double quadrature, const Tile& e, Tile& z) {
    const auto rows = layout.decaying();
    const auto others = layout.rows() - rows;
    z.topRows(rows) += decaying * e.topRows(rows);
    z.bottomRows(others) += quadrature * e.bottomRows(others);
}

}  // namespace

double log_ratio(const Step& step) { return std::log(step.from / step.to); }

void frozen_step(const StateLayout& layout, double h, const Tile& z, const Tile& n, Tile& out) {
    const auto rows = layout.decaying();
    const auto others = layout.rows() - rows;
    out.topRows(rows) = std::exp(-h) * z.topRows(rows);
    out.bottomRows(others) = z.bottomRows(others);
    add(layout, decaying_phi(h).first, quadrature_phi(h).first, n, out);
}

void add_second(const StateLayout& layout, double h, double factor, const Tile& e, Tile& z) {
    add(layout, factor * decaying_phi(h).second, factor * quadrature_phi(h).second, e, z);
}

void add_third(const StateLayout& layout, double h, double factor, const Tile& e, Tile& z) {
    add(layout, factor * decaying_phi(h).third, factor * quadrature_phi(h).third, e, z);
}

}  // namespace sigmaflow
