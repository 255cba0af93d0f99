#include "parts.hpp"

#include <fmt/format.h>

#include "check_layout.hpp"
#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/hash.hpp"

namespace sigmaflow {

Parts::Parts(std::span<const std::string> paths) {
    if (paths.empty()) throw InputError("there is nothing to aggregate", "no file was named");
    for (const auto& path : paths) readers_.emplace_back(path);
    require_kinship();
    states_.resize(layout().tasks.size());
    owner_.resize(states_.size());
    for (std::size_t part = 0; part < readers_.size(); ++part) take(part);
}

void Parts::require_kinship() const {
    const auto& first = readers_.front();
    for (const auto& other : readers_) {
        const auto refuse = [&](const std::string& why) {
            throw InputError(fmt::format("'{}' and '{}' cannot be merged", first.path(), other.path()), why);
        };
        if (other.layout().study_hash != first.layout().study_hash) refuse("they are of different studies");
        if (other.layout().fingerprint != first.layout().fingerprint) refuse("their numerics differ");
        if (const auto difference = layout_difference(first.layout(), other.layout()); !difference.empty()) {
            refuse(difference);
        }
    }
}

void Parts::take(std::size_t part) {
    const auto states = readers_[part].tasks();
    for (std::uint64_t task = 0; task < states.size(); ++task) {
        const auto& state = states[task];
        if (!state.intact || state.status > TaskStatus::failed) {
            throw InputError(fmt::format("'{}' is damaged", readers_[part].path()),
                             fmt::format("the record of task {}", task), "run 'sigmaflow verify'");
        }
        if (state.status == TaskStatus::done && states_[task].status == TaskStatus::done) {
            throw InputError(fmt::format("'{}' and '{}' overlap", readers_[owner_[task]].path(), readers_[part].path()),
                             fmt::format("task {} is done in both", task));
        }
        if (state.status == TaskStatus::done || states_[task].status == TaskStatus::pending) {
            states_[task] = state;
            owner_[task] = part;
        }
    }
}

std::vector<std::byte> Parts::row(std::uint64_t task, std::size_t variable) const {
    const auto& reader = readers_[owner_[task]];
    auto bytes = reader.read_row(task, variable);
    if (hash64(bytes) == reader.checksums(task)[variable]) return bytes;
    throw InputError(fmt::format("'{}' is damaged", reader.path()),
                     fmt::format("row {} of task {} does not fit its checksum", variable, task),
                     "run 'sigmaflow verify --repair', then resume");
}

}  // namespace sigmaflow
