#pragma once

namespace fude::weights {

/// Where a network's weights are, and when they are on the device that computes with them.
enum class Residence {
  kHeld,      // on the device, always
  kSwapped,   // in RAM; all of them on the device from the network's first layer until another network runs
  kStreamed,  // in RAM; each on the device for its layer only, and the next one on its way meanwhile
};

}  // namespace fude::weights
