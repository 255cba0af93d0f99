#include "sigmaflow/cli/command_line.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sigmaflow/cli/commands.hpp"
#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

CommandSpec spec() {
    CommandSpec out;
    out.name = "cook";
    out.summary = "make a meal";
    out.description = "Takes a recipe.";
    out.positionals = {{"RECIPE", "what to cook"}, {"GUEST", "who eats", true, false}};
    Option oven{"oven", "DEGREES", "how hot", 'o'};
    oven.required = true;
    out.options = {
        oven, {"salt", "", "add some"}, {"set", "A=B", "change it", '\0', false, true}, {"time", "T", "how long"}};
    return out;
}

Arguments parse(const std::vector<std::string>& words) { return parse_arguments(spec(), words); }

std::string refusal(const std::vector<std::string>& words) {
    try {
        (void)parse(words);
    } catch (const InputError& error) {
        return error.what();
    }
    return "nothing was refused";
}

TEST(CommandLine, TakesOptionsInEveryFormAndPlace) {
    for (const auto& words : std::vector<std::vector<std::string>>{{"soup", "--oven", "180", "--salt"},
                                                                   {"--oven=180", "--salt", "soup"},
                                                                   {"-o", "180", "soup", "--salt"},
                                                                   {"-o180", "--salt", "soup"}}) {
        const Arguments given = parse(words);
        EXPECT_EQ(given.text("RECIPE"), "soup");
        EXPECT_EQ(given.text("oven"), "180");
        EXPECT_TRUE(given.has("salt"));
        EXPECT_FALSE(given.has("time"));
        EXPECT_FALSE(given.has("GUEST"));
        EXPECT_EQ(given.text_or("time", "long"), "long");
    }
}

TEST(CommandLine, RepeatsWhatMayBeRepeatedInOrder) {
    const Arguments given = parse({"soup", "-o", "1", "--set", "b=1", "--set=a=2", "--set", "c=3"});
    EXPECT_THAT(given.texts("set"), ElementsAre("b=1", "a=2", "c=3"));
    EXPECT_TRUE(given.texts("time").empty());
    EXPECT_THAT(refusal({"soup", "-o", "1", "--oven", "2"}), HasSubstr("--oven is given twice"));
    EXPECT_THAT(refusal({"soup", "-o", "1", "--salt", "--salt"}), HasSubstr("--salt is given twice"));
}

TEST(CommandLine, TakesAllGuests) {
    EXPECT_THAT(parse({"soup", "ann", "-o", "1", "bob"}).texts("GUEST"), ElementsAre("ann", "bob"));
}

TEST(CommandLine, AValueMayStartWithAMinus) {
    EXPECT_EQ(parse({"soup", "-o", "-1,2"}).text("oven"), "-1,2");
    EXPECT_EQ(parse({"soup", "--oven", "-5"}).text("oven"), "-5");
}

TEST(CommandLine, NamesWhatIsWrong) {
    EXPECT_THAT(refusal({}), AllOf(HasSubstr("RECIPE is missing"), HasSubstr("usage: sigmaflow cook RECIPE")));
    EXPECT_THAT(refusal({"soup"}), HasSubstr("--oven is missing"));
    EXPECT_THAT(refusal({"soup", "-o"}), HasSubstr("oven"));
    EXPECT_THAT(refusal({"soup", "--ovn", "1"}),
                AllOf(HasSubstr("unknown option '--ovn'"), HasSubstr("did you mean '--oven'")));
    EXPECT_THAT(refusal({"soup", "-o", "1", "--ov", "1"}), HasSubstr("unknown option '--ov'"));  // no guessing
    EXPECT_THAT(refusal({"soup", "-o", "1", "-x"}), HasSubstr("unknown option '-x'"));
    EXPECT_THAT(refusal({"soup", "-o", "1", "--salt=much"}), HasSubstr("salt"));
    CommandSpec lonely = spec();
    lonely.positionals.pop_back();
    EXPECT_THROW((void)parse_arguments(lonely, {"soup", "bob", "-o", "1"}), InputError);
}

TEST(CommandLine, HelpNeedsNothingElse) {
    EXPECT_TRUE(parse({"--help"}).has("help"));
    EXPECT_TRUE(parse({"-h"}).has("help"));
    const std::string page = help_text(spec());
    EXPECT_THAT(page,
                AllOf(HasSubstr("usage: sigmaflow cook RECIPE [GUEST ...] --oven DEGREES [options]"),
                      HasSubstr("make a meal."), HasSubstr("what to cook"), HasSubstr("how hot"), HasSubstr("-o")));
}

TEST(CommandLine, EveryCommandHasAPage) {
    std::vector<std::string> names;
    for (const auto& command : all_commands()) {
        names.push_back(command.spec.name);
        EXPECT_FALSE(command.spec.summary.empty() || command.spec.description.empty()) << names.back();
        EXPECT_THAT(help_text(command.spec), HasSubstr("sigmaflow " + names.back()));
        for (const auto& option : command.spec.options) EXPECT_FALSE(option.help.empty()) << option.name;
    }
    EXPECT_THAT(names, testing::IsSupersetOf({"run", "plan", "status", "verify", "diff", "aggregate", "eval", "trace",
                                              "list", "example"}));
}

TEST(Numbers, WholeOnes) {
    const auto of = [](const std::string& text) {
        Arguments given;
        given.add("n", {text});
        return given.integer_or("n", 3, 1);
    };
    EXPECT_EQ(Arguments().integer_or("n", 3, 1), 3);
    EXPECT_EQ(of("1"), 1);
    EXPECT_EQ(of("2147483647"), 2147483647);
    for (const char* text : {"", "0", "-1", "1.0", "1e3", " 1", "1 ", "x", "2147483648", "+1", "0x10"}) {
        EXPECT_THROW((void)of(text), InputError) << "'" << text << "'";
    }
}

TEST(Numbers, RealOnes) {
    const auto of = [](const std::string& text) {
        Arguments given;
        given.add("r", {text});
        return given.real_or("r", 3.0, 0.0);
    };
    EXPECT_EQ(Arguments().real_or("r", 3.0, 0.0), 3.0);
    EXPECT_EQ(of("0"), 0.0);
    EXPECT_EQ(of("1e-12"), 1e-12);
    for (const char* text : {"", "-1e-300", "nan", "inf", "1e999", "1,5", "1.5s"}) {
        EXPECT_THROW((void)of(text), InputError) << "'" << text << "'";
    }
}

TEST(Durations, HoursMinutesSeconds) {
    EXPECT_EQ(parse_duration("01:00:00"), 3600.0);
    EXPECT_EQ(parse_duration("1:02:03"), 3723.0);
    EXPECT_EQ(parse_duration("02:03"), 123.0);
    EXPECT_EQ(parse_duration("90"), 90.0);
    EXPECT_EQ(parse_duration("0.5"), 0.5);
    EXPECT_EQ(parse_duration("100:00:00"), 360000.0);
    for (const char* text : {"", "0", "00:00:00", ":", "1:", ":30", "1::2", "1:60", "1:00:60", "1:2:3:4", "-1", "1:-2",
                             "soon", "1h", "nan", "inf", "1-00:00:00"}) {
        EXPECT_THROW((void)parse_duration(text), InputError) << "'" << text << "'";
    }
}

TEST(ListsOfNumbers, SeparatedByCommasSpacesAndLines) {
    EXPECT_THAT(parse_numbers("1,2.5,-3", "--at"), ElementsAre(1.0, 2.5, -3.0));
    EXPECT_THAT(parse_numbers(" 1 , 2;3\n4\t5 ", "--at"), ElementsAre(1.0, 2.0, 3.0, 4.0, 5.0));
    EXPECT_THAT(parse_numbers("0.1", "--at"), ElementsAre(0.1));
    for (const char* text : {"", ",", "1,x", "nan", "1,inf", "@", "@/nowhere/at/all"}) {
        EXPECT_THROW((void)parse_numbers(text, "--at"), InputError) << "'" << text << "'";
    }
}

TEST(ListsOfNumbers, FromAFile) {
    const auto path = std::filesystem::temp_directory_path() / ("sigmaflow-numbers-" + std::to_string(::getpid()));
    std::ofstream(path) << "1, 2\n3\n";
    EXPECT_THAT(parse_numbers("@" + path.string(), "--at"), ElementsAre(1.0, 2.0, 3.0));
    std::ofstream(path) << "1, two\n";
    EXPECT_THROW((void)parse_numbers("@" + path.string(), "--at"), InputError);
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace sigmaflow
