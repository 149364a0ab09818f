#include "server/multipart_form.h"

#include <gtest/gtest.h>

#include "tests/server/refusal.h"

namespace fude::server {
namespace {

Request form(std::string body, const std::string& type = "multipart/form-data; boundary=line") {
  Request request;
  request.headers["Content-Type"] = type;
  request.body = std::move(body);
  return request;
}

const std::string kBody =
    "--line\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na cat\r\n"
    "--line\r\ncontent-disposition: form-data; name=\"image\"; filename=\"a \\\"b\\\".png\"\r\n"
    "Content-Type: image/png\r\n\r\n\x89PNG\r\n--lin\r\n--line--\r\n";

TEST(MultipartForm, HasFieldsAndFiles) {
  const Request request = form(kBody);
  const std::vector<FormPart> parts = parse_form(request);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].name, "prompt");
  EXPECT_EQ(parts[0].bytes, "a cat");
  EXPECT_EQ(parts[0].file_name, "");
  EXPECT_EQ(parts[1].name, "image");
  EXPECT_EQ(parts[1].file_name, "a \"b\".png");
  EXPECT_EQ(parts[1].bytes, "\x89PNG\r\n--lin") << "what is like the boundary belongs to the file";
}

TEST(MultipartForm, TakesQuotedBoundariesAndWordsBeforeTheFirst) {
  EXPECT_EQ(parse_form(form(kBody, "Multipart/Form-Data; charset=x; boundary=\"line\"")).size(), 2u);
  EXPECT_EQ(parse_form(form("hello\r\n" + kBody)).size(), 2u);
  EXPECT_TRUE(parse_form(form("--line--")).empty());
}

TEST(MultipartForm, RefusesOtherBodies) {
  const auto status = [](const Request& request) { return refusal([&] { parse_form(request); }).first; };
  EXPECT_EQ(status(form(kBody, "application/json")), 415);
  EXPECT_EQ(status(form(kBody, "multipart/form-data")), 415);
  EXPECT_EQ(status(form(kBody, "multipart/form-data; boundary=" + std::string(71, 'a'))), 415);
  for (const std::string& body :
       {std::string(), std::string("--line"), std::string("--linex"), std::string("no part"),
        std::string("--line\r\n\r\n\r\nx\r\n--line--"), std::string("--line\r\nContent-Disposition: form-data\r\n\r\n"),
        std::string("--line\r\nContent-Disposition: form-data; name=a\r\n\r\nx"),
        "--line\r\nContent-Disposition: form-data; name=\"" + std::string(9000, 'a') + "\"\r\n\r\nx\r\n--line--"}) {
    EXPECT_EQ(status(form(body)), 400) << body.substr(0, 100);
  }
  std::string many;
  for (std::size_t i = 0; i <= kMostFormParts; ++i) {
    many += "--line\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n";
  }
  EXPECT_EQ(status(form(many + "--line--")), 400);
}

}  // namespace
}  // namespace fude::server
