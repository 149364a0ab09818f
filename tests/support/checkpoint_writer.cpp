#include "tests/support/checkpoint_writer.h"

#include <zlib.h>

#include <bit>
#include <stdexcept>

namespace fude::tests {
namespace {

/// The `count` lowest bytes of a number, little-endian.
std::string bytes(uint64_t value, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += static_cast<char>(value >> (8 * i));
  return result;
}

std::string deflated(const std::string& content) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  std::string result(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

/// The fields local header and directory share, from "flags" to the extra field's size.
std::string common_fields(const ZipMember& member, std::size_t stored_size, std::size_t extra_size, bool is_zip64) {
  const auto crc =
      crc32(0, reinterpret_cast<const Bytef*>(member.content.data()), static_cast<uInt>(member.content.size()));
  const uint64_t see_zip64 = 0xFFFFFFFF;
  return bytes(0, 2) + bytes(member.is_deflated ? 8 : 0, 2) + bytes(0, 4) + bytes(crc, 4) +
         bytes(is_zip64 ? see_zip64 : stored_size, 4) + bytes(is_zip64 ? see_zip64 : member.content.size(), 4) +
         bytes(member.name.size(), 2) + bytes(extra_size, 2);
}

}  // namespace

std::string zip_archive(const std::vector<ZipMember>& members, ZipOptions options) {
  std::string file, directory;
  for (const ZipMember& member : members) {
    const std::string stored = member.is_deflated ? deflated(member.content) : member.content;
    const uint64_t offset = file.size();
    std::string extra;
    if (options.is_zip64) {
      extra = bytes(1, 2) + bytes(24, 2) + bytes(member.content.size(), 8) + bytes(stored.size(), 8) + bytes(offset, 8);
    }
    const std::string fields = common_fields(member, stored.size(), extra.size(), options.is_zip64);
    file += "PK\x03\x04" + bytes(20, 2) + fields + member.name + extra + stored;
    directory += "PK\x01\x02" + bytes(20, 2) + bytes(20, 2) + fields + bytes(0, 2) + bytes(0, 2) + bytes(0, 2) +
                 bytes(0, 4) + bytes(options.is_zip64 ? 0xFFFFFFFF : offset, 4) + member.name + extra;
  }
  const uint64_t start = file.size(), count = members.size(), size = directory.size();
  file += directory;
  if (options.is_zip64) {
    const uint64_t end = file.size();
    file += "PK\x06\x06" + bytes(44, 8) + bytes(45, 2) + bytes(45, 2) + bytes(0, 8) + bytes(count, 8) +
            bytes(count, 8) + bytes(size, 8) + bytes(start, 8);
    file += "PK\x06\x07" + bytes(0, 4) + bytes(end, 8) + bytes(1, 4);
    return file + "PK\x05\x06" + bytes(0, 4) + bytes(0xFFFF, 2) + bytes(0xFFFF, 2) + bytes(0xFFFFFFFF, 4) +
           bytes(0xFFFFFFFF, 4) + bytes(0, 2);
  }
  return file + "PK\x05\x06" + bytes(0, 4) + bytes(count, 2) + bytes(count, 2) + bytes(size, 4) + bytes(start, 4) +
         bytes(0, 2);
}

namespace pickle {

std::string none() { return "N"; }
std::string boolean(bool value) { return value ? "\x88" : "\x89"; }
std::string integer(int64_t value) { return "\x8a\x08" + bytes(static_cast<uint64_t>(value), 8); }

std::string number(double value) {
  const std::string little = bytes(std::bit_cast<uint64_t>(value), 8);
  return "G" + std::string(little.rbegin(), little.rend());
}

std::string text(std::string_view value) { return "X" + bytes(value.size(), 4) + std::string(value); }

std::string global(std::string_view module, std::string_view name) {
  return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}

std::string tuple(const std::vector<std::string>& items) {
  std::string code = "(";
  for (const std::string& item : items) code += item;
  return code + "t";
}

std::string integers(const std::vector<int64_t>& items) {
  std::vector<std::string> code;
  for (const int64_t item : items) code.push_back(integer(item));
  return tuple(code);
}

std::string list(const std::vector<std::string>& items) {
  std::string code = "](";
  for (const std::string& item : items) code += item;
  return code + "e";
}

namespace {

std::string set_items(const std::vector<std::pair<std::string, std::string>>& items) {
  std::string code = "(";
  for (const auto& [key, value] : items) code += text(key) + value;
  return code + "u";
}

}  // namespace

std::string keyed_dictionary(const std::vector<std::pair<std::string, std::string>>& items) {
  std::string code = "}(";
  for (const auto& [key, value] : items) code += key + value;
  return code + "u";
}

std::string dictionary(const std::vector<std::pair<std::string, std::string>>& items) { return "}" + set_items(items); }

std::string call(const std::string& callable, const std::string& arguments) { return callable + arguments + "R"; }

std::string ordered_dictionary(const std::vector<std::pair<std::string, std::string>>& items) {
  return call(global("collections", "OrderedDict"), ")") + set_items(items);
}

std::string storage(std::string_view type, std::string_view key, int64_t count, const std::string& view) {
  std::string code = "(" + text("storage") + global("torch", type) + text(key) + text("cpu") + integer(count);
  return code + view + "tQ";
}

std::string tensor(const std::string& storage, int64_t offset, const std::vector<int64_t>& shape,
                   const std::vector<int64_t>& strides) {
  return call(
      global("torch._utils", "_rebuild_tensor_v2"),
      tuple({storage, integer(offset), integers(shape), integers(strides), boolean(false), ordered_dictionary({})}));
}

std::string whole(const std::string& value, int protocol) {
  return std::string("\x80") + static_cast<char>(protocol) + value + ".";
}

}  // namespace pickle

std::string zip_checkpoint(const std::string& root_value, const std::vector<StoredBytes>& storages,
                           ZipOptions options) {
  std::vector<ZipMember> members{{"archive/data.pkl", pickle::whole(root_value)}, {"archive/byteorder", "little"}};
  for (const StoredBytes& storage : storages) members.push_back({"archive/data/" + storage.key, storage.bytes});
  members.push_back({"archive/version", "3\n"});
  return zip_archive(members, options);
}

std::string legacy_checkpoint(const std::string& root_value, const std::vector<StoredBytes>& storages) {
  const std::string magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
  std::string file = pickle::whole(magic) + pickle::whole(pickle::integer(1001)) +
                     pickle::whole(pickle::dictionary({{"little_endian", pickle::boolean(true)}})) +
                     pickle::whole(root_value);
  std::vector<std::string> keys;
  for (const StoredBytes& storage : storages) keys.push_back(pickle::text(storage.key));
  file += pickle::whole(pickle::list(keys));
  for (const StoredBytes& storage : storages) {
    file += bytes(static_cast<uint64_t>(storage.count), 8) + storage.bytes;
  }
  return file;
}

}  // namespace fude::tests
