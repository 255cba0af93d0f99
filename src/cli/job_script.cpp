#include "sigmaflow/cli/job_script.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>
#include <stdexcept>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

constexpr std::string_view kDirective = "#SBATCH --";
constexpr std::string_view kCommandsHere = "# Modules and whatever else";

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// Takes the pair of that name out of `pairs`; its value, or nullptr stays in `out`.
bool take(Pairs& pairs, std::string_view name, std::string& value) {
    const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == name; });
    if (found == pairs.end()) return false;
    value = found->second;
    pairs.erase(found);
    return true;
}

/// What stands before '=', without the prefix; empty if the line is no such thing.
std::string_view name_of(std::string_view line, std::string_view prefix) {
    const auto equals = line.find('=');
    if (!line.starts_with(prefix) || equals == std::string_view::npos) return {};
    return line.substr(prefix.size(), equals - prefix.size());
}

/// Goes through a script line by line.
class Filler {
  public:
    explicit Filler(const JobFilling& filling)
        : filling_(filling), directives_(filling.directives), settings_(filling.settings) {}

    std::string fill(std::string_view script) {
        std::istringstream lines{std::string(script)};
        for (std::string line; std::getline(lines, line);) take_line(line);
        if (!settings_.empty()) throw std::logic_error("the job script has no setting " + settings_.front().first);
        return std::move(out_);
    }

  private:
    void take_line(const std::string& line) {
        if (line.starts_with("#!")) return put_top(line);
        const bool is_directive = line.starts_with(kDirective);
        if (!in_body_ && !is_directive && line.starts_with('#')) return;  // the comments that we replace
        if (!in_body_ && !is_directive) put_further_directives();
        in_body_ = in_body_ || !is_directive;
        std::string value;
        if (is_directive && take(directives_, name_of(line, kDirective), value)) {
            put(fmt::format("{}{}={}", kDirective, name_of(line, kDirective), value));
        } else if (take(settings_, name_of(line, ""), value)) {
            put(fmt::format("{}={}", name_of(line, ""), value));
        } else {
            put(line);
        }
        if (line.starts_with(kCommandsHere)) {
            for (const auto& command : filling_.commands) put(command);
        }
    }

    void put_top(const std::string& line) {
        put(line);
        for (const auto& comment : filling_.comments) put("# " + comment);
    }

    void put_further_directives() {
        for (const auto& [name, value] : directives_) put(fmt::format("{}{}={}", kDirective, name, value));
        for (const auto& directive : filling_.further_directives) put("#SBATCH " + directive);
    }

    void put(const std::string& line) { out_ += line + "\n"; }

    const JobFilling& filling_;
    Pairs directives_;
    Pairs settings_;
    bool in_body_ = false;
    std::string out_;
};

/// A number of up to six digits; -1 for anything else.
std::int64_t whole_number(const std::string& text) {
    const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
    return digits && !text.empty() && text.size() <= 6 ? std::stoll(text) : -1;
}

InputError no_time(const std::string& text, const std::string& why) {
    return InputError("--time is '" + text + "'", why, "HH:MM:SS or D-HH:MM:SS is needed");
}

}  // namespace

std::string filled_job_script(std::string_view script, const JobFilling& filling) {
    return Filler(filling).fill(script);
}

std::string shell_quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

double parse_job_time(const std::string& text) {
    const auto dash = text.find('-');
    const auto days = dash == std::string::npos ? 0 : whole_number(text.substr(0, dash));
    std::istringstream rest(dash == std::string::npos ? text : text.substr(dash + 1));
    std::vector<std::int64_t> fields;
    for (std::string field; std::getline(rest, field, ':');) fields.push_back(whole_number(field));
    if (fields.size() != 3 || days < 0 || *std::min_element(fields.begin(), fields.end()) < 0 || text.ends_with(':')) {
        throw no_time(text, "SLURM reads shorter forms as minutes, others as seconds");
    }
    if (fields[1] > 59 || fields[2] > 59) throw no_time(text, "minutes and seconds end at 59");
    const auto total = ((24 * days + fields[0]) * 60 + fields[1]) * 60 + fields[2];
    if (total == 0) throw no_time(text, "nothing can be done in no time");
    return static_cast<double>(total);
}

std::string job_time(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
    const auto clock = fmt::format("{:02}:{:02}:{:02}", whole / 3600 % 24, whole / 60 % 60, whole % 60);
    return whole < 86400 ? clock : fmt::format("{}-{}", whole / 86400, clock);
}

double job_seconds(double predicted_seconds) {
    const double minutes = std::ceil((kStartSeconds + kTimeFactor * predicted_seconds) / 60.0);
    return std::min(60.0 * minutes, kLongestSeconds);
}

int warning_seconds(double seconds) { return static_cast<int>(std::min(120.0, seconds / 3.0)); }

}  // namespace sigmaflow
