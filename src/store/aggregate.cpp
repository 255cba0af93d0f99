#include "sigmaflow/store/aggregate.hpp"

#include <unistd.h>

#include <filesystem>

#include "analysis_summary.hpp"
#include "byte_file.hpp"
#include "group_summary.hpp"
#include "hdf5.hpp"
#include "labelled.hpp"
#include "memory_file.hpp"
#include "parts.hpp"
#include "sigmaflow/store/output.hpp"

namespace sigmaflow {
namespace {

constexpr std::uint64_t kSummaryVersion = 1;

/// Progress and cost of every point.
Table task_summary(const Parts& parts) {
    const auto& layout = parts.layout();
    const auto points = layout.tables.empty() ? 0 : length(layout.tables.front());
    std::vector<std::uint64_t> tasks(points), done(points), failed(points), particles(points);
    std::vector<double> seconds(points, 0.0);
    for (std::uint64_t task = 0; task < layout.tasks.size(); ++task) {
        const auto point = static_cast<std::size_t>(layout.tasks[task].point);
        const auto& state = parts.state(task);
        const bool is_done = state.status == TaskStatus::done;
        ++tasks[point];
        if (is_done) ++done[point];
        if (state.status == TaskStatus::failed) ++failed[point];
        if (is_done) particles[point] += static_cast<std::uint64_t>(layout.tasks[task].count);
        seconds[point] += state.seconds;
    }
    return {"task_summary",
            "point",
            {{"tasks", "blocks of the point", "", std::move(tasks), {}},
             {"done", "blocks that are done", "", std::move(done), {}},
             {"failed", "blocks that failed", "", std::move(failed), {}},
             {"particles", "particles of the done blocks", "", std::move(particles), {}},
             {"seconds", "time that its blocks took", "s", std::move(seconds), {}}}};
}

hdf5::Handle create_summary_file(const std::string& path) {
    hdf5::silence();
    const hdf5::Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "make a property list");
    H5Pset_link_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_attr_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_obj_track_times(creation.id(), false);
    return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), H5P_DEFAULT), H5Fclose, "create '" + path + "'"};
}

void write_summary(const Parts& parts, const std::string& path) {
    const auto& layout = parts.layout();
    const ByteFile target(path, ByteFile::Mode::create);
    const MemoryFile memory;
    {
        const auto file = create_summary_file(path);
        memory.stand_in_for(hdf5::descriptor_of(file.id()));
        write_origin(file.id(), "sigmaflow-summary", kSummaryVersion, layout);
        for (const auto& table : layout.tables) write_table(file.id(), table);
        write_table(file.id(), task_summary(parts));
        const auto results = create_group(file.id(), "results");
        for (std::size_t i = 0; i < layout.groups.size(); ++i) {
            if (layout.groups[i].analysis.empty())
                write_group_summary(parts, i, results.id());
            else
                write_analysis_summary(parts, i, results.id());
        }
        hdf5::check(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), "flush '" + path + "'");
    }
    const Extent all{0, memory.size()};
    target.resize(all.size);
    target.reserve({&all, 1});
    memory.copy_to(target);
    target.sync();
}

}  // namespace

void aggregate_stores(std::span<const std::string> inputs, const std::string& output) {
    require_replaceable_by_summary(output);
    const Parts parts(inputs);
    const auto partial = output + ".partial";
    ::unlink(partial.c_str());  // what a link there points at must not be overwritten
    try {
        write_summary(parts, partial);
        std::filesystem::rename(partial, output);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(partial, ignored);
        throw;
    }
    sync_folder(output);
}

}  // namespace sigmaflow
