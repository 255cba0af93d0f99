// A user's own table: files of one, two and three columns, lists, and what is wrong with them.
#include "sigmaflow/schedule/table_schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "schedule/generators.hpp"

namespace sigmaflow {
namespace {

class ScheduleTables : public testing::Test {
  protected:
    ~ScheduleTables() override { std::filesystem::remove(path_); }

    std::string file(const std::string& text) {
        std::ofstream(path_) << text;
        return path_;
    }

    testing_support::MadeSchedule table(const std::string& text, Value::Table given = {}) {
        given.emplace_back("file", file(text));
        return testing_support::make_schedule("table", given);
    }

    void expect_refused(const std::string& text, const std::string& fragment, const Value::Table& given = {}) {
        try {
            (void)table(text, given);
            ADD_FAILURE() << "accepted; expected a message with '" << fragment << "'";
        } catch (const InputError& error) {
            EXPECT_NE(std::string(error.what()).find(fragment), std::string::npos) << error.what();
        }
    }

  private:
    std::string path_ =
        testing::TempDir() + "schedule_table_" + testing::UnitTest::GetInstance()->current_test_info()->name() + ".csv";
};

std::vector<double> own_grid_of(const testing_support::MadeSchedule& made) {
    return make_grid(*made.schedule, made.parameters);
}

TEST_F(ScheduleTables, OfThreeColumns) {
    const auto made = table("t,s,sigma\n0,1,0.1\n1, 0.9, 0.3\n2\t0.5\t2\r\n3 0.1 7\n");
    EXPECT_EQ(own_grid_of(made), (std::vector<double>{7.0, 2.0, 0.3, 0.1}));
    EXPECT_EQ(made.schedule->at(2.0).s, 0.5);
    EXPECT_EQ(made.schedule->t_of_sigma(0.3), 1.0);
    EXPECT_FALSE(made.schedule->has_unit_scale());
}

// The list of sigmas that a sampler prints, in either order: all of them are the grid.
TEST_F(ScheduleTables, OfSigmasAlone) {
    const std::vector<double> expected{80.0, 5.5, 0.25, 0.002};
    EXPECT_EQ(own_grid_of(table("80\n5.5\n0.25\n0.002\n")), expected);
    const auto rising = table("sigma\n0.002\n0.25\n5.5\n80\n");
    EXPECT_EQ(own_grid_of(rising), expected);
    EXPECT_TRUE(rising.schedule->has_unit_scale());
    // The clock is ln sigma, so sigma = e^t between the rows too.
    EXPECT_NEAR(rising.schedule->at(1.0).sigma, std::exp(1.0), 1e-14);
    EXPECT_NEAR(rising.schedule->t_of_sigma(3.0), std::log(3.0), 1e-14);
}

TEST_F(ScheduleTables, OfTwoColumnsHaveScaleOne) {
    const auto made = table("0,0.1\n1,0.3\n2,2\n3,7\n");
    EXPECT_TRUE(made.schedule->has_unit_scale());
    EXPECT_EQ(made.schedule->at(2.0).sigma, 2.0);
}

TEST_F(ScheduleTables, GivenAsLists) {
    const auto alone = testing_support::make_schedule("table", {{"sigma", Value::List{7.0, 2.0, 0.3, 0.1}}});
    EXPECT_EQ(own_grid_of(alone), (std::vector<double>{7.0, 2.0, 0.3, 0.1}));
    const auto timed = testing_support::make_schedule(
        "table", {{"t", Value::List{0.0, 1.0, 2.0, 3.0}}, {"sigma", Value::List{0.1, 0.3, 2.0, 7.0}}});
    EXPECT_EQ(timed.schedule->at(1.0).sigma, 0.3);
}

TEST_F(ScheduleTables, TakeFewerStepsBySpacing) {
    const std::string rows = "16\n8\n4\n2\n1\n0.5\n";
    EXPECT_EQ(own_grid_of(table(rows, {{"steps", 3}})), (std::vector<double>{16.0, 2.0, 0.5}));  // 5/2 rounds to 2
    EXPECT_EQ(own_grid_of(table(rows, {{"steps", 3}, {"spacing", "trailing"}})), (std::vector<double>{16.0, 4.0, 1.0}));
    EXPECT_EQ(own_grid_of(table(rows, {{"sigma_max", 9.0}})), (std::vector<double>{8.0, 4.0, 2.0, 1.0, 0.5}));
    EXPECT_EQ(own_grid_of(table(rows, {{"grid", "log"}})).size(), 18U);
}

TEST_F(ScheduleTables, BadOnesAreRefusedWithFileAndLine) {
    expect_refused("", "has no rows");
    expect_refused("80\n5\n0\n", "at least 4 are needed");
    expect_refused("80\n5\n1\n0\n", "s and sigma positive");
    expect_refused("1\n2\n1.5\n3\n", "row 3");
    expect_refused("1\n2\nthree\n4\n", ".csv:3: not a row");
    expect_refused("1,2\n2,3\n3\n4,5\n", ".csv:3: not a row");
    expect_refused("1,2,3,4\n", ".csv:1: not a row");
    expect_refused(
        "\xEF\xBB\xBF"
        "80\n5\n1\n0.1\n",
        ".csv:1: not a row");
    expect_refused("80\n5\n1\n0.1\n", "both are given", {{"s", Value::List{1.0, 1.0, 1.0, 1.0}}});
}

TEST_F(ScheduleTables, NeedASource) {
    EXPECT_THROW((void)testing_support::make_schedule("table", {}), InputError);
    EXPECT_THROW((void)testing_support::make_schedule("table", {{"t", Value::List{1.0, 2.0, 3.0, 4.0}}}), InputError);
    EXPECT_THROW((void)testing_support::make_schedule("table", {{"file", "/nowhere.csv"}}), InputError);
}

}  // namespace
}  // namespace sigmaflow
