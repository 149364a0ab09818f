#pragma once

#include <vector>

namespace fude::diffusion {

/// Rows of a small square matrix.
using Matrix = std::vector<std::vector<double>>;

/// The x with matrix * x = right, by elimination with row pivots; for the handful of coefficients of a multistep
/// method. Throws Error(kInvalidArgument) when there is no single solution, which is so when two levels are the same.
std::vector<double> solve_linear_system(Matrix matrix, std::vector<double> right);

/// The weights w with sum_j w_j p(nodes_j) = sum_k p_k moments_k for every polynomial p of as many terms as there are
/// nodes: what integrates the polynomial through given values exactly, when moments_k is the integral of u^k.
std::vector<double> quadrature_weights(const std::vector<double>& nodes, const std::vector<double>& moments);

}  // namespace fude::diffusion
