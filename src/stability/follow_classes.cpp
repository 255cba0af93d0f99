#include <algorithm>
#include <cmath>

#include "sigmaflow/stability/class_posterior.hpp"
#include "sigmaflow/stability/class_tree.hpp"
#include "sigmaflow/stability/flow_descent.hpp"
#include "sigmaflow/stability/marginal_draws.hpp"

namespace sigmaflow {

PairCommitments follow_classes(const Distribution& law, const StreamKey& key, const std::vector<double>& levels,
                               double tolerance, std::int64_t first, int count, std::int64_t& lost) {
    ClassPosterior posterior(law);
    FlowDescent descent(law, tolerance, levels.back());
    PairCommitments out(posterior.count(), levels);
    std::vector<Tile> probabilities(levels.size(), Tile(posterior.count(), kTileWidth));
    Eigen::MatrixXd of_particle(posterior.count(), static_cast<Eigen::Index>(levels.size()));
    lost = 0;
    for (int done = 0; done < count; done += kTileWidth) {
        const MarginalDraws draws(law, key, first + done, std::min(kTileWidth, count - done));
        const MarginalDraws::Piece& piece = draws.pieces().front();
        descent.start(piece.x0 + levels.front() * piece.noise, levels.front());
        for (std::size_t i = 0; i < levels.size(); ++i) {
            descent.descend(levels[i]);
            posterior.evaluate(descent.x(), levels[i], probabilities[i]);
        }
        for (int c = 0; c < piece.columns; ++c) {
            if (descent.is_lost(c)) {
                ++lost;
                continue;
            }
            Eigen::Index end = 0;
            probabilities.back().col(c).maxCoeff(&end);
            for (std::size_t i = 0; i < levels.size(); ++i) {
                of_particle.col(static_cast<Eigen::Index>(i)) = probabilities[i].col(c);
            }
            out.add(first + done + c, static_cast<int>(end), of_particle);
        }
    }
    return out;
}

}  // namespace sigmaflow
