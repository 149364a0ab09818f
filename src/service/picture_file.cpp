#include "service/picture_file.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <system_error>

#include "core/error.h"
#include "core/hash.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"
#include "core/unicode.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_format.h"
#include "pipelines/infotext.h"
#include "pipelines/stored_text.h"
#include "prompt/networks.h"

namespace fude::service {
namespace {

std::string kept_part(std::string text) {
  if (text.size() <= kKeptText) return text;
  std::size_t end = kKeptText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

template <typename Number>
Number number_or(const std::string& text, Number otherwise) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

std::vector<std::string> adapters_in(std::string_view words) {
  std::vector<std::string> names;
  for (const prompt::NetworkTag& tag : prompt::extract_networks(words).networks) {
    const bool is_new = std::ranges::find(names, tag.name) == names.end();
    if (is_new && !tag.name.empty()) names.push_back(tag.name);
  }
  return names;
}

void read_infotext(Picture& picture, const std::string& text) {
  if (text.size() > pipelines::kLongestInfotext) return;  // such a text says nothing that we could read
  const pipelines::Infotext infotext = pipelines::parse_infotext(text);
  picture.infotext = kept_part(text);
  picture.prompt = kept_part(infotext.text("Prompt"));
  picture.negative_prompt = kept_part(infotext.text("Negative prompt"));
  picture.model = kept_part(infotext.text("Model"));
  picture.model_hash = kept_part(infotext.text("Model hash"));
  picture.sampler = kept_part(infotext.text("Sampler"));
  picture.seed = number_or<std::int64_t>(infotext.text("Seed"), -1);
  picture.steps = number_or(infotext.text("Steps"), 0);
  picture.cfg_scale = number_or(infotext.text("CFG scale"), 0.0);
  picture.adapters = adapters_in(picture.prompt);
}

std::filesystem::path damaged_name(const std::filesystem::path& sidecar) { return sidecar.string() + ".damaged"; }

}  // namespace

std::int64_t modified_at(const std::filesystem::path& file) {
  std::error_code failure;
  const auto time = std::filesystem::last_write_time(file, failure);
  if (failure) return 0;
  const auto since_1970 = std::chrono::file_clock::to_sys(time).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970).count();
}

bool is_picture_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot != std::string_view::npos && dot > 0 && io::format_named(name.substr(dot)).has_value();
}

std::string picture_fingerprint(std::span<const std::byte> bytes) {
  constexpr std::size_t kPart = 16 << 10, kDigits = 16;
  const std::string size = std::to_string(bytes.size());
  Sha256 hash;
  hash.update(std::as_bytes(std::span(size)));
  hash.update(bytes.first(std::min(kPart, bytes.size())));
  hash.update(bytes.last(std::min(kPart, bytes.size())));
  return hash.finish().substr(0, kDigits);
}

Picture read_picture_file(const std::filesystem::path& file) {
  const auto mapped = platform::MappedFile::open(file);
  const auto size = io::picture_size(mapped->bytes());
  if (!size) {
    fail(ErrorCode::kCorruptFile, "'{}' is no PNG, JPEG or WebP picture", printable(file.filename().string()));
  }
  Picture picture;
  picture.width = size->width;
  picture.height = size->height;
  picture.byte_count = static_cast<std::int64_t>(mapped->bytes().size());
  picture.created_at = std::max<std::int64_t>(0, modified_at(file) / 1'000'000);
  picture.fingerprint = picture_fingerprint(mapped->bytes());
  const pipelines::StoredText stored = pipelines::read_stored_text(mapped->bytes(), file.filename().string());
  if (stored.infotext) read_infotext(picture, *stored.infotext);
  return picture;
}

std::filesystem::path sidecar_of(const std::filesystem::path& picture) { return picture.string() + ".xmp"; }

Sidecar read_sidecar(const std::filesystem::path& picture) {
  try {
    const auto mapped = platform::MappedFile::open(sidecar_of(picture));
    return parse_sidecar(mapped->bytes(), sidecar_of(picture).filename().string());
  } catch (const Error&) {
    return {};
  }
}

void save_sidecar(const std::filesystem::path& picture, const Sidecar& sidecar) {
  const std::filesystem::path file = sidecar_of(picture);
  std::string text;
  try {
    const auto before = platform::MappedFile::open(file);
    text = write_sidecar(sidecar, before->bytes(), file.filename().string());
  } catch (const Error&) {  // none yet, or damaged
    std::error_code failure;
    if (std::filesystem::exists(file, failure)) std::filesystem::rename(file, damaged_name(file), failure);
    text = write_sidecar(sidecar);
  }
  platform::AtomicFile target(file);
  target.write(text);
  target.commit();
}

}  // namespace fude::service
