#include "diffusion/linear_system.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace fude::diffusion {
namespace {

TEST(SolveLinearSystem, FindsTheSolutionWhenTheFirstPivotIsZero) {
  EXPECT_THAT(solve_linear_system({{0, 2, 1}, {1, 1, 1}, {2, 0, 3}}, {7, 6, 11}),
              testing::Pointwise(testing::DoubleNear(1e-12), std::vector<double>{1, 2, 3}));
  EXPECT_THAT(solve_linear_system({}, {}), testing::IsEmpty());
}

TEST(SolveLinearSystem, RefusesAMatrixWithoutAnInverse) {
  EXPECT_THROW(solve_linear_system({{1, 2}, {2, 4}}, {1, 2}), Error);
}

TEST(QuadratureWeights, AreThoseOfSimpsonsRule) {
  const std::vector<double> weights = quadrature_weights({-1, 0, 1}, {2, 0, 2.0 / 3});
  EXPECT_THAT(weights, testing::ElementsAre(testing::DoubleNear(1.0 / 3, 1e-12), testing::DoubleNear(4.0 / 3, 1e-12),
                                            testing::DoubleNear(1.0 / 3, 1e-12)));
}

TEST(QuadratureWeights, RefuseEqualNodes) { EXPECT_THROW(quadrature_weights({1, 1}, {1, 1}), Error); }

}  // namespace
}  // namespace fude::diffusion
