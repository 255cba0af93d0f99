#pragma once
/// \file
/// What the particles of one block recorded: every field at every level for every particle, filled tile by tile (tiles
/// write disjoint columns, so threads need no lock), reduced once the block is complete.

#include <span>
#include <vector>

#include "sigmaflow/core/field.hpp"
#include "sigmaflow/core/status.hpp"
#include "sigmaflow/core/tile.hpp"

namespace sigmaflow {

class BlockBuffer {
  public:
    BlockBuffer(std::vector<Field> fields, int levels, int particles);

    [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
    [[nodiscard]] int levels() const { return levels_; }
    [[nodiscard]] int particles() const { return particles_; }

    /// Stores the first `count` columns of `values` (components x width) as particles first, first + 1, ...
    void store(std::size_t field, int level, int first, int count, const Eigen::Ref<const Tile>& values);
    /// One number per particle of the block.
    [[nodiscard]] std::span<const double> values(std::size_t field, int level, int component) const;

    /// Notes that a particle failed before it reached `level`: it is left out of statistics from there on.
    void fail(int particle, ParticleStatus status, int level);
    [[nodiscard]] ParticleStatus status(int particle) const { return status_[static_cast<std::size_t>(particle)]; }
    [[nodiscard]] bool is_valid(int particle, int level) const {
        return level < valid_levels_[static_cast<std::size_t>(particle)];
    }

  private:
    [[nodiscard]] std::size_t offset(std::size_t field, int level, int component) const;

    std::vector<Field> fields_;
    int levels_;
    int particles_;
    std::vector<std::size_t> first_component_;  ///< of every field, in a level
    std::size_t components_ = 0;                ///< of all fields
    std::vector<double> values_;                ///< [level][field and component][particle]
    std::vector<ParticleStatus> status_;
    std::vector<int> valid_levels_;  ///< how many levels from the start are valid
};

}  // namespace sigmaflow
