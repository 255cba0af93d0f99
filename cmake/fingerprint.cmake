# The numerics fingerprint of a build: a hash of every source that decides bits, with compiler and flags. It goes into
# each result file; a resume under another fingerprint is refused.
set(fingerprint_header ${PROJECT_BINARY_DIR}/generated/numerics_fingerprint.hpp)
file(GLOB_RECURSE fingerprint_sources CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/src/core/*.cpp ${PROJECT_SOURCE_DIR}/include/sigmaflow/core/*.hpp
  ${PROJECT_SOURCE_DIR}/src/numerics/*.cpp ${PROJECT_SOURCE_DIR}/include/sigmaflow/numerics/*.hpp
  ${PROJECT_SOURCE_DIR}/src/distribution/*.cpp ${PROJECT_SOURCE_DIR}/include/sigmaflow/distribution/*.hpp
  ${PROJECT_SOURCE_DIR}/src/schedule/*.cpp ${PROJECT_SOURCE_DIR}/include/sigmaflow/schedule/*.hpp
  ${PROJECT_SOURCE_DIR}/src/dynamics/*.cpp ${PROJECT_SOURCE_DIR}/include/sigmaflow/dynamics/*.hpp
  ${PROJECT_SOURCE_DIR}/src/kinetics/*.cpp ${PROJECT_SOURCE_DIR}/include/sigmaflow/kinetics/*.hpp
  ${PROJECT_SOURCE_DIR}/src/stability/*.cpp ${PROJECT_SOURCE_DIR}/include/sigmaflow/stability/*.hpp)
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
set(fingerprint_build
  "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}} -march=${SIGMAFLOW_CPU} ${SIGMAFLOW_SANITIZE}")
string(STRIP "${fingerprint_build}" fingerprint_build)
add_custom_command(OUTPUT ${fingerprint_header}
  COMMAND ${CMAKE_COMMAND} "-DSOURCES=${fingerprint_sources}" "-DROOT=${PROJECT_SOURCE_DIR}" "-DBUILD=${fingerprint_build}"
          -DHEADER=${fingerprint_header} -P ${PROJECT_SOURCE_DIR}/cmake/write_fingerprint.cmake
  DEPENDS ${fingerprint_sources} ${PROJECT_SOURCE_DIR}/cmake/write_fingerprint.cmake VERBATIM)
target_sources(sigmaflow PRIVATE ${fingerprint_header})
target_include_directories(sigmaflow PRIVATE ${PROJECT_BINARY_DIR}/generated)
