#pragma once
/// \file
/// A law of every registered kind with random parameters, and the dimension of its support. A kind without a generator
/// here fails the suites that walk over them.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "distribution/laws.hpp"

namespace sigmaflow::test {

struct RandomLaw {
    Value::Table table;
    int tangents = 0;  ///< dimension of the support almost everywhere
};

/// Random numbers in the shapes that parameters want.
class Dice {
  public:
    explicit Dice(std::int64_t seed) : stream_(77, 77, seed, Purpose::test) {}

    int integer(int first, int last) {
        return first + static_cast<int>(stream_.uniform() * static_cast<double>(last - first + 1));
    }
    double between(double low, double high) { return low + (high - low) * stream_.uniform(); }
    bool coin() { return stream_.uniform() < 0.5; }
    double normal() { return stream_.normal(); }
    std::vector<double> numbers(int count, double low, double high) {
        std::vector<double> out;
        for (int i = 0; i < count; ++i) out.push_back(between(low, high));
        return out;
    }
    Value vectors(int count, int dim, double size) {
        std::vector<std::vector<double>> out(static_cast<std::size_t>(count));
        for (auto& vector : out) {
            for (int i = 0; i < dim; ++i) vector.push_back(size * normal());
        }
        return rows(out);
    }

  private:
    Stream stream_;
};

inline RandomLaw random_gaussian(Dice& dice) {
    const int dim = dice.integer(1, 6);
    RandomLaw law;
    std::vector<double> variances;
    for (int i = 0; i < dim; ++i) {
        variances.push_back(i > 0 && dice.coin() ? 0.0 : dice.between(0.1, 4.0));
        law.tangents += variances.back() > 0.0 ? 1 : 0;
    }
    law.table = {{"variances", list(variances)}, {"mean", list(dice.numbers(dim, -2.0, 2.0))}};
    return law;
}

inline RandomLaw random_gaussian_mixture(Dice& dice) {
    const int dim = dice.integer(1, 4);
    const int count = dice.integer(2, 5);
    const bool blurred = dice.coin();
    return {{{"means", dice.vectors(count, dim, 2.0)},
             {"weights", list(dice.numbers(count, 0.1, 3.0))},
             {"widths", list(blurred ? dice.numbers(count, 0.2, 1.0)
                                     : std::vector<double>(static_cast<std::size_t>(count), 0.0))}},
            blurred ? dim : 0};
}

inline RandomLaw random_planes(Dice& dice, bool crossing) {
    const int codim = dice.integer(1, 2);
    const int dim = (crossing ? 2 * codim : codim) + dice.integer(crossing ? 0 : 1, 3);
    RandomLaw law{{{"dim", Value(dim)}, {"codim", Value(codim)}, {"scale", Value(dice.between(0.5, 2.0))}},
                  dim - codim};
    if (crossing) {
        law.table.emplace_back("angle", Value(dice.between(20.0, 90.0)));
    } else {
        law.table.emplace_back("offset", Value(dice.between(0.5, 2.0)));
    }
    return law;
}

/// Components of one width, which may be zero.
inline RandomLaw random_cloud(Dice& dice, int least, int most) {
    const int dim = dice.integer(least, most);
    const double width = dice.coin() ? 0.0 : dice.between(0.1, 0.5);
    return {{{"dim", Value(dim)}, {"radius", Value(dice.between(0.5, 2.0))}, {"width", Value(width)}},
            width > 0.0 ? dim : 0};
}

inline RandomLaw random_points(Dice& dice) {
    const int count = dice.integer(1, 20);
    return {
        {{"values", dice.vectors(count, dice.integer(1, 5), 1.5)}, {"weights", list(dice.numbers(count, 0.1, 2.0))}},
        0};
}

inline RandomLaw random_shell(Dice& dice) {
    const int k = dice.integer(2, 5);
    const bool round = dice.coin();
    const auto axes =
        round ? std::vector<double>(static_cast<std::size_t>(k), dice.between(0.5, 2.0)) : dice.numbers(k, 0.5, 2.0);
    RandomLaw law{{{"axes", list(axes)}, {"dim", Value(k + dice.integer(0, 2))}}, k - 1};
    if (k <= 3 && dice.coin()) law.table.emplace_back("measure", Value("surface"));
    return law;
}

inline RandomLaw random_shell_points(Dice& dice) {
    const int k = dice.integer(2, 5);
    return {{{"axes", list(dice.numbers(k, 0.5, 2.0))},
             {"count", Value(dice.integer(1, 20))},
             {"arrangement", Value(dice.coin() ? "even" : "random")},
             {"jitter", Value(dice.coin() ? 0.0 : 0.1)}},
            0};
}

inline Value random_shell_in(Dice& dice, int dim) {
    return inner("ellipsoid_shell", {{"axes", list(dice.numbers(dim, 0.5, 2.0))}});
}

inline RandomLaw random_mixture(Dice& dice) {
    const int dim = dice.integer(2, 4);
    const Value moved =
        inner("affine", {{"of", random_shell_in(dice, dim)}, {"shift", list(dice.numbers(dim, -1.0, 1.0))}});
    return {
        {{"components", inner_list({random_shell_in(dice, dim), moved})}, {"weights", list(dice.numbers(2, 0.2, 2.0))}},
        dim - 1};
}

inline RandomLaw random_product(Dice& dice) {
    const int k = dice.integer(2, 3);
    return {{{"factors",
              inner_list({random_shell_in(dice, k), inner("two_deltas", {{"radius", Value(dice.between(0.5, 2.0))}}),
                          inner("gaussian", {{"variances", list({dice.between(0.2, 2.0), 0.0})}})})}},
            k};
}

inline RandomLaw random_affine(Dice& dice) {
    const int k = dice.integer(2, 3);
    const int dim = k + dice.integer(0, 2);
    return {{{"of", random_shell_in(dice, k)},
             {"matrix", dice.vectors(dim, k, 1.0)},
             {"shift", list(dice.numbers(dim, -1.0, 1.0))}},
            k - 1};
}

inline const std::map<std::string, std::function<RandomLaw(Dice&)>>& random_laws() {
    static const std::map<std::string, std::function<RandomLaw(Dice&)>> all{
        {"gaussian", random_gaussian},
        {"gaussian_mixture", random_gaussian_mixture},
        {"parallel_planes", [](Dice& dice) { return random_planes(dice, false); }},
        {"crossing_planes", [](Dice& dice) { return random_planes(dice, true); }},
        {"two_deltas", [](Dice& dice) { return random_cloud(dice, 1, 4); }},
        {"hypercube", [](Dice& dice) { return random_cloud(dice, 2, 14); }},
        {"simplex", [](Dice& dice) { return random_cloud(dice, 2, 6); }},
        {"ring", [](Dice& dice) { return random_cloud(dice, 2, 4); }},
        {"points", random_points},
        {"ellipsoid_shell", random_shell},
        {"ellipsoid_points", random_shell_points},
        {"mixture", random_mixture},
        {"product", random_product},
        {"affine", random_affine}};
    return all;
}

/// Calls `check(law, tangents, trial)` for `trials` random laws of every registered kind.
inline void for_random_laws(int trials, const std::function<void(const Distribution&, int, int)>& check) {
    for (const auto& kind : distributions().names()) {
        const auto found = random_laws().find(kind);
        ASSERT_NE(found, random_laws().end()) << "no generator of kind " << kind << " in random_laws.hpp";
        for (int trial = 0; trial < trials; ++trial) {
            Dice dice(trial);
            const RandomLaw law = found->second(dice);
            SCOPED_TRACE(kind + ", trial " + std::to_string(trial) + ": " + Value(law.table).canonical());
            check(*make(kind, law.table), law.tangents, trial);
        }
    }
}

}  // namespace sigmaflow::test
