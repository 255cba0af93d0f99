// One living job per file; a dead one is no obstacle.
#include "sigmaflow/store/lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "sigmaflow/core/error.hpp"
#include "store/artificial_layout.hpp"

namespace sigmaflow {
namespace {

using testing::HasSubstr;
using testing_store::Folder;

std::string refusal(const std::string& path) {
    try {
        const StoreLock lock(path, "second");
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

/// A child process that holds the lock until it is killed; returns when it does.
pid_t start_holder(const std::string& path) {
    int pipe_ends[2];
    EXPECT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        auto lock = std::make_unique<StoreLock>(path, "child-job");
        const char ready = 'r';
        if (::write(pipe_ends[1], &ready, 1) != 1) ::_exit(1);
        while (true) ::pause();
    }
    char ready = 0;
    EXPECT_EQ(::read(pipe_ends[0], &ready, 1), 1);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
    return child;
}

TEST(Lock, OneAtATimeAndGoneAtTheEnd) {
    const Folder folder("lock");
    const auto path = folder.file("a.h5");
    {
        const StoreLock lock(path, "first");
        EXPECT_THAT(refusal(path), HasSubstr("job first"));
        EXPECT_THAT(refusal(path), HasSubstr("process " + std::to_string(::getpid()) + " on "));
        ASSERT_TRUE(lock_holder(path).has_value());
        EXPECT_TRUE(lock_holder(path)->alive);
    }
    EXPECT_FALSE(std::filesystem::exists(path + ".lock"));
    EXPECT_FALSE(lock_holder(path).has_value());
    EXPECT_EQ(refusal(path), "");
}

TEST(Lock, AKilledHolderIsTakenOver) {
    const Folder folder("lock");
    const auto path = folder.file("a.h5");
    const pid_t child = start_holder(path);
    EXPECT_THAT(refusal(path), HasSubstr("child-job"));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ASSERT_TRUE(lock_holder(path).has_value()) << "the file is still there";
    EXPECT_FALSE(lock_holder(path)->alive);
    const StoreLock lock(path, "next");
    EXPECT_EQ(lock_holder(path)->job_id, "next");
    EXPECT_EQ(lock_holder(path)->pid, ::getpid());
}

TEST(Lock, HeartbeatsMoveOn) {
    const Folder folder("lock");
    const auto path = folder.file("a.h5");
    StoreLock lock(path, "");
    const double first = lock_holder(path)->heartbeat_unix;
    ::usleep(20'000);
    lock.heartbeat();
    EXPECT_GT(lock_holder(path)->heartbeat_unix, first);
}

TEST(Lock, AFolderThatDoesNotExistIsAnInputError) { EXPECT_THROW(StoreLock("/no/such/a.h5", ""), InputError); }

TEST(Lock, ReadingTheHolderDoesNotDropTheLock) {
    const Folder folder("lock");
    const auto path = folder.file("a.h5");
    const StoreLock lock(path, "first");
    std::ifstream(path + ".lock").get();
    EXPECT_TRUE(lock_holder(path)->alive);
    EXPECT_NE(refusal(path), "");
}

}  // namespace
}  // namespace sigmaflow
