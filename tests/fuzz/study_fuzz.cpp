// Studies: any text, and any --set after a zero byte, is refused with an InputError or becomes a study that is
// expanded.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "sigmaflow/core/printable.hpp"
#include "study/fake_kinds.hpp"

namespace {

using namespace sigmaflow;
constexpr std::int64_t kMostExpanded = 2000;

/// Kinds with objects, names and matrices beside those of the unit tests.
const StudyRegistries& kinds() {
    using namespace testing_kinds;
    static const StudyRegistries all = [] {
        static const Kind inner = planes();
        static StudyRegistries out = registries();
        Parameter of = parameter("of", Type::object);
        Parameter components = parameter("components", Type::objects);
        of.kind_of = components.kind_of = [](const std::string& name, const Location& where) -> const Kind& {
            return out.kind("distribution", name, where);
        };
        out.distributions.push_back({"nest",
                                     "laws in laws",
                                     {of, components, parameter("classes", Type::names),
                                      parameter("covariances", Type::matrices), parameter("weights", Type::reals)}});
        return out;
    }();
    return all;
}

void expand_all(const std::string& text, const std::vector<std::string>& overrides) {
    const Study study = parse_study(text, "folder/study.toml", overrides, kinds());
    (void)study.hash();
    PointsCatalog tables;
    for (const auto& source : points_sources(study, kinds())) tables.emplace(source.key(), PointsView{});
    const StudySize size = study_size(study);
    if (size.points + size.analyses > kMostExpanded) return;
    (void)expand_analyses(study, tables, kinds());
    const auto points = expand(study, tables, kinds());
    if (static_cast<std::int64_t>(points.size()) > size.points) std::abort();  // the size was promised
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    const auto zero = std::min(input.find('\0'), input.size());
    std::vector<std::string> overrides;
    if (zero < input.size()) overrides.push_back(input.substr(zero + 1, input.find('\0', zero + 1) - zero - 1));
    try {
        expand_all(input.substr(0, zero), overrides);
    } catch (const sigmaflow::InputError& error) {
        const std::string message = error.what();
        if (message.empty() || sigmaflow::printable(message) != message) std::abort();
    }
    return 0;
}
