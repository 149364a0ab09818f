#include "server/security.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace fude::server {
namespace {

using testing::HasSubstr;

Request local(std::string method = "GET") {
  Request request;
  request.method = std::move(method);
  request.path = "/api/v1/status";
  request.remote = "127.0.0.1";
  request.headers = {{"Host", "localhost:7860"}};
  return request;
}

int status(Gatekeeper& gate, const Request& request) {
  const auto refusal = gate.admit(request);
  return refusal ? refusal->status : 0;
}

int status_with(Gatekeeper& gate, Request request, const std::string& header, const std::string& value) {
  request.headers[header] = value;
  return status(gate, request);
}

AccessRules with_password() {
  return {.address = "0.0.0.0", .host_names = {}, .password = "correct horse", .token = "a-long-token"};
}

TEST(Gatekeeper, KnowsTheNamesOfThisMachineOnly) {
  Gatekeeper gate({.host_names = {"Studio.Example"}});
  for (const char* host : {"localhost", "localhost:7860", "LOCALHOST:1", "127.0.0.1:7860", "127.1.2.3", "[::1]:7860",
                           "[::1]", "studio.example:7860"}) {
    EXPECT_EQ(status_with(gate, local(), "Host", host), 0) << host;
  }
  for (const char* host :
       {"", "evil.example", "evil.example:7860", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.5",
        "localhost, evil.example", "localhost:7860@evil", "[::1", "::1", "127.0.0.1:x"}) {
    EXPECT_EQ(status_with(gate, local(), "Host", host), 403) << host;
  }
}

TEST(Gatekeeper, BeyondThisMachineNumericAddressesAreKnownButNamesAreNot) {
  AccessRules rules = with_password();
  Gatekeeper gate(rules);
  EXPECT_EQ(status_with(gate, local(), "Host", "192.168.1.5:7860"), 401);
  EXPECT_EQ(status_with(gate, local(), "Host", "[fe80::1]:7860"), 401);
  EXPECT_EQ(status_with(gate, local(), "Host", "evil.example"), 403);
}

TEST(Gatekeeper, PagesOfOtherSitesMayNotAsk) {
  Gatekeeper gate({});
  EXPECT_EQ(status_with(gate, local("POST"), "Origin", "http://localhost:7860"), 0);
  for (const char* origin :
       {"http://evil.example", "null", "http://localhost:3000", "http://localhost", "localhost:7860"}) {
    EXPECT_EQ(status_with(gate, local("POST"), "Origin", origin), 403) << origin;
    EXPECT_EQ(status_with(gate, local("GET"), "Origin", origin), 403) << origin;
  }
  EXPECT_EQ(status_with(gate, local(), "Sec-Fetch-Site", "same-origin"), 0);
  EXPECT_EQ(status_with(gate, local(), "Sec-Fetch-Site", "none"), 0);
  EXPECT_EQ(status_with(gate, local(), "Sec-Fetch-Site", "cross-site"), 403);
  EXPECT_EQ(status_with(gate, local(), "Sec-Fetch-Site", "same-site"), 403);  // another port of localhost
}

TEST(Gatekeeper, ALinkOnAnotherSiteLeadsToThePage) {
  Gatekeeper gate({});
  Request request = local();
  request.headers.insert(
      {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}});
  EXPECT_EQ(status(gate, request), 0);
  request.method = "POST";
  EXPECT_EQ(status(gate, request), 403);
  request.method = "GET";
  request.headers["Sec-Fetch-Dest"] = "iframe";
  EXPECT_EQ(status(gate, request), 403);
}

TEST(Gatekeeper, BodiesThatFormsCanSendAreRefused) {
  Gatekeeper gate({});
  Request request = local("POST");
  request.headers["Content-Length"] = "2";
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"}) {
    EXPECT_EQ(status_with(gate, request, "Content-Type", type), 415) << type;
  }
  EXPECT_EQ(status_with(gate, request, "Content-Type", "Application/JSON; charset=utf-8"), 0);
  request.headers["Content-Length"] = "0";
  EXPECT_EQ(status(gate, request), 0);
}

TEST(Gatekeeper, FormsAreTakenWherePicturesComeInThemButNotFromOtherSites) {
  Gatekeeper gate({});
  Request request = local("POST");
  request.path = "/v1/images/edits";
  request.headers["Content-Length"] = "2";
  request.headers["Content-Type"] = "multipart/form-data; boundary=x";
  EXPECT_EQ(status(gate, request), 0);
  EXPECT_EQ(status_with(gate, request, "Origin", "http://elsewhere.example"), 403);
  EXPECT_EQ(status_with(gate, request, "Content-Type", "text/plain"), 415);
}

TEST(Gatekeeper, OtherAddressesNeedAPasswordAndSayHow) {
  for (const char* address : {"0.0.0.0", "192.168.1.5", "::", "studio.example", "127.example", "127.0.0.1.evil"}) {
    try {
      Gatekeeper gate({.address = address});
      ADD_FAILURE() << address;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("--password-file"));
    }
  }
  EXPECT_THROW(Gatekeeper({.password = "short"}), Error);
  EXPECT_NO_THROW(Gatekeeper({.address = "127.0.0.2"}));
}

TEST(Gatekeeper, PasswordAndTokenAreTakenInEveryForm) {
  Gatekeeper gate(with_password());
  EXPECT_EQ(status(gate, local()), 401);
  for (const char* good :
       {"Basic YW55OmNvcnJlY3QgaG9yc2U=" /* any:correct horse */, "basic OmEtbG9uZy10b2tlbg==" /* :a-long-token */,
        "Bearer a-long-token", "Bearer correct horse"}) {
    EXPECT_EQ(status_with(gate, local(), "Authorization", good), 0) << good;
  }
  for (const char* bad :
       {"Basic YW55Ondyb25n", "Basic ?", "Basic", "Bearer", "Bearer a-long-toke", "Digest a-long-token"}) {
    EXPECT_EQ(status_with(gate, local(), "Authorization", bad), 401) << bad;
  }
}

TEST(Gatekeeper, WrongPasswordsAreTakenOnlyTenTimesAMinuteFromAnAddress) {
  std::chrono::steady_clock::time_point now{};
  Gatekeeper gate(with_password(), [&] { return now; });
  for (int i = 0; i < Gatekeeper::kMostFailures; ++i) {
    EXPECT_EQ(status_with(gate, local(), "Authorization", "Bearer wrong"), 401);
  }
  EXPECT_EQ(status_with(gate, local(), "Authorization", "Bearer wrong"), 429);
  EXPECT_EQ(status_with(gate, local(), "Authorization", "Bearer a-long-token"), 429);  // or it could be found by trying
  Request other = local();
  other.remote = "192.168.1.7";
  EXPECT_EQ(status_with(gate, other, "Authorization", "Bearer a-long-token"), 0);
  now += std::chrono::seconds(61);
  EXPECT_EQ(status_with(gate, local(), "Authorization", "Bearer a-long-token"), 0);
}

TEST(Gatekeeper, AskingWithoutAPasswordIsNoFailure) {
  Gatekeeper gate(with_password());
  for (int i = 0; i < 50; ++i) EXPECT_EQ(status(gate, local()), 401);
  EXPECT_EQ(status_with(gate, local(), "Authorization", "Bearer a-long-token"), 0);
}

TEST(SecurityHeaders, KeepAPagesContentAtHome) {
  Response response;
  add_security_headers(response);
  std::map<std::string, std::string> headers(response.headers.begin(), response.headers.end());
  EXPECT_THAT(headers["Content-Security-Policy"], HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(headers["Content-Security-Policy"], testing::Not(HasSubstr("unsafe")));
  EXPECT_EQ(headers["X-Content-Type-Options"], "nosniff");
  EXPECT_EQ(headers["Cache-Control"], "no-store");
}

}  // namespace
}  // namespace fude::server
