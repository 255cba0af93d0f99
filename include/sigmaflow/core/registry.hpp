#pragma once
/// \file
/// The kinds of one room with their makers. A new kind is one header, one source, one test and one line where its
/// room's registry is built.

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sigmaflow/core/schema.hpp"

namespace sigmaflow {

template <class Factory>
class Registry {
  public:
    struct Entry {
        Kind kind;
        Factory make;
    };

    explicit Registry(std::string noun) : noun_(std::move(noun)) {}

    void add(Kind kind, Factory make) {
        if (entries_.contains(kind.name)) throw std::logic_error("two kinds of " + noun_ + " '" + kind.name + "'");
        order_.push_back(kind.name);
        auto name = kind.name;
        entries_.emplace(std::move(name), Entry{std::move(kind), std::move(make)});
    }

    /// The entry of that name; an InputError at `where` lists the known kinds otherwise.
    [[nodiscard]] const Entry& at(const std::string& name, const Location& where = {}) const {
        const auto found = entries_.find(name);
        if (found != entries_.end()) return found->second;
        throw InputError(where, "unknown kind of " + noun_ + " '" + name + "'", "known kinds: " + joined(order_),
                         suggest(name, order_));
    }

    [[nodiscard]] bool contains(const std::string& name) const { return entries_.contains(name); }
    [[nodiscard]] const std::vector<std::string>& names() const { return order_; }
    [[nodiscard]] const std::string& noun() const { return noun_; }

  private:
    std::string noun_;
    std::map<std::string, Entry> entries_;
    std::vector<std::string> order_;
};

}  // namespace sigmaflow
