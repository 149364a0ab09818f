#pragma once

#include "tests/support/upscaler_layers.h"

/// Networks about faces in their published layouts, at tiny sizes.
namespace fude::tests {

constexpr int64_t kTinyFaceSide = 16;

/// Faces of 16 pixels a side, 4x4 codes of 8 numbers.
MadeUpFile tiny_code_former();

/// Faces of 16 pixels a side, styles of 6 numbers.
MadeUpFile tiny_gfpgan();

/// Numbers made up; maps of 8 channels.
MadeUpFile tiny_retina_face();

/// Two halvings, one block between, 19 classes.
MadeUpFile tiny_parse_net();

/// A detector for which red is a face: one box of 256 pixels around each place where the map of stride 32 sees more
/// than 200 of red, with the landmarks where an upright face of 256 pixels has them.
MadeUpFile red_spot_detector();

/// A parser for which every pixel is skin (1), or ground (0).
MadeUpFile one_class_parser(int64_t class_number);

}  // namespace fude::tests
