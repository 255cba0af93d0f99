#include "sigmaflow/cli/job_script.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kScript = R"(#!/usr/bin/env bash
# How to use it.
#SBATCH --job-name=some
#SBATCH --time=01:00:00
#SBATCH --requeue
set -u

# Settings.
STUDY=${1:-} # a file
OPTIONS=("${@:2}")
# Modules and whatever else the program needs
run "$STUDY"
TIME=3
)";

TEST(JobScript, ReplacesCommentsDirectivesAndSettingsAndNothingElse) {
    JobFilling filling;
    filling.comments = {"For one study."};
    filling.directives = {{"time", "00:10:00"}, {"ntasks", "4"}};
    filling.further_directives = {"--partition=long", "-A me"};
    filling.settings = {{"OPTIONS", "(--set 'a=b')"}, {"STUDY", "'/a b/c.toml'"}};
    filling.commands = {"module load openmpi"};
    EXPECT_EQ(filled_job_script(kScript, filling), R"(#!/usr/bin/env bash
# For one study.
#SBATCH --job-name=some
#SBATCH --time=00:10:00
#SBATCH --requeue
#SBATCH --ntasks=4
#SBATCH --partition=long
#SBATCH -A me
set -u

# Settings.
STUDY='/a b/c.toml'
OPTIONS=(--set 'a=b')
# Modules and whatever else the program needs
module load openmpi
run "$STUDY"
TIME=3
)");
}

TEST(JobScript, ASettingThatIsNotThereIsAFault) {
    JobFilling filling;
    filling.settings = {{"STUDI", "'a'"}};
    EXPECT_THROW((void)filled_job_script(kScript, filling), std::logic_error);
}

std::string file_text(const std::string& name) {
    std::ifstream file(SIGMAFLOW_SOURCE_DIR "/jobs/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(JobScript, TheScriptsInTheProgramAreThoseOfTheFolder) {
    EXPECT_EQ(slurm_run_script(), file_text("slurm-run.sbatch"));
    EXPECT_EQ(slurm_aggregate_script(), file_text("slurm-aggregate.sbatch"));
    for (const auto script : {slurm_run_script(), slurm_aggregate_script()}) {
        JobFilling filling;
        filling.settings = {{"OUTPUT", "1"}, {"PARTS", "2"}, {"SIGMAFLOW", "3"}};
        filling.commands = {"a-command-of-the-user"};
        EXPECT_THAT(filled_job_script(script, filling), HasSubstr("a-command-of-the-user")) << "where modules go";
    }
}

TEST(JobScript, QuotedWordsAreOneWord) {
    EXPECT_EQ(shell_quoted("a b"), "'a b'");
    EXPECT_EQ(shell_quoted("it's $HOME"), R"('it'\''s $HOME')");
    EXPECT_EQ(shell_quoted(""), "''");
}

TEST(JobTime, IsReadInFormsThatNobodyMistakes) {
    EXPECT_EQ(parse_job_time("00:10:00"), 600.0);
    EXPECT_EQ(parse_job_time("100:00:01"), 360001.0);
    EXPECT_EQ(parse_job_time("2-03:04:05"), 183845.0);
    for (const char* text :
         {"", "30", "10:00", "1-2", "1-02:03", "00:60:00", "00:00:60", "00:00:00", "0-00:00:00", "-1:00:00", "1:2:3:4",
          "1:2:3:", "1::3", "a:b:c", "00:10:00 ", "9999999:00:00", "1.5:00:00", "1-2-03:04:05", "+1:00:00"}) {
        EXPECT_THROW((void)parse_job_time(text), InputError) << "'" << text << "'";
    }
}

TEST(JobTime, IsWrittenAsSlurmReadsIt) {
    EXPECT_EQ(job_time(60.0), "00:01:00");
    EXPECT_EQ(job_time(3661.5), "01:01:02");
    EXPECT_EQ(job_time(86400.0), "1-00:00:00");
    EXPECT_EQ(job_time(183845.0), "2-03:04:05");
}

TEST(JobTime, FollowsFromThePrediction) {
    EXPECT_EQ(job_seconds(0.0), 300.0);
    EXPECT_EQ(job_seconds(100.0), 600.0);
    EXPECT_EQ(job_seconds(101.0), 660.0) << "whole minutes";
    EXPECT_EQ(job_seconds(1e9), 86400.0);
}

TEST(JobTime, TheWarningComesTwoMinutesBeforeTheEndOrInTheLastThird) {
    EXPECT_EQ(warning_seconds(3600.0), 120);
    EXPECT_EQ(warning_seconds(360.0), 120);
    EXPECT_EQ(warning_seconds(60.0), 20);
}

}  // namespace
}  // namespace sigmaflow
