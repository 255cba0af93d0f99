#include "sigmaflow/core/part.hpp"

#include <gmock/gmock.h>

#include <set>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

TEST(Parts, ReadBackWhatTheySay) {
    for (const char* text : {"1/1", "2/8", "100000/100000"}) EXPECT_EQ(parse_part(text).text(), text);
    EXPECT_TRUE(parse_part("1/1").is_whole());
    EXPECT_FALSE(parse_part("1/2").is_whole());
}

TEST(Parts, RefuseNonsense) {
    for (const char* text : {"", "/", "1", "0/4", "5/4", "-1/4", "1/0", "1/100001", "1/4x", " 1/4", "1.0/4", "1//4",
                             "99999999999/99999999999"}) {
        EXPECT_THROW((void)parse_part(text), InputError) << text;
    }
}

TEST(Parts, ShareEveryTaskOnceAndEvenly) {
    for (int count : {1, 2, 3, 7}) {
        std::set<std::size_t> seen;
        for (int index = 1; index <= count; ++index) {
            std::size_t held = 0;
            for (std::size_t position = 0; position < 20; ++position) {
                if (!Part{index, count}.holds(position)) continue;
                EXPECT_TRUE(seen.insert(position).second);
                ++held;
            }
            EXPECT_GE(held, 20U / static_cast<std::size_t>(count));
        }
        EXPECT_EQ(seen.size(), 20U);
    }
}

}  // namespace
}  // namespace sigmaflow
