#include "choices.hpp"

#include "sigmaflow/core/hash.hpp"

namespace sigmaflow {
namespace {

/// The canonical text whose hash is the id. A table of points counts with its contents, wherever it lies. The texts are
/// part of the result format: another spelling gives every point another id.
std::uint64_t identify(const Choice& choice, const Entry& entry, const PointsCatalog& catalog,
                       const StudyRegistries& registries) {
    const Kind& kind = registries.kind(entry.room, entry.kind, entry.where);
    std::string inner = choice.parameters.identity(kind);
    if (entry.room == "distribution" && registries.points_source) {
        const auto source = registries.points_source(choice.parameters);
        if (source) {
            const auto table = catalog.find(source->key());
            if (table == catalog.end()) return 0;
            inner = choice.parameters.identity(kind, {"file", "dataset"}) + ",contents=" + hex(table->second.digest);
        }
    }
    return hash64(entry.room + "." + entry.kind + "{" + inner + "}");
}

}  // namespace

Choice make_choice(const Entry& entry, const std::vector<std::size_t>& indices, const PointsCatalog& catalog,
                   const StudyRegistries& registries) {
    Value::Table given = entry.fixed;
    for (std::size_t i = 0; i < indices.size(); ++i) {
        given.emplace_back(entry.axes[i].key, entry.axes[i].values[indices[i]]);
    }
    Choice choice{entry.label, entry.kind,
                  Parameters(registries.kind(entry.room, entry.kind, entry.where), given, entry.where), 0};
    choice.id = identify(choice, entry, catalog, registries);
    return choice;
}

ChoiceTable::ChoiceTable(const Study& study, const PointsCatalog& catalog, const StudyRegistries& registries)
    : catalog_(&catalog), registries_(&registries), exclusions_(study, registries) {}

const SweptChoice& ChoiceTable::at(const Entry& entry, const std::vector<std::size_t>& indices) {
    const auto found = made_.find({&entry, indices});
    if (found != made_.end()) return found->second;
    SweptChoice swept{make_choice(entry, indices, *catalog_, *registries_), {}, {}};
    for (std::size_t i = 0; i < indices.size(); ++i) {
        swept.axes.emplace_back(entry.address(entry.axes[i].key), entry.axes[i].values[indices[i]]);
    }
    swept.excluded = exclusions_.matches(entry, swept.choice.parameters);
    return made_.emplace(std::pair(&entry, indices), std::move(swept)).first->second;
}

}  // namespace sigmaflow
