#pragma once

#include <string>
#include <string_view>

#include "pipelines/stored_text.h"

namespace fude::server {

/// The bytes of a picture in a JSON body: base64, bare or as a data URI. Addresses (http://..) are not fetched.
/// Throws HttpError(500) "Invalid encoded image", as the web UI does.
std::string sent_picture(std::string_view text);

/// The same, for a picture that is to be decoded: one of the kinds that are read, by its first bytes. Throws as
/// text_of_sent_picture().
std::string check_sent_picture(std::string_view text);

/// What a sent PNG, JPEG or WebP picture says of its making. Throws HttpError: 500 "Invalid encoded image" for what is
/// no picture; 501 for other formats.
pipelines::StoredText text_of_sent_picture(std::string_view text);

}  // namespace fude::server
