#include "ops/seamless.h"

#include <utility>

namespace fude::ops {
namespace {

thread_local bool are_seamless = false;

}  // namespace

SeamlessConvolutions::SeamlessConvolutions(bool is_on) : were_on_(std::exchange(are_seamless, is_on)) {}

SeamlessConvolutions::~SeamlessConvolutions() { are_seamless = were_on_; }

bool SeamlessConvolutions::are_on() { return are_seamless; }

}  // namespace fude::ops
