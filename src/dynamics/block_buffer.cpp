#include "sigmaflow/dynamics/block_buffer.hpp"

#include <algorithm>
#include <limits>

namespace sigmaflow {

BlockBuffer::BlockBuffer(std::vector<Field> fields, int levels, int particles)
    : fields_(std::move(fields)), levels_(levels), particles_(particles) {
    for (const auto& field : fields_) {
        first_component_.push_back(components_);
        components_ += static_cast<std::size_t>(field.components);
    }
    // Masked levels stay NaN.
    values_.assign(static_cast<std::size_t>(levels) * components_ * static_cast<std::size_t>(particles),
                   std::numeric_limits<double>::quiet_NaN());
    status_.assign(static_cast<std::size_t>(particles), ParticleStatus::ok);
    valid_levels_.assign(static_cast<std::size_t>(particles), levels);
}

std::size_t BlockBuffer::offset(std::size_t field, int level, int component) const {
    const std::size_t row =
        static_cast<std::size_t>(level) * components_ + first_component_[field] + static_cast<std::size_t>(component);
    return row * static_cast<std::size_t>(particles_);
}

void BlockBuffer::store(std::size_t field, int level, int first, int count, const Eigen::Ref<const Tile>& values) {
    for (int component = 0; component < fields_[field].components; ++component) {
        double* row = values_.data() + offset(field, level, component) + first;
        for (int column = 0; column < count; ++column) row[column] = values(component, column);
    }
}

std::span<const double> BlockBuffer::values(std::size_t field, int level, int component) const {
    return {values_.data() + offset(field, level, component), static_cast<std::size_t>(particles_)};
}

void BlockBuffer::fail(int particle, ParticleStatus status, int level) {
    const auto i = static_cast<std::size_t>(particle);
    if (status_[i] == ParticleStatus::ok) status_[i] = status;
    valid_levels_[i] = std::min(valid_levels_[i], level);
}

}  // namespace sigmaflow
