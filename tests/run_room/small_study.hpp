#pragma once
// A study of six points in two shapes with an uneven last block, as text and planned.

#include <string>

#include "sigmaflow/run/result_layout.hpp"
#include "sigmaflow/study/plan.hpp"

namespace sigmaflow::testing_run {

inline std::string small_study_text() {
    return R"(
[study]
name = "small"
seed = 3
particles = 150
block = 64
[[distribution]]
name = "two"
kind = "two_deltas"
dim = [1, 3]
radius = 1.0
width = 0.1
[[schedule]]
kind = "edm"
steps = [4, 8, 16]
[[solver]]
kind = "heun"
[observe]
levels = 5
quantities = ["positions", "spectrum", "log_density"]
keep_particles = 70
)";
}

struct SmallStudy {
    Study study;
    Plan plan;
    Layout layout;

    explicit SmallStudy(const std::vector<std::string>& overrides = {}, const std::string& text = small_study_text())
        : study(parse_study(text, "small.toml", overrides)),
          plan(make_plan(study, {})),
          layout(make_layout(study, plan)) {}
};

}  // namespace sigmaflow::testing_run
