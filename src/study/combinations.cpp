#include "combinations.hpp"

namespace sigmaflow {

Combinations::Combinations(const Study& study) {
    for (std::size_t zip = 0; zip < study.zip.size(); ++zip) {
        for (const auto& address : study.zip[zip]) zip_of_.emplace(address, zip);
    }
}

std::vector<SweepDimension> Combinations::dimensions(const EntryGroup& group) const {
    std::vector<SweepDimension> out;
    std::map<std::size_t, std::size_t> dimension_of_zip;
    for (std::size_t member = 0; member < group.size(); ++member) {
        const auto& axes = group[member]->axes;
        for (std::size_t axis = 0; axis < axes.size(); ++axis) {
            const auto zip = zip_of_.find(group[member]->address(axes[axis].key));
            const auto known = zip == zip_of_.end() ? dimension_of_zip.end() : dimension_of_zip.find(zip->second);
            if (known != dimension_of_zip.end()) {
                out[known->second].axes.push_back({member, axis});
                continue;
            }
            if (zip != zip_of_.end()) dimension_of_zip.emplace(zip->second, out.size());
            out.push_back({{{member, axis}}, axes[axis].values.size()});
        }
    }
    return out;
}

bool Position::advance() {
    for (std::size_t i = at_.size(); i-- > 0;) {
        if (++at_[i] < (*dimensions_)[i].length) return true;
        at_[i] = 0;
    }
    return false;
}

std::vector<std::vector<std::size_t>> Position::indices(const EntryGroup& group) const {
    std::vector<std::vector<std::size_t>> out;
    for (const Entry* entry : group) out.emplace_back(entry->axes.size(), 0);
    for (std::size_t i = 0; i < at_.size(); ++i) {
        for (const auto& place : (*dimensions_)[i].axes) out[place.member][place.axis] = at_[i];
    }
    return out;
}

}  // namespace sigmaflow
