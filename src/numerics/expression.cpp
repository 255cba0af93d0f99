#include "sigmaflow/numerics/expression.hpp"

#include <fmt/format.h>
#include <muParser.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <mutex>
#include <numbers>
#include <optional>
#include <stdexcept>

#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {
namespace {

constexpr std::string_view kSymbols = "_.+-*/^()<>=!&|?:, \t";
constexpr std::size_t kMostCharacters = 10'000;
const char* const kUsage = "see docs/study-format.md, 'Formulas'";

[[noreturn]] void refuse(const std::string& text, std::size_t position, const std::string& why, const Location& where,
                         const std::string& suggestion = kUsage) {
    const std::size_t from = position > 30 ? position - 30 : 0;
    const std::string shown = (from > 0 ? "..." : "") + text.substr(from, 60) + (from + 60 < text.size() ? "..." : "");
    throw InputError(where, fmt::format("the formula '{}' cannot be read", shown),
                     fmt::format("{} at character {}", why, position + 1), suggestion);
}

/// Refuses what muParser would understand but a formula has no use for: texts, assignments, lists.
void check_characters(const std::string& text, const Location& where) {
    if (text.size() > kMostCharacters)
        refuse(text, kMostCharacters, "it is too long, at most 10000 characters,", where);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && kSymbols.find(c) == std::string_view::npos) {
            refuse(text, i, "a symbol that has no meaning", where);
        }
        const bool compares = i > 0 && std::string_view("<>=!").find(text[i - 1]) != std::string_view::npos;
        if (c == '=' && !compares && (i + 1 == text.size() || text[i + 1] != '=')) {
            refuse(text, i, "an assignment", where, "write == to compare");
        }
    }
}

std::string reason(const mu::ParserError& error) {
    switch (error.GetCode()) {
        case mu::ecUNASSIGNABLE_TOKEN: return fmt::format("unknown name or symbol '{}'", error.GetToken());
        case mu::ecUNEXPECTED_EOF: return "it ends too early,";
        case mu::ecEMPTY_EXPRESSION: return "it is empty,";
        case mu::ecMISSING_PARENS: return "a parenthesis is missing";
        case mu::ecUNEXPECTED_PARENS: return "unexpected parenthesis";
        case mu::ecTOO_MANY_PARAMS: return fmt::format("'{}' has too many arguments", error.GetToken());
        case mu::ecTOO_FEW_PARAMS: return fmt::format("'{}' has too few arguments", error.GetToken());
        case mu::ecMISSING_ELSE_CLAUSE: return "a condition without ':'";
        case mu::ecEXPRESSION_TOO_LONG: return "it is too long,";
        default: return fmt::format("unexpected '{}'", error.GetToken());
    }
}

std::string known_names(const mu::Parser& parser, const std::vector<std::string>& variables, const std::string& token) {
    std::vector<std::string> names = variables;
    names.emplace_back("pi");
    for (const auto& [name, function] : parser.GetFunDef()) names.push_back(name);
    const std::string near = token.size() > 2 ? suggest(token, names) : std::string();
    return near.empty() ? "the variables are " + joined(variables) + "; " + kUsage : near;
}

}  // namespace

struct ExpressionEvaluator::Parsed {
    std::vector<double> values;  // their addresses are what the parser reads
    mu::Parser parser;

    Parsed(const std::string& text, const std::vector<std::string>& variables) : values(variables.size(), 0.0) {
        parser.ClearConst();  // muParser's own pi has 12 digits
        parser.DefineConst("pi", std::numbers::pi);
        parser.DefineFun("erf", static_cast<double (*)(double)>(std::erf));
        for (std::size_t i = 0; i < variables.size(); ++i) parser.DefineVar(variables[i], &values[i]);
        parser.SetExpr(text);
    }
};

ExpressionEvaluator::ExpressionEvaluator(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
ExpressionEvaluator::~ExpressionEvaluator() = default;
ExpressionEvaluator::ExpressionEvaluator(ExpressionEvaluator&&) noexcept = default;
ExpressionEvaluator& ExpressionEvaluator::operator=(ExpressionEvaluator&&) noexcept = default;

double ExpressionEvaluator::operator()(std::span<const double> values) {
    if (values.size() != parsed_->values.size()) throw std::logic_error("a formula got a wrong number of values");
    std::copy(values.begin(), values.end(), parsed_->values.begin());
    return parsed_->parser.Eval();
}

struct Expression::Idle {
    std::mutex lock;
    std::vector<ExpressionEvaluator> evaluators;

    std::optional<ExpressionEvaluator> take() {
        const std::lock_guard guard(lock);
        if (evaluators.empty()) return std::nullopt;
        std::optional<ExpressionEvaluator> taken(std::move(evaluators.back()));
        evaluators.pop_back();
        return taken;
    }
    void give(ExpressionEvaluator evaluator) {
        const std::lock_guard guard(lock);
        evaluators.push_back(std::move(evaluator));
    }
};

Expression::Expression(std::string text, std::vector<std::string> variables, const Location& where)
    : text_(std::move(text)), variables_(std::move(variables)), idle_(std::make_unique<Idle>()) {
    check_characters(text_, where);
    ExpressionEvaluator::Parsed parsed({}, variables_);
    try {
        parsed.parser.SetExpr(text_);
        int results = 0;
        parsed.parser.Eval(results);
        if (results != 1) refuse(text_, text_.find(','), "more than one formula", where);
        for (const auto& [name, address] : parsed.parser.GetUsedVar()) mentioned_.push_back(name);
    } catch (const mu::ParserError& error) {
        const bool unknown = error.GetCode() == mu::ecUNASSIGNABLE_TOKEN;
        const auto position = static_cast<std::size_t>(std::max(error.GetPos(), 0));
        refuse(text_, std::min(position, text_.size()), reason(error), where,
               unknown ? known_names(parsed.parser, variables_, error.GetToken()) : kUsage);
    }
}

Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

bool Expression::mentions(const std::string& variable) const {
    return std::find(mentioned_.begin(), mentioned_.end(), variable) != mentioned_.end();
}

ExpressionEvaluator Expression::evaluator() const {
    return ExpressionEvaluator(std::make_unique<ExpressionEvaluator::Parsed>(text_, variables_));
}

double Expression::operator()(std::span<const double> values) const {
    auto mine = idle_->take();
    if (!mine) mine = evaluator();
    const double value = (*mine)(values);
    idle_->give(std::move(*mine));
    return value;
}

}  // namespace sigmaflow
