#include "sigmaflow/cli/command_line.hpp"

#include <fmt/format.h>
#include <boost/make_shared.hpp>
#include <boost/program_options.hpp>
#include <charconv>
#include <cmath>
#include <sstream>

#include "sigmaflow/core/input_file.hpp"
#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {
namespace {

namespace po = boost::program_options;

po::options_description described(const CommandSpec& spec) {
    po::options_description out("options", 100, 60);
    for (const auto& option : spec.options) {
        const std::string names = option.letter == '\0' ? option.name : option.name + "," + option.letter;
        if (option.value_name.empty()) {
            out.add(boost::make_shared<po::option_description>(names.c_str(), new po::untyped_value(true),
                                                               option.help.c_str()));
            continue;
        }
        auto* value = po::value<std::vector<std::string>>()->value_name(option.value_name);
        if (option.repeats) value->composing();
        out.add(boost::make_shared<po::option_description>(names.c_str(), value, option.help.c_str()));
    }
    out.add_options()("help,h", "print this page");
    return out;
}

std::vector<std::string> option_names(const CommandSpec& spec) {
    std::vector<std::string> out{"--help"};
    for (const auto& option : spec.options) out.push_back("--" + option.name);
    return out;
}

const Option* find_option(const CommandSpec& spec, const std::string& name) {
    for (const auto& option : spec.options) {
        if (option.name == name) return &option;
    }
    return nullptr;
}

std::string usage(const CommandSpec& spec) {
    std::string out = "sigmaflow " + spec.name;
    for (const auto& positional : spec.positionals) {
        const std::string shown = positional.name + (positional.many ? " ..." : "");
        out += positional.required ? " " + shown : " [" + shown + "]";
    }
    for (const auto& option : spec.options) {
        if (option.required) out += fmt::format(" --{} {}", option.name, option.value_name);
    }
    return out + " [options]";
}

InputError usage_error(const CommandSpec& spec, const std::string& problem, const std::string& suggestion = {}) {
    const std::string hint = suggestion.empty() ? "" : suggestion + " ";
    return InputError(problem, "usage: " + usage(spec), hint + "'sigmaflow " + spec.name + " --help' tells more");
}

po::parsed_options parse_words(const CommandSpec& spec, const std::vector<std::string>& words,
                               const po::options_description& description) {
    try {
        const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        return po::command_line_parser(words)
            .options(description)

            .style(style)
            .allow_unregistered()
            .run();
    } catch (const po::error& error) {
        throw usage_error(spec, error.what());
    }
}

void place_positionals(const CommandSpec& spec, const std::vector<std::string>& given, Arguments& out) {
    std::size_t next = 0;
    for (const auto& positional : spec.positionals) {
        std::vector<std::string> taken;
        while (next < given.size() && (taken.empty() || positional.many)) taken.push_back(given[next++]);
        if (taken.empty() && positional.required) throw usage_error(spec, positional.name + " is missing");
        if (!taken.empty()) out.add(positional.name, taken);
    }
    if (next < given.size()) throw usage_error(spec, "surplus argument '" + given[next] + "'");
}

double parse_number(const std::string& text, const std::string& what) {
    double value = 0.0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size() || !std::isfinite(value)) {
        throw InputError(what + " is '" + text + "'", "a finite number is needed");
    }
    return value;
}

}  // namespace

const std::string& Arguments::text(const std::string& name) const { return values_.at(name).front(); }

std::string Arguments::text_or(const std::string& name, const std::string& fallback) const {
    return has(name) ? text(name) : fallback;
}

const std::vector<std::string>& Arguments::texts(const std::string& name) const {
    static const std::vector<std::string> none;
    const auto found = values_.find(name);
    return found == values_.end() ? none : found->second;
}

int Arguments::integer_or(const std::string& name, int fallback, int least) const {
    if (!has(name)) return fallback;
    const std::string& given = text(name);
    int value = 0;
    const auto result = std::from_chars(given.data(), given.data() + given.size(), value);
    if (result.ec != std::errc() || result.ptr != given.data() + given.size() || value < least) {
        throw InputError("--" + name + " is '" + given + "'", fmt::format("a whole number >= {} is needed", least));
    }
    return value;
}

double Arguments::real_or(const std::string& name, double fallback, double least) const {
    if (!has(name)) return fallback;
    const double value = parse_number(text(name), "--" + name);
    if (value < least) throw InputError("--" + name + " is " + text(name), fmt::format("it must be >= {}", least));
    return value;
}

Arguments parse_arguments(const CommandSpec& spec, const std::vector<std::string>& words) {
    const auto description = described(spec);
    Arguments out;
    std::vector<std::string> loose;
    for (const auto& parsed : parse_words(spec, words, description).options) {
        if (parsed.position_key >= 0 || parsed.string_key.empty()) {
            loose.insert(loose.end(), parsed.value.begin(), parsed.value.end());
            continue;
        }
        if (parsed.unregistered) {
            throw usage_error(spec, "unknown option '" + parsed.original_tokens.front() + "'",
                              suggest(parsed.original_tokens.front(), option_names(spec)));
        }
        const Option* option = find_option(spec, parsed.string_key);
        if (option != nullptr && out.has(option->name) && !option->repeats) {
            throw usage_error(spec, "--" + option->name + " is given twice");
        }
        auto values = out.texts(parsed.string_key);
        values.insert(values.end(), parsed.value.begin(), parsed.value.end());
        out.add(parsed.string_key, values);
    }
    if (out.has("help")) return out;
    place_positionals(spec, loose, out);
    for (const auto& option : spec.options) {
        if (option.required && !out.has(option.name)) throw usage_error(spec, "--" + option.name + " is missing");
    }
    return out;
}

std::string help_text(const CommandSpec& spec) {
    std::string out = fmt::format("usage: {}\n\n{}.\n\n{}\n", usage(spec), spec.summary, spec.description);
    if (!spec.positionals.empty()) out += "\n";
    for (const auto& positional : spec.positionals)
        out += fmt::format("  {:<10} {}\n", positional.name, positional.help);
    std::ostringstream options;
    options << described(spec);
    return out + "\n" + options.str();
}

double parse_duration(const std::string& text) {
    double seconds = 0.0;
    std::stringstream parts(text);
    int count = 0;
    for (std::string part; std::getline(parts, part, ':'); ++count) {
        const double value = parse_number(part, "a duration");
        if (value < 0.0 || (count > 0 && value >= 60.0)) throw InputError("'" + text + "' is no duration", "HH:MM:SS");
        seconds = 60.0 * seconds + value;
    }
    if (text.ends_with(':') || count < 1 || count > 3 || seconds <= 0.0)
        throw InputError("'" + text + "' is no duration", "HH:MM:SS");
    return seconds;
}

std::vector<double> parse_numbers(const std::string& text, const std::string& option) {
    std::string source = text;
    if (!text.empty() && text.front() == '@') {
        constexpr std::size_t kMostBytes = 16U << 20U;
        try {
            source = read_text_file(text.substr(1), kMostBytes);
        } catch (const InputError& error) {
            throw InputError(option + ": " + error.what());
        }
        if (source.size() > kMostBytes) throw InputError(option + ": '" + text.substr(1) + "' has more than 16 MiB");
    }
    for (char& c : source) {
        if (c == ',' || c == ';') c = ' ';
    }
    std::vector<double> out;
    std::istringstream words(source);
    for (std::string word; words >> word;) out.push_back(parse_number(word, option));
    if (out.empty()) throw InputError(option + " has no numbers", "'" + text + "'");
    return out;
}

}  // namespace sigmaflow
