#pragma once

#include <cstdint>

namespace fude::service {

/// Numbers of rows, from 1; never given twice.
using JobId = std::int64_t;
using PictureId = std::int64_t;

/// A time: milliseconds since 1970, UTC. 0: not yet, or not known.
using Milliseconds = std::int64_t;

/// Now, by the system's clock.
Milliseconds now();

}  // namespace fude::service
