#include "server/adapter_metadata.h"

#include <gtest/gtest.h>

namespace fude::server {
namespace {

TEST(AdapterMetadata, ObjectsAreObjectsAndTheRestIsText) {
  const auto list = adapter_metadata({{"ss_tag_frequency", R"({"a": {"cat": 3}})"},
                                      {"ss_steps", "100"},
                                      {"broken", "{not json"},
                                      {"deep", std::string(1000, '{')},
                                      {"ssmd_cover_images", "[\"large\"]"}});
  EXPECT_EQ(list["ss_tag_frequency"]["a"]["cat"], 3);
  EXPECT_EQ(list["ss_steps"], "100");
  EXPECT_EQ(list["broken"], "{not json");
  EXPECT_TRUE(list["deep"].is_string());
  EXPECT_FALSE(list.contains("ssmd_cover_images"));
}

}  // namespace
}  // namespace fude::server
