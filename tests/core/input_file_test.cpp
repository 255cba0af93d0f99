// What stands at a path is looked at before it is read: nothing hangs.
#include "sigmaflow/core/input_file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

namespace sigmaflow {
namespace {

using testing::HasSubstr;

class InputFile : public testing::Test {
  protected:
    InputFile() : folder(std::filesystem::temp_directory_path() / ("sigmaflow-input-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(folder);
        std::ofstream(at("file")) << "text";
        ::mkfifo(at("pipe").c_str(), 0600);
        std::filesystem::create_directory(at("folder"));
        std::filesystem::create_symlink("file", at("link"));
    }
    ~InputFile() override { std::filesystem::remove_all(folder); }

    [[nodiscard]] std::string at(const std::string& name) const { return (folder / name).string(); }

    template <class Call>
    std::string refusal(Call&& call) {
        try {
            call();
        } catch (const InputError& error) {
            return error.what();
        }
        return "no error";
    }

    std::filesystem::path folder;
};

TEST_F(InputFile, RegularFilesAndLinksToThem) {
    for (const char* name : {"file", "link"}) {
        EXPECT_NO_THROW(require_regular_file(at(name)));
        EXPECT_EQ(read_text_file(at(name), 100), "text");
    }
}

TEST_F(InputFile, WhatIsNone) {
    const auto of = [&](const std::string& path) {
        return refusal([&] { require_regular_file(path, {"study.toml", 3, 1}); });
    };
    EXPECT_EQ(of(at("none")), "study.toml:3: cannot read '" + at("none") + "' (No such file or directory)");
    EXPECT_THAT(of(at("folder")), HasSubstr("it is a folder, not a file"));
    EXPECT_THAT(of(at("pipe")), HasSubstr("it is a pipe, not a file"));
    EXPECT_THAT(of("/dev/zero"), HasSubstr("it is a device, not a file"));
}

TEST_F(InputFile, TextIsReadAsFarAsAsked) {
    constexpr std::size_t kMost = 100'000;
    const auto size = read_text_file("/dev/zero", kMost).size();
    EXPECT_GT(size, kMost);
    EXPECT_LE(size, 2 * kMost);
    EXPECT_EQ(read_text_file("/dev/null", kMost), "");
    EXPECT_THAT(refusal([&] { (void)read_text_file(at("folder"), kMost); }), HasSubstr("it is a folder"));
    EXPECT_THAT(refusal([&] { (void)read_text_file(at("none"), kMost); }), HasSubstr("No such file"));
}

TEST_F(InputFile, APipeIsReadToItsEnd) {
    std::thread writer([&] { std::ofstream(at("pipe")) << std::string(200'000, 'x'); });
    EXPECT_EQ(read_text_file(at("pipe"), 1'000'000).size(), 200'000U);
    writer.join();
}

/// Nobody at the other end, and somebody who says nothing; both at once, for each takes its five seconds.
TEST_F(InputFile, APipeIntoWhichNothingIsWrittenIsAnError) {
    ::mkfifo(at("silent").c_str(), 0600);
    const int silent = ::open(at("silent").c_str(), O_RDWR | O_NONBLOCK);
    const auto read = [&](const std::string& name) { return refusal([&] { (void)read_text_file(at(name), 100); }); };
    auto other = std::async(std::launch::async, read, "silent");
    EXPECT_THAT(read("pipe"), HasSubstr("nothing came out of it for five seconds"));
    EXPECT_THAT(other.get(), HasSubstr("nothing came out of it for five seconds"));
    ::close(silent);
}

}  // namespace
}  // namespace sigmaflow
