#include "server/picture_types.h"

#include <gtest/gtest.h>

namespace fude::server {
namespace {

TEST(PictureType, IsThatOfTheNamesEnd) {
  EXPECT_EQ(picture_type("a/b.PNG"), "image/png");
  EXPECT_EQ(picture_type("b.jpeg"), "image/jpeg");
}

TEST(PictureType, WhatMayHoldScriptsIsNoPicture) {
  for (const char* name : {"a.svg", "a.html", "png", "a.png.html", ""}) {
    EXPECT_EQ(picture_type(name), "application/octet-stream") << name;
  }
}

}  // namespace
}  // namespace fude::server
