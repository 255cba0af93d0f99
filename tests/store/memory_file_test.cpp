// A file in memory: sparse, unnoticed by whom it stands in for, copied to the same places.
#include "../../src/store/memory_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "store/written_store.hpp"

namespace sigmaflow {
namespace {

using namespace testing_store;

std::span<const std::byte> as_bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string text_at(const ByteFile& file, std::uint64_t offset, std::uint64_t size) {
    const auto bytes = file.read(offset, size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void put(int descriptor, std::uint64_t offset, const std::string& text) {
    EXPECT_EQ(::pwrite(descriptor, text.data(), text.size(), static_cast<off_t>(offset)),
              static_cast<ssize_t>(text.size()));
}

TEST(MemoryFile, StandsInAndIsCopiedToTheSamePlaces) {
    const Folder folder("memory");
    constexpr std::uint64_t kFar = std::uint64_t{3} << 30;  // only bytes that were written take memory
    const std::string long_text(3'000'000, 'y');
    const auto path = folder.file("file");
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT, 0644);
    ASSERT_GE(descriptor, 0);
    put(descriptor, 0, "start");
    const MemoryFile memory;
    memory.stand_in_for(descriptor);
    put(descriptor, 7, "near");
    put(descriptor, 1 << 20, long_text);
    put(descriptor, kFar, "far");
    ::close(descriptor);
    EXPECT_EQ(std::filesystem::file_size(path), 5U) << "the file itself saw nothing";
    EXPECT_EQ(memory.size(), kFar + 3);

    const ByteFile copy(folder.file("copy"), ByteFile::Mode::create);
    copy.write(1 << 29, as_bytes_of("kept"));
    memory.copy_to(copy);
    EXPECT_EQ(copy.size(), memory.size());
    EXPECT_EQ(text_at(copy, 0, 11), std::string("start\0\0near", 11));
    EXPECT_EQ(text_at(copy, 1 << 20, long_text.size()), long_text);
    EXPECT_EQ(text_at(copy, kFar, 3), "far");
    EXPECT_EQ(text_at(copy, 1 << 29, 4), "kept");
    struct stat status {};
    ASSERT_EQ(::stat(copy.path().c_str(), &status), 0);
    EXPECT_LT(status.st_blocks * 512, 1 << 25) << "holes stay holes";
}

TEST(MemoryFile, MayBeEmpty) {
    const Folder folder("memory");
    const MemoryFile memory;
    const ByteFile copy(folder.file("copy"), ByteFile::Mode::create);
    memory.copy_to(copy);
    EXPECT_EQ(memory.size(), 0U);
    EXPECT_EQ(copy.size(), 0U);
}

}  // namespace
}  // namespace sigmaflow
