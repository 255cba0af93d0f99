#include "sigmaflow/store/shared_tasks.hpp"

#include <gmock/gmock.h>

#include <cstring>

#include "store/written_store.hpp"

namespace sigmaflow {
namespace {

using namespace testing_store;
using testing::IsEmpty;
using testing::SizeIs;

class SharedTasks : public testing::Test {
  protected:
    SharedTasks() : folder("shared"), path(folder.file("old.h5")), layout(artificial_layout()) {
        write_store(path, layout, artificial_tasks(layout));
    }

    /// What a changed layout still shares with the file.
    [[nodiscard]] std::vector<SharedTask> shared() const { return shared_tasks(layout, StoreReader(path)); }
    Variable& variable(const std::string& name) {
        for (auto& candidate : layout.groups[0].variables) {
            if (candidate.name == name) return candidate;
        }
        throw std::logic_error("no variable " + name);
    }
    /// Tasks of the changed group that are left.
    [[nodiscard]] std::size_t left() const {
        std::size_t count = 0;
        for (const auto& task : shared()) count += layout.tasks[task.task].group == 0 ? 1 : 0;
        return count;
    }

    Folder folder;
    std::string path;
    Layout layout;
};

TEST_F(SharedTasks, AreAllOfAnEqualLayoutWithTheirBytes) {
    const StoreReader reader(path);
    const auto all = shared_tasks(layout, reader);
    ASSERT_THAT(all, SizeIs(layout.tasks.size()));
    for (const auto& task : all) {
        EXPECT_EQ(task.task, task.source);
        const auto taken = taken_over(task, layout, reader);
        ASSERT_TRUE(taken);
        EXPECT_EQ(taken->rows, artificial_task(layout, task.task).rows);
        EXPECT_EQ(taken->seconds, 0.0);
    }
}

TEST_F(SharedTasks, AreOnlyThoseThatAreDone) {
    const auto partial = folder.file("partial.h5");
    write_store(partial, layout, artificial_tasks(layout, [](std::uint64_t task) { return task % 3 != 0; }));
    for (const auto& task : shared_tasks(layout, StoreReader(partial))) EXPECT_EQ(task.task % 3, 0U);
}

TEST_F(SharedTasks, NeedTheSamePoint) {
    auto& ids = std::get<std::vector<std::uint64_t>>(layout.tables[0].columns[0].values);
    const auto before = shared().size();
    ids[0] ^= 1;
    const auto after = shared();
    EXPECT_LT(after.size(), before);
    for (const auto& task : after) EXPECT_NE(layout.tasks[task.task].point, 0);
}

TEST_F(SharedTasks, NeedTheSameParticles) {
    const auto before = shared().size();
    ++layout.tasks[2].count;
    EXPECT_THAT(shared(), SizeIs(before - 1));
}

TEST_F(SharedTasks, NeedEveryVariableAsItWas) {
    const auto whole = left();
    ASSERT_GT(whole, 0U);
    for (const auto& change : std::vector<std::function<void(Variable&)>>{[](Variable& v) { v.name += "2"; },
                                                                          [](Variable& v) { v.unit += "2"; },
                                                                          [](Variable& v) { v.meaning += "2"; },
                                                                          [](Variable& v) {
                                                                              v.numbers = {{"origin", 2.0}};
                                                                          }}) {
        const auto before = layout;
        change(variable("energy_bins"));
        EXPECT_EQ(left(), 0U);
        layout = before;
    }
    EXPECT_EQ(left(), whole);
}

TEST_F(SharedTasks, NeedTheSameSigmas) {
    const auto before = left();
    auto& content = variable("sigma").content;
    content[0] ^= std::byte{1};  // of the first point of the group
    EXPECT_LT(left(), before);
    EXPECT_GT(left(), 0U) << "other points keep theirs";
}

TEST_F(SharedTasks, AreNotTakenWhenDamaged) {
    const StoreReader reader(path);
    const auto all = shared_tasks(layout, reader);
    const auto row = reader.read_row(0, 0);
    auto bytes = contents(path);
    const auto* found = static_cast<const char*>(
        ::memmem(bytes.data(), bytes.size(), row.data(), row.size()));  // the first row of that content
    ASSERT_NE(found, nullptr);
    put_byte(path, static_cast<std::uint64_t>(found - bytes.data()), static_cast<char>(*found ^ 1));
    std::size_t refused = 0;
    for (const auto& task : all) refused += taken_over(task, layout, reader) ? 0 : 1;
    EXPECT_EQ(refused, 1U);
}

}  // namespace
}  // namespace sigmaflow
