# cmake --install BUILD --prefix PREFIX: the program, the library with its headers and a package that find_package finds,
# studies and job scripts, the Python package, the docs. The installed tree does not need the source or the build tree.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sigmaflow)
set(SIGMAFLOW_PYTHON_DIR ${CMAKE_INSTALL_DATADIR}/sigmaflow/python CACHE STRING "Where sigmaflow_analysis is installed, below the prefix")

# Site libraries lie outside the loader's path: the program finds again what it was linked with.
set_target_properties(sigmaflow_program PROPERTIES INSTALL_RPATH_USE_LINK_PATH TRUE)
install(TARGETS sigmaflow_program RUNTIME)

set(exported sigmaflow sigmaflow_cpu)
if(TARGET sigmaflow_eigen)
  list(APPEND exported sigmaflow_eigen)
  install(DIRECTORY ${SIGMAFLOW_EIGEN_SOURCE}/Eigen DESTINATION include/sigmaflow-eigen PATTERN CMakeLists.txt EXCLUDE)
endif()
set_target_properties(sigmaflow_cpu PROPERTIES EXPORT_NAME cpu)
install(TARGETS ${exported} EXPORT sigmaflowTargets ARCHIVE)
install(EXPORT sigmaflowTargets NAMESPACE sigmaflow:: DESTINATION ${package_dir})
# Headers of the commands are the program's own.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/sigmaflow DESTINATION include FILES_MATCHING PATTERN "*.hpp"
        PATTERN cli EXCLUDE)

# What the installed library needs of others besides MPI, OpenMP, HDF5 and Boost; what came from source is in it.
set(SIGMAFLOW_FIND_OTHERS "")
if(NOT TARGET sigmaflow_eigen)
  string(APPEND SIGMAFLOW_FIND_OTHERS "find_dependency(Eigen3 ${Eigen3_VERSION} EXACT NO_MODULE)\n")
endif()
foreach(library fmt muparser)
  string(TOUPPER SIGMAFLOW_${library} linked)
  if(${linked})
    string(APPEND SIGMAFLOW_FIND_OTHERS "find_dependency(${library})\n")
  endif()
endforeach()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/sigmaflowConfig.cmake.in ${PROJECT_BINARY_DIR}/sigmaflowConfig.cmake
                              INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_DATADIR SIGMAFLOW_PYTHON_DIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sigmaflowConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sigmaflowConfig.cmake ${PROJECT_BINARY_DIR}/sigmaflowConfigVersion.cmake
        DESTINATION ${package_dir})

# What builds or packages a checkout stays there.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/jobs DESTINATION ${CMAKE_INSTALL_DATADIR}/sigmaflow USE_SOURCE_PERMISSIONS
        PATTERN setup EXCLUDE PATTERN quickstart EXCLUDE PATTERN packaging EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/analysis/sigmaflow_analysis DESTINATION ${SIGMAFLOW_PYTHON_DIR}
        FILES_MATCHING PATTERN "*.py" PATTERN __pycache__ EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/LICENSE
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
