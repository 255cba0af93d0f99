#include "sigmaflow/distribution/contracted_moments.hpp"

namespace sigmaflow {

ContractedSums::ContractedSums(int dim)
    : e_(Tile::Zero(dim, kTileWidth)), beta_(Tile::Zero(dim, kTileWidth)), sums_(dim) {}

void ContractedSums::start(const Tile& x, const Tile& mean) {
    e_ = x - mean;
    mean_g_.setZero();
    mean_square_.setZero();
    sums_.nu_g.setZero();
    sums_.nu_gg.setZero();
    sums_.square_g.setZero();
    sums_.square_gg.setZero();
}

void ContractedSums::contract(const Tile& a) {
    product_.setZero();
    square_.setZero();
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
        product_ += 0.5 * a.row(i).array() * (e_.row(i).array() - a.row(i).array());
        square_ += a.row(i).array().square();
    }
}

void ContractedSums::average(const Row& weight, const Tile& a, const Row& trace) {
    contract(a);
    mean_g_ += weight * (product_ - 0.5 * trace);
    mean_square_ += weight * (square_ + trace);
}

void ContractedSums::centre(const Row& inverse_sum) {
    inverse_sum_ = inverse_sum;
    mean_g_ *= inverse_sum;
    mean_square_ *= inverse_sum;
}

const Tile& ContractedSums::beta(const Tile& a) {
    beta_ = 0.5 * e_ - a;
    return beta_;
}

void ContractedSums::add(const Row& weight, const Tile& a, const GaussianPart& part) {
    contract(a);
    const Row gamma = product_ - 0.5 * part.trace - mean_g_;
    const Row excess = square_ + part.trace - mean_square_;  // E[|nu|^2 | k] - E|nu|^2
    Row beta_c_beta = Row::Zero(), a_c_beta = Row::Zero(), beta_cc_beta = Row::Zero(), a_cc_beta = Row::Zero();
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
        beta_c_beta += beta_.row(i).array() * part.c_beta.row(i).array();
        a_c_beta += a.row(i).array() * part.c_beta.row(i).array();
        beta_cc_beta += beta_.row(i).array() * part.cc_beta.row(i).array();
        a_cc_beta += a.row(i).array() * part.cc_beta.row(i).array();
    }
    const Row gg = gamma.square() + beta_c_beta + 0.5 * part.trace2;  // E[G^2 | k]
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
        const Row c_beta = part.c_beta.row(i);
        sums_.nu_g.row(i).array() += weight * (a.row(i).array() * gamma + c_beta);
        sums_.nu_gg.row(i).array() +=
            weight * (a.row(i).array() * gg + 2.0 * (gamma * c_beta - part.cc_beta.row(i).array()));
    }
    const Row mixed = 2.0 * a_c_beta - part.trace2;  // Cov(|nu|^2, G | k)
    sums_.square_g += weight * (excess * gamma + mixed);
    sums_.square_gg +=
        weight * (excess * gg + 2.0 * gamma * mixed - 4.0 * a_cc_beta + 2.0 * (beta_cc_beta + part.trace3));
}

void ContractedSums::finish(ContractedMoments& out) const {
    for (Eigen::Index i = 0; i < e_.rows(); ++i) {
        out.nu_g.row(i).array() = sums_.nu_g.row(i).array() * inverse_sum_;
        out.nu_gg.row(i).array() = sums_.nu_gg.row(i).array() * inverse_sum_;
    }
    out.square_g = sums_.square_g * inverse_sum_;
    out.square_gg = sums_.square_gg * inverse_sum_;
}

}  // namespace sigmaflow
