#include "sigmaflow/store/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "byte_file.hpp"
#include "file_header.hpp"
#include "invariants.hpp"
#include "sigmaflow/core/error.hpp"
#include "sigmaflow/core/hash.hpp"
#include "sigmaflow/store/reader.hpp"

namespace sigmaflow {
namespace {

class Verifier {
  public:
    Verifier(const StoreReader& reader, VerifyReport& report)
        : reader_(reader), layout_(reader.layout()), report_(report) {}

    void run() {
        check_sigma(layout_, report_.damage);
        const auto states = reader_.tasks();
        report_.tasks = states.size();
        for (std::uint64_t task = 0; task < states.size(); ++task) {
            count(states[task].status);
            try {
                check(task, states[task]);
            } catch (const std::runtime_error& error) {
                blame(task, "", error.what());  // the disk cannot be read there
            }
        }
    }

  private:
    void blame(std::uint64_t task, const std::string& row, const std::string& what) {
        const auto where = fmt::format("task {}{}{}", task, row.empty() ? "" : ", row ", row);
        report_.damage.push_back({where, what, static_cast<std::int64_t>(task)});
    }

    void count(TaskStatus status) {
        switch (status) {
            case TaskStatus::pending: ++report_.pending; break;
            case TaskStatus::done: ++report_.done; break;
            case TaskStatus::failed: ++report_.failed; break;
        }
    }

    void check(std::uint64_t task, const TaskState& state) {
        if (state.status > TaskStatus::failed) {
            return blame(task, "", fmt::format("its status {} does not exist", static_cast<int>(state.status)));
        }
        if (!state.intact) blame(task, "", "its record in /tasks does not fit its checksum");
        if (state.status != TaskStatus::done) return;
        const auto& group = layout_.groups[layout_.tasks[task].group];
        const auto variables = group.task_variables();
        const auto checksums = reader_.checksums(task);
        std::vector<std::vector<std::byte>> rows;
        bool intact = true;
        for (std::size_t i = 0; i < variables.size(); ++i) {
            rows.push_back(reader_.read_row(task, i));
            if (hash64(rows.back()) == checksums[i]) continue;
            blame(task, variables[i]->name, "it does not fit its checksum");
            intact = false;
        }
        if (!intact) return;
        for (const auto& [row, what] : broken_invariants(group, layout_.tasks[task], rows)) blame(task, row, what);
    }

    const StoreReader& reader_;
    const Layout& layout_;
    VerifyReport& report_;
};

}  // namespace

VerifyReport verify_store(const std::string& path) {
    VerifyReport report;
    try {
        const ByteFile file(path, ByteFile::Mode::read);
        constexpr std::uint64_t kTelling = 8;  // bytes; a shorter file may have been cut off
        if (file.size() >= kTelling && !is_result_file(file)) {
            throw InputError("'" + path + "' is no sigmaflow result file");
        }
        if (has_other_version(file)) check_header(path);
        if (const auto fault = header_fault(file); !fault.empty()) {
            report.damage.push_back({"metadata", fault, -1});
            return report;
        }
        const StoreReader reader(path);
        Verifier(reader, report).run();
    } catch (const InputError&) {
        throw;
    } catch (const std::runtime_error& error) {
        report.damage.push_back({"file", error.what(), -1});
    }
    return report;
}

std::string way_out(const VerifyReport& report) {
    if (std::ranges::all_of(report.damage, [](const Damage& damage) { return damage.task >= 0; })) {
        return "'sigmaflow verify --repair' and then 'sigmaflow run --resume' compute the damaged tasks again";
    }
    return "only tasks can be computed again: restore a backup, or start anew with 'sigmaflow run --overwrite'";
}

std::uint64_t repair_store(const std::string& path, const VerifyReport& report) {
    std::set<std::uint64_t> tasks;
    for (const auto& damage : report.damage) {
        if (damage.task < 0) {
            throw InputError("'" + path + "' cannot be repaired", damage.where + ": " + damage.what, way_out(report));
        }
        tasks.insert(static_cast<std::uint64_t>(damage.task));
    }
    clear_flags(path, std::vector<std::uint64_t>(tasks.begin(), tasks.end()));
    return tasks.size();
}

void clear_flags(const std::string& path, std::span<const std::uint64_t> tasks) {
    if (tasks.empty()) return;
    const StoreReader reader(path);
    const ByteFile file(path, ByteFile::Mode::write);
    const auto pending = static_cast<std::byte>(TaskStatus::pending);
    for (const auto task : tasks) {
        if (task >= reader.layout().tasks.size()) throw std::logic_error(fmt::format("there is no task {}", task));
        file.write(reader.status_offset() + task, {&pending, 1});
    }
    file.sync();
}

}  // namespace sigmaflow
