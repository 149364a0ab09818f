#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http_message.h"

namespace fude::server {

/// Whether an address that a server listens on can be reached from this machine only.
bool is_loopback(std::string_view address);

/// Compares two secrets in a time that does not depend on where they differ, nor on their lengths.
bool is_same_secret(std::string_view a, std::string_view b);

struct AccessRules {
  std::string address = "127.0.0.1";      // that the server listens on
  std::vector<std::string> host_names{};  // by which it may be called, beside localhost and its own address
  std::string password{};                 // Basic, with any user name, and as bearer; empty: none is asked for
  std::string token{};                    // the same, for programs
};

/// Lets in whom the rules allow, before the body of a request is read.
///
/// - Host: localhost, a loopback address, a name in `host_names`; where the server listens beyond this machine any
///   numeric address, too. A page of another site whose name was made to point here (DNS rebinding) has another Host.
/// - Origin and Sec-Fetch-Site: only pages of this server. Another site's page may be left for ours by a link, no more.
/// - A body must be JSON, which a form of another site cannot send.
/// - Password or token, where there is one: Authorization Basic or Bearer. After kMostFailures wrong ones from an
/// address
///   in a minute, that address waits until the minute is over.
/// Safe for any number of threads.
class Gatekeeper {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  static constexpr int kMostFailures = 10;

  /// Throws Error(kInvalidArgument): the address is not loopback and there is neither password nor token, or they are
  /// shorter than 8 characters.
  explicit Gatekeeper(AccessRules rules, Clock clock = std::chrono::steady_clock::now);

  /// The refusal; absent: come in.
  std::optional<Response> admit(const Request& request);

  bool needs_login() const { return !rules_.password.empty() || !rules_.token.empty(); }

 private:
  struct Failures {
    int count = 0;
    std::chrono::steady_clock::time_point since{};
  };

  bool is_known_host(std::string_view host) const;
  std::optional<Response> refuse_site(const Request& request) const;
  std::optional<Response> refuse_login(const Request& request);
  bool knows(std::string_view authorization) const;

  AccessRules rules_;
  Clock clock_;
  std::mutex lock_;
  std::map<std::string, Failures, std::less<>> failures_;  // by address
};

/// What every answer tells the browser: to load nothing from elsewhere, to run no inline script, to guess no types, to
/// be shown in no frame. `Cache-Control: no-store` where the response says nothing else.
void add_security_headers(Response& response);

}  // namespace fude::server
