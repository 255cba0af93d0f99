#pragma once
/// \file
/// The options of a command, described once: parsing and --help come from the description (Boost.Program_options does
/// both behind this).

#include <map>
#include <string>
#include <vector>

namespace sigmaflow {

struct Option {
    std::string name;        ///< "max-time"
    std::string value_name;  ///< "HH:MM:SS"; empty for a flag
    std::string help;
    char letter = '\0';  ///< short form
    bool required = false;
    bool repeats = false;
};

struct Positional {
    std::string name;  ///< "STUDY"
    std::string help;
    bool many = false;  ///< takes all that follow, at least one
    bool required = true;
};

struct CommandSpec {
    std::string name;
    std::string summary;      ///< one line
    std::string description;  ///< what one has to know to use it, with examples
    std::vector<Positional> positionals;
    std::vector<Option> options;
};

/// What was given.
class Arguments {
  public:
    [[nodiscard]] bool has(const std::string& name) const { return values_.contains(name); }
    [[nodiscard]] const std::string& text(const std::string& name) const;
    [[nodiscard]] std::string text_or(const std::string& name, const std::string& fallback) const;
    [[nodiscard]] const std::vector<std::string>& texts(const std::string& name) const;
    /// A whole number of at least `least`; InputError otherwise.
    [[nodiscard]] int integer_or(const std::string& name, int fallback, int least) const;
    /// A finite number greater than or equal to `least`; InputError otherwise.
    [[nodiscard]] double real_or(const std::string& name, double fallback, double least) const;

    void add(const std::string& name, std::vector<std::string> values) { values_[name] = std::move(values); }

  private:
    std::map<std::string, std::vector<std::string>> values_;
};

/// InputError on unknown, missing or surplus arguments, with the nearest known option.
[[nodiscard]] Arguments parse_arguments(const CommandSpec& spec, const std::vector<std::string>& words);
/// The text of `sigmaflow COMMAND --help`.
[[nodiscard]] std::string help_text(const CommandSpec& spec);

/// "HH:MM:SS", "MM:SS" or seconds; InputError otherwise.
[[nodiscard]] double parse_duration(const std::string& text);
/// "1,2.5,-3" or "@file" with numbers separated by commas, spaces or lines; InputError otherwise.
[[nodiscard]] std::vector<double> parse_numbers(const std::string& text, const std::string& option);

}  // namespace sigmaflow
