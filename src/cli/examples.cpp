#include "sigmaflow/cli/examples.hpp"

#include <map>

#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {
namespace {

constexpr const char* toy = R"(# Two laws of equal mean, three numbers of steps, two solvers: 2 x 3 x 2 = 12 points.
# 'sigmaflow plan toy.toml' says what it comes to; 'sigmaflow list distributions' what else there is.

[study]
name = "toy"
seed = 1                    # every random number follows from it
particles = 20000           # per point; --preview takes 1 % of them

[[distribution]]
name = "two"                # a label of your choice, used in addresses such as distribution.two.radius
kind = "two_deltas"
dim = 1
radius = 1.0                # at -1 and +1
width = 0.1                 # standard deviation of each

[[distribution]]
name = "ring"
kind = "ring"
count = 8                   # Gaussians on a circle
radius = 1.0
width = 0.05

[[schedule]]
name = "edm"
kind = "edm"                # sigma from 80 down to 0.002
steps = [8, 16, 32]         # a list where one value belongs: an axis of the sweep

[[solver]]
name = "euler"
kind = "euler"

[[solver]]
name = "heun"
kind = "heun"

[observe]
levels = 17                 # recorded noise levels
quantities = ["positions", "spectrum", "log_density", "likelihood", "mmse", "entropy"]
keep_particles = 32         # recorded one by one; statistics use all
)";

constexpr const char* gaussian =
    R"(# One anisotropic Gaussian, where everything has a closed form: 'exact' beside Euler and Heun.

[study]
name = "gaussian"
seed = 1
particles = 4096

[[distribution]]
kind = "gaussian"
dim = 3
variances = [4.0, 1.0, 0.01]

[[schedule]]
kind = "edm"
steps = { int = [16, 64, 3] }   # 16, 40, 64

[[solver]]
kind = "exact"

[[solver]]
kind = "euler"

[[solver]]
kind = "heun"

[observe]
levels = 9
quantities = ["positions", "spectrum", "log_density", "likelihood"]
)";

constexpr const char* information =
    R"(# What noise hides of a law: analyses look at distributions as a whole, so there are no schedules and no solvers here
# ('sigmaflow list analyses'; a study may have both). 4 laws x 33 levels = 132 tasks.

[study]
name = "information"
seed = 1

[[distribution]]
name = "ring"
kind = "ring"
count = 8                       # a branching direction appears where noise no longer tells the eight apart
width = 0.05

[[distribution]]
name = "shell"
kind = "ellipsoid_shell"
dim = [2, 3, 8]                 # an axis: of dimension 1, 2 and 7 at small sigma

[[analysis]]
kind = "information"            # mmse, mutual information, dimensions, heat capacity, branching directions
sigma_min = 0.01
sigma_max = 10.0
levels = 33                     # each is a task
samples = 1024                  # draws at each level
# distributions = ["ring"]      # labels; default: all
)";

const std::map<std::string, const char*>& examples() {
    static const std::map<std::string, const char*> all = {
        {"gaussian", gaussian}, {"information", information}, {"toy", toy}};
    return all;
}

}  // namespace

std::vector<std::string> example_names() {
    std::vector<std::string> out;
    for (const auto& [name, text] : examples()) out.push_back(name);
    return out;
}

std::string example_study(const std::string& name) {
    const auto found = examples().find(name);
    if (found != examples().end()) return found->second;
    throw InputError("unknown example '" + name + "'", "known: " + joined(example_names()),
                     suggest(name, example_names()));
}

}  // namespace sigmaflow
