#include "sigmaflow/dynamics/analysis.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace sigmaflow {

std::size_t RecordField::size() const {
    std::size_t out = 1;
    for (const auto& axis : axes) out *= static_cast<std::size_t>(axis.size);
    return out;
}

AnalysisRecord::AnalysisRecord(const std::vector<RecordField>& fields) {
    for (const auto& field : fields) {
        Array array{.name = field.name, .reals = {}, .integers = {}};
        if (field.integer)
            array.integers.assign(field.size(), -1);
        else
            array.reals.assign(field.size(), std::nan(""));
        arrays_.push_back(std::move(array));
    }
}

std::span<double> AnalysisRecord::reals(const std::string& name) {
    for (auto& array : arrays_) {
        if (array.name == name && !array.reals.empty()) return array.reals;
    }
    throw std::logic_error("an analysis records no numbers '" + name + "'");
}

std::span<std::int64_t> AnalysisRecord::integers(const std::string& name) {
    for (auto& array : arrays_) {
        if (array.name == name && !array.integers.empty()) return array.integers;
    }
    throw std::logic_error("an analysis records no integers '" + name + "'");
}

std::span<const std::byte> AnalysisRecord::bytes(std::size_t i) const {
    const Array& array = arrays_.at(i);
    return array.reals.empty() ? std::as_bytes(std::span(array.integers)) : std::as_bytes(std::span(array.reals));
}

}  // namespace sigmaflow
