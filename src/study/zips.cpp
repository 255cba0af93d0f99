#include "zips.hpp"

#include <algorithm>
#include <set>

#include "targets.hpp"

namespace sigmaflow {
namespace {

struct ZippedAxis {
    std::string address;
    std::size_t length = 0;
};

/// The axes that one address of a zip means.
std::vector<ZippedAxis> axes_at(const Value& item, const Sections& sections, const StudyRegistries& registries,
                                const Study& study) {
    if (!item.is_text()) throw InputError(item.where(), "an address is " + item.type_name() + ", not a string");
    const Address address = parse_address(item.text(), item.where());
    std::vector<ZippedAxis> out;
    bool was_set = false;
    for (const auto& target : targets_of(address, study, registries, item.where())) {
        const std::string full = target.entry->address(address.key);
        const Axis* axis = target.entry->axis(address.key);
        if (axis != nullptr) out.push_back({full, axis->values.size()});
        was_set = was_set || sections.overridden.contains(full);
    }
    if (out.empty() && !was_set) {
        throw InputError(item.where(), "'" + item.text() + "' is no axis and cannot be zipped", "it has a single value",
                         "give it a list of values");
    }
    return out;
}

void check_lengths(const std::vector<ZippedAxis>& axes, const Location& where) {
    for (const auto& axis : axes) {
        if (axis.length == axes.front().length) continue;
        throw InputError(where, "zipped axes have unequal lengths",
                         axes.front().address + " has " + std::to_string(axes.front().length) + " values, " +
                             axis.address + " has " + std::to_string(axis.length));
    }
}

Zip read_zip(const Value& value, const Sections& sections, const StudyRegistries& registries, const Study& study,
             std::set<std::string>& taken) {
    if (!value.is_list() || value.list().size() < 2) {
        throw InputError(value.where(), "a zip is " + value.shown(), "allowed: a list of two addresses or more");
    }
    std::vector<ZippedAxis> axes;
    for (const auto& item : value.list()) {
        for (auto& axis : axes_at(item, sections, registries, study)) {
            if (!taken.insert(axis.address).second) {
                throw InputError(item.where(), "the axis '" + axis.address + "' is zipped twice");
            }
            axes.push_back(std::move(axis));
        }
    }
    if (!axes.empty()) check_lengths(axes, value.where());
    Zip out;
    for (auto& axis : axes) out.push_back(std::move(axis.address));
    return out;
}

}  // namespace

std::vector<Zip> read_zips(const Value::List& list, const Sections& sections, const StudyRegistries& registries,
                           const Study& study) {
    std::vector<Zip> out;
    std::set<std::string> taken;
    for (const auto& item : list) {
        Zip zip = read_zip(item, sections, registries, study, taken);
        if (zip.size() > 1) out.push_back(std::move(zip));
    }
    return out;
}

}  // namespace sigmaflow
