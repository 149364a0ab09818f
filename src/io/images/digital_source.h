#pragma once

#include <string>
#include <string_view>

namespace fude::io {

/// How a picture came to be, by the terms of the IPTC (cv.iptc.org/newscodes/digitalsourcetype).
enum class DigitalSource {
  kUnsaid,     // nothing is written
  kGenerated,  // trainedAlgorithmicMedia: by a trained model, from words
  kComposite,  // compositeWithTrainedAlgorithmicMedia: another picture took part
};

/// A packet of XMP that says so (Iptc4xmpExt:DigitalSourceType); empty for kUnsaid.
std::string source_packet(DigitalSource source);

/// What a packet of XMP says; kUnsaid when it says nothing, or something else.
DigitalSource source_of_packet(std::string_view xmp);

}  // namespace fude::io
