#include "service/sidecar.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "core/ascii.h"
#include "core/error.h"
#include "core/unicode.h"
#include "service/picture_words.h"

namespace fude::service {
namespace {

struct Namespace {
  const char* attribute;
  const char* address;
};
constexpr std::array kNamespaces{
    Namespace{"xmlns:xmp", "http://ns.adobe.com/xap/1.0/"},
    Namespace{"xmlns:dc", "http://purl.org/dc/elements/1.1/"},
    Namespace{"xmlns:fude", "https://fude.invalid/xmp/1.0/"},
};
constexpr const char* kRating = "xmp:Rating";
constexpr const char* kTags = "dc:subject";
constexpr const char* kNote = "dc:description";
constexpr const char* kFingerprint = "fude:Fingerprint";

// What XML 1.0 can hold on `is_note`'s lines, without spaces around, at most `limit` characters.
std::string clean_text(std::string_view text, std::size_t limit, bool is_note) {
  std::u32string wide;
  for (const char32_t c : decode_utf8(text)) {
    const bool is_break = c == U'\n' || c == U'\t';
    if (c == U'\r' || c == 0xFFFE || c == 0xFFFF) continue;
    if (c < 0x20 || c == 0x7F) {
      if (is_break) wide += is_note ? c : U' ';
    } else {
      wide += c;
    }
  }
  return std::string(trimmed(encode_utf8(std::u32string_view(wide).substr(0, limit))));
}

// Finds a node deeper than XMP has any: written again, each level would be indented further than the one before.
class DepthCheck : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node&) override {
    constexpr int kDeepest = 64;
    return depth() <= kDeepest;
  }
};

pugi::xml_document parse(std::span<const std::byte> bytes, std::string_view name) {
  if (bytes.size() > kLargestSidecar) {
    fail(ErrorCode::kCorruptFile, "'{}' has {} bytes, expected at most {} of an XMP sidecar", printable(name),
         bytes.size(), kLargestSidecar);
  }
  pugi::xml_document document;
  // Processing instructions are left out: a search by name would take them for elements.
  const unsigned options = pugi::parse_default | pugi::parse_comments;
  const pugi::xml_parse_result result = document.load_buffer(bytes.data(), bytes.size(), options);
  if (!result) {
    fail(ErrorCode::kCorruptFile, "'{}' is no XMP sidecar: {} at byte {}", printable(name), result.description(),
         result.offset);
  }
  DepthCheck check;
  if (!document.traverse(check)) {
    fail(ErrorCode::kCorruptFile, "'{}' is no XMP sidecar: its elements are nested too deeply", printable(name));
  }
  return document;
}

// <rdf:RDF>, alone or within <x:xmpmeta>.
pugi::xml_node root_of(const pugi::xml_document& document) {
  const pugi::xml_node alone = document.child("rdf:RDF");
  return alone ? alone : document.child("x:xmpmeta").child("rdf:RDF");
}

pugi::xml_node checked_root(const pugi::xml_document& document, std::string_view name) {
  const pugi::xml_node root = root_of(document);
  if (!root) fail(ErrorCode::kCorruptFile, "'{}' is no XMP sidecar: it has no rdf:RDF", printable(name));
  return root;
}

// A simple property stands as an attribute or as an element.
std::string simple_value(pugi::xml_node root, const char* property) {
  for (const pugi::xml_node description : root.children("rdf:Description")) {
    if (const auto attribute = description.attribute(property)) return attribute.value();
    if (const auto element = description.child(property)) return element.text().get();
  }
  return {};
}

std::vector<std::string> list_of(pugi::xml_node root, const char* property) {
  std::vector<std::string> values;
  for (const pugi::xml_node description : root.children("rdf:Description")) {
    for (const pugi::xml_node list : description.child(property).children()) {
      for (const pugi::xml_node item : list.children("rdf:li")) values.emplace_back(item.text().get());
    }
  }
  return values;
}

std::string note_of(pugi::xml_node root) {
  const std::vector<std::string> languages = list_of(root, kNote);
  return languages.empty() ? simple_value(root, kNote) : languages.front();
}

// Adobe's -1 says "rejected": no stars.
int rating_of(pugi::xml_node root) {
  const std::string text = simple_value(root, kRating);
  const double stars = std::strtod(text.c_str(), nullptr);
  return std::isfinite(stars) ? static_cast<int>(std::clamp(std::round(stars), 0.0, 5.0)) : 0;
}

bool is_fingerprint(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

pugi::xml_document empty_packet() {
  pugi::xml_document document;
  pugi::xml_node meta = document.append_child("x:xmpmeta");
  meta.append_attribute("xmlns:x") = "adobe:ns:meta/";
  pugi::xml_node root = meta.append_child("rdf:RDF");
  root.append_attribute("xmlns:rdf") = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
  root.append_child("rdf:Description").append_attribute("rdf:about") = "";
  return document;
}

// The parser takes an attribute twice, which XML forbids: all of them go.
void remove_property(pugi::xml_node root, const char* property) {
  for (pugi::xml_node description : root.children("rdf:Description")) {
    while (description.remove_attribute(property)) continue;
    while (description.remove_child(property)) continue;
  }
}

void write_values(pugi::xml_node root, const Sidecar& sidecar) {
  for (const char* property : {kRating, kTags, kNote, kFingerprint}) remove_property(root, property);
  pugi::xml_node description = root.child("rdf:Description");
  if (!description) {
    description = root.append_child("rdf:Description");
    description.append_attribute("rdf:about") = "";
  }
  for (const auto& [attribute, address] : kNamespaces) {
    if (!description.attribute(attribute)) description.append_attribute(attribute) = address;
  }
  description.append_attribute(kRating) = sidecar.rating;
  if (!sidecar.fingerprint.empty()) description.append_attribute(kFingerprint) = sidecar.fingerprint.c_str();
  if (!sidecar.tags.empty()) {
    pugi::xml_node list = description.append_child(kTags).append_child("rdf:Bag");
    for (const std::string& tag : sidecar.tags) list.append_child("rdf:li").text() = tag.c_str();
  }
  if (!sidecar.note.empty()) {
    pugi::xml_node item = description.append_child(kNote).append_child("rdf:Alt").append_child("rdf:li");
    item.append_attribute("xml:lang") = "x-default";
    item.text() = sidecar.note.c_str();
  }
}

}  // namespace

std::vector<std::string> clean_tags(const std::vector<std::string>& tags) {
  std::vector<std::string> result;
  std::set<std::u32string> known;
  for (const std::string& tag : tags) {
    if (result.size() == kMostTags) break;
    std::string clean = clean_text(tag, kLongestTag, /*is_note=*/false);
    if (!clean.empty() && known.insert(folded(clean)).second) result.push_back(std::move(clean));
  }
  return result;
}

std::string clean_note(std::string_view note) { return clean_text(note, kLongestNote, /*is_note=*/true); }

Sidecar parse_sidecar(std::span<const std::byte> bytes, std::string_view name) {
  const pugi::xml_document document = parse(bytes, name);
  const pugi::xml_node root = checked_root(document, name);
  Sidecar sidecar{.tags = clean_tags(list_of(root, kTags)),
                  .rating = rating_of(root),
                  .note = clean_note(note_of(root)),
                  .fingerprint = simple_value(root, kFingerprint)};
  if (!is_fingerprint(sidecar.fingerprint)) sidecar.fingerprint.clear();
  return sidecar;
}

std::string write_sidecar(const Sidecar& sidecar, std::span<const std::byte> before, std::string_view name) {
  pugi::xml_document document = before.empty() ? empty_packet() : parse(before, name);
  write_values(checked_root(document, name), sidecar);
  std::ostringstream out;
  document.save(out, " ", pugi::format_default, pugi::encoding_utf8);
  return out.str();
}

}  // namespace fude::service
