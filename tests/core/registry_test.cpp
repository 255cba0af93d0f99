#include "sigmaflow/core/registry.hpp"

#include <gmock/gmock.h>

namespace sigmaflow {
namespace {

TEST(Registry, KeepsItsOrderAndNamesWhatItKnows) {
    Registry<int> registry("solver");
    registry.add({"heun", "", {}}, 1);
    registry.add({"euler", "", {}}, 2);
    EXPECT_THAT(registry.names(), testing::ElementsAre("heun", "euler"));
    EXPECT_EQ(registry.at("euler").make, 2);
    EXPECT_TRUE(registry.contains("heun"));
    EXPECT_FALSE(registry.contains("rk4"));
    try {
        (void)registry.at("huen", {"s.toml", 3, 1});
        FAIL() << "an unknown kind was found";
    } catch (const InputError& error) {
        EXPECT_STREQ(error.what(),
                     "s.toml:3: unknown kind of solver 'huen' (known kinds: heun, euler) did you mean 'heun'?");
    }
}

TEST(Registry, RefusesASecondKindOfTheSameName) {
    Registry<int> registry("solver");
    registry.add({"heun", "", {}}, 1);
    EXPECT_THROW(registry.add({"heun", "", {}}, 2), std::logic_error);
}

}  // namespace
}  // namespace sigmaflow
