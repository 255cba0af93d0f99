#include "sigmaflow/core/hash.hpp"

#include <gtest/gtest.h>

#include <array>

namespace sigmaflow {
namespace {

// The values are part of the result format: identities and checksums in files depend on them.
TEST(Hash, IsXxh3) {
    EXPECT_EQ(hex(hash64(std::string_view{})), "2d06800538d394c2") << "XXH3 of nothing, as published";
    EXPECT_EQ(hash64(std::string_view("abc")), hash64(std::string_view("abc")));
    EXPECT_NE(hash64(std::string_view("abc")), hash64(std::string_view("abd")));
}

TEST(Hash, OfBytesIsThatOfText) {
    const std::array<std::byte, 2> bytes{std::byte{'h'}, std::byte{'i'}};
    EXPECT_EQ(hash64(std::span<const std::byte>(bytes)), hash64(std::string_view("hi")));
}

TEST(Hash, HexHasSixteenDigits) {
    EXPECT_EQ(hex(0), "0000000000000000");
    EXPECT_EQ(hex(0xabcdef), "0000000000abcdef");
}

}  // namespace
}  // namespace sigmaflow
