#include "server/security.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/ascii.h"
#include "core/error.h"
#include "core/hash.h"
#include "server/error_response.h"

namespace fude::server {
namespace {

constexpr std::chrono::minutes kFailureTime{1};
constexpr std::size_t kMostAddresses = 10'000;  // whose failures are remembered
constexpr std::size_t kShortestSecret = 8;
// Pictures come to these as forms. Nothing is lost by that: a form of another site is known by its Origin already.
constexpr std::array<std::string_view, 2> kFormPaths{"/v1/images/edits", "/v1/images/variations"};

struct HostName {
  std::string name;  // lower case, IPv6 without its brackets
  std::string port;
};

// "localhost:7860", "[::1]:7860", "127.0.0.1"; absent when it is none of these forms.
std::optional<HostName> parse_host(std::string_view text) {
  HostName host;
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host.name = ascii_lower(text.substr(1, end - 1));
    rest = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    host.name = ascii_lower(text.substr(0, colon));
    rest = text.substr(colon);
  }
  const bool has_port = rest.starts_with(':') && rest.size() <= 6 &&
                        std::ranges::all_of(rest.substr(1), [](char c) { return c >= '0' && c <= '9'; });
  if (host.name.empty() || (!rest.empty() && !has_port)) return std::nullopt;
  if (has_port) host.port = rest.substr(1);
  return host;
}

bool is_ipv4(std::string_view text) {
  int parts = 0;
  while (true) {
    int number = -1;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || number < 0 || number > 255) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (++parts == 4) return text.empty();
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
  }
}

bool is_ipv6(std::string_view text) {
  return text.find(':') != std::string_view::npos && text.find_first_not_of("0123456789abcdef:.%") == std::string::npos;
}

// The password of "Basic dXNlcjpwYXNzd29yZA==", whoever the user is.
std::optional<std::string> basic_password(std::string_view encoded) {
  if (encoded.empty() || encoded.size() % 4 != 0 || encoded.size() > 4096) return std::nullopt;
  std::string text(encoded.size() / 4 * 3, '\0');
  const int count =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(encoded.data()), static_cast<int>(encoded.size()));
  if (count < 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(count));
  for (int padding = 0; padding < 2 && encoded.ends_with('='); ++padding) {
    text.pop_back();
    encoded.remove_suffix(1);
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return text.substr(colon + 1);
}

bool reads_only(const Request& request) {
  return request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
}

// Another site's link leads to our page; nothing else of another site's may be answered.
bool is_navigation(const Request& request) {
  return request.method == "GET" && request.header("Sec-Fetch-Mode") == "navigate" &&
         request.header("Sec-Fetch-Dest") == "document";
}

bool has_body(const Request& request) {
  return !request.header("Content-Length").empty() && request.header("Content-Length") != "0";
}

void require_long(std::string_view what, std::string_view secret) {
  if (!secret.empty() && secret.size() < kShortestSecret) {
    fail(ErrorCode::kInvalidArgument, "the {} has {} characters, expected at least {}", what, secret.size(),
         kShortestSecret);
  }
}

}  // namespace

bool is_loopback(std::string_view address) {
  const std::string name = ascii_lower(address);
  return name == "localhost" || name == "::1" || (name.starts_with("127.") && is_ipv4(name));
}

bool is_same_secret(std::string_view a, std::string_view b) {
  const std::string left = sha256_hex(std::as_bytes(std::span(a)));
  const std::string right = sha256_hex(std::as_bytes(std::span(b)));
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

Gatekeeper::Gatekeeper(AccessRules rules, Clock clock) : rules_(std::move(rules)), clock_(std::move(clock)) {
  require_long("password", rules_.password);
  require_long("token", rules_.token);
  if (!is_loopback(rules_.address) && !needs_login()) {
    fail(ErrorCode::kInvalidArgument,
         "'{}' can be reached from other machines, so a password or token is needed: give --password-file FILE or set "
         "FUDE_PASSWORD",
         printable(rules_.address));
  }
}

bool Gatekeeper::is_known_host(std::string_view host) const {
  const auto parsed = parse_host(host);
  if (!parsed) return false;
  if (is_loopback(parsed->name) || parsed->name == ascii_lower(rules_.address)) return true;
  if (std::ranges::any_of(rules_.host_names, [&](const auto& name) { return ascii_lower(name) == parsed->name; })) {
    return true;
  }
  // A name can be made to point here, a number cannot.
  return !is_loopback(rules_.address) && (is_ipv4(parsed->name) || is_ipv6(parsed->name));
}

std::optional<Response> Gatekeeper::refuse_site(const Request& request) const {
  const std::string_view host = request.header("Host"), origin = request.header("Origin");
  if (!is_known_host(host)) {
    return error_response(403,
                          fmt::format("this server does not answer to the name '{}'; if it is yours, start with "
                                      "--host-name {}",
                                      printable(host, 100), printable(host.substr(0, host.find(':')), 100)),
                          request.path);
  }
  const std::size_t scheme_end = origin.find("://");
  const bool is_own_origin =
      origin.empty() || (scheme_end != std::string_view::npos && origin.substr(scheme_end + 3) == host);
  const std::string_view site = request.header("Sec-Fetch-Site");
  const bool is_own_site = site.empty() || site == "same-origin" || site == "none";
  if ((is_own_origin && is_own_site) || is_navigation(request)) return std::nullopt;
  return error_response(403, "a page of another site may not ask this server", request.path);
}

bool Gatekeeper::knows(std::string_view authorization) const {
  const std::size_t space = std::min(authorization.find(' '), authorization.size());
  const std::string scheme = ascii_lower(authorization.substr(0, space));
  const std::string_view rest = trimmed(authorization.substr(space));
  std::optional<std::string> secret;
  if (scheme == "basic") secret = basic_password(rest);
  if (scheme == "bearer") secret = std::string(rest);
  if (!secret) return false;
  // Both are compared, whatever the first says.
  const bool is_password = !rules_.password.empty() && is_same_secret(*secret, rules_.password);
  const bool is_token = !rules_.token.empty() && is_same_secret(*secret, rules_.token);
  return is_password || is_token;
}

std::optional<Response> Gatekeeper::refuse_login(const Request& request) {
  if (!needs_login()) return std::nullopt;
  const std::lock_guard guard(lock_);
  const auto now = clock_();
  const auto found = failures_.find(request.remote);
  const bool is_recent = found != failures_.end() && now - found->second.since < kFailureTime;
  if (is_recent && found->second.count >= kMostFailures) {
    Response response = error_response(429, "too many wrong passwords, expected a pause of a minute", request.path);
    response.headers.emplace_back("Retry-After", "60");
    return response;
  }
  const std::string_view authorization = request.header("Authorization");
  if (!authorization.empty() && knows(authorization)) return std::nullopt;
  if (!authorization.empty()) {
    if (failures_.size() >= kMostAddresses) failures_.clear();
    Failures& failures = failures_[request.remote];
    if (!is_recent) failures = {.count = 0, .since = now};
    ++failures.count;
  }
  Response response = error_response(401, "a password is needed (any user name), or a token", request.path);
  response.headers.emplace_back("WWW-Authenticate", R"(Basic realm="Fude", charset="UTF-8")");
  return response;
}

std::optional<Response> Gatekeeper::admit(const Request& request) {
  if (auto refusal = refuse_site(request)) return refusal;
  if (auto refusal = refuse_login(request)) return refusal;
  const std::string_view type = request.header("Content-Type");
  const std::string form = ascii_lower(trimmed(type.substr(0, type.find(';'))));
  const bool may_be_form = std::ranges::find(kFormPaths, request.path) != kFormPaths.end();
  const bool is_known = form == "application/json" || (may_be_form && form == "multipart/form-data");
  if (!reads_only(request) && has_body(request) && !is_known) {
    return error_response(
        415, fmt::format("the body is sent as '{}', expected Content-Type: application/json", printable(type, 100)),
        request.path);
  }
  return std::nullopt;
}

void add_security_headers(Response& response) {
  constexpr std::string_view kPolicy =
      "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
      "frame-ancestors 'none'";
  auto& headers = response.headers;
  headers.emplace_back("Content-Security-Policy", kPolicy);
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("X-Frame-Options", "DENY");
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  const bool says_cache =
      std::ranges::any_of(headers, [](const auto& header) { return header.first == "Cache-Control"; });
  if (!says_cache) headers.emplace_back("Cache-Control", "no-store");
}

}  // namespace fude::server
