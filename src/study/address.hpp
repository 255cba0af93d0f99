#pragma once
/// \file
/// Addresses of parameters: room.label.key, or room.key for all labels of the room. With a label the key may be a path
/// into an object: room.label.of.count, room.label.components.0.width.

#include <string>
#include <vector>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {

struct Address {
    std::string room;
    std::string label;  ///< empty: all labels
    std::string key;

    /// Whether an object with that label is meant.
    [[nodiscard]] bool covers(const std::string& some_room, const std::string& some_label) const {
        return room == some_room && (label.empty() || label == some_label);
    }
};

/// The rooms that hold labelled objects, in the order of a study.
[[nodiscard]] const std::vector<std::string>& object_rooms();

/// "distributions", "analyses"
[[nodiscard]] std::string plural(const std::string& room);

/// Splits an address of an object's parameter; an InputError at `where` names the rooms and the shape.
[[nodiscard]] Address parse_address(const std::string& text, const Location& where);

/// The parts of a text between dots.
[[nodiscard]] std::vector<std::string> split_address(const std::string& text);

}  // namespace sigmaflow
