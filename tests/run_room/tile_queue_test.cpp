#include "sigmaflow/run/tile_queue.hpp"

#include <gmock/gmock.h>

#include <set>
#include <thread>

namespace sigmaflow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::shared_ptr<OpenBlock> block_of(std::uint64_t task, int tiles) {
    auto block = std::make_shared<OpenBlock>();
    block->task = task;
    block->tiles = tiles;
    block->tiles_left = tiles;
    return block;
}

FinishedTask finished(std::uint64_t task) {
    FinishedTask out;
    out.task = task;
    return out;
}

TEST(TileQueue, HandsOutTilesInOrder) {
    TileQueue queue;
    EXPECT_FALSE(queue.take().has_value());
    queue.push(block_of(7, 2));
    queue.push(block_of(3, 1));
    EXPECT_EQ(queue.waiting_tiles(), 3U);
    EXPECT_EQ(queue.open_blocks(), 2);
    std::vector<std::pair<std::uint64_t, int>> taken;
    while (const auto job = queue.take()) taken.emplace_back(job->block->task, job->tile);
    EXPECT_THAT(taken, ElementsAre(std::pair(7, 0), std::pair(7, 1), std::pair(3, 0)));
    EXPECT_EQ(queue.waiting_tiles(), 0U);
    EXPECT_EQ(queue.open_blocks(), 2) << "taken is not finished";
}

TEST(TileQueue, FinishedTasksWaitUntilTheyAreCollected) {
    TileQueue queue;
    queue.push(block_of(7, 1));
    queue.push(block_of(8, 1));
    queue.finish(finished(8));
    EXPECT_EQ(queue.finished_count(), 1U);
    EXPECT_EQ(queue.open_blocks(), 1);
    EXPECT_EQ(queue.collect().at(0).task, 8U);
    EXPECT_EQ(queue.finished_count(), 0U);
    EXPECT_THAT(queue.collect(), IsEmpty());
}

TEST(TileQueue, PartsAreOpenUntilTheyAreFinishedOrDropped) {
    TileQueue queue;
    for (std::uint64_t task = 0; task < 4; ++task) {
        auto part = block_of(task, 1);
        part->is_part = task != 1;
        queue.push(std::move(part));
    }
    EXPECT_EQ(queue.open_parts(), 3);
    ASSERT_TRUE(queue.take() && queue.take() && queue.take());  // 0, 1 and 2 are under way
    EXPECT_EQ(queue.open_parts(), 3) << "taken is not finished";
    queue.finish(finished(1));
    EXPECT_EQ(queue.open_parts(), 3) << "a block of particles";
    queue.finish(finished(0), true);
    EXPECT_EQ(queue.open_parts(), 2);
    queue.clear();
    EXPECT_EQ(queue.open_parts(), 1) << "2 is still under way, 3 is dropped";
    queue.finish(finished(2), true);
    EXPECT_EQ(queue.open_parts(), 0);
}

TEST(TileQueue, ClearedTilesAreNotHandedOutAndTheirBlocksStayOpen) {
    TileQueue queue;
    queue.push(block_of(1, 3));
    const auto under_way = queue.take();
    queue.clear();
    EXPECT_EQ(queue.waiting_tiles(), 0U);
    EXPECT_FALSE(queue.take().has_value());
    EXPECT_EQ(queue.open_blocks(), 1) << "work is left";
}

TEST(TileQueue, RemembersTheLongestTile) {
    TileQueue queue;
    EXPECT_EQ(queue.longest_tile(), 0.0);
    for (const double seconds : {0.5, 2.0, 1.0}) queue.note_tile(seconds);
    EXPECT_EQ(queue.longest_tile(), 2.0);
}

TEST(TileQueue, ManyThreadsTakeEveryTileOnceAndFinishEveryBlockOnce) {
    constexpr std::uint64_t blocks = 400;
    constexpr int tiles = 5;
    constexpr int threads = 4;
    TileQueue queue;
    std::vector<std::atomic<int>> times(blocks * tiles);
    std::atomic<bool> ended = false;
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) {
        workers.emplace_back([&] {
            while (true) {
                auto job = queue.take();
                if (!job) {
                    if (ended) return;
                    std::this_thread::yield();
                    continue;
                }
                ++times[job->block->task * tiles + static_cast<std::uint64_t>(job->tile)];
                if (job->block->tiles_left.fetch_sub(1) == 1) queue.finish(finished(job->block->task));
            }
        });
    }
    std::vector<std::uint64_t> collected;
    for (std::uint64_t task = 0; task < blocks; ++task) {
        queue.push(block_of(task, tiles));
        for (const auto& done : queue.collect()) collected.push_back(done.task);
    }
    while (queue.open_blocks() > 0) std::this_thread::yield();
    ended = true;
    for (auto& worker : workers) worker.join();
    for (const auto& done : queue.collect()) collected.push_back(done.task);
    for (const auto& count : times) EXPECT_EQ(count, 1);
    EXPECT_THAT(collected, SizeIs(blocks));
    EXPECT_THAT(std::set<std::uint64_t>(collected.begin(), collected.end()), SizeIs(blocks));
}

}  // namespace
}  // namespace sigmaflow
