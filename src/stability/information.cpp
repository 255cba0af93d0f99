#include "sigmaflow/stability/information.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sigmaflow/numerics/decompositions.hpp"
#include "sigmaflow/stability/levels.hpp"
#include "sigmaflow/stability/sample_mean.hpp"

namespace sigmaflow {
namespace {

/// What of a law is known and wanted.
struct Wanted {
    bool weights = false;
    bool heat = false;
    bool spectrum = false;

    Wanted(const Distribution& law, bool with_spectrum)
        : weights(law.posterior().capabilities().entropy),
          heat(law.posterior().has_contracted_moments() && law.posterior().has_mean_derivatives()),
          spectrum(with_spectrum) {}

    [[nodiscard]] Needs needs() const {
        return {.log_density = true, .trace = true, .covariance = spectrum, .entropy = weights};
    }
};

/// The draws of one level, tile by tile.
class LevelSampler {
  public:
    LevelSampler(const AnalysisSubject& subject, double sigma, const Wanted& wanted)
        : subject_(subject),
          denoiser_(subject.distribution.posterior()),
          sigma_(sigma),
          wanted_(wanted),
          workspace_(denoiser_.workspace()),
          posterior_(denoiser_.dim(), wanted.needs()),
          at_data_(denoiser_.dim(), Needs{.trace = true}),
          along_e_(denoiser_.dim(), Needs{}),
          moments_(denoiser_.dim()),
          x0_(Tile::Zero(denoiser_.dim(), kTileWidth)),
          noise_(x0_),
          x_(x0_),
          e_(x0_),
          derivative_(x0_),
          eigen_(denoiser_.dim()) {}

    void add(const ParticleRange& range) {
        draw(range);
        const Row sigma = Row::Constant(sigma_);
        denoiser_.evaluate(x_, sigma, wanted_.needs(), *workspace_, posterior_);
        e_ = x_ - posterior_.mean;
        add_dimensions(sigma, range.count);
        if (wanted_.weights) add_weights(range.count);
        if (wanted_.heat) add_heat(sigma, range.count);
        if (wanted_.spectrum) add_branching(range.count);
    }

    void store(AnalysisRecord& record) const {
        const auto put = [&](const std::string& name, double value, double error) {
            record.reals(name)[0] = value;
            record.reals(name + "_error")[0] = error;
        };
        const auto put_mean = [&](const std::string& name, const SampleMean& sample) {
            put(name, sample.mean(), sample.standard_error());
        };
        const double dim = denoiser_.dim();
        const double noise_entropy = 0.5 * dim * std::log(2.0 * std::numbers::pi * std::numbers::e * sigma_ * sigma_);
        record.reals("sigma")[0] = sigma_;
        put_mean("mmse", mmse_);
        put_mean("local_dimension", local_dimension_);
        put_mean("flipd", flipd_);
        put("mutual_information", surprise_.mean(0.5 * dim) - noise_entropy, surprise_.standard_error());
        if (wanted_.weights) put_mean("entropy", entropy_);
        if (wanted_.weights) put_mean("effective_number", effective_number_);
        if (wanted_.heat) put_mean("heat_capacity", heat_capacity_);
        if (wanted_.spectrum) put_mean("branching_directions", branching_);
    }

  private:
    /// The same (x0, n) as solvers start from.
    void draw(const ParticleRange& range) {
        subject_.distribution.sample(subject_.key, range, x0_);
        for (int column = 0; column < kTileWidth; ++column) {
            const int particle = std::min(column, range.count - 1);  // padding repeats the last particle
            Stream stream = subject_.key.stream(range.first + particle, Purpose::start_noise);
            for (int i = 0; i < noise_.rows(); ++i) noise_(i, column) = stream.normal();
        }
        x_ = x0_ + sigma_ * noise_;
    }

    void add_dimensions(const Row& sigma, int count) {
        denoiser_.evaluate(x0_, sigma, {.trace = true}, *workspace_, at_data_);
        const double variance = sigma_ * sigma_;
        for (int c = 0; c < count; ++c) {
            mmse_.add(posterior_.trace[c]);
            local_dimension_.add(posterior_.trace[c] / variance);
            flipd_.add((at_data_.trace[c] + (x0_.col(c) - at_data_.mean.col(c)).squaredNorm()) / variance);
            surprise_.add(-posterior_.log_density[c], 0.5 * noise_.col(c).squaredNorm());
        }
    }

    void add_weights(int count) {
        for (int c = 0; c < count; ++c) {
            entropy_.add(posterior_.entropy[c]);
            effective_number_.add(std::exp(posterior_.entropy[c]));
        }
    }

    /// With nu = x0 - m, e = x - m and g = (nu.e - |nu|^2)/2: -|x - x0|^2/2 = g + nu.e/2 + const, so its variance is
    /// Var g + Cov(g, nu.e) + e.C e/4, and Var g = (e.E[nu G] - E[|nu|^2 G])/2.
    void add_heat(const Row& sigma, int count) {
        denoiser_.contracted_moments(x_, sigma, *workspace_, moments_);
        denoiser_.mean_derivatives(x_, sigma, {}, e_, *workspace_, along_e_, derivative_);
        const double variance = sigma_ * sigma_;
        for (int c = 0; c < count; ++c) {
            const double with_g = e_.col(c).dot(moments_.nu_g.col(c));
            const double quadratic = variance * e_.col(c).dot(derivative_.col(c));
            const double energy = 1.5 * with_g - 0.5 * moments_.square_g[c] + 0.25 * quadratic;
            heat_capacity_.add(energy / (variance * variance));
        }
    }

    void add_branching(int count) {
        for (int c = 0; c < count; ++c) {
            const auto& values = eigen_.eigenvalues(posterior_.covariance[static_cast<std::size_t>(c)]);
            branching_.add(static_cast<double>((values.array() > sigma_ * sigma_).count()));
        }
    }

    const AnalysisSubject& subject_;
    const Denoiser& denoiser_;
    double sigma_;
    Wanted wanted_;
    std::unique_ptr<Denoiser::Workspace> workspace_;
    PosteriorTile posterior_;
    PosteriorTile at_data_;
    PosteriorTile along_e_;
    ContractedMoments moments_;
    Tile x0_;
    Tile noise_;
    Tile x_;
    Tile e_;
    Tile derivative_;
    SymmetricSpectrum eigen_;
    SampleMean mmse_, local_dimension_, flipd_, entropy_, effective_number_, heat_capacity_, branching_;
    ControlledMean surprise_;
};

void add_pair(std::vector<RecordField>& out, const std::string& name, const std::string& unit,
              const std::string& meaning) {
    out.push_back({.name = name, .unit = unit, .meaning = meaning, .axes = {}});
    out.push_back({.name = name + "_error", .unit = unit, .meaning = "standard error of " + name, .axes = {}});
}

}  // namespace

Kind information_kind() {
    Kind kind{"information", "what x says about x0 against sigma: dimensions, information, heat capacity, branching",
              level_parameters()};
    kind.parameters.push_back({.name = "samples",
                               .type = Type::integer,
                               .fallback = 4096,
                               .meaning = "draws x0 + sigma n at each level",
                               .least = 3,
                               .most = 1e9});
    kind.parameters.push_back({.name = "spectrum",
                               .type = Type::boolean,
                               .fallback = true,
                               .meaning = "count branching directions, which costs an eigen-decomposition per draw"});
    return kind;
}

InformationAnalysis::InformationAnalysis(const Parameters& parameters)
    : levels_(log_levels(parameters)),
      samples_(parameters.integer("samples")),
      spectrum_(parameters.boolean("spectrum")) {}

std::string InformationAnalysis::mismatch(const Distribution& distribution) const {
    const Capabilities known = distribution.posterior().capabilities();
    if (!known.log_density || !known.trace) return "the law has no ln p_sigma or no covariance of its posterior";
    if (spectrum_ && !known.covariance) return "the law has no covariance of its posterior: set spectrum = false";
    return {};
}

std::vector<RecordField> InformationAnalysis::fields(const Distribution& distribution) const {
    const Wanted wanted(distribution, spectrum_);
    std::vector<RecordField> out{{.name = "sigma", .unit = "data", .meaning = "noise level", .axes = {}}};
    add_pair(out, "mmse", "data^2", "E tr C, the minimum mean square error");
    add_pair(out, "local_dimension", "1", "E tr C / sigma^2 = d - E tr J");
    add_pair(out, "flipd", "1", "E (tr C + |y - m|^2) / sigma^2 at points y of the data");
    add_pair(out, "mutual_information", "nat", "I(x0; x), x = x0 + sigma n");
    if (wanted.weights) add_pair(out, "entropy", "nat", "entropy of the posterior weights");
    if (wanted.weights) add_pair(out, "effective_number", "1", "exp of the entropy of the posterior weights");
    if (wanted.heat) add_pair(out, "heat_capacity", "1", "variance of |x - x0|^2 / (2 sigma^2) given x");
    if (wanted.spectrum) add_pair(out, "branching_directions", "1", "number of negative eigenvalues of J");
    return out;
}

int InformationAnalysis::parts(const Distribution&) const { return static_cast<int>(levels_.size()); }

Work InformationAnalysis::cost(const Distribution& distribution, int) const {
    const Wanted wanted(distribution, spectrum_);
    const Denoiser& denoiser = distribution.posterior();
    const double dim = denoiser.dim();
    Work tile = denoiser.cost(wanted.needs(), kTileWidth);
    tile += denoiser.cost({.trace = true}, kTileWidth);
    // Third moments cost about as much as an evaluation with C contracted once.
    if (wanted.heat) tile += denoiser.mean_derivatives_cost({}, 1, kTileWidth).times(2.0);
    if (wanted.spectrum) tile += Work{9.0 * dim * dim * dim * kTileWidth, 0.0};
    return tile.times(static_cast<double>((samples_ + kTileWidth - 1) / kTileWidth));
}

void InformationAnalysis::run(const AnalysisSubject& subject, int part, AnalysisRecord& record) const {
    LevelSampler sampler(subject, levels_.at(static_cast<std::size_t>(part)), Wanted(subject.distribution, spectrum_));
    for (std::int64_t first = 0; first < samples_; first += kTileWidth) {
        sampler.add({first, static_cast<int>(std::min<std::int64_t>(kTileWidth, samples_ - first))});
    }
    sampler.store(record);
}

}  // namespace sigmaflow
