// What a copy of the process suffers is an error, not the end.
#include "../../src/store/trial.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

using testing::HasSubstr;

std::string outcome(const std::function<void()>& action, double seconds = 60.0) {
    try {
        try_in_a_copy("data.h5", seconds, action);
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

TEST(Trial, WhatEndsWellOrThrowsSaysNothing) {
    int touched = 0;
    EXPECT_EQ(outcome([&] { ++touched; }), "");
    EXPECT_EQ(outcome([] { throw std::runtime_error("a fault that will be met again"); }), "");
    EXPECT_EQ(touched, 0) << "it happens in a copy";
}

TEST(Trial, SignalsEndTheCopyAlone) {
    EXPECT_THAT(outcome([] { std::abort(); }), HasSubstr("'data.h5' (it is damaged: HDF5 fails on it with signal 6)"));
    EXPECT_THAT(outcome([] { ::kill(::getpid(), SIGKILL); }), HasSubstr("signal 9"));
}

TEST(Trial, WhatDoesNotEndIsEnded) {
    const auto message = outcome(
        [] {
            while (true) ::pause();
        },
        0.3);
    EXPECT_THAT(message, HasSubstr("HDF5 has not come to an end with it in 0 s"));
}

}  // namespace
}  // namespace sigmaflow
