#include "sigmaflow/run/open_result.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/store/create.hpp"
#include "small_study.hpp"

namespace sigmaflow {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;
using testing_run::small_study_text;
using testing_run::SmallStudy;

class OpenResult : public testing::Test {
  protected:
    OpenResult() : folder(std::filesystem::temp_directory_path() / ("sigmaflow-open-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(folder);
        options.output = (folder / "out.h5").string();
    }
    ~OpenResult() override { std::filesystem::remove_all(folder); }
    OpenResult(const OpenResult&) = delete;
    OpenResult& operator=(const OpenResult&) = delete;

    [[nodiscard]] std::string contents() const {
        std::ifstream file(options.output, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    /// The message of a refusal, after which the file is what it was.
    [[nodiscard]] std::string refusal(const Layout& layout) const {
        const std::string before = contents();
        std::string message = "nothing was refused";
        try {
            (void)open_result(options, layout);
        } catch (const InputError& error) {
            message = error.what();
        }
        EXPECT_EQ(contents(), before);
        return message;
    }

    std::filesystem::path folder;
    RunOptions options;
    SmallStudy small;
};

TEST_F(OpenResult, CreatesAFileWithEveryTaskPending) {
    EXPECT_THAT(open_result(options, small.layout), AllOf(SizeIs(18), Each(TaskStatus::pending)));
    EXPECT_TRUE(std::filesystem::exists(options.output));
}

TEST_F(OpenResult, ResumesWhatItCreatedAndStartsWhatIsNotThere) {
    options.resume = true;
    EXPECT_THAT(open_result(options, small.layout), SizeIs(18));
    EXPECT_THAT(open_result(options, small.layout), AllOf(SizeIs(18), Each(TaskStatus::pending)));
}

TEST_F(OpenResult, RefusesAnExistingFileUnlessAskedToReplaceIt) {
    (void)open_result(options, small.layout);
    EXPECT_THAT(refusal(small.layout),
                AllOf(HasSubstr("already there"), HasSubstr("--resume"), HasSubstr("--overwrite")));
    options.overwrite = true;
    const SmallStudy fewer({"study.particles=20"});
    EXPECT_THAT(open_result(options, fewer.layout), SizeIs(6));
}

TEST_F(OpenResult, RefusesAChangedStudyAndNamesTheLine) {
    (void)open_result(options, small.layout);
    options.resume = true;
    std::string text = small_study_text();
    text.replace(text.find("radius = 1.0"), 12, "radius = 2.0");
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(text.find("radius")), '\n');
    EXPECT_THAT(refusal(SmallStudy({}, text).layout), HasSubstr("its line " + std::to_string(line) + " changed"));
    EXPECT_THAT(refusal(SmallStudy({"study.seed=4"}).layout), HasSubstr("--set"));
}

TEST_F(OpenResult, RefusesOtherNumericsAndSaysWhichChanged) {
    for (std::size_t i = 0; i < small.layout.fingerprint.size(); ++i) {
        Layout other = small.layout;
        other.fingerprint[i].second = "abacus";
        std::filesystem::remove(options.output);
        create_store(options.output, other);
        options.resume = true;
        EXPECT_THAT(refusal(small.layout),
                    AllOf(HasSubstr("other numerics"), HasSubstr(other.fingerprint[i].first + " was 'abacus' and is '" +
                                                                 small.layout.fingerprint[i].second)));
    }
}

TEST_F(OpenResult, RefusesOtherPointsOfTheSameStudyText) {
    Layout other = small.layout;
    for (auto& column : other.tables.front().columns) {
        if (column.name == "id") ++std::get<std::vector<std::uint64_t>>(column.values)[4];
    }
    create_store(options.output, other);
    options.resume = true;
    EXPECT_THAT(refusal(small.layout), HasSubstr("a file that the study reads has changed"));
}

TEST_F(OpenResult, RefusesADamagedFileAndWhatIsNoResultFile) {
    (void)open_result(options, small.layout);
    options.resume = true;
    {
        std::fstream file(options.output, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(2000);
        file.put('!');
    }
    EXPECT_THAT(refusal(small.layout), AllOf(HasSubstr("damaged"), HasSubstr("--overwrite")));
    std::ofstream(options.output) << "something else";
    EXPECT_THAT(refusal(small.layout), HasSubstr("result file"));
}

}  // namespace
}  // namespace sigmaflow
