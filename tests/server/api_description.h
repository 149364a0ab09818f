#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "server/http_message.h"

namespace fude::server {

/// api/openapi.yaml, and what answers are by it.
class ApiDescription {
 public:
  ApiDescription();

  /// "GET /api/v1/jobs/{id}", all that are described.
  const std::set<std::string>& operations() const { return operations_; }

  /// What is wrong with an answer to such an operation, one line each: a status that is not described, another type of
  /// content, members that are missing, of another type, out of range, or not described.
  std::vector<std::string> problems(const std::string& operation, const Response& response) const;

 private:
  const nlohmann::json& resolve(const nlohmann::json& schema) const;
  void check(const nlohmann::json& schema, const nlohmann::json& value, const std::string& place,
             std::vector<std::string>& problems) const;
  void check_object(const nlohmann::json& schema, const nlohmann::json& value, const std::string& place,
                    std::vector<std::string>& problems) const;
  void check_number(const nlohmann::json& schema, const nlohmann::json& value, const std::string& place,
                    std::vector<std::string>& problems) const;

  nlohmann::json root_;
  std::set<std::string> operations_;
};

}  // namespace fude::server
