#pragma once
// Rows as numbers.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "sigmaflow/store/layout.hpp"

namespace sigmaflow {

/// Element `index` of bytes that hold `element`s, as double (exact for integers below 2^53).
[[nodiscard]] double number_at(std::span<const std::byte> bytes, Element element, std::size_t index);
/// The same of an unsigned integer type.
[[nodiscard]] std::uint64_t count_at(std::span<const std::byte> bytes, Element element, std::size_t index);

/// Position of a task variable in Group::task_variables(), or -1.
[[nodiscard]] int find_task_variable(const Group& group, const std::string& name);
/// The variable of that name, or nullptr.
[[nodiscard]] const Variable* find_variable(const Group& group, const std::string& name);
/// Elements of one row of a variable along its first dimension.
[[nodiscard]] std::uint64_t elements_per_point(const Group& group, const Variable& variable);

}  // namespace sigmaflow
