#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "server/router.h"

namespace fude::server {

/// A file of the web page (web/), part of the program.
struct PageFile {
  std::string_view path;  // "/assets/index-4f2a.js"
  std::string_view type;  // media type
  std::string_view etag;  // with its quotes; changes with the content
  bool is_immutable;      // the path changes with the content, too
  std::size_t begin;      // in the page's bytes
  std::size_t size;       // compressed
};

/// All files, and their bytes one after the other, each compressed by gzip. Made from web/ when Fude is built.
std::span<const PageFile> page_files();
std::span<const std::byte> page_bytes();

/// Answers every GET that is no route of an API with the page: its files by their paths, anything else that is no file
/// with index.html, which finds out by itself what the path means. Sends what the client has already (ETag) as 304, and
/// files as they are, compressed, to clients that take gzip.
void add_page(Router& router, std::span<const PageFile> files, std::span<const std::byte> bytes);

}  // namespace fude::server
