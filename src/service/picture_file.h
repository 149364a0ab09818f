#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "service/picture.h"
#include "service/sidecar.h"

namespace fude::service {

/// Of longer prompts and infotexts the gallery keeps the beginning. Bytes.
inline constexpr std::size_t kKeptText = std::size_t{1} << 16;

/// When a file was last written, nanoseconds since 1970; 0: there is no such file.
std::int64_t modified_at(const std::filesystem::path& file);

/// Whether the name ends like that of a picture the gallery takes in.
bool is_picture_name(std::string_view name);

/// What a picture file says of itself: all but id, place, job and what people add. Reads the head, the texts, and a
/// part of each end; damage behind the head does not matter. Throws Error: kNotFound, kCorruptFile.
Picture read_picture_file(const std::filesystem::path& file);

/// 16 hexadecimal digits of the file's size and both of its ends: enough to know a moved file again.
std::string picture_fingerprint(std::span<const std::byte> bytes);

/// "PICTURE.png.xmp".
std::filesystem::path sidecar_of(const std::filesystem::path& picture);

/// What people added to the picture; empty without a sidecar, or when it is damaged.
Sidecar read_sidecar(const std::filesystem::path& picture);

/// Writes the picture's sidecar, at once or not at all; what other programs keep in it stays. One that is damaged is
/// kept as "PICTURE.png.xmp.damaged". Errors as platform::AtomicFile.
void save_sidecar(const std::filesystem::path& picture, const Sidecar& sidecar);

}  // namespace fude::service
