#pragma once
// Committed tables of closed forms.

#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace sigmaflow::testing_support {

/// The rows of a table of tests/data, without its comment and header.
inline std::vector<std::vector<double>> reference(const std::string& name) {
    std::ifstream file(std::string(SIGMAFLOW_SOURCE_DIR) + "/tests/data/" + name);
    std::vector<std::vector<double>> out;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#' || std::isalpha(line[0])) continue;
        std::vector<double> row;
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');) row.push_back(std::stod(cell));
        out.push_back(row);
    }
    EXPECT_FALSE(out.empty()) << name;
    return out;
}

}  // namespace sigmaflow::testing_support
