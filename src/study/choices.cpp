#include "choices.hpp"

#include <optional>

#include "nested.hpp"
#include "sigmaflow/core/hash.hpp"
#include "sigmaflow/core/input_file.hpp"
#include "toml_reader.hpp"

namespace sigmaflow {
namespace {

/// What an object reads from files, by contents: the same wherever the files lie. Empty if it reads none.
struct FileIdentity {
    std::vector<std::string> parameters;  ///< that say where to read
    std::string text;
    bool is_known = true;
};

FileIdentity identify_files(const Kind& kind, const Parameters& parameters) {
    FileIdentity out;
    for (const auto& parameter : kind.parameters) {
        if (!parameter.is_path || parameter.type != Type::text || !parameters.has(parameter.name)) continue;
        const std::string& path = parameters.text(parameter.name);
        const std::string contents = read_text_file(path, kMostStudyBytes, parameters.where(parameter.name));
        if (contents.size() > kMostStudyBytes) throw parameters.error(parameter.name, "a file of at most 16 MiB");
        out.parameters.push_back(parameter.name);
        out.text += "," + parameter.name + ":contents=" + hex(hash64(contents));
    }
    return out;
}

/// The table of a distribution was read by others, who know its digest.
FileIdentity identify_table(const PointsSource& source, const PointsCatalog& catalog) {
    const auto table = catalog.find(source.key());
    if (table == catalog.end()) return {{}, {}, false};
    return {{"file", "dataset", "labels"}, ",file:contents=" + hex(table->second.digest), true};
}

/// The canonical text of an object: kind{parameters,files}. Empty if a table that it reads is not known.
std::string identity_of(const std::string& room, const Kind& kind, const Parameters& parameters,
                        const PointsCatalog& catalog, const StudyRegistries& registries) {
    std::optional<PointsSource> source;
    if (room == "distribution") source = registries.points_source(parameters);
    FileIdentity files = source ? identify_table(*source, catalog) : identify_files(kind, parameters);
    if (!files.is_known) return {};
    for (const auto& parameter : kind.parameters) {
        std::string inner;
        for (const auto& object : objects_of(parameter, parameters)) {
            const std::string text = identity_of(room, *object.kind, object.parameters, catalog, registries);
            if (text.empty()) return {};
            inner += (inner.empty() ? "" : ",") + text;
        }
        if (inner.empty()) continue;
        files.parameters.push_back(parameter.name);
        files.text += "," + parameter.name + "=[" + inner + "]";
    }
    return kind.name + "{" + parameters.identity(kind, files.parameters) + files.text + "}";
}

/// The hash of a canonical text. The texts are part of the result format: another spelling gives every point another
/// id.
std::uint64_t identify(const Choice& choice, const Entry& entry, const PointsCatalog& catalog,
                       const StudyRegistries& registries) {
    const Kind& kind = registries.kind(entry.room, entry.kind, entry.where);
    const std::string text = identity_of(entry.room, kind, choice.parameters, catalog, registries);
    return text.empty() ? 0 : hash64(entry.room + "." + text);
}

}  // namespace

Choice make_choice(const Entry& entry, const std::vector<std::size_t>& indices, const PointsCatalog& catalog,
                   const StudyRegistries& registries) {
    Value::Table given = entry.fixed;
    for (std::size_t i = 0; i < indices.size(); ++i) {
        assign_at(given, entry.axes[i].key, entry.axes[i].values[indices[i]]);
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
