#include "sigmaflow/distribution/labels.hpp"

#include <algorithm>
#include <map>

namespace sigmaflow {
namespace {

bool is_integer(const std::string& text) {
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    return text.size() > sign && text.find_first_not_of("0123456789", sign) == std::string::npos;
}

/// Integers of any length: fewer digits are less, negative ones before all others and in reverse.
bool is_lesser_integer(const std::string& a, const std::string& b) {
    const bool negative = a.starts_with('-');
    if (negative != b.starts_with('-')) return negative;
    const bool lesser = a.size() != b.size() ? a.size() < b.size() : a < b;
    return negative ? a != b && !lesser : lesser;
}

}  // namespace

Labels labels_from(const std::vector<std::string>& names) {
    std::vector<std::string> classes = names;
    std::sort(classes.begin(), classes.end());
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
    if (std::all_of(classes.begin(), classes.end(), is_integer)) {
        std::sort(classes.begin(), classes.end(), is_lesser_integer);
    }
    std::map<std::string, int> index;
    for (std::size_t c = 0; c < classes.size(); ++c) index.emplace(classes[c], static_cast<int>(c));
    Labels out{std::move(classes), {}};
    out.of_point.reserve(names.size());
    for (const auto& name : names) out.of_point.push_back(index.at(name));
    return out;
}

Labels chosen_labels(const Labels& labels, const std::vector<Eigen::Index>& points) {
    if (labels.empty()) return {};
    Labels out{labels.classes, {}};
    out.of_point.reserve(points.size());
    for (const Eigen::Index point : points) out.of_point.push_back(labels.of_point[static_cast<std::size_t>(point)]);
    return out;
}

Labels restricted_labels(const Labels& labels, const std::vector<bool>& wanted) {
    Labels out{{}, labels.of_point};
    std::vector<int> renumbered(labels.classes.size(), -1);
    for (std::size_t c = 0; c < labels.classes.size(); ++c) {
        if (!wanted[c]) continue;
        renumbered[c] = out.class_count();
        out.classes.push_back(labels.classes[c]);
    }
    for (int& index : out.of_point) index = renumbered[static_cast<std::size_t>(index)];
    return out;
}

}  // namespace sigmaflow
