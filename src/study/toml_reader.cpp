#include "toml_reader.hpp"

// The parser asserts of some broken texts ("[.a]", "a = ,") what it then refuses in good order, and a library built for
// debugging, as distributions ship it, aborts on them. So it is compiled here, without assertions, whatever the build
// says; fuzzing with sanitizers found nothing that they would have had to prevent.
#undef NDEBUG
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "toml_shape.hpp"

namespace sigmaflow {
namespace {

/// Turns nodes into values that know their place: that of the node, or a fixed one.
class Converter {
  public:
    Converter(std::string file, std::optional<Location> fixed) : file_(std::move(file)), fixed_(std::move(fixed)) {}

    [[nodiscard]] Value::Table table(const toml::table& source) const {
        struct Item {
            toml::source_position position;
            std::string key;
            Value value;
        };
        std::vector<Item> items;
        for (auto&& [key, node] : source) {
            items.push_back({key.source().begin, std::string(key.str()), value(node, key.source().begin, key.str())});
        }
        std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
            return std::pair(a.position.line, a.position.column) < std::pair(b.position.line, b.position.column);
        });
        Value::Table out;
        out.reserve(items.size());
        for (auto& item : items) out.emplace_back(std::move(item.key), std::move(item.value));
        return out;
    }

  private:
    [[nodiscard]] Location place(const toml::source_position& position) const {
        if (fixed_) return *fixed_;
        return {file_, static_cast<int>(position.line), static_cast<int>(position.column)};
    }

    [[nodiscard]] Value value(const toml::node& node, toml::source_position at, std::string_view key) const {
        if (node.source().begin.line > 0) at = node.source().begin;
        const Location where = place(at);
        switch (node.type()) {
            case toml::node_type::table: return {table(*node.as_table()), where};
            case toml::node_type::array: return {list(*node.as_array(), at, key), where};
            case toml::node_type::string: return {text(node.as_string()->get(), where, key), where};
            case toml::node_type::integer: return {node.as_integer()->get(), where};
            case toml::node_type::boolean: return {node.as_boolean()->get(), where};
            case toml::node_type::floating_point: {
                const double number = node.as_floating_point()->get();
                if (std::isfinite(number)) return {number, where};
                throw InputError(where, "'" + std::string(key) + "' is not a finite number");
            }
            default: throw InputError(where, "'" + std::string(key) + "' is a date or a time", "a study has none");
        }
    }

    /// Texts become paths and names of datasets, which would end at a zero byte.
    static const std::string& text(const std::string& found, const Location& where, std::string_view key) {
        if (found.find('\0') == std::string::npos) return found;
        throw InputError(where, "'" + std::string(key) + "' holds a zero byte", {}, "leave \\u0000 out");
    }

    [[nodiscard]] Value::List list(const toml::array& source, toml::source_position at, std::string_view key) const {
        Value::List out;
        out.reserve(source.size());
        for (const auto& item : source) out.push_back(value(item, at, key));
        return out;
    }

    std::string file_;
    std::optional<Location> fixed_;
};

}  // namespace

Value::Table read_toml(const std::string& text, const std::string& file) {
    if (text.size() > kMostStudyBytes) {
        throw InputError(Location{file, 0, 0},
                         "the study has more than " + std::to_string(kMostStudyBytes >> 20U) + " MiB", {},
                         "put tables of points into a file of their own (kind 'points', key 'file')");
    }
    check_toml_shape(text, file);
    try {
        return Converter(file, {}).table(toml::parse(text, file));
    } catch (const toml::parse_error& error) {
        const auto& at = error.source().begin;
        throw InputError(Location{file, static_cast<int>(at.line), static_cast<int>(at.column)}, "this is no TOML",
                         std::string(error.description()));
    }
}

Value read_toml_value(const std::string& text, const Location& where) {
    const std::string document = "value = " + text;
    check_toml_shape(document, where.text());
    try {
        auto table = Converter({}, where).table(toml::parse(document));
        if (table.size() != 1) throw InputError(where, "more than one value");
        return std::move(table.front().second);
    } catch (const toml::parse_error& error) {
        throw InputError(where, "'" + text + "' is no TOML value", std::string(error.description()));
    }
}

}  // namespace sigmaflow
