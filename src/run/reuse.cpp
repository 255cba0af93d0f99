#include "reuse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "fingerprint_change.hpp"
#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

constexpr std::size_t kTasksPerWrite = 64;  ///< and rank: bounds the buffers

/// The study that a file was made for.
Study study_of(const StoreReader& file) {
    std::vector<std::string> overrides;
    for (const auto& [name, value] : file.layout().provenance) {
        if (name != "overrides" || value.empty()) continue;
        std::size_t from = 0;
        for (std::size_t end = 0; end != std::string::npos; from = end + 1) {
            end = value.find('\n', from);
            overrides.push_back(value.substr(from, end == std::string::npos ? end : end - from));
        }
    }
    return parse_study(file.layout().study_text, file.path() + ":/study", overrides);
}

bool same(const Quantity& a, const Quantity& b) {
    return a.kind == b.kind &&
           std::ranges::equal(a.parameters.values(), b.parameters.values(), [](const auto& x, const auto& y) {
               return x.first == y.first && x.second.canonical() == y.second.canonical();
           });
}

/// Whether everything that `wanted` records is recorded by `there` with the same parameters.
bool records_all(const Study& wanted, const Study& there) {
    return std::ranges::all_of(wanted.quantities, [&](const Quantity& quantity) {
        return std::ranges::any_of(there.quantities, [&](const Quantity& other) { return same(quantity, other); });
    });
}

bool is_same_file(const std::string& a, const std::string& b) {
    std::error_code ignored;
    return std::filesystem::equivalent(a, b, ignored);
}

}  // namespace

ReuseSources::ReuseSources(const std::vector<std::string>& paths, const Prepared& prepared) : prepared_(prepared) {
    for (const auto& path : paths) {
        if (is_same_file(path, prepared.options.output)) {
            throw InputError("--reuse names the output itself", path, "write to another file");
        }
        sources_.emplace_back(path);
        require_same_numbers(sources_.back());
    }
}

void ReuseSources::require_same_numbers(const StoreReader& source) {
    const auto change = first_change(source.layout().fingerprint, prepared_.layout.fingerprint);
    if (!change.empty()) {
        throw InputError("nothing can be taken from '" + source.path() + "'",
                         "it was computed by other numerics: " + change,
                         "use the build that computed it, or leave --reuse out");
    }
    const Study there = study_of(source);
    const Study& study = prepared_.inputs.study;
    if (there.seed != study.seed) {
        throw InputError("nothing can be taken from '" + source.path() + "'",
                         fmt::format("its seed is {}, the study's is {}", there.seed, study.seed));
    }
    same_quantities_.push_back(records_all(study, there));
}

std::vector<ReuseSources::Claim> ReuseSources::claims(const std::vector<TaskStatus>& statuses) const {
    const auto& layout = prepared_.layout;
    const auto mine = layout.tasks_of_part();
    std::vector<bool> claimed(statuses.size());
    std::vector<Claim> out;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        for (const auto& shared : shared_tasks(layout, sources_[i])) {
            const bool is_part = !layout.groups[layout.tasks[shared.task].group].analysis.empty();
            if (claimed[shared.task] || !mine[shared.task] || statuses[shared.task] != TaskStatus::pending) continue;
            if (!is_part && !same_quantities_[i]) continue;
            claimed[shared.task] = true;
            out.push_back({shared, i});
        }
    }
    return out;
}

std::size_t ReuseSources::take_over(std::vector<TaskStatus>& statuses, StoreWriter& writer, const MpiEnvironment& mpi,
                                    Watchdog& watchdog) const {
    // Rank 0 chooses: another job may be writing a source, and ranks could see different flags.
    std::vector<Claim> chosen;
    if (mpi.rank() == 0) chosen = claims(statuses);
    auto count = static_cast<std::uint64_t>(chosen.size());
    watchdog.gather("choosing tasks to take over");
    MPI_Bcast(&count, 1, MPI_UINT64_T, 0, mpi.comm());
    chosen.resize(count);
    static_assert(std::is_trivially_copyable_v<Claim>);
    MPI_Bcast(chosen.data(), static_cast<int>(count * sizeof(Claim)), MPI_BYTE, 0, mpi.comm());
    std::vector<std::uint8_t> taken(statuses.size(), 0);
    const auto ranks = static_cast<std::size_t>(mpi.size());
    for (std::size_t first = 0; first < chosen.size(); first += ranks * kTasksPerWrite) {
        std::vector<FinishedTask> finished;
        const auto last = std::min(chosen.size(), first + ranks * kTasksPerWrite);
        for (auto i = first + static_cast<std::size_t>(mpi.rank()); i < last; i += ranks) {
            auto task = taken_over(chosen[i].shared, prepared_.layout, sources_[chosen[i].source]);
            if (!task) continue;  // damaged there: computed again here
            taken[chosen[i].shared.task] = 1;
            finished.push_back(std::move(*task));
        }
        watchdog.together("writing tasks that are taken over", [&] { writer.write(finished); });
    }
    MPI_Allreduce(MPI_IN_PLACE, taken.data(), static_cast<int>(taken.size()), MPI_UINT8_T, MPI_MAX, mpi.comm());
    for (std::size_t task = 0; task < taken.size(); ++task) {
        if (taken[task] != 0) statuses[task] = TaskStatus::done;
    }
    return static_cast<std::size_t>(std::ranges::count(taken, 1));
}

}  // namespace sigmaflow
