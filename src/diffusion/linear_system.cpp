#include "diffusion/linear_system.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"

namespace fude::diffusion {

std::vector<double> solve_linear_system(Matrix matrix, std::vector<double> right) {
  const std::size_t size = right.size();
  for (std::size_t column = 0; column < size; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column + 1; row < size; ++row) {
      if (std::abs(matrix[row][column]) > std::abs(matrix[pivot][column])) pivot = row;
    }
    std::swap(matrix[pivot], matrix[column]);
    std::swap(right[pivot], right[column]);
    if (!(std::abs(matrix[column][column]) > 0.0))
      fail(ErrorCode::kInvalidArgument, "noise levels repeat, expected falling ones");
    for (std::size_t row = column + 1; row < size; ++row) {
      const double factor = matrix[row][column] / matrix[column][column];
      for (std::size_t i = column; i < size; ++i) matrix[row][i] -= factor * matrix[column][i];
      right[row] -= factor * right[column];
    }
  }
  for (std::size_t row = size; row-- > 0;) {
    for (std::size_t i = row + 1; i < size; ++i) right[row] -= matrix[row][i] * right[i];
    right[row] /= matrix[row][row];
  }
  return right;
}

std::vector<double> quadrature_weights(const std::vector<double>& nodes, const std::vector<double>& moments) {
  Matrix powers;
  std::vector<double> row(nodes.size(), 1.0);
  for (std::size_t power = 0; power < nodes.size(); ++power) {
    powers.push_back(row);
    for (std::size_t i = 0; i < nodes.size(); ++i) row[i] *= nodes[i];
  }
  return solve_linear_system(std::move(powers), {moments.begin(), moments.begin() + static_cast<long>(nodes.size())});
}

}  // namespace fude::diffusion
