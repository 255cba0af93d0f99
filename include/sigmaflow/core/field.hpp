#pragma once
/// \file
/// What an observable records, known before anything runs: the store lays out the file from it, and statistics and
/// histograms follow from it without code per observable.

#include <cstdint>
#include <string>

namespace sigmaflow {

/// Fixed bins, in which counts merge bitwise in any order. A value v is binned as u = sign * (v - origin): bin 0 holds
/// u < -highest (below), then, if two_sided, logarithmic bins for negative u, one bin for |u| < lowest, logarithmic
/// bins for positive u, and the last one u >= highest (above). A quantile read from the counts is within
/// relative_accuracy of u, or within `lowest` of the origin.
struct BinScale {
    double origin = 0.0;
    double sign = 1.0;  ///< +1 or -1
    double lowest = 1e-4;
    double highest = 1e4;
    double relative_accuracy = 0.05;
    bool two_sided = true;
};

/// One quantity per particle and recorded level, with `components` numbers each.
struct Field {
    std::string name;
    std::string unit;
    std::string meaning;
    std::string component;  ///< name of the component axis ("coordinate", "rank"); empty for a scalar
    int components = 1;
    BinScale bins;
};

}  // namespace sigmaflow
