#pragma once
/// \file
/// What an observable records, known before anything runs: the store lays out the file from it, and statistics and
/// histograms follow from it without code per observable.

#include <cstdint>
#include <string>

namespace sigmaflow {

/// Fixed bins, in which counts merge bitwise in any order. A value v is binned as u = sign * (v - origin). If
/// two_sided: u < -highest | logarithmic bins of negative u | |u| < lowest | logarithmic bins of positive u | u >=
/// highest; else u < lowest | logarithmic bins | u >= highest. A quantile read from the counts is within
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
