# Every library Fude stands on, found once. Debian's packages and the official libtorch 2.x archives both work.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n data)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
find_package(Torch REQUIRED)

# TORCH_LIBRARIES drags every language binding into each link; one interface target keeps it in one place.
# SYSTEM: warnings inside PyTorch's headers are not ours to mend.
add_library(fude_torch INTERFACE)
target_include_directories(fude_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
target_link_libraries(fude_torch INTERFACE ${TORCH_LIBRARIES})
separate_arguments(FUDE_TORCH_FLAGS UNIX_COMMAND "${TORCH_CXX_FLAGS}")
target_compile_options(fude_torch INTERFACE ${FUDE_TORCH_FLAGS})
