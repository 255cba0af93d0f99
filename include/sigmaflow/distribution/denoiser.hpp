#pragma once
/// \file
/// The posterior of x0 given x = x0 + sigma n: all that a solver needs of a data distribution. A learned network
/// implements only this.

#include <Eigen/Core>
#include <memory>
#include <vector>

#include "sigmaflow/core/tile.hpp"
#include "sigmaflow/distribution/contracted_moments.hpp"
#include "sigmaflow/distribution/posterior_at.hpp"

namespace sigmaflow {

/// What an evaluation has to fill in; the mean is always computed.
struct Needs {
    bool log_density = false;
    bool trace = false;          ///< tr C
    bool covariance = false;     ///< C itself; implies trace
    bool entropy = false;        ///< of the posterior weights
    bool class_entropy = false;  ///< of the posterior over classes

    [[nodiscard]] Needs operator|(const Needs& other) const {
        return {log_density || other.log_density, trace || other.trace, covariance || other.covariance,
                entropy || other.entropy, class_entropy || other.class_entropy};
    }
    [[nodiscard]] Needs operator&(const Needs& other) const {
        return {log_density && other.log_density, trace && other.trace, covariance && other.covariance,
                entropy && other.entropy};
    }
};

/// What a denoiser can fill in.
using Capabilities = Needs;

/// Arithmetic of an evaluation, independent of the machine.
struct Work {
    double flops = 0.0;
    double exps = 0.0;

    Work& operator+=(const Work& other) {
        flops += other.flops;
        exps += other.exps;
        return *this;
    }
    [[nodiscard]] Work times(double factor) const { return {factor * flops, factor * exps}; }
};

/// The posterior at the columns of a tile.
struct PosteriorTile {
    Row log_density;                          ///< ln p_sigma(x)
    Tile mean;                                ///< m = E[x0|x], d x w: the ideal denoiser
    Row trace;                                ///< tr C, C = Cov[x0|x]
    Row entropy;                              ///< -sum_k r_k ln r_k of the posterior weights, in nats
    Row class_entropy;                        ///< -sum_c p_c ln p_c of the classes of a labelled law, in nats
    std::vector<Eigen::MatrixXd> covariance;  ///< C per column, d x d, exactly symmetric

    /// Sizes the buffers once, outside of loops.
    PosteriorTile(int dim, const Needs& needs);
    /// Makes room for what is needed; nothing happens if it is there. For tiles inside a workspace.
    void prepare(int dim, const Needs& needs);
    /// Column c >= 1 becomes what column c - 1 is: log_density, mean, trace and covariance, as far as needed.
    void repeat(int c, const Needs& needs);
};

/// Whether column c asks what column c - 1 has asked, as padding does: where a column costs much, its answer is copied.
[[nodiscard]] inline bool repeats_column(const Tile& x, const Row& sigma, int c) {
    return c > 0 && sigma[c] == sigma[c - 1] && x.col(c) == x.col(c - 1);
}

class Denoiser {
  public:
    /// Scratch memory of one thread; made by the denoiser that uses it. It may still grow the first time that something
    /// is needed, and never after.
    class Workspace {
      public:
        virtual ~Workspace() = default;
    };

    virtual ~Denoiser() = default;
    [[nodiscard]] virtual int dim() const = 0;
    [[nodiscard]] virtual Capabilities capabilities() const = 0;
    [[nodiscard]] virtual std::unique_ptr<Workspace> workspace() const = 0;
    /// Fills `out` at x (d x w) with a noise level of its own for every column, sigma > 0. Finite input gives finite
    /// output, underflow included; a column's result depends on that column alone.
    virtual void evaluate(const Tile& x, const Row& sigma, const Needs& needs, Workspace& workspace,
                          PosteriorTile& out) const = 0;
    /// Whether mean_derivatives() is known: wherever C is, unless a denoiser has a way of its own.
    [[nodiscard]] virtual bool has_mean_derivatives() const { return capabilities().covariance; }
    /// evaluate(), and with it how m changes along directions: Dm v = C v / sigma^2 = v - J v. `directions` holds n of
    /// them for every column, one below the other, n d x w; `derivatives` likewise. By default C is computed and
    /// multiplied, O(n d^2) per column; `out` makes room for it.
    virtual void mean_derivatives(const Tile& x, const Row& sigma, const Needs& needs, const Tile& directions,
                                  Workspace& workspace, PosteriorTile& out, Tile& derivatives) const;
    /// The posterior at one place, of which C is multiplied with vectors again and again; the denoiser must outlive it,
    /// and has_mean_derivatives() must hold. By default every product costs mean_derivatives() on a whole tile.
    [[nodiscard]] virtual std::unique_ptr<PosteriorAt> at(const Eigen::VectorXd& x, double sigma) const;
    /// The highest order of cumulants() that is known, 0 for none.
    [[nodiscard]] virtual int cumulant_order() const { return 0; }
    /// Row k - 1 of `out` becomes the cumulant kappa_k of <direction, x0> given x, one direction per column, for k up
    /// to `order` <= cumulant_order(). The workspace is that of evaluate. Throws std::logic_error if none are known.
    virtual void cumulants(const Tile& x, const Row& sigma, const Tile& direction, int order, Workspace& workspace,
                           Eigen::Ref<Tile> out) const;
    /// Classes of a labelled law, 0 without labels.
    [[nodiscard]] virtual int class_count() const { return 0; }
    /// Row c of `out` becomes the posterior probability of class c given x (class_count() rows). The workspace is that
    /// of evaluate. Throws std::logic_error if the law has no labels.
    virtual void class_probabilities(const Tile& x, const Row& sigma, Workspace& workspace, Eigen::Ref<Tile> out) const;
    /// Whether contracted_moments() is known.
    [[nodiscard]] virtual bool has_contracted_moments() const { return false; }
    /// How m and tr C change along the probability flow. The workspace is that of evaluate. |x| up to 1e40. Throws
    /// std::logic_error if they are not known.
    virtual void contracted_moments(const Tile& x, const Row& sigma, Workspace& workspace,
                                    ContractedMoments& out) const;
    /// Work of evaluating `width` columns.
    [[nodiscard]] virtual Work cost(const Needs& needs, int width) const = 0;
    /// Work of mean_derivatives() with `directions` directions, the evaluation included.
    [[nodiscard]] virtual Work mean_derivatives_cost(const Needs& needs, int directions, int width) const;
};

}  // namespace sigmaflow
