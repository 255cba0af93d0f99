#include "columns.hpp"

#include <algorithm>
#include <stdexcept>

#include "sigmaflow/core/status.hpp"

namespace sigmaflow {
namespace {

/// One fixed column of /tasks: a member of TaskPlace as a column of Stored values.
template <class Stored, class Member>
struct PlaceColumn {
    const char* name;
    Member TaskPlace::*member;
    const char* unit;
    const char* meaning;

    [[nodiscard]] Column from(const std::vector<TaskPlace>& places) const {
        std::vector<Stored> values;
        values.reserve(places.size());
        for (const auto& place : places) values.push_back(static_cast<Stored>(place.*member));
        return {name, meaning, unit, std::move(values), {}};
    }

    void into(const Table& table, std::vector<TaskPlace>& places) const {
        const auto found =
            std::ranges::find_if(table.columns, [this](const Column& column) { return column.name == name; });
        if (found == table.columns.end()) throw std::runtime_error(std::string("/tasks has no column ") + name);
        const auto& values = std::get<std::vector<Stored>>(found->values);
        places.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) places[i].*member = static_cast<Member>(values[i]);
    }
};

using Signed = std::int64_t;
using Unsigned = std::uint64_t;

template <class Visit>
void for_each_place_column(const Visit& visit) {
    visit(PlaceColumn<Signed, Signed>{"point", &TaskPlace::point, "", "row of the points table"});
    visit(PlaceColumn<Unsigned, std::uint32_t>{"group", &TaskPlace::group, "", "group of results, in file order"});
    visit(PlaceColumn<Unsigned, Unsigned>{"row", &TaskPlace::row, "", "index on the group's point axis"});
    visit(PlaceColumn<Unsigned, Unsigned>{"block", &TaskPlace::block, "", "index on the group's block axis"});
    visit(PlaceColumn<Signed, Signed>{"first", &TaskPlace::first, "", "first particle"});
    visit(PlaceColumn<Signed, Signed>{"count", &TaskPlace::count, "", "number of particles"});
    visit(PlaceColumn<Unsigned, Unsigned>{"kept_first", &TaskPlace::kept_first, "", "first row on the particle axis"});
    visit(PlaceColumn<Unsigned, Unsigned>{"kept_count", &TaskPlace::kept_count, "", "rows on the particle axis"});
    visit(PlaceColumn<double, double>{"predicted_seconds", &TaskPlace::predicted_seconds, "s", "forecast of the cost"});
}

}  // namespace

std::vector<MutableColumn> task_columns(std::uint64_t max_task_variables) {
    const auto checksums = std::max<std::uint64_t>(max_task_variables, 1);
    return {
        {"status", Element::u8, 1, "", "", "what became of the task", task_status_names()},
        {"message", Element::u8, kMessageBytes, "message_byte", "", "why the task failed, UTF-8 padded with zeros", {}},
        {"session", Element::u32, 1, "", "", "row of /sessions", {}},
        {"rank", Element::u32, 1, "", "", "MPI rank that computed it", {}},
        {"start", Element::f64, 1, "", "s", "start, seconds after the start of the session", {}},
        {"seconds", Element::f64, 1, "", "s", "time it took", {}},
        {"wait", Element::f64, 1, "", "s", "time the rank waited before it", {}},
        {"checksum", Element::u64, checksums, "task_variable", "", "XXH3-64 of each row of the task", {}},
        {"record_checksum", Element::u64, 1, "", "", "XXH3-64 of the task's entries in the columns above", {}},
    };
}

std::vector<MutableColumn> session_columns() {
    return {
        {"start", Element::f64, 1, "", "s", "start, Unix time; 0 in unused rows", {}},
        {"end", Element::f64, 1, "", "s", "end, Unix time; 0 while it runs or when it was killed", {}},
        {"ranks", Element::i64, 1, "", "", "MPI ranks", {}},
        {"threads", Element::i64, 1, "", "", "threads per rank", {}},
        {"exit_code", Element::i64, 1, "", "", "exit code; -1 while it runs or when it was killed", {}},
        {"hosts", Element::u8, kHostsBytes, "hosts_byte", "", "names of the nodes, UTF-8 padded with zeros", {}},
        {"job", Element::u8, kJobBytes, "job_byte", "", "job id, UTF-8 padded with zeros", {}},
    };
}

Table place_table(const Layout& layout) {
    Table table{"tasks", "task", {}};
    for_each_place_column([&](const auto& column) { table.columns.push_back(column.from(layout.tasks)); });
    return table;
}

std::vector<TaskPlace> places_of(const Table& table) {
    std::vector<TaskPlace> places;
    for_each_place_column([&](const auto& column) { column.into(table, places); });
    return places;
}

}  // namespace sigmaflow
