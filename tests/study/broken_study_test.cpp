// Broken studies: each is refused with the place, the key, what was found, what is allowed and what is near.
#include <gmock/gmock.h>

#include "study/fake_kinds.hpp"

namespace sigmaflow {
namespace {

using namespace testing_kinds;
using testing::HasSubstr;

struct Broken {
    std::string text;
    int line;  ///< 0: the message names the file alone
    std::vector<std::string> fragments;
};

/// A study whose first lines are a good distribution of three axes.
std::string planes(const std::string& rest) {
    return "[[distribution]]\nname = \"p\"\nkind = \"planes\"\ndim = [2, 3]\noffset = [1, 2]\n" + rest;
}

std::string distribution(const std::string& rest) { return "[[distribution]]\nkind = \"planes\"\n" + rest + "\n"; }
std::string schedule(const std::string& rest) { return "[[schedule]]\nkind = \"edm\"\n" + rest + "\n"; }
std::string sweep(const std::string& rest) { return planes(schedule("steps = [4, 5, 6]") + "[sweep]\n" + rest + "\n"); }
std::string observe(const std::string& rest) { return "[observe]\n" + rest + "\n"; }

void expect_refused(const std::vector<Broken>& cases) {
    for (const auto& broken : cases) {
        const std::string message = message_of([&] { (void)parse(broken.text); });
        const std::string place =
            "folder/study.toml" + (broken.line > 0 ? ":" + std::to_string(broken.line) : "") + ": ";
        EXPECT_EQ(message.substr(0, place.size()), place) << message << "\n" << broken.text;
        for (const auto& fragment : broken.fragments) EXPECT_THAT(message, HasSubstr(fragment)) << broken.text;
    }
}

TEST(BrokenStudy, Syntax) {
    expect_refused({
        {"[study\n", 1, {"this is no TOML"}},
        {"[study]\nname = \n", 2, {"this is no TOML"}},
        {"[study]\n[.sweep]\n", 2, {"this is no TOML"}},
        {"[study]\nseed = ,\n", 2, {"this is no TOML"}},
        {"[study]\n\nname = \"a\"\nname = \"b\"\n", 4, {"this is no TOML"}},
        {"[study]\nname = \"\xff\xfe\"\n", 2, {"this is no TOML"}},
        {"[study]\nname = \"never closed\n", 2, {"this is no TOML"}},
        {"[study]\nnam\xc3\xa9 = 1\n", 2, {"this is no TOML"}},
        {"[study]\nname = \"\"\"a\\\n \xc3\xa9\"\"\"\n", 2, {"is no name"}},
        {"[study]\nseed = 99999999999999999999\n", 2, {"this is no TOML"}},
        {"[study]\nseed = 1\n[study]\nblock = 64\n", 3, {"this is no TOML"}},
        {std::string("[study]\nname = \"a") + '\0' + "\"\n", 2, {"this is no TOML"}},
        {"[study]\nname = \"a\\u0000\"\n", 2, {"'name' holds a zero byte"}},
        {schedule("rho = nan"), 3, {"'rho' is not a finite number"}},
        {schedule("rho = [1.0, -inf]"), 3, {"'rho' is not a finite number"}},
        {schedule("rho = 1979-05-27"), 3, {"'rho' is a date or a time (a study has none)"}},
        {"[study]\nname = 07:32:00\n", 2, {"'name' is a date or a time"}},
    });
}

TEST(BrokenStudy, Sections) {
    expect_refused({
        {"[sudy]\n", 1, {"unknown section 'sudy'", "known sections: study, distribution", "did you mean 'study'?"}},
        {"particles = 3\n", 1, {"unknown section 'particles'"}},
        {"study = 3\n", 1, {"'study' is an integer, not a table", "write [study]"}},
        {"[[study]]\nseed = 1\n", 1, {"'study' is a list, not a table"}},
        {"[distribution]\nkind = \"planes\"\n", 1, {"'distribution' is a table, not a list", "write [[distribution]]"}},
        {"solver = [\"heun\"]\n", 1, {"'solver' is a list, not a list of tables"}},
        {"[study]\nformat = 2\n", 2, {"'format' is an integer, 2 (allowed: integer from 1 to 1)"}},
        {"[study]\nsede = 1\n",
         2,
         {"unknown key 'sede' of [study]", "known keys: format, name", "did you mean 'seed'?"}},
        {"[study]\nname = 3\n", 2, {"'name' is an integer, 3 (allowed: string)"}},
        {"[study]\nname = \"a b\"\n", 2, {"the name of the study \"a b\" is no name", "letters, digits, _ and -"}},
        {"[study]\nname = \"\"\n", 2, {"is no name"}},
        {"[study]\nname = \"" + std::string(65, 'x') + "\"\n", 2, {"is no name", "1 to 64"}},
        {"[study]\nseed = -1\n", 2, {"'seed' is an integer, -1 (allowed: integer >= 0)"}},
        {"[study]\nseed = 1.5\n", 2, {"'seed' is a number, 1.5 (allowed: integer >= 0)"}},
        {"[study]\nparticles = 0\n", 2, {"'particles' is an integer, 0 (allowed: integer from 1 to 1000000000000)"}},
        {"[study]\nparticles = [1, 2]\n", 2, {"'particles' is a list, [1,2]"}},
        {"[study]\nblock = 48\n", 2, {"'block' is 48 (allowed: a multiple of 32)"}},
        {"[study]\nblock = 16\n", 2, {"'block' is an integer, 16 (allowed: integer from 32 to 65504)"}},
        {"[study]\nblock = 65536\n", 2, {"'block' is an integer, 65536"}},
    });
}

TEST(BrokenStudy, Objects) {
    expect_refused({
        {"\n[[distribution]]\nname = \"a\"\n", 2, {"this distribution has no kind", "give kind = \"...\""}},
        {"[[solver]]\nkind = \"huen\"\n",
         2,
         {"unknown kind of solver 'huen'", "known kinds: heun, langevin", "'heun'?"}},
        {"[[solver]]\nkind = [\"heun\", \"langevin\"]\n",
         2,
         {"the kind of a solver cannot be swept", "one [[solver]]"}},
        {"[[solver]]\nkind = 3\n", 2, {"the kind of a solver is an integer, not a string"}},
        {"[[solver]]\nname = [\"a\", \"b\"]\nkind = \"heun\"\n", 2, {"the name of a solver is a list, not a string"}},
        {"[[solver]]\nname = \"a.b\"\nkind = \"heun\"\n", 2, {"the name of a solver \"a.b\" is no name"}},
        {"[[solver]]\nkind = \"heun\"\n\n[[solver]]\nkind = \"heun\"\n",
         4,
         {"two solvers have the name 'heun'", "the first is at folder/study.toml:1", "give each a name"}},
        {"[[solver]]\nkind = \"heun\"\nsteps = 3\n", 3, {"unknown key 'steps' of heun", "known keys: name, kind"}},
        {distribution("dimm = 3"), 3, {"unknown key 'dimm' of planes", "known keys: name, kind, dim", "mean 'dim'?"}},
        {distribution("offset = 3"), 1, {"planes needs 'dim' (the dim)", "give dim = <integer >= 1>"}},
        {distribution("dim = 2.5"), 3, {"'dim' is a number, 2.5 (allowed: integer >= 1)"}},
        {distribution("dim = 0"), 3, {"'dim' is an integer, 0 (allowed: integer >= 1)"}},
        {distribution("dim = \"two\""), 3, {"'dim' is a string, \"two\""}},
        {distribution("dim = 2\nnormalize = \"centre\""),
         4,
         {"'normalize' is \"centre\"", "one of none, center, identity", "did you mean 'center'?"}},
        {distribution("dim = 2\nmean = 3"), 4, {"'mean' is an integer, 3 (allowed: list of numbers)"}},
        {distribution("dim = 2\nmean = [[[1]]]"), 4, {"'mean' holds a list, [[1]] (allowed: list of numbers)"}},
        {distribution("dim = 2\nmean = { lin = [0, 1, 3] }"), 4, {"'mean' is a table"}},
        {distribution("dim = 2\nnormalize = { lin = [0, 1, 3] }"), 4, {"'normalize' is a table"}},
        {schedule("sigma_min = 0"), 3, {"'sigma_min' is an integer, 0 (allowed: number > 0)"}},
        {schedule("final_zero = 1"), 3, {"'final_zero' is an integer, 1 (allowed: boolean)"}},
    });
}

TEST(BrokenStudy, Axes) {
    expect_refused({
        {distribution("dim = []"), 3, {"the sweep axis 'dim' is empty"}},
        {distribution("dim = [2, 3,\n 2]"), 4, {"the sweep axis 'dim' has the value 2 twice"}},
        {schedule("rho = [1, 2,\n\n1.0]"), 5, {"the sweep axis 'rho' has the value 1 twice"}},
        {schedule("steps = [4,\n \"5\"]"), 4, {"'steps' is a string, \"5\""}},
        {schedule("steps = [4,\n 1]"), 4, {"'steps' is an integer, 1 (allowed: integer >= 2)"}},
        {schedule("steps = [[4]]"), 3, {"'steps' is a list, [[4]] (allowed: integer >= 2)"}},
        {schedule("steps = { int = [2, 3, 3] }"), 3, {"the sweep axis 'steps' has the value 3 twice"}},
        {schedule("steps = { lin = [2, 3, 3] }"), 3, {"'steps' takes integers", "{ int = [first, last, count] }"}},
        {schedule("steps = { int = [2.0, 3, 2] }"), 3, {"an int range has integers as first and last"}},
        {schedule("steps = { int = [2, 3000000000000000, 2] }"), 3, {"an int range stays within 1000000000000000"}},
        {schedule("rho = { log = [0, 3, 3] }"), 3, {"a log range needs first > 0 and last > 0"}},
        {schedule("rho = { log = [-1, -3, 3] }"), 3, {"a log range needs first > 0"}},
        {schedule("rho = { lin = [3, 3, 3] }"), 3, {"first and last are equal"}},
        {schedule("rho = { lin = [3, 4, 1] }"), 3, {"the count is an integer from 2 to 1000000"}},
        {schedule("rho = { lin = [3, 4, 2.5] }"), 3, {"the count is an integer from 2"}},
        {schedule("rho = { lin = [3, 4, 1000001] }"), 3, {"the count is an integer from 2"}},
        {schedule("rho = { lin = [3, 4] }"), 3, {"'rho' is no range: {lin=[3,4]}", "[first, last, count]"}},
        {schedule("rho = { lin = [3, \"4\", 2] }"), 3, {"'rho' is no range"}},
        {schedule("rho = { lon = [3, 4, 2] }"), 3, {"'rho' is no range", "did you mean 'lin'?"}},
        {schedule("rho = { lin = [3, 4, 2], log = [3, 4, 2] }"), 3, {"'rho' is no range"}},
        {schedule("rho = {}"), 3, {"'rho' is no range"}},
    });
}

TEST(BrokenStudy, Sweep) {
    expect_refused({
        {sweep("exlude = []"), 10, {"unknown key 'exlude' of [sweep]", "did you mean 'exclude'?"}},
        {sweep("exclude = { a = 1 }"), 10, {"'exclude' is a table, not a list"}},
        {sweep("exclude = [3]"), 10, {"an exclusion is an integer", "\"room.label.key\" = value"}},
        {sweep("exclude = [{}]"), 10, {"an exclusion is empty"}},
        {sweep("exclude = [{ \"dim\" = 2 }]"), 10, {"'dim' is no address", "room.label.key"}},
        {sweep("exclude = [{ \"distribution.q.dim\" = 2 }]"),
         10,
         {"the study has no distribution 'q' (known names: p)"}},
        {sweep("exclude = [{ \"distribution.p.dmi\" = 2 }]"), 10, {"distribution 'p' has no key 'dmi'", "mean 'dim'?"}},
        {sweep("exclude = [{ \"distribution.stpes\" = 2 }]"), 10, {"no distribution of the study has a key 'stpes'"}},
        {sweep("exclude = [{ \"schedules.edm.steps\" = 2 }]"), 10, {"unknown room 'schedules'", "mean 'schedule'?"}},
        {sweep("exclude = [{ \"solver.eta\" = 2 }]"), 10, {"the study has no solver"}},
        {sweep("exclude = [{ \"distribution.p.dim\" = 4 }]"),
         10,
         {"the exclusion of 'distribution.p.dim' = 4 matches nothing (its values: 2, 3)"}},
        {sweep("exclude = [{ \"distribution.p.dim\" = [2, 4] }]"), 10, {"'distribution.p.dim' = 4 matches nothing"}},
        {sweep("exclude = [{ \"distribution.p.dim\" = [] }]"), 10, {"has no value"}},
        {sweep("exclude = [{ \"distribution.p.dim\" = \"2\" }]"), 10, {"= \"2\" matches nothing"}},
        {sweep("exclude = [{ \"distribution.name\" = \"q\" }]"), 10, {"matches nothing (its values: \"p\")"}},
        {sweep("exclude = [{ \"distribution.p.mean\" = [2] }]"), 10, {"matches nothing (it has no value)"}},
        {sweep("zip = \"distribution.p.dim\""), 10, {"'zip' is a string, not a list"}},
        {sweep("zip = [\"distribution.p.dim\", \"distribution.p.offset\"]"), 10, {"a zip is \"distribution.p.dim\""}},
        {sweep("zip = [[\"distribution.p.dim\"]]"), 10, {"a list of two addresses or more"}},
        {sweep("zip = [[3, 4]]"), 10, {"an address is an integer, not a string"}},
        {sweep("zip = [[\"distribution.p.dim\",\n\"schedule.edm.step\"]]"), 11, {"no key 'step'", "mean 'steps'?"}},
        {sweep("zip = [[\"distribution.p.dim\", \"distribution.p.name\"]]"), 10, {"is no axis and cannot be zipped"}},
        {sweep("zip = [[\"distribution.p.dim\", \"schedule.edm.rho\"]]"), 10, {"'schedule.edm.rho' is no axis"}},
        {sweep("zip = [[\"distribution.p.dim\", \"schedule.edm.steps\"]]"),
         10,
         {"zipped axes have unequal lengths", "distribution.p.dim has 2 values, schedule.edm.steps has 3"}},
        {sweep("zip = [[\"distribution.p.dim\", \"distribution.dim\"]]"), 10, {"'distribution.p.dim' is zipped twice"}},
        {sweep("zip = [[\"distribution.p.dim\", \"distribution.p.offset\"],\n[\"distribution.p.dim\", "
               "\"schedule.edm.steps\"]]"),
         11,
         {"'distribution.p.dim' is zipped twice"}},
    });
}

TEST(BrokenStudy, Observe) {
    expect_refused({
        {observe("level = 3"), 2, {"unknown key 'level' of [observe]", "did you mean 'levels'?"}},
        {observe("levels = 1"), 2, {"'levels' is an integer, 1", "an integer from 2 to 100000", "\"grid\""}},
        {observe("levels = 2.5"), 2, {"'levels' is a number, 2.5"}},
        {observe("levels = \"all\""), 2, {"'levels' is a string, \"all\""}},
        {observe("levels = []"), 2, {"'levels' is a list, []"}},
        {observe("levels = [1, 0]"), 2, {"a list of different numbers > 0"}},
        {observe("levels = [1, 2, 1]"), 2, {"a list of different numbers > 0"}},
        {observe("quantities = \"spectrum\""), 2, {"'quantities' is a string", "a list of names"}},
        {observe("quantities = []"), 2, {"'quantities' is empty"}},
        {observe("quantities = [\"spectrun\"]"),
         2,
         {"unknown kind of quantity 'spectrun'", "did you mean 'spectrum'?"}},
        {observe("quantities = [\"mmse\",\n{ kind = \"mmse\" }]"), 3, {"the quantity 'mmse' is listed twice"}},
        {observe("quantities = [{ k = 3 }]"), 2, {"a quantity is {k=3}", "a table { kind = \"name\", ... }"}},
        {observe("quantities = [3]"), 2, {"a quantity is 3"}},
        {observe("quantities = [{ kind = \"spectrum\", l = 3 }]"), 2, {"unknown key 'l' of spectrum"}},
        {observe("quantities = [{ kind = \"spectrum\", k = 0 }]"), 2, {"'k' is an integer, 0 (allowed: integer >= 1)"}},
        {observe("quantities = [{ kind = \"spectrum\", k = [1, 2] }]"), 2, {"'k' is a list, [1,2]"}},
        {observe("keep_particles = -1"), 2, {"'keep_particles' is an integer, -1"}},
    });
}

TEST(BrokenStudy, Bombs) {
    const std::string brackets(1U << 20U, '[');
    std::string dots = "a";
    for (int i = 0; i < 1'000'000; ++i) dots += ".a";
    expect_refused({
        {"[study]\nname = " + brackets, 2, {"too many nested brackets (at most 32)"}},
        {"[study]\nname = \"]\" # [\nseed = {a = " + brackets, 3, {"too many nested brackets"}},
        {"[study]\nname = \"\"\"\n[[\\\"\"\"\"\"\nseed = " + brackets, 4, {"too many nested brackets"}},
        {"[study]\nname = '''\n[[''''\nseed = " + brackets, 4, {"too many nested brackets"}},
        {"[study]\nname = ['''a'''', " + brackets, 2, {"too many nested brackets"}},
        {"[study]\n" + dots + " = 1\n", 2, {"too many nested key parts (at most 16)"}},
        {"\n[" + dots + "]\n", 2, {"too many nested key parts"}},
        {std::string((16U << 20U) + 1U, '#'), 0, {"the study has more than 16 MiB", "kind 'points'"}},
        {std::string(100U << 20U, '['), 0, {"the study has more than 16 MiB"}},
    });
}

TEST(BrokenStudy, BracketsInStringsAndCommentsDoNotCount) {
    const std::string many(100, '[');
    const std::string text = "# " + many +
                             "\n[study] # '\nname = \"a\"\n\n[[solver]]\nkind = \"langevin\"\ntags = [\"\\\"" + many +
                             "\", '" + many + "\\', \"\"\"\n" + many + "\\\"\"\"\"\", '''" + many + "''']\n";
    EXPECT_EQ(message_of([&] { (void)parse(text); }), "no error");
}

}  // namespace
}  // namespace sigmaflow
