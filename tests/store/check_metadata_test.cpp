// A number of a file is believed after it was checked: each of these would otherwise be an index or an offset.
#include "../../src/store/check_metadata.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <functional>

#include "sigmaflow/store/create.hpp"
#include "store/artificial_layout.hpp"

namespace sigmaflow {
namespace {

using testing::HasSubstr;

class CheckMetadata : public testing::Test {
  protected:
    CheckMetadata() {
        create_store(path, testing_store::artificial_layout());
        metadata = read_metadata(path);
        size = std::filesystem::file_size(path);
    }

    std::string after(const std::function<void(Metadata&)>& change) const {
        Metadata changed = metadata;
        change(changed);
        return metadata_fault(changed, size);
    }

    testing_store::Folder folder{"metadata"};
    std::string path = folder.file("a.h5");
    Metadata metadata;
    std::uint64_t size = 0;
};

TEST_F(CheckMetadata, AWholeFileHasNoFault) { EXPECT_EQ(metadata_fault(metadata, size), ""); }

TEST_F(CheckMetadata, PlacesOfTasks) {
    constexpr auto kHuge = ~std::uint64_t{0};
    const std::vector<std::function<void(TaskPlace&)>> changes{
        [](TaskPlace& task) { task.point = -1; },         [](TaskPlace& task) { task.point = 1'000'000; },
        [](TaskPlace& task) { task.group = 77; },         [](TaskPlace& task) { task.row = 3; },
        [](TaskPlace& task) { task.row = kHuge; },        [](TaskPlace& task) { task.block = 4; },
        [](TaskPlace& task) { task.first = -5; },         [](TaskPlace& task) { task.count = -1; },
        [](TaskPlace& task) { task.kept_first = kHuge; }, [](TaskPlace& task) { task.kept_count = 7; }};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        EXPECT_EQ(after([&](Metadata& m) { changes[i](m.layout.tasks[2]); }), "task 2 lies outside its group or table")
            << i;
    }
}

TEST_F(CheckMetadata, Variables) {
    const auto of = [&](const std::function<void(Group&, Variable&)>& change, std::size_t variable = 1) {
        return after([&](Metadata& m) { change(m.layout.groups[0], m.layout.groups[0].variables[variable]); });
    };
    EXPECT_THAT(of([](Group&, Variable& v) { v.dimensions.clear(); }), HasSubstr("impossible dimensions"));
    EXPECT_THAT(of([](Group&, Variable& v) { v.dimensions.back() = "nowhere"; }), HasSubstr("impossible dimensions"));
    EXPECT_THAT(of([](Group&, Variable& v) { v.dimensions = {"point"}; }), HasSubstr("no rows of tasks"));
    EXPECT_THAT(of([](Group&, Variable& v) { v.dimensions = {"particle", "point"}; }), HasSubstr("no rows of tasks"));
    EXPECT_THAT(of([](Group& g, Variable&) { g.dimensions[3].size = std::uint64_t{1} << 61U; }),
                HasSubstr("impossible"));
    EXPECT_THAT(of([](Group& g, Variable&) { g.dimensions.clear(); }), HasSubstr("impossible dimensions"));
    EXPECT_THAT(of([](Group&, Variable& v) { v.content.pop_back(); }, 0), HasSubstr("another size"));
}

TEST_F(CheckMetadata, Offsets) {
    constexpr auto kHuge = ~std::uint64_t{0};
    for (const auto offset : {size, size - 1, kHuge}) {
        EXPECT_THAT(after([&](Metadata& m) { m.places.variables[0][2] = offset; }), HasSubstr("lies outside the file"));
        EXPECT_THAT(after([&](Metadata& m) { m.places.tasks[7] = offset; }), HasSubstr("'checksum' of /tasks"));
        EXPECT_THAT(after([&](Metadata& m) { m.places.sessions[5] = offset; }), HasSubstr("'hosts' of /sessions"));
    }
    EXPECT_THAT(after([&](Metadata& m) { m.layout.max_sessions = kHuge; }), HasSubstr("of /sessions lies outside"));
}

TEST_F(CheckMetadata, Tables) {
    EXPECT_EQ(after([](Metadata& m) { m.layout.tables.clear(); }), "it has no table of points");
    EXPECT_THAT(after([](Metadata& m) {
                    std::visit([](auto& values) { values.pop_back(); }, m.layout.tables[0].columns[1].values);
                }),
                HasSubstr("differ in length"));
}

}  // namespace
}  // namespace sigmaflow
