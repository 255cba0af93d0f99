// A new file takes the place of nothing but its like.
#include "sigmaflow/store/output.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "sigmaflow/core/error.hpp"
#include "sigmaflow/store/create.hpp"
#include "store/artificial_layout.hpp"

namespace sigmaflow {
namespace {

using testing::HasSubstr;

class Output : public testing::Test {
  protected:
    std::string write(const std::string& name, const std::string& text) {
        std::ofstream(folder.file(name), std::ios::binary) << text;
        return folder.file(name);
    }

    static std::string of_result(const std::string& path) {
        return message([&] { require_replaceable_by_result(path); });
    }
    static std::string of_summary(const std::string& path) {
        return message([&] { require_replaceable_by_summary(path); });
    }
    template <class Call>
    static std::string message(Call&& call) {
        try {
            call();
        } catch (const InputError& error) {
            return error.what();
        }
        return "";
    }

    testing_store::Folder folder{"output"};
};

TEST_F(Output, FreeNamesAndEmptyFiles) {
    for (const auto& path : {folder.file("none"), write("empty", "")}) {
        EXPECT_EQ(of_result(path), "");
        EXPECT_EQ(of_summary(path), "");
    }
}

TEST_F(Output, ResultsReplaceResultsEvenDamagedOnes) {
    const auto path = folder.file("a.h5");
    create_store(path, testing_store::artificial_layout());
    EXPECT_EQ(of_result(path), "");
    EXPECT_THAT(of_summary(path), HasSubstr("it is a result file, which would be lost"));
    std::fstream(path, std::ios::in | std::ios::out | std::ios::binary) << "X";
    EXPECT_EQ(of_result(path), "") << "its HDF5 part tells what it was";
}

TEST_F(Output, SummariesReplaceOtherHdf5Files) {
    const auto path = write("summary.h5", "\x89HDF\r\n\x1a\n and more");
    EXPECT_EQ(of_summary(path), "");
    EXPECT_THAT(of_result(path), HasSubstr("it is no result file of sigmaflow"));
}

TEST_F(Output, NothingReplacesOtherFiles) {
    for (const auto& path : {write("study.toml", "[study]\n"), write("a", "x"), write("data.csv", "1,2\n3,4\n")}) {
        EXPECT_THAT(of_result(path), HasSubstr("cannot replace"));
        EXPECT_THAT(of_summary(path), HasSubstr("cannot write the summary"));
    }
    std::filesystem::create_symlink("nothing", folder.file("dangling"));
    EXPECT_TRUE(is_occupied(folder.file("dangling")));
    EXPECT_FALSE(is_occupied(folder.file("none")));
    EXPECT_THAT(of_result(folder.file("dangling")), HasSubstr("cannot open"));
    ::mkfifo(folder.file("pipe").c_str(), 0600);
    for (const auto& path :
         {folder.file("."), folder.file("pipe"), std::string("/dev/null"), std::string("/dev/zero")}) {
        EXPECT_THAT(of_result(path), HasSubstr("not a file"));
        EXPECT_THAT(of_summary(path), HasSubstr("not a file"));
    }
}

}  // namespace
}  // namespace sigmaflow
