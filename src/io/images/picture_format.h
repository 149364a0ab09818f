#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace fude::io {

/// The kinds of picture files that are read and written.
enum class PictureFormat { kPng, kJpeg, kWebp };

/// The kind of a file by its first bytes, whatever its name; absent for others.
std::optional<PictureFormat> picture_format(std::span<const std::byte> bytes);

/// What a file is that is none of them, as an error says it: "a GIF picture", "no picture", ...
std::string_view foreign_kind(std::span<const std::byte> bytes);

/// The ending of such a file's name: ".png", ".jpg" or ".webp".
std::string_view file_ending(PictureFormat format);

/// "png", "jpg", "jpeg" or "webp", with or without a dot before it, in small or capital letters; absent for others.
std::optional<PictureFormat> format_named(std::string_view name);

/// "image/png", "image/jpeg" or "image/webp".
std::string_view media_type(PictureFormat format);

}  // namespace fude::io
