#include "io/images/digital_source.h"

#include <fmt/format.h>

namespace fude::io {
namespace {

constexpr std::string_view kTerms = "http://cv.iptc.org/newscodes/digitalsourcetype/";
constexpr std::string_view kGeneratedTerm = "trainedAlgorithmicMedia",
                           kCompositeTerm = "compositeWithTrainedAlgorithmicMedia";

}  // namespace

std::string source_packet(DigitalSource source) {
  if (source == DigitalSource::kUnsaid) return {};
  return fmt::format(
      "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
      "<rdf:Description rdf:about=\"\" xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\" "
      "Iptc4xmpExt:DigitalSourceType=\"{}{}\"/>"
      "</rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>",
      kTerms, source == DigitalSource::kGenerated ? kGeneratedTerm : kCompositeTerm);
}

DigitalSource source_of_packet(std::string_view xmp) {
  const std::size_t key = xmp.find("DigitalSourceType");
  const std::size_t term = key == std::string_view::npos ? key : xmp.find(kTerms, key);
  if (term == std::string_view::npos) return DigitalSource::kUnsaid;
  const std::string_view name = xmp.substr(term + kTerms.size());
  if (name.starts_with(kGeneratedTerm)) return DigitalSource::kGenerated;
  return name.starts_with(kCompositeTerm) ? DigitalSource::kComposite : DigitalSource::kUnsaid;
}

}  // namespace fude::io
