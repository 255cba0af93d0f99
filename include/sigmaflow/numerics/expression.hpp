#pragma once
/// \file
/// Formulas given as text, such as "exp(-t) * sqrt(1 + x^2)": read by muParser, which evaluates arithmetic and nothing
/// else. Operators + - * / ^ (binds to the right, before a minus sign), comparisons < > <= >= == !=, && ||,
/// condition ? a : b; functions sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp ln log (natural)
/// log2 log10 sqrt erf sign rint abs min max sum avg; the constant pi.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {

/// Evaluates one formula for one thread.
class ExpressionEvaluator {
  public:
    ~ExpressionEvaluator();
    ExpressionEvaluator(ExpressionEvaluator&&) noexcept;
    ExpressionEvaluator& operator=(ExpressionEvaluator&&) noexcept;
    /// The value at `values`, one for every variable, in their order. A domain error is NaN or infinite, as in C.
    [[nodiscard]] double operator()(std::span<const double> values);

  private:
    friend class Expression;
    struct Parsed;
    explicit ExpressionEvaluator(std::unique_ptr<Parsed> parsed);

    std::unique_ptr<Parsed> parsed_;
};

class Expression {
  public:
    /// Reads `text` as a formula of `variables`. An InputError at `where` shows the formula and tells the character at
    /// which it goes wrong, counted from 1.
    Expression(std::string text, std::vector<std::string> variables, const Location& where = {});
    ~Expression();
    Expression(Expression&&) noexcept;
    Expression& operator=(Expression&&) noexcept;

    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] const std::vector<std::string>& variables() const { return variables_; }
    /// True if the formula mentions the variable.
    [[nodiscard]] bool mentions(const std::string& variable) const;
    /// An evaluator of its own for a loop of one thread: about 50 ns for a short formula, no allocation.
    [[nodiscard]] ExpressionEvaluator evaluator() const;
    /// The value at `values`, from any thread: takes an idle evaluator (one lock), makes one if there is none.
    [[nodiscard]] double operator()(std::span<const double> values) const;
    /// The same for a formula of one variable.
    [[nodiscard]] double operator()(double value) const { return (*this)(std::span<const double>(&value, 1)); }

  private:
    struct Idle;

    std::string text_;
    std::vector<std::string> variables_;
    std::vector<std::string> mentioned_;
    std::unique_ptr<Idle> idle_;
};

}  // namespace sigmaflow
