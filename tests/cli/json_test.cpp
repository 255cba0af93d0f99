#include "sigmaflow/cli/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace sigmaflow {
namespace {

TEST(Json, NumbersReadBackToTheSameBits) {
    for (const double value : {1.0 / 3.0, std::numbers::pi, 1e-308, 5e-324, 1.7976931348623157e308, -0.0, 0.1 + 0.2}) {
        const Json back = Json::parse(json_of(Eigen::VectorXd(Eigen::VectorXd::Constant(1, value))).dump());
        EXPECT_EQ(back[0].get<double>(), value);
        EXPECT_EQ(std::signbit(back[0].get<double>()), std::signbit(value));
    }
}

TEST(Json, NonFiniteNumbersAreNull) {
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(json_of(Eigen::VectorXd(Eigen::Vector3d(std::nan(""), infinity, -infinity))).dump(), "[null,null,null]");
}

TEST(Json, MatricesAreListsOfRows) {
    Eigen::MatrixXd matrix(2, 3);
    matrix << 1, 2, 3, 4, 5, 6;
    EXPECT_EQ(json_of(matrix).dump(), "[[1.0,2.0,3.0],[4.0,5.0,6.0]]");
}

TEST(Json, IsPrintedAloneWithALineEnd) {
    testing::internal::CaptureStdout();
    print_json({{"b", 1}, {"a", 2}});
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "{\n \"b\": 1,\n \"a\": 2\n}\n") << "keys keep their order";
}

TEST(Json, BytesThatAreNoTextAreReplaced) {
    testing::internal::CaptureStdout();
    print_json({{"a", "x\xFFy"}});
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "{\n \"a\": \"x\xEF\xBF\xBDy\"\n}\n");
}

}  // namespace
}  // namespace sigmaflow
