#include "toml_shape.hpp"

#include <string_view>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

constexpr int kMostBrackets = 32;
constexpr int kMostKeyParts = 16;
constexpr int kMostValues = 1 << 20;  ///< a value takes about 400 bytes

class ShapeScanner {
  public:
    ShapeScanner(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    void scan() {
        while (position_ < text_.size()) {
            const char c = text_[position_];
            if (c == '#') {
                skip_comment();
            } else if (c == '"' || c == '\'') {
                skip_string(c);
            } else {
                count(c);
                ++position_;
            }
        }
    }

  private:
    /// Every value follows one of three characters, so that their number is a bound.
    void count(char c) {
        if (c == '.' && ++parts_ > kMostKeyParts) refuse("key parts", kMostKeyParts);
        if (c == '[' || c == '{') {
            if (++brackets_ > kMostBrackets) refuse("brackets", kMostBrackets);
        }
        if ((c == ',' || c == '=' || c == '[') && ++values_ > kMostValues) {
            throw InputError(Location{file_, line_, 0}, "the study has more than a million values", {},
                             "put tables of points into a file of their own (kind 'points', key 'file')");
        }
        if ((c == ']' || c == '}') && brackets_ > 0) --brackets_;
        if (c == '\n') ++line_;
        // A dotted key ends at any of these; dots beyond belong to the next key or to a number.
        if (std::string_view("\n=,[]{}").find(c) != std::string_view::npos) parts_ = 1;
    }

    void skip_comment() {
        while (position_ < text_.size() && text_[position_] != '\n') ++position_;
    }

    void skip_string(char quote) {
        const std::string fence(3, quote);
        const bool many_lines = text_.substr(position_, 3) == fence;
        position_ += many_lines ? 3 : 1;
        while (position_ < text_.size()) {
            const char c = text_[position_];
            if (c == '\n') {
                if (!many_lines) return;  // a syntax error, which the parser reports
                ++line_;
            }
            if (c == '\\' && quote == '"') {
                if (position_ + 1 < text_.size() && text_[position_ + 1] == '\n') ++line_;
                position_ += 2;
            } else if (c == quote && (!many_lines || text_.substr(position_, 3) == fence)) {
                return close_string(quote, many_lines);
            } else {
                ++position_;
            }
        }
    }

    void close_string(char quote, bool many_lines) {
        position_ += many_lines ? 3 : 1;
        // """a"""" ends in a quote of its own: up to two may stand before the fence.
        for (int extra = 0; many_lines && extra < 2 && position_ < text_.size() && text_[position_] == quote; ++extra) {
            ++position_;
        }
    }

    [[noreturn]] void refuse(const std::string& what, int most) const {
        throw InputError(Location{file_, line_, 0}, "too many nested " + what, "at most " + std::to_string(most));
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t position_ = 0;
    int line_ = 1;
    int brackets_ = 0;
    int values_ = 0;
    int parts_ = 1;
};

}  // namespace

void check_toml_shape(const std::string& text, const std::string& file) { ShapeScanner(text, file).scan(); }

}  // namespace sigmaflow
