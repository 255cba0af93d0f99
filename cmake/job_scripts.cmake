# The job scripts of jobs/ as text inside the program, which `sigmaflow submit` fills in.
set(job_scripts_source ${PROJECT_BINARY_DIR}/generated/job_scripts.cpp)
set(job_scripts ${PROJECT_SOURCE_DIR}/jobs/slurm-run.sbatch ${PROJECT_SOURCE_DIR}/jobs/slurm-aggregate.sbatch)
add_custom_command(OUTPUT ${job_scripts_source}
  COMMAND ${CMAKE_COMMAND} "-DSCRIPTS=${job_scripts}" -DSOURCE=${job_scripts_source}
          -P ${PROJECT_SOURCE_DIR}/cmake/write_job_scripts.cmake
  DEPENDS ${job_scripts} ${PROJECT_SOURCE_DIR}/cmake/write_job_scripts.cmake VERBATIM)
target_sources(sigmaflow PRIVATE ${job_scripts_source})
