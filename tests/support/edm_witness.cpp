#include "support/edm_witness.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <vector>

namespace sigmaflow::witness {

using Digits = boost::multiprecision::cpp_bin_float_50;

double edm_heun_factor(double variance, int n) {
    const Digits rho = 7, top = pow(Digits(80), 1 / rho), bottom = pow(Digits("0.002"), 1 / rho);
    std::vector<Digits> t;
    for (int i = 0; i < n; ++i) t.push_back(pow(top + Digits(i) / (n - 1) * (bottom - top), rho));
    t.emplace_back(0);
    const auto denoise = [&](const Digits& x, const Digits& sigma) -> Digits {
        return Digits(variance) / (Digits(variance) + sigma * sigma) * x;
    };
    Digits x = 1;
    for (int i = 0; i < n; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const Digits d = (x - denoise(x, t[at])) / t[at];
        Digits next = x + (t[at + 1] - t[at]) * d;
        if (t[at + 1] != 0) {
            const Digits d_next = (next - denoise(next, t[at + 1])) / t[at + 1];
            next = x + (t[at + 1] - t[at]) * (d + d_next) / 2;
        }
        x = next;
    }
    return x.convert_to<double>();
}

}  // namespace sigmaflow::witness
