// What others wrote can be shown: nothing in it moves a cursor, breaks a line or turns the direction of writing.
#include "sigmaflow/core/printable.hpp"

#include <gtest/gtest.h>

#include <string>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

using namespace std::string_literals;

TEST(Printable, OrdinaryTextStays) {
    for (const char* text :
         {"", "plain", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82", "C:\\new\\table", "\"a\" 'b' ~"}) {
        EXPECT_EQ(printable(text), text);
        EXPECT_TRUE(is_utf8(text));
    }
}

TEST(Printable, ControlCharactersAreSpeltOut) {
    EXPECT_EQ(printable("a\nb\tc\rd"), "a\\nb\\tc\\rd");
    EXPECT_EQ(printable("\x1b[31m\x07\x7f"), "\\x1b[31m\\x07\\x7f");
    EXPECT_EQ(printable("a\0b"s), "a\\x00b");
    EXPECT_EQ(printable("\xc2\x9b"), "\\u009b") << "the eight-bit form of ESC [";
    EXPECT_EQ(printable("\xe2\x80\xae \xe2\x81\xa6 \xe2\x80\x8b \xe2\x80\xa8 \xef\xbb\xbf"),
              "\\u202e \\u2066 \\u200b \\u2028 \\ufeff");
}

TEST(Printable, BytesThatAreNoUtf8AreSpeltOut) {
    EXPECT_EQ(printable("a\xff\xfe"), "a\\xff\\xfe");
    EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf") << "overlong";
    EXPECT_EQ(printable("\xe0\x80\xaf"), "\\xe0\\x80\\xaf") << "overlong";
    EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond Unicode";
    EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "half a character";
    EXPECT_FALSE(is_utf8("\xe2\x82"));
}

TEST(Printable, EveryByteAndPairComesOutHarmlessAndTwiceChangesNothing) {
    for (int a = 0; a < 256; ++a) {
        for (int b = 0; b < 256; ++b) {
            const std::string once = printable(std::string{static_cast<char>(a), static_cast<char>(b)});
            EXPECT_TRUE(is_utf8(once));
            EXPECT_EQ(printable(once), once);
            for (const char c : once) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
        }
    }
}

TEST(Printable, ErrorsAreOneHarmlessLine) {
    const InputError error({"a\x1b.toml", 3, 1}, "unknown key 'x\ny'", "\xff", "no\r");
    EXPECT_STREQ(error.what(), "a\\x1b.toml:3: unknown key 'x\\ny' (\\xff) no\\r");
    EXPECT_STREQ(InputError(error.what()).what(), error.what());
}

}  // namespace
}  // namespace sigmaflow
