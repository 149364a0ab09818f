#pragma once

#include <cstdint>

#include "ops/cpu/packed_matrix.h"
#include "ops/cpu/product_kernels.h"

namespace fude::ops::cpu {

/// What follows the products of a layer before they are stored.
struct ProductFinish {
  const float* bias = nullptr;  ///< [panels * panel columns] in the order of the panels, or null
  ProductActivation activation = ProductActivation::kNone;  ///< kGeglu: the matrix is packed as kGated
  const void* residual = nullptr;  ///< laid out as the output; null: nothing is added. May be the output itself.
  bool is_rectified = false;       ///< what is negative after all that becomes zero
};

/// Rows of elements that are multiplied by a matrix.
struct ProductRows {
  const void* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t stride = 0;  ///< bytes from one row to the next; `depth` elements are contiguous, and readable up to the
                            ///< matrix's depth
};

/// out [rows, columns] = activation(in [rows, depth] times matrix + bias) + residual; rows of `out` lie `out_stride`
/// elements apart (as those of the residual) and are of the matrix's element type. In parallel over compute_pool().
void multiply(const ProductRows& in, const PackedMatrix& matrix, const ProductFinish& finish, void* out,
              std::int64_t out_stride);

/// The same for some rows and the panels [first_panel, end_panel), by the calling thread.
void multiply_block(const ProductRows& in, const PackedMatrix& matrix, std::int64_t first_panel, std::int64_t end_panel,
                    const ProductFinish& finish, void* out, std::int64_t out_stride);

/// How a product of `rows` rows is cut into pieces of rows and panels: enough pieces to share out, and of a size that
/// stays in a core's cache. Depends on sizes only.
struct ProductCut {
  std::int64_t rows_at_once = 1, panels_at_once = 1;
};
ProductCut cut_product(std::int64_t rows, const PackedMatrix& matrix);

}  // namespace fude::ops::cpu
