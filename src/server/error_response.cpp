#include "server/error_response.h"

#include <new>
#include <nlohmann/json.hpp>

namespace fude::server {
namespace {

using Json = nlohmann::ordered_json;

std::string code_name(int status) {
  switch (status) {
    case 401: return "unauthorized";
    case 403: return "forbidden";
    case 404: return "not_found";
    case 405: return "invalid_argument";
    case 409: return "conflict";
    case 413: return "too_large";
    case 414: return "too_large";
    case 422: return "unsupported_model";
    case 429: return "too_many";
    case 431: return "too_large";
    case 499: return "cancelled";
    case 501: return "not_implemented";
    case 503: return "too_many";
    case 507: return "out_of_resources";
    default: return status >= 500 ? "internal" : "invalid_argument";
  }
}

std::string code_name(ErrorCode code) {
  switch (code) {  // no default: the compiler names a forgotten case
    case ErrorCode::kInvalidArgument: return "invalid_argument";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kCorruptFile: return "corrupt_file";
    case ErrorCode::kUnsupportedModel: return "unsupported_model";
    case ErrorCode::kOutOfResources: return "out_of_resources";
    case ErrorCode::kCancelled: return "cancelled";
  }
  return "internal";
}

struct Refusal {
  int status;
  std::string code;
  std::string message;
  std::string member{};
};

Json own_form(const Refusal& refusal) {
  Json error{{"code", refusal.code}, {"message", refusal.message}};
  if (!refusal.member.empty()) error["member"] = refusal.member;
  return {{"error", std::move(error)}};
}

// As the web UI's framework says it: a validation error is a list of places, anything else one text.
Json web_ui_form(const Refusal& refusal) {
  if (refusal.status == 422) {
    Json place = Json::array({"body"});
    if (!refusal.member.empty()) place.push_back(refusal.member);
    const Json detail = Json::array({{{"loc", place}, {"msg", refusal.message}, {"type", "value_error"}}});
    return {{"error", "RequestValidationError"}, {"detail", detail}, {"body", ""}, {"errors", refusal.message}};
  }
  const bool is_ours = refusal.status < 500 || refusal.status == 501;
  return {{"error", is_ours ? "HTTPException" : "RuntimeError"},
          {"detail", refusal.message},
          {"body", ""},
          {"errors", refusal.message}};
}

Json open_ai_form(const Refusal& refusal) {
  const char* type = refusal.status == 401   ? "authentication_error"
                     : refusal.status == 429 ? "rate_limit_error"
                     : refusal.status >= 500 ? "server_error"
                                             : "invalid_request_error";
  return {{"error",
           {{"message", refusal.message},
            {"type", type},
            {"param", refusal.member.empty() ? Json() : Json(refusal.member)},
            {"code", refusal.code}}}};
}

Response response(const Refusal& refusal, std::string_view path) {
  Json body;
  switch (error_form(path)) {
    case ErrorForm::kOwn: body = own_form(refusal); break;
    case ErrorForm::kWebUi: body = web_ui_form(refusal); break;
    case ErrorForm::kOpenAi: body = open_ai_form(refusal); break;
  }
  return {.status = refusal.status, .body = body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Response response(const Error& error, std::string_view path) {
  const bool is_validation = error.code() == ErrorCode::kInvalidArgument && error_form(path) == ErrorForm::kWebUi;
  return response(
      Refusal{is_validation ? 422 : http_status(error.code()), code_name(error.code()), printable(error.what(), 2000)},
      path);
}

}  // namespace

int http_status(ErrorCode code) {
  switch (code) {  // no default: the compiler names a forgotten case
    case ErrorCode::kInvalidArgument: return 400;
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kCorruptFile: return 400;
    case ErrorCode::kUnsupportedModel: return 422;
    case ErrorCode::kOutOfResources: return 507;
    case ErrorCode::kCancelled: return 409;
  }
  return 500;
}

ErrorForm error_form(std::string_view path) {
  for (const std::string_view prefix : {"/sdapi/", "/controlnet/", "/internal/", "/sd_extra_networks/"}) {
    if (path.starts_with(prefix)) return ErrorForm::kWebUi;
  }
  return path.starts_with("/v1/") ? ErrorForm::kOpenAi : ErrorForm::kOwn;
}

Response error_response(int status, std::string_view message, std::string_view path, std::string_view member) {
  return response(Refusal{status, code_name(status), printable(message, 2000), printable(member)}, path);
}

Response error_response(const std::exception_ptr& thrown, std::string_view path) {
  try {
    std::rethrow_exception(thrown);
  } catch (const HttpError& error) {
    const bool is_validation = error.status() == 400 && !error.member().empty();
    const int status = is_validation && error_form(path) == ErrorForm::kWebUi ? 422 : error.status();
    return error_response(status, error.what(), path, error.member());
  } catch (const Error& error) {
    return response(error, path);
  } catch (const std::bad_alloc&) {
    return error_response(507, "out of memory", path);
  } catch (const std::exception& error) {
    return error_response(500, std::string("internal: ") + error.what(), path);
  } catch (...) {
    return error_response(500, "internal: an unknown error", path);
  }
}

}  // namespace fude::server
